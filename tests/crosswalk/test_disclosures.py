"""`crosswalk disclosures`: who received what, child by child and by time, and the record of processing."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from crosswalk.disclosures.cli import ASK, disclosures_app
from crosswalk.disclosures.processing import activities, controllers_of
from crosswalk.disclosures.schedule import read_schedule
from ledger.verify import verify
from sharing.errors import Misconfigured
from sharing.events import (
    MissingAction,
    MissingChanged,
    ReceiptRecorded,
    ReceiptState,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.policy import EXISTS
from tests.crosswalk.broker_kit import run
from tests.crosswalk.test_why import APP as WHY
from tests.streams.corridor import COMMUNITY, HOUSE, OAKFIELD, POLICE, Corridor
from tests.streams.families import CANARIES, ROSA, TOM
from tests.streams.test_seal_laws import everybody_involved

PARTNERSHIP = HOUSE / "crosswalk" / "partnership"


@pytest.fixture
def corridor(tmp_path: Path):
    made = Corridor(tmp_path)
    yield made
    made.close()


def missing(corridor: Corridor):
    return corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, grade="HIGH")


def seal(corridor: Corridor) -> None:
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)


def asked(corridor: Corridor, *arguments: str):
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return run(disclosures_app, corridor, *arguments, "--clearance-file", str(file))


def account(corridor: Corridor, *arguments: str) -> list[dict]:
    done = asked(corridor, *arguments, "--as", "json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.splitlines()[-1])


def test_an_account_holds_every_exchange_that_left_and_none_that_did_not(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    corridor.say(ReferralSubmitted, OAKFIELD, TOM, ask="assess", by="safeguarding_lead")
    told = account(corridor, "child", event.envelope.event_id)
    left = {view.exchange for view in corridor.views() if view.record.key}
    assert {one["exchange"] for one in told} <= left
    of_missing = {v.exchange for v in corridor.views(event_type="police.missing.changed")}
    assert of_missing == {one["exchange"] for one in told if one["event_type"] == "police.missing.changed"}
    assert "referral.submitted" not in {one["event_type"] for one in told}, "another child's is not among them"


def test_what_an_account_names_is_what_the_recipient_has(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    seen = corridor.one(COMMUNITY, "police.missing.changed")
    (one,) = [d for d in account(corridor, "child", event.envelope.event_id) if d["exchange"] == seen.exchange]
    named = {f["path"] for f in one["fields"]}
    assert {f"child.{name}" for name in seen.event.child.present()} <= named
    assert "last_seen_area" not in named
    assert one["statute"]
    assert one["lawful_basis"]
    assert one["dpia"].startswith("DPIA-")
    assert one["delivery_seq"] == seen.record.seq


def test_an_account_names_fields_and_never_a_value(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    for form in ("words", "json", "balp"):
        done = asked(corridor, "child", event.envelope.event_id, "--as", form)
        assert done.exit_code == 0
        assert not [canary for canary in CANARIES if canary in done.output]


def test_who_was_told_before_it_was_sealed_is_told(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    before = account(corridor, "child", event.envelope.event_id)
    assert not [one for one in before if one["sealed_since"]]
    seal(corridor)
    after = account(corridor, "child", event.envelope.event_id)
    told = {one["to"]["organisation"]: one for one in after if one["sealed_since"]}
    assert COMMUNITY in told
    assert "child.postcode" in told[COMMUNITY]["sealed_since"]
    assert told[COMMUNITY]["taken_back"], "the recall was said"
    assert "see who has not confirmed" in asked(corridor, "child", event.envelope.event_id).stdout


def test_a_receipt_stands_beside_what_it_confirms(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    seen = corridor.one(COMMUNITY, "police.missing.changed")
    corridor.say(ReceiptRecorded, COMMUNITY, ROSA, state=ReceiptState.READ, in_reply_to=seen.exchange)
    (one,) = [d for d in account(corridor, "child", event.envelope.event_id) if d["exchange"] == seen.exchange]
    assert [r["state"] for r in one["receipts"]] == ["READ"]


def test_who_received_what_between_two_moments_is_one_question(corridor):
    everybody_involved(corridor)
    start = corridor.now
    missing(corridor)
    corridor.say(ReferralSubmitted, OAKFIELD, TOM, ask="assess", by="safeguarding_lead")
    everything = {view.exchange for view in corridor.views()}
    ends = [(start - timedelta(hours=1)).isoformat(), (start + timedelta(hours=1)).isoformat()]
    assert {one["exchange"] for one in account(corridor, "between", *ends)} == everything
    only = account(corridor, "between", *ends, "--to", COMMUNITY)
    assert {one["to"]["organisation"] for one in only} == {COMMUNITY}
    later = [(start + timedelta(hours=1)).isoformat(), (start + timedelta(hours=2)).isoformat()]
    assert account(corridor, "between", *later) == []


def test_without_clearance_the_answer_is_the_same_whatever_the_ledger_holds(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    answers = set()
    for named in (event.envelope.event_id, "0" * 32):
        done = run(disclosures_app, corridor, "child", named)
        answers.add((done.exit_code, done.output))
    seal(corridor)
    done = run(disclosures_app, corridor, "child", event.envelope.event_id)
    answers.add((done.exit_code, done.output))
    assert answers == {(1, f"crosswalk: {ASK}\n")}


def test_that_somebody_looked_stands_in_the_ledger(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    account(corridor, "child", event.envelope.event_id)
    corridor.number()
    with corridor.ledger.reading() as tx:
        (noted,) = tx.statements("export.made")
    body = json.loads(noted.body)
    assert (body["by"], body["what"], body["named"]) == ("dpo", "child", event.envelope.event_id)
    assert verify(corridor.ledger).fault is None


def test_a_child_that_nobody_knows_is_said_to_be_none(corridor):
    done = asked(corridor, "child", "0" * 32)
    assert done.exit_code == 1
    assert "name an event, an exchange" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("between", "yesterday", "2026-11-20"), "SINCE: expected a date and time"),
        (("between", "2026-11-21", "2026-11-20"), "UNTIL: must be later than SINCE"),
        (("child", "0" * 32, "--as", "pdf"), "--as: expected one of words, json, balp"),
    ],
)
def test_a_wrong_argument_is_named_with_what_is_expected(corridor, arguments, said):
    done = asked(corridor, *arguments)
    assert isinstance(done.exception, Misconfigured)
    assert said in str(done.exception)


def test_every_disclosure_is_an_audit_event_of_the_health_service(corridor):
    models = pytest.importorskip("fhir.resources.R4B.auditevent", reason="fhir.resources is not installed")
    everybody_involved(corridor)
    event = missing(corridor)
    count = len(account(corridor, "child", event.envelope.event_id))
    lines = asked(corridor, "child", event.envelope.event_id, "--as", "balp").stdout.splitlines()
    assert len(lines) == count > 0
    for line in lines:
        read = models.AuditEvent.model_validate_json(line)
        agents = {agent.type.coding[0].code: agent for agent in read.agent}
        assert set(agents) == {"110153", "110152"}
        assert agents["110153"].who == read.source.observer, "the source observed it"
        assert [entity.type.code for entity in read.entity] == ["1", "2"]
        assert read.type.code == "110106"


# ------------------------------------------------------------ the record of processing


def test_the_record_of_processing_leaves_out_nothing_that_may_go(corridor):
    agreements = corridor.broker.agreements
    told = {
        (event, field_class, kind)
        for one in activities(agreements)
        for event in one.events
        for field_class in one.classes
        for kind in one.recipients
    }
    for permit in agreements.permits:
        for path in permit.fields:
            field_class = agreements.classes[permit.event_type].get(path)
            for kind in permit.to if field_class else ():
                assert (permit.event_type, field_class.value, kind.value) in told
    assert {p.purpose.name for p in agreements.permits} == {one.purpose for one in activities(agreements)}


def test_the_record_of_processing_is_the_same_for_the_same_agreements_and_names_their_version(corridor):
    first, second = (run(disclosures_app, corridor, "processing").stdout for _ in range(2))
    assert first == second
    assert corridor.broker.agreements.version in first
    document = json.loads(run(disclosures_app, corridor, "processing", "--json").stdout)
    assert document["retention"][0]["line"]
    assert all(one["statute"] and one["dpia"] for one in document["activities"])


def test_who_controls_what_is_sent_is_who_may_say_it():
    assert controllers_of("police.missing.changed") == ("force",)
    assert controllers_of("referral.submitted") == ("any agency",)
    assert controllers_of("broker.task.raised") == ("the broker itself",)


def test_the_schedule_of_the_partnership_can_be_read_and_a_broken_one_is_named(tmp_path):
    assert {line.line for line in read_schedule(PARTNERSHIP)} >= {"child-protection", "looked-after", "ledger"}
    (tmp_path / "retention.yaml").write_text("lines:\n  - {line: a, covers: b, keeps: c}\n")
    with pytest.raises(Misconfigured, match="line 1 must have line, covers, keeps, because"):
        read_schedule(tmp_path)


def test_existence_alone_is_a_disclosure_too(corridor):
    everybody_involved(corridor)
    event = missing(corridor)
    for one in account(corridor, "child", event.envelope.event_id):
        assert EXISTS in {f["path"] for f in one["fields"]}
