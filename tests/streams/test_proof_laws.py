"""What the broker records an outsider verifies, decision by decision, under the agreements that were signed."""

import json
from pathlib import Path

import pytest

from agreements import HERE, read_texts
from ledger.offline_verifier import Approvals, Fault, main
from sharing.approval import digest_of
from sharing.events import ConcernShared, ReferralSubmitted, SealAction, SealChanged, SealKind
from sharing.policy.canonical import canonical
from tests.ledger.exports import Exported, exported
from tests.streams.corridor import CSC, OAKFIELD, POLICE, Corridor
from tests.streams.families import CANARIES, ROSA, STREET, TOM
from tests.streams.test_head_laws import HARMS, at_rest
from tests.streams.test_referral_laws import other_agreements
from tests.streams.test_seal_laws import everybody_involved, notice, seal


def wider(folder: Path) -> Path:
    """Where the child lives goes to police with what a school answers to a notice."""
    changed = folder / "changed"
    changed.mkdir()
    for name, text in read_texts(HERE).items():
        more = ("named, acknowledgement]", "named, acknowledgement, child_police]", name == "encompass.yaml")
        (changed / name).write_text(text.replace(*more))
    return changed


@pytest.fixture
def week(corridor: Corridor, tmp_path: Path) -> Exported:
    """A few days: referrals, notices, a seal, a record that the last door stopped, clocks, agreements that change."""
    everybody_involved(corridor)
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    corridor.say(ConcernShared, OAKFIELD, TOM, facts="bruises")
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, notice(corridor, police_reference=f"see {STREET}"))
    corridor.flow()
    corridor.pass_time(corridor.now.replace(day=corridor.now.day + 4))
    corridor.change(wider(tmp_path))
    corridor.send(POLICE, notice(corridor, TOM))
    corridor.flow()
    assert corridor.views(CSC)
    corridor.number()
    return exported(corridor.ledger, tmp_path / "export")


def said(found: Exported, *options: str) -> tuple[int, dict]:
    words: list[str] = []
    status = main([str(found.folder), "--key", found.key, "--json", *options], words.append)
    return status, json.loads(words[0])


def test_a_week_of_the_broker_is_verified_by_an_outsider(week: Exported):
    status, found = said(week)
    assert (status, found["fault"]) == (0, None)
    assert found["decisions"] > 15
    assert found["unsigned"] == 0


def test_a_change_that_an_office_did_not_sign_is_found(week: Exported):
    """As whoever runs the broker could have written it: the last signature was never there."""
    rows = [row for line in week.lines("carriers.jsonl") for row in line["rows"]]
    sworn = [row["statement"] for row in rows if "statement" in row]
    sworn = [(one["kind"], one["body"].encode()) for one in sworn if one["kind"].startswith("agreements.")]
    course = Approvals()
    for kind, body in sworn:
        course.take(kind, body)
    assert len(course.matrices) == 2
    last = max(i for i, (kind, _) in enumerate(sworn) if kind == "agreements.approved")
    course = Approvals()
    for kind, body in (*sworn[:last], *sworn[last + 1 : -1]):
        course.take(kind, body)
    assert sworn[-1][0] == "agreements.activated"
    with pytest.raises(Fault, match="without the signature of"):
        course.take(*sworn[-1])


def test_what_waited_for_signed_agreements_and_a_change_of_them_verify(corridor: Corridor, tmp_path: Path):
    everybody_involved(corridor)
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.PERPETRATOR_CHANNEL,
                                         action=SealAction.SET))  # fmt: skip
    corridor.flow()
    mend = HARMS["missing"][0](corridor)
    corridor.restart()
    corridor.send(POLICE, notice(corridor))
    corridor.say(ReferralSubmitted, OAKFIELD, TOM, ask="assess", by="safeguarding_lead")
    mend()
    at_rest(corridor)
    corridor.change(other_agreements(tmp_path))
    corridor.say(ConcernShared, OAKFIELD, TOM, facts="bruises")
    corridor.number()
    status, found = said(exported(corridor.ledger, tmp_path / "export"))
    assert (status, found["fault"], found["unsigned"]) == (0, None, 0)
    assert found["waiting"] > 0


def test_nothing_sealed_or_personal_stands_in_an_export(week: Exported):
    everything = b"".join(path.read_bytes() for path in week.folder.rglob("*") if path.is_file())
    assert [canary for canary in CANARIES if canary.encode() in everything] == []


def test_a_decision_that_tells_the_sealed_address_is_found(week: Exported):
    """As whoever runs the broker could have written it from the beginning: only the decision itself is wrong."""
    path = week.folder / "decisions.jsonl"
    bodies = [json.loads(line) for line in path.read_bytes().splitlines()]
    sealed = next(b for b in bodies if any(row[2] == "sealed" for row in b["fields"]) and b["outcome"] == "deliver")
    old = canonical(sealed)
    row = next(row for row in sealed["fields"] if row[2] == "sealed")
    row[1:] = ["clear", "permitted", sealed["permit"]]
    new = canonical(sealed)
    path.write_bytes(path.read_bytes().replace(old, new))
    carriers = week.folder / "carriers.jsonl"
    carriers.write_bytes(carriers.read_bytes().replace(digest_of(old).encode(), digest_of(new).encode()))
    assert said(week)[0] == 1, "the leaves are not those that were signed"
