"""What the broker records an outsider verifies, decision by decision, under the agreements that were signed."""

import json
from pathlib import Path

import pytest

from ledger import CarrierRows, Statement
from ledger.offline_verifier import main
from sharing.approval import (
    Activation,
    Approval,
    Proposal,
    Role,
    Signatories,
    Signatory,
    digest_of,
    founding_report,
    public_of,
    sign,
)
from sharing.approval.proposal import MATRIX, REPORT, TEXTS, texts_body
from sharing.events import ConcernShared, ReferralSubmitted
from sharing.policy.canonical import canonical
from sharing.policy.matrix import matrix_bytes
from sharing.vocabulary import OrganisationKind
from tests.ledger.exports import Exported, exported
from tests.streams.corridor import CSC, HOUSE, OAKFIELD, POLICE, Corridor
from tests.streams.families import CANARIES, ROSA, STREET, TOM
from tests.streams.test_seal_laws import everybody_involved, notice, seal


def office(name: str, seed: bytes) -> Signatory:
    """One office; all of them sign for everybody."""
    role = Role.CALDICOTT_GUARDIAN if name == "guardian" else Role.CONTROLLER
    return Signatory(name, f"Office of the {name}", role, frozenset(OrganisationKind), always=True, key=public_of(seed))


def founded(corridor: Corridor) -> list[Statement]:
    """The shipped agreements, proposed, signed by every office of a table, activated."""
    agreements = corridor.broker.agreements
    seeds = {name: bytes([i]) * 32 for i, name in enumerate(("authority", "police", "board", "guardian"), 1)}
    table = Signatories({name: office(name, seed) for name, seed in seeds.items()})
    texts = {p.name: p.read_text(encoding="utf-8") for p in sorted((HOUSE / "agreements").glob("*.yaml"))}
    bodies = {
        MATRIX: matrix_bytes(agreements),
        REPORT: canonical(founding_report(agreements.version)),
        TEXTS: texts_body(texts, table.text()),
    }
    names = {kind: digest_of(body) for kind, body in bodies.items()}
    proposal = Proposal(
        agreements.version, names[REPORT], names[TEXTS], "", "", corridor.now, "partnership", tuple(seeds)
    )
    signed = (Approval(proposal.id, name, sign(proposal, seed)) for name, seed in seeds.items())
    return [
        *(Statement(kind, body) for kind, body in bodies.items()),
        Statement(Proposal.KIND, proposal.to_body()),
        *(Statement(Approval.KIND, approval.to_body()) for approval in signed),
        Statement(Activation.KIND, Activation(proposal.id, corridor.now, "partnership").to_body()),
    ]


@pytest.fixture
def week(corridor: Corridor, tmp_path: Path) -> Exported:
    """A few days: referrals, notices, a seal, a recall, a record that the last door stopped, clocks that rang."""
    with corridor.ledger.transaction() as tx:
        tx.write(CarrierRows(corridor.now, "engine", statements=founded(corridor)))
    everybody_involved(corridor)
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    corridor.say(ConcernShared, OAKFIELD, TOM, facts="bruises")
    corridor.send(POLICE, notice(corridor))
    corridor.flow()
    corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, notice(corridor, police_reference=f"see {STREET}"))
    corridor.flow()
    corridor.pass_time(corridor.now.replace(day=corridor.now.day + 4))
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
