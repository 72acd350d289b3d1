"""Subject access: given when people decided it, by the agreements, and without a trace of what must not be told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosswalk.access.cli import ASK, access_app
from crosswalk.access.gathering import without
from crosswalk.access.register import Question, a_month_after
from crosswalk.disclosures.cli import disclosures_app
from ledger.verify import verify
from sharing.errors import Misconfigured
from sharing.events import (
    DomesticAbuseIncidentNotified,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from tests.crosswalk.broker_kit import run
from tests.crosswalk.test_why import APP as WHY
from tests.streams.corridor import OAKFIELD, POLICE, Corridor
from tests.streams.families import POSTCODE, ROSA, STREET, TELEPHONE
from tests.streams.test_head_laws import broken_head
from tests.streams.test_seal_laws import everybody_involved

DPO = "data-protection-officer"
INFORMANT, SUSPECT = "Mrs Hale next door", "Quillfeather senior"


@pytest.fixture
def corridor(tmp_path: Path):
    made = Corridor(tmp_path)
    yield made
    made.close()


def handled(corridor: Corridor, *arguments: str):
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return run(access_app, corridor, *arguments, "--clearance-file", str(file))


def a_life(corridor: Corridor):
    """What is known of one child: an incident with a suspect, and a referral by somebody who must not be known."""
    everybody_involved(corridor)
    incident = corridor.say(
        DomesticAbuseIncidentNotified, POLICE, ROSA, key="i", by="force_duty", police_reference="EH/26/1",
        incident_address=STREET, suspect=SUSPECT, circumstances="an argument in the kitchen", child_words="I hid",
    )  # fmt: skip
    corridor.say(
        ReferralSubmitted, OAKFIELD, ROSA, key="r", by="safeguarding_lead", concern_seen="She came without a coat.",
        referrer_name=INFORMANT, alleged_perpetrator=SUSPECT, ask="assess",
    )  # fmt: skip
    return incident


def opened(corridor: Corridor, event, relation: str = "parent") -> str:
    done = handled(corridor, "open", event.envelope.event_id, "--as", relation, "--by", DPO)
    assert done.exit_code == 0, done.output
    return done.stdout.split(":")[0]


def all_decided(corridor: Corridor, number: str, but: Question | None = None) -> None:
    for question in Question:
        if question is not but:
            assert handled(corridor, "decide", number, question.value, "yes", "--by", DPO).exit_code == 0


def packed(corridor: Corridor, number: str, name: str = "given") -> dict[str, bytes]:
    assert handled(corridor, "release", number, "--by", DPO).exit_code == 0
    corridor.number()
    folder = corridor.folder / name
    done = handled(corridor, "pack", number, str(folder), "--by", DPO)
    assert done.exit_code == 0, done.output
    return {path.name: path.read_bytes() for path in (folder / "pack").iterdir()}


def given(corridor: Corridor, event) -> dict[str, bytes]:
    number = opened(corridor, event)
    all_decided(corridor, number)
    return packed(corridor, number)


def test_the_pack_holds_what_happened_to_the_child_and_professionals_by_function(corridor):
    pack = given(corridor, a_life(corridor))
    record = {one["kind"]: one for one in json.loads(pack["record.json"])}
    assert set(record) == {"police.da_incident.notified", "referral.submitted"}
    notice = record["police.da_incident.notified"]
    assert notice["circumstances"] == "an argument in the kitchen"
    assert notice["child"]["surname"] == "Quillfeather"
    assert record["referral.submitted"]["concern_seen"] == "She came without a coat."
    assert b"an argument in the kitchen" in pack["record.txt"]


def test_an_abusive_parents_pack_shows_no_trace_of_refuge_seal_or_informant(tmp_path):
    """Two worlds: in the one the child lives where she always did, in the other she fled and the place is sealed."""
    packs = []
    for sealed in (False, True):
        (tmp_path / str(sealed)).mkdir()
        corridor = Corridor(tmp_path / str(sealed))
        event = a_life(corridor)
        if sealed:
            corridor.say(SealChanged, POLICE, ROSA, key="s", kind=SealKind.ADDRESS, action=SealAction.SET)
        packs.append(given(corridor, event))
        corridor.close()
    assert packs[0] == packs[1], "the same bytes, file by file"
    whole = b"".join(packs[1].values())
    for secret in (INFORMANT, SUSPECT, STREET, POSTCODE, TELEPHONE, "seal", "refuge", "I hid", "EH/26/1"):
        assert secret.encode() not in whole


def test_the_channel_of_a_perpetrator_gets_an_empty_pack_that_looks_like_no_record(corridor):
    event = a_life(corridor)
    corridor.say(SealChanged, POLICE, ROSA, key="s", kind=SealKind.PERPETRATOR_CHANNEL, action=SealAction.SET)
    pack = given(corridor, event)
    assert json.loads(pack["record.json"]) == []
    assert b"Nothing is recorded here." in pack["record.txt"]


@pytest.mark.parametrize("question", list(Question))
def test_nothing_is_released_while_a_question_is_open(corridor, question):
    number = opened(corridor, a_life(corridor))
    all_decided(corridor, number, but=question)
    done = handled(corridor, "release", number, "--by", DPO)
    assert done.exit_code == 1
    assert question.value in done.output
    assert handled(corridor, "decide", number, question.value, "no", "--by", DPO).exit_code == 0
    assert handled(corridor, "release", number, "--by", DPO).exit_code == 1


def test_nothing_is_given_before_the_ledger_has_signed_it_nor_after_something_moved(corridor):
    number = opened(corridor, a_life(corridor))
    all_decided(corridor, number)
    folder = str(corridor.folder / "out")
    assert "not released yet" in handled(corridor, "pack", number, folder, "--by", DPO).output
    assert handled(corridor, "release", number, "--by", DPO).exit_code == 0
    assert "not signed it yet" in handled(corridor, "pack", number, folder, "--by", DPO).output
    corridor.number()
    corridor.say(SealChanged, POLICE, ROSA, kind=SealKind.PERPETRATOR_CHANNEL, action=SealAction.SET)
    done = handled(corridor, "pack", number, folder, "--by", DPO)
    assert done.exit_code == 1
    assert "something moved" in done.output
    assert not (corridor.folder / "out").exists()


def test_nothing_is_given_while_no_signed_agreements_are_in_force(corridor):
    number = opened(corridor, a_life(corridor))
    all_decided(corridor, number)
    mend = broken_head(corridor, "one-signature-gone")
    for arguments in (("draft", number, str(corridor.folder / "d")), ("release", number, "--by", DPO)):
        done = handled(corridor, *arguments)
        assert done.exit_code == 1
        assert "nothing is given" in done.output
    done = run(disclosures_app, corridor, "processing")
    assert (done.exit_code, "no agreements are in force" in done.output) == (1, True)
    mend()
    assert handled(corridor, "release", number, "--by", DPO).exit_code == 0


def test_what_a_person_leaves_out_is_gone_and_its_reason_stays_with_the_officer(corridor):
    event = a_life(corridor)
    number = opened(corridor, event)
    all_decided(corridor, number)
    hexed = event.envelope.event_id
    because = ("--because", "other-person", "--by", DPO)
    assert handled(corridor, "leave-out", number, hexed, "circumstances", *because).exit_code == 0
    pack = packed(corridor, number)
    whole = b"".join(pack.values())
    assert b"kitchen" not in whole
    assert b"other-person" not in whole
    papers = corridor.folder / "given" / "officer-only"
    left_out = json.loads((papers / "left-out.json").read_text())
    assert left_out["by_hand"] == [{"event": hexed, "field": "circumstances", "exemption": "other-person"}]
    searched = json.loads((papers / "search-log.json").read_text())
    assert searched["searched"]["events"] > searched["searched"]["given"] > 0
    assert "kitchen" not in "".join(path.read_text() for path in papers.iterdir())


def test_a_draft_can_be_read_before_it_is_decided_that_it_does_no_harm(corridor):
    number = opened(corridor, a_life(corridor))
    done = handled(corridor, "draft", number, str(corridor.folder / "draft"))
    assert done.exit_code == 0
    assert "kitchen" in (corridor.folder / "draft" / "record.txt").read_text()
    assert (corridor.folder / "draft").stat().st_mode & 0o077 == 0
    assert (corridor.folder / "draft" / "record.txt").stat().st_mode & 0o077 == 0


def test_every_step_stands_in_the_ledger_by_function_and_names_nobody(corridor):
    given(corridor, a_life(corridor))
    corridor.number()
    with corridor.ledger.reading() as tx:
        kinds = [statement.kind for statement in tx.statements("access.")]
        bodies = b"".join(statement.body for statement in tx.statements("access."))
    assert kinds == ["access.opened", *["access.answered"] * 5, "access.released", "access.given"]
    assert b"Quillfeather" not in bodies
    assert verify(corridor.ledger).fault is None


def test_without_clearance_nobody_handles_a_request(corridor):
    event = a_life(corridor)
    for arguments in (("ls",), ("open", event.envelope.event_id, "--as", "child", "--by", DPO), ("draft", "1", "x")):
        done = run(access_app, corridor, *arguments)
        assert (done.exit_code, done.output) == (1, f"crosswalk: {ASK}\n")


def test_the_month_begins_when_it_is_known_who_asks(corridor):
    number = opened(corridor, a_life(corridor))
    corridor.now += timedelta(days=10)
    assert handled(corridor, "decide", number, "identity", "yes", "--by", DPO).exit_code == 0
    assert f"due {a_month_after(corridor.now):%d %b %Y}" in handled(corridor, "ls").stdout


@pytest.mark.parametrize(
    ("at", "due"), [((2026, 1, 31), (2026, 2, 28)), ((2028, 1, 31), (2028, 2, 29)), ((2026, 12, 5), (2027, 1, 5))]
)
def test_a_month_ends_on_its_last_day_where_the_day_is_not_there(at, due):
    assert a_month_after(datetime(*at, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)


def test_a_name_is_no_function(corridor):
    done = handled(corridor, "open", "0" * 32, "--as", "child", "--by", "Jane Doe")
    assert isinstance(done.exception, Misconfigured)
    assert "never a name" in str(done.exception)


def test_a_path_is_cut_out_wherever_it_stands():
    record = {"a": {"b": 1, "c": 2}, "d": [{"e": 1, "f": 2}, {"e": 3}]}
    assert without(record, ("a.b", "d[].e", "nowhere.x")) == {"a": {"c": 2}, "d": [{"f": 2}, {}]}


def test_another_childs_record_is_not_in_the_pack(corridor):
    event = a_life(corridor)
    other = replace(ROSA, surname="Underbough", forename="Tom", nhs_number=None, upn=None)
    corridor.say(ReferralSubmitted, OAKFIELD, other, concern_seen="A different child.", by="safeguarding_lead")
    assert b"A different child." not in b"".join(given(corridor, event).values())
