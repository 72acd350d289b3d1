"""Grants: exactly the named fields, to exactly one officer, for exactly their time; and everybody who answers hears."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.verify import verify
from sharing.errors import Rejected
from sharing.events import (
    EnquiryChanged,
    InvolvementAction,
    InvolvementChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.events.child_protection import EnquiryAction
from sharing.granting import Approver, Reason, Request, sign
from streams.agents import granting
from tests.streams.corridor import CSC, FRIDAY, POLICE, TRUST, Corridor
from tests.streams.families import POSTCODE, ROSA, STREET, TELEPHONE
from tests.streams.test_seal_laws import carries

S47 = "csc.s47.changed"
SEEDS = {name: bytes([place]) * 32 for place, name in enumerate(("care", "police", "hospital"), start=1)}
HOMES = {"care": (CSC, "emergency_duty"), "police": (POLICE, "force_duty"), "hospital": (TRUST, "emergency_department")}


def table() -> dict[str, Approver]:
    from sharing.approval.signing import public_of

    return {name: Approver(name, *HOMES[name], public_of(seed)) for name, seed in SEEDS.items()}


def enquiry(corridor: Corridor, action: EnquiryAction = EnquiryAction.STARTED, child=ROSA):
    return corridor.say(EnquiryChanged, CSC, child, action=action, team="North")


def sealed(corridor: Corridor, kind: SealKind = SealKind.ADDRESS) -> None:
    """Police are in the enquiry; the child's address is sealed by social care."""
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=POLICE, function="force_duty", action=InvolvementAction.OPENED,
        since=FRIDAY.date(),
    )  # fmt: skip
    corridor.send(CSC, corridor.event(SealChanged, CSC, ROSA, kind=kind, action=SealAction.SET))
    enquiry(corridor)


def asked(corridor: Corridor, *fields: str, danger: bool = True, hours: int = 12, **more: object) -> Request:
    about = corridor.views(POLICE, S47)[0].exchange
    request = Request(
        about, POLICE, "force_duty", fields or ("child.address_line",), "enquiry", Reason.IMMEDIATE_PROTECTION,
        corridor.now, corridor.now + timedelta(hours=hours), danger, "force_duty",
    )  # fmt: skip
    return replace(request, **more)


def give(corridor: Corridor, request: Request, *by: str):
    signatures = [(name, sign("given", request, SEEDS[name])) for name in by or ("care",)]
    return granting.give(corridor.broker, request, signatures, table())


def places(view) -> list[str]:
    return carries(view, STREET, POSTCODE, TELEPHONE)


def test_without_a_grant_the_sealed_address_does_not_reach_police(corridor):
    sealed(corridor)
    assert places(corridor.one(POLICE, S47)) == []


def test_a_grant_lifts_exactly_the_named_field_and_the_newest_event_goes_at_once(corridor):
    sealed(corridor)
    give(corridor, asked(corridor, "child.address_line"))
    corridor.flow()
    again = corridor.views(POLICE, S47)[-1]
    assert places(again) == [STREET]
    assert again.exchange != corridor.views(POLICE, S47)[0].exchange
    enquiry(corridor)
    assert places(corridor.views(POLICE, S47)[-1]) == [STREET]


def test_a_grant_of_a_class_lifts_that_class_and_no_other(corridor):
    sealed(corridor)
    give(corridor, asked(corridor, "class:C"))
    corridor.flow()
    seen = corridor.views(POLICE, S47)[-1]
    assert places(seen) == [STREET, POSTCODE, TELEPHONE]
    assert seen.event.envelope.organisation is None


def test_a_grant_is_for_its_own_function_alone(corridor):
    sealed(corridor)
    give(corridor, asked(corridor))
    corridor.say(
        InvolvementChanged, CSC, ROSA, organisation=POLICE, function="child_abuse_unit",
        action=InvolvementAction.OPENED, since=FRIDAY.date(),
    )  # fmt: skip
    state = corridor.state(enquiry(corridor))
    (grant,) = state.grants
    from sharing.facts.evidence import grants_for

    assert grants_for(state, grant.recipient, corridor.now)
    assert not grants_for(state, replace(grant.recipient, function="child_abuse_unit"), corridor.now)
    assert not grants_for(state, replace(grant.recipient, organisation=TRUST), corridor.now)


def test_a_grant_under_another_purpose_lifts_nothing(corridor):
    sealed(corridor)
    give(corridor, asked(corridor, purpose="policing"))
    enquiry(corridor)
    assert [places(v) for v in corridor.views(POLICE, S47)] == [[], []]


