"""The last door: a sealed value never leaves, whatever let it in; the rest goes on; somebody is told who may know."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from sharing.errors import Rejected
from sharing.events import MissingAction, MissingChanged, ReferralSubmitted, SealAction, SealChanged, SealKind
from streams.agents.quarantine import DROPPED, drop, kept, let_go
from streams.agents.stopping import LET_GO, SET_ASIDE
from tests.streams.corridor import COMMUNITY, CSC, FRIDAY, GP, OAKFIELD, POLICE, TRUST, Corridor
from tests.streams.families import POSTCODE, ROSA, STREET, TELEPHONE, TOM
from tests.streams.test_seal_laws import carries, everybody_involved, involve, notice, seal

LEAK = {"police_reference": f"see {STREET}"}
"""A reference goes to the school as it is; nobody expected an address in it."""


def statements(corridor: Corridor, kind: str = "hold.") -> list[dict]:
    with corridor.ledger.reading() as tx:
        return [json.loads(s.body) | {"kind": s.kind} for s in tx.statements(kind)]


@pytest.fixture
def sealed(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, notice(corridor))
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    corridor.destination.sent.clear()
    return corridor


def test_without_a_seal_a_reference_is_a_reference(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, notice(corridor, **LEAK))
    corridor.flow()
    assert carries(corridor.one(OAKFIELD, "police.da_incident.notified"), STREET)


@pytest.mark.parametrize("written", [STREET, STREET.upper(), POSTCODE.replace(" ", ""), POSTCODE.encode().hex(),
                                     TELEPHONE.replace(" ", ""), "7%20Canary%20Row%20Zebrafinch"])  # fmt: skip
def test_a_sealed_value_in_a_reference_never_leaves(sealed, written):
    sealed.send(POLICE, notice(sealed, police_reference=written))
    sealed.flow()
    assert sealed.views(OAKFIELD) == []
    (one,) = [k for k in kept(sealed.broker) if k.organisation == OAKFIELD]
    assert one.event_type == "police.da_incident.notified"


def test_it_is_found_too_where_the_view_was_made_before_the_process_began(sealed):
    sealed.send(POLICE, notice(sealed, **LEAK))
    sealed.restart()
    sealed.flow()
    assert sealed.views(OAKFIELD) == []
    assert kept(sealed.broker)


def test_the_others_of_its_lane_go_on_in_order(sealed):
    involve(sealed, OAKFIELD, "safeguarding_lead", TOM)
    sealed.destination.sent.clear()
    said = [MissingAction.MISSING, MissingAction.FOUND]
    missing = [sealed.event(MissingChanged, POLICE, c, action=a) for a in said for c in (ROSA, TOM)]
    sealed.send(POLICE, missing[0], missing[1], notice(sealed, **LEAK), missing[2], missing[3])
    sealed.flow()
    by_child: dict[str, list] = {}
    for view in sealed.views(OAKFIELD):
        by_child.setdefault(view.event.child.surname, []).append((view.record.seq, view.event.action))
    assert [action for _, action in by_child[TOM.surname]] == said
    assert [action for _, action in by_child[ROSA.surname]] == said
    for seen in by_child.values():
        numbers = [seq for seq, _ in seen]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "no gap shows that one was stopped"


def test_what_was_stopped_is_sworn_to_without_a_value(sealed):
    sealed.send(POLICE, notice(sealed, **LEAK))
    sealed.flow()
    (sworn,) = [s for s in statements(sealed) if s["organisation"] == OAKFIELD]
    assert sworn["kind"] == SET_ASIDE
    assert {field for _, _, field in sworn["found"]} >= {"child.address_line"}
    assert "Canary" not in json.dumps(sworn)
    with sealed.ledger.reading() as tx:
        stored = tx.find(bytes.fromhex(sworn["event"]))
        states = [x.state for row in tx.redecisions([stored.n]) for x in row.exchanges if x.organisation == OAKFIELD]
    assert states == ["hold"]


def test_whoever_holds_the_seal_is_told_and_nobody_else(sealed):
    sealed.send(POLICE, notice(sealed, **LEAK))
    left = sealed.flow()
    told = [v for v in left if v.event.event_type == "broker.task.raised"]
    assert {v.organisation for v in told} == {POLICE}
    assert {v.event.task for v in told} == {"LOOK_AT_STOPPED_RECORD"}
    assert told[0].event.child.surname is None
    assert {v.event.about_event for v in told} == {k.exchange for k in kept(sealed.broker)}
    assert [carries(v, STREET, ROSA.surname) for v in told] == [[]] * len(told)


def test_silence_about_it_goes_up_within_the_holders_house(sealed):
    sealed.send(POLICE, notice(sealed, **LEAK))
    sealed.flow()
    later = sealed.pass_time(sealed.now + timedelta(hours=1, minutes=1))
    risen = [v for v in later if v.event.event_type == "broker.escalation.changed"]
    assert {(v.organisation, v.event.rule) for v in risen if v.event.rule == "stopped-record"} == {
        (POLICE, "stopped-record")
    }


def test_a_log_is_the_same_with_and_without_a_seal(tmp_path):
    """Whoever reads logs has no clearance: neither that a record was stopped stands there nor that nobody sealed it."""
    logs = []
    for is_sealed in (True, False):
        (tmp_path / str(is_sealed)).mkdir()
        corridor = Corridor(tmp_path / str(is_sealed))
        with capture_logs() as lines:
            everybody_involved(corridor)
            if is_sealed:
                corridor.send(POLICE, seal(corridor))
            corridor.send(CSC, corridor.event(SealChanged, CSC, ROSA, key="lift", kind=SealKind.ADDRESS,
                                              action=SealAction.LIFTED))  # fmt: skip
            corridor.send(POLICE, notice(corridor, **LEAK))
            corridor.send(POLICE, b"junk")
            corridor.flow()
            corridor.pass_time(corridor.now + timedelta(hours=3))
        assert bool(kept(corridor.broker)) is is_sealed
        corridor.close()
        logs.append(lines)
    assert logs[0] == logs[1]
    assert {line["event"] for line in logs[0]} == {"not accepted from this sender", "dead letter"}


def test_a_referral_passes_by_the_last_door(sealed):
    sealed.send(
        OAKFIELD, sealed.event(ReferralSubmitted, OAKFIELD, ROSA, by="safeguarding_lead", concern_seen=f"at {STREET}")
    )
    sealed.flow()
    assert carries(sealed.one(CSC, "referral.submitted"), STREET)


def test_who_may_see_the_sealed_address_gets_it(sealed):
    sealed.send(POLICE, notice(sealed, **LEAK))
    sealed.flow()
    social = sealed.views(CSC, "police.da_incident.notified")
    assert [v for v in social if carries(v, STREET)]
    assert CSC not in {k.organisation for k in kept(sealed.broker)}


def test_a_brothers_seal_counts(corridor):
    """The seal follows the value: one child of an incident is sealed, the other's record holds the same address."""
    tom = replace(TOM, postcode=POSTCODE, address_line=STREET)
    involve(corridor, COMMUNITY, "health_visitor", tom)
    incident = "ab" * 16
    corridor.send(POLICE, notice(corridor, incident_id=incident), notice(corridor, tom, incident_id=incident))
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    corridor.destination.sent.clear()
    corridor.say(MissingChanged, POLICE, tom, action=MissingAction.MISSING)
    assert [v for v in corridor.views(COMMUNITY) if carries(v, POSTCODE)] == []
    assert COMMUNITY in {k.organisation for k in kept(corridor.broker)}