def test_a_grant_without_an_open_enquiry_lifts_nothing(corridor):
    sealed(corridor)
    enquiry(corridor, EnquiryAction.ENDED)
    give(corridor, asked(corridor, purpose="plan-contact"))
    planned = {"kind": PlanKind.CHILD_PROTECTION, "action": PlanAction.STARTED}
    corridor.say(PlanChanged, CSC, ROSA, **planned)
    assert places(corridor.one(POLICE, "csc.plan.changed")) == []
    enquiry(corridor)
    corridor.say(PlanChanged, CSC, ROSA, **planned)
    assert places(corridor.views(POLICE, "csc.plan.changed")[-1]) == [STREET]


@pytest.mark.parametrize("kind", [SealKind.PERPETRATOR_CHANNEL, SealKind.ADOPTION])
def test_no_grant_touches_an_absolute_seal(corridor, kind):
    sealed(corridor, kind)
    corridor.send(CSC, corridor.event(SealChanged, CSC, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET))
    give(corridor, asked(corridor, "class:C", danger=False), "care", "hospital")
    enquiry(corridor)
    assert not [v for v in corridor.views(POLICE) if places(v)]


def test_a_grant_ends_by_itself_to_the_second_even_for_what_is_on_its_way(corridor):
    sealed(corridor)
    request = asked(corridor, hours=2)
    give(corridor, request)
    corridor.flow()
    corridor.now = request.ends_at - timedelta(seconds=1)
    corridor.send(CSC, corridor.event(EnquiryChanged, CSC, ROSA, action=EnquiryAction.STARTED))
    corridor.number()
    corridor.now = request.ends_at
    before = len(corridor.views(POLICE, S47))
    corridor.flow()
    (late,) = corridor.views(POLICE, S47)[before:]
    assert places(late) == [], "no clock has looked yet, and it is over all the same"
    corridor.pass_time(corridor.now)
    enquiry(corridor)
    assert places(corridor.views(POLICE, S47)[-1]) == []


def test_two_approvers_for_what_is_sealed_and_one_in_imminent_danger(corridor):
    sealed(corridor)
    calm = asked(corridor, danger=False)
    with pytest.raises(Rejected, match="second approver"):
        give(corridor, calm, "care")
    assert give(corridor, calm, "care", "hospital").review_by is None
    urgent = asked(corridor)
    assert give(corridor, urgent, "care").review_by == corridor.now + timedelta(hours=24)


def test_nobody_gives_it_to_himself(corridor):
    sealed(corridor)
    with pytest.raises(Rejected, match="outside the organisation that receives"):
        give(corridor, asked(corridor), "police")


def test_one_approver_twice_is_one(corridor):
    sealed(corridor)
    request = asked(corridor, danger=False)
    signatures = [("care", sign("given", request, SEEDS["care"]))] * 2
    with pytest.raises(Rejected, match="second approver"):
        granting.give(corridor.broker, request, signatures, table())


def test_a_signature_over_anything_else_is_none(corridor):
    sealed(corridor)
    request = asked(corridor)
    other = replace(request, fields=("class:C",))
    for wrong in (sign("given", other, SEEDS["care"]), sign("revoked", request, SEEDS["care"]), bytes(64)):
        with pytest.raises(Rejected, match="NOT_SIGNED"):
            granting.give(corridor.broker, request, [("care", wrong)], table())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hours": 73}, "BAD_TIME"), ({"hours": 0}, "BAD_TIME"), ({"function": "chief"}, "NO_SUCH_OFFICER"),
        ({"purpose": "curiosity"}, "NO_SUCH_PURPOSE"), ({"fields": ("child.shoe_size",)}, "NO_SUCH_FIELD"),
        ({"fields": ("child.former_surname",)}, "NOTHING_YIELDS"), ({"fields": ("class:H",)}, "NOTHING_YIELDS"),
        ({"about": "ab" * 16}, "NO_SUCH_RECORD"),
    ],
)  # fmt: skip
def test_what_cannot_be_granted_is_refused_with_a_code(corridor, change, code):
    sealed(corridor)
    hours = change.pop("hours", 12)
    with pytest.raises(Rejected, match=code):
        give(corridor, asked(corridor, hours=hours, **change))


def alerts(corridor: Corridor) -> list:
    return [v for v in corridor.views(event_type="broker.task.raised") if v.event.task == "REVIEW_GRANT"]