def test_strangers_seals_do_not_count(corridor):
    tom = replace(TOM, postcode=POSTCODE)
    involve(corridor, COMMUNITY, "health_visitor", tom)
    corridor.send(POLICE, notice(corridor, incident_id="ab" * 16))
    corridor.send(POLICE, seal(corridor))
    corridor.say(MissingChanged, POLICE, tom, action=MissingAction.MISSING)
    assert carries(corridor.one(COMMUNITY, "police.missing.changed"), POSTCODE)


def test_a_family_without_a_seal_pays_nothing(corridor, monkeypatch):
    everybody_involved(corridor)
    monkeypatch.setattr(corridor.release.door, "found", None)  # would fail if it were asked
    corridor.send(POLICE, notice(corridor, **LEAK))
    corridor.flow()
    assert corridor.views(OAKFIELD)
    assert corridor.release.door._values == {}


def stopped(corridor: Corridor):
    """The exchange that was stopped, and its event."""
    event = notice(corridor, **LEAK)
    corridor.send(POLICE, event)
    corridor.flow()
    (one,) = [k.exchange for k in kept(corridor.broker) if k.organisation == OAKFIELD]
    return one, event


def test_what_somebody_lets_go_leaves_under_its_own_id(sealed):
    exchange, event = stopped(sealed)
    assert let_go(sealed.broker, exchange, "data-protection-officer", "ANOTHER_MEANING")
    left = sealed.flow()
    assert [v.exchange for v in left if v.organisation == OAKFIELD] == [exchange]
    assert [s["kind"] for s in statements(sealed) if s["exchange"] == exchange] == [SET_ASIDE, LET_GO]
    assert exchange not in {k.exchange for k in kept(sealed.broker)}
    assert not [q for q in sealed.state(event).questions if q.about == exchange and q.is_open]


def test_what_somebody_drops_never_leaves(sealed):
    exchange, _ = stopped(sealed)
    drop(sealed.broker, exchange, "data-protection-officer", "SEALED_VALUE_IN_TEXT")
    sealed.flow()
    sealed.pass_time(FRIDAY + timedelta(days=3))
    assert exchange not in {v.exchange for v in sealed.views(OAKFIELD)}
    assert [s["kind"] for s in statements(sealed) if s["exchange"] == exchange] == [SET_ASIDE, DROPPED]
    with pytest.raises(Rejected, match="not in quarantine"):
        let_go(sealed.broker, exchange, "data-protection-officer", "OTHER")


def test_letting_go_covers_only_what_was_found(sealed):
    exchange, _ = stopped(sealed)
    assert let_go(sealed.broker, exchange, "data-protection-officer", "ANOTHER_MEANING")
    home = replace(ROSA, address_line=None, postcode=None, setting_name=f"see {STREET}")
    sealed.send(POLICE, sealed.event(MissingChanged, POLICE, home, action=MissingAction.MISSING))  # a new hiding place
    sealed.flow()
    assert exchange not in {v.exchange for v in sealed.views(OAKFIELD)}
    assert exchange in {k.exchange for k in kept(sealed.broker)}


def test_seals_of_health_are_told_to_health(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, notice(corridor))
    corridor.send(TRUST, seal(corridor, SealKind.ADDRESS, TRUST))
    corridor.send(POLICE, notice(corridor, **LEAK))
    left = corridor.flow()
    assert {v.organisation for v in left if v.event.event_type == "broker.task.raised"} == {TRUST}
    assert GP not in {v.organisation for v in left if v.event.event_type == "broker.task.raised"}