def test_those_who_answer_for_it_hear_at_once_and_no_child_is_named(corridor):
    sealed(corridor)
    give(corridor, asked(corridor))
    corridor.flow()
    told = alerts(corridor)
    assert {v.organisation for v in told} == {CSC, POLICE}
    keys = {v.record.key for v in corridor.views() if v.event.event_type != "broker.task.raised"}
    for view in told:
        assert not any(True for _ in view.event.child.present())
        assert view.record.key not in keys, "nothing joins the alert to a child"
        assert view.event.why == "GRANT_GIVEN"


def test_what_nobody_reviews_in_time_rings_every_day_until_somebody_has(corridor):
    sealed(corridor)
    request = asked(corridor)
    grant = give(corridor, request)
    corridor.flow()
    for day in (1, 2):
        before = len(alerts(corridor))
        corridor.pass_time(FRIDAY + timedelta(hours=24 * day))
        late = alerts(corridor)[before:]
        assert {v.event.why for v in late} == {"GRANT_NOT_REVIEWED"}
        assert CSC in {v.organisation for v in late}
    signature = sign("reviewed upheld", request, SEEDS["hospital"])
    granting.review(corridor.broker, grant.grant_id, "upheld", "hospital", signature, table())
    before = len(alerts(corridor))
    corridor.pass_time(FRIDAY + timedelta(days=5))
    assert len(alerts(corridor)) == before


def test_who_approved_does_not_review(corridor):
    sealed(corridor)
    request = asked(corridor)
    grant = give(corridor, request)
    signature = sign("reviewed upheld", request, SEEDS["care"])
    with pytest.raises(Rejected, match="APPROVED_IT"):
        granting.review(corridor.broker, grant.grant_id, "upheld", "care", signature, table())


@pytest.mark.parametrize("way", ["revoked", "not-upheld"])
def test_a_grant_that_is_ended_takes_back_what_it_let_go(corridor, way):
    sealed(corridor)
    request = asked(corridor)
    grant = give(corridor, request)
    corridor.flow()
    had = corridor.views(POLICE, S47)[-1]
    assert places(had) == [STREET]
    if way == "revoked":
        signature = sign("revoked", request, SEEDS["hospital"])
        granting.revoke(corridor.broker, grant.grant_id, "hospital", signature, table())
    else:
        signature = sign("reviewed not-upheld", request, SEEDS["hospital"])
        granting.review(corridor.broker, grant.grant_id, "not-upheld", "hospital", signature, table())
    corridor.flow()
    assert had.exchange in {v.event.recalled_exchange for v in corridor.views(POLICE, "correction.issued")}
    enquiry(corridor)
    assert places(corridor.views(POLICE, S47)[-1]) == []
    signature = sign("revoked", request, SEEDS["care"])
    with pytest.raises(Rejected, match="ENDED_BEFORE"):
        granting.revoke(corridor.broker, grant.grant_id, "care", signature, table())


def test_the_ledger_swears_to_it_without_a_name_and_verifies(corridor):
    sealed(corridor)
    request = asked(corridor)
    grant = give(corridor, request)
    signature = sign("reviewed upheld", request, SEEDS["hospital"])
    granting.review(corridor.broker, grant.grant_id, "upheld", "hospital", signature, table())
    corridor.flow()
    with corridor.ledger.reading() as tx:
        words = tx.statements("grant.")
    assert [w.kind for w in words] == ["grant.given", "grant.reviewed"]
    body = json.loads(words[0].body)
    assert body["request"]["fields"] == ["child.address_line"]
    assert not [s for s in (STREET, POSTCODE, ROSA.surname, ROSA.nhs_number) if s.encode() in words[0].body]
    assert verify(corridor.ledger).fault is None
    assert [(g.state, g.review) for g in granting.listed(corridor.broker)] == [("in force", "upheld")]


def test_a_grant_is_given_once(corridor):
    sealed(corridor)
    request = asked(corridor)
    give(corridor, request)
    with pytest.raises(Rejected, match="ALREADY_GIVEN"):
        give(corridor, request)


def test_a_record_says_which_fields_the_grant_lifted(corridor):
    sealed(corridor)
    give(corridor, asked(corridor))
    event = enquiry(corridor)
    (body,) = [d for d in corridor.decisions(event) if "granted" in d]
    assert body["granted"] == ["child.address_line"]
    assert body["guards"]["named_officer_grant"] is True
    reasons = {path: (transform, reason) for path, transform, reason, _ in body["fields"]}
    assert reasons["child.address_line"] == ("clear", "permitted")
    assert reasons["child.postcode"] == ("withhold", "sealed")
