"""A small ledger with signed agreements, decisions under them, a witness, and its export; all of it invented."""

import json
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import cryptography
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import Keys, Ledger, Redecision, Statement, newest
from ledger.export import export
from ledger.offline_verifier import main
from ledger.packing import row_number
from ledger.witnesses import hear
from sharing.approval import Activation, Approval, Proposal, digest_of, founding_report, public_of, sign
from sharing.approval.proposal import MATRIX, REPORT, TEXTS, texts_body
from sharing.policy.canonical import canonical
from sharing.transparency.notes import WITNESS, cosign, cosignature_line, verifier_key
from sharing.transparency.witness import witness_name
from sharing.vocabulary import Outcome
from tests.ledger.rig import NOW, a_subject, an_event, carrier, number, to

VERIFIER = Path(__file__).parents[2] / "ledger" / "offline_verifier.py"
KEYS = Keys.generate("crosswalk/easthaven")
SEEDS = {"local-authority": b"\1" * 32, "police": b"\2" * 32}
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
EVENT, TO = "notice.given", "school"
FIELDS = [["$exists", "exists"], ["child.name", "identity"], ["child.address", "location"], ["words", "narrative"]]


def matrix_document() -> dict[str, object]:
    """Agreements in the form of docs/matrix.md: a school is told of its pupil, not of a sealed place."""
    return {
        "format": "crosswalk-matrix/1",
        "guards": [["open_involvement", "permit", None], ["address_sealed", "seal", None]],
        "lattice": {"withhold": ["clear", "outward"], "outward": ["clear"], "clear": []},
        "purposes": [{"name": "welfare", "statute": "Education Act 2002 s.175", "lawful_basis": "", "confidence": ""}],
        "recipients": {TO: "schools"},
        "classes": {},
        "categories": {},
        "markers": {},
        "events": {EVENT: FIELDS},
        "agreements": {"isa": {"dpia": "DPIA-1", "parties": ["schools"], "review_by": "2027-03-31"}},
        "permits": {
            "isa/pupil": {"agreement": "isa", "when": "open_involvement", "hold_until": [], "never_stopped": False}
        },
        "seals": {
            "refuge": {
                "when": "address_sealed", "classes": ["location"], "around": [], "to": None, "do": "withhold",
                "marker": "silent", "absolute": False, "exceptions": [],
            }
        },
        "cells": [
            {
                "event": EVENT, "to": TO, "purpose": "welfare", "seals": ["refuge"],
                "fields": [[p, "clear", "isa/pupil"] for p in ("$exists", "child.address", "child.name")],
            }
        ],
        "never": [],
        "always": [],
    }  # fmt: skip


MATRIX_BODY = canonical(matrix_document())
VERSION = digest_of(MATRIX_BODY)


def decision(*, involved: bool | None, sealed: bool | None, **changed: object) -> bytes:
    """What these agreements give, as the ledger keeps it."""
    delivered = involved is True
    reason = "permitted" if delivered else "condition-not-met"
    address = ["clear", "permitted", "isa/pupil"] if sealed is False else ["withhold", "sealed", "refuge"]
    told = {"$exists": ["clear", reason, "isa/pupil"], "child.name": ["clear", reason, "isa/pupil"]}
    told |= {"child.address": address, "words": ["withhold", "no-agreement", ""]}
    withheld = ["withhold", reason, "isa/pupil"]
    body = {
        "agreement": "isa", "agreements": VERSION, "event": EVENT, "permit": "isa/pupil", "purpose": "welfare",
        "statute": "Education Act 2002 s.175", "to": TO, "reason": reason, "rule": "isa/pupil",
        "outcome": "deliver" if delivered else "suppress",
        "guards": {"open_involvement": involved, "address_sealed": sealed},
        "fields": [[path, *(told[path] if delivered else withheld)] for path, _ in FIELDS],
    }  # fmt: skip
    return canonical(body | changed)


def signatories() -> str:
    rows = (
        f"  {name}:\n    office: 'Office of {name}'\n    role: controller\n    controls: [school]\n    always: true\n"
        f"    key: {b64encode(public_of(seed)).decode()}\n"
        for name, seed in SEEDS.items()
    )
    return "# who signs\nsignatories:\n" + "".join(rows)


def approvals(signed_by: tuple[str, ...] = tuple(SEEDS)) -> list[Statement]:
    """A first set of agreements, proposed, signed and activated."""
    report, texts = canonical(founding_report(VERSION)), texts_body({"isa.yaml": "invented"}, signatories())
    documents = {MATRIX: MATRIX_BODY, REPORT: report, TEXTS: texts}
    proposal = Proposal(VERSION, digest_of(report), digest_of(texts), "", "", NOW, "partnership", tuple(SEEDS))
    found = [Statement(kind, body) for kind, body in documents.items()]
    found.append(Statement(Proposal.KIND, proposal.to_body()))
    signed = (Approval(proposal.id, name, sign(proposal, SEEDS[name])) for name in signed_by)
    found.extend(Statement(Approval.KIND, approval.to_body()) for approval in signed)
    return [*found, Statement(Activation.KIND, Activation(proposal.id, NOW, "partnership").to_body())]


def following(at: datetime) -> tuple[list[Statement], str]:
    """A second set that says the same under another name, signed by all and put in force at a time; its version."""
    first = Proposal.from_body(next(s.body for s in approvals() if s.kind == Proposal.KIND))
    matrix = canonical(matrix_document() | {"categories": {"another": {}}})
    version = digest_of(matrix)
    report = canonical({"old": VERSION, "new": version, "newly_disclosed": [], "changed_otherwise": []})
    texts = texts_body({"isa.yaml": "invented anew"}, signatories())
    proposal = Proposal(version, digest_of(report), digest_of(texts), first.id, "", NOW, "partnership", tuple(SEEDS))
    found = [Statement(MATRIX, matrix), Statement(REPORT, report), Statement(TEXTS, texts)]
    found.append(Statement(Proposal.KIND, proposal.to_body()))
    signed = (Approval(proposal.id, name, sign(proposal, SEEDS[name])) for name in SEEDS)
    found.extend(Statement(Approval.KIND, approval.to_body()) for approval in signed)
    return [*found, Statement(Activation.KIND, Activation(proposal.id, at, "partnership").to_body())], version


def an_event_with(name: object, subject: int, *organisations: str, outcome: bytes, state: Outcome = Outcome.DELIVER):
    row = an_event(name, subject)
    exchanges = tuple(to(o, name, outcome=outcome, state=state) for o in organisations)
    return row._replace(agreements=VERSION, exchanges=exchanges)


def fill(ledger: Ledger, statements: list[Statement] | None = None) -> None:
    """Approvals, then three carriers of events, a later decision, a witness; a checkpoint after each."""
    one, two = a_subject(ledger), a_subject(ledger)
    with ledger.transaction() as tx:
        tx.write(carrier(statements=approvals() if statements is None else statements))
    number(ledger)
    openly, sealed = (decision(involved=True, sealed=s) for s in (False, None))
    withheld = decision(involved=None, sealed=False)
    events = [
        an_event_with(1, one, "oakfield", "harbour", outcome=openly),
        an_event_with(2, two, "oakfield", outcome=sealed),
        an_event_with(3, one, "oakfield", outcome=withheld, state=Outcome.SUPPRESS),
        an_event("nobody", two)._replace(agreements=VERSION),
    ]
    with ledger.transaction() as tx:
        n = row_number(tx.write(carrier(*events[:3])), 0)
    number(ledger)
    with ledger.transaction() as tx:
        tx.write(carrier(events[3], an_event_with(4, one, "harbour", outcome=openly)))
    number(ledger)
    anew = to("oakfield", 1, outcome=sealed)
    with ledger.transaction() as tx:
        tx.write(carrier(redecisions=(Redecision(n, n, 2, VERSION, (anew,)),)))
    number(ledger)
    witness(ledger)
    number(ledger)


def witness(ledger: Ledger, organisation: str = "harbour-academy") -> None:
    """A witness signs the newest checkpoint."""
    with ledger.transaction() as tx:
        point = newest(tx).checkpoint
        name, public = witness_name(tx.keys.origin, organisation), WITNESS_KEY.public_key()
        signed = cosign(point, int((NOW + timedelta(seconds=1)).timestamp()), WITNESS_KEY)
        text = f"{point.body().decode()}\n{cosignature_line(name, signed, public)}"
        assert hear(tx, organisation, (text, verifier_key(name, public, WITNESS)), NOW, "engine-1") == "kept"


@dataclass
class Exported:
    """An export on the disk, and what the verifier says of it."""

    folder: Path
    key: str

    def copy(self, to_folder: Path) -> "Exported":
        shutil.copytree(self.folder, to_folder)
        return Exported(to_folder, self.key)

    def verify(self, *options: str) -> tuple[int, str]:
        """Run the verifier as an outsider does: elsewhere, with `cryptography` within reach and nothing else."""
        code = (
            "import sys, runpy, importlib.util as u; sys.path.append(sys.argv[1]); sys.argv = sys.argv[2:];"
            "assert not any(map(u.find_spec, ('ledger', 'sharing', 'sqlalchemy', 'yaml'))), 'not bare';"
            "runpy.run_path(sys.argv[0], run_name='__main__')"
        )
        with tempfile.TemporaryDirectory() as bare:
            for path in Path(cryptography.__file__).parents[1].glob("*"):
                if path.name.startswith(("cryptography", "cffi", "_cffi", "pycparser")):
                    (Path(bare) / path.name).symlink_to(path)
            asked = [bare, str(VERIFIER), str(self.folder), "--key", self.key, *options]
            command = [sys.executable, "-I", "-S", "-c", code, *asked]
            done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60, check=False)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout.strip()

    def lines(self, name: str) -> list[dict]:
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]

    def put(self, name: str, lines: list[dict]) -> None:
        text = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)
        (self.folder / name).write_text(text, encoding="utf-8")


def exported(ledger: Ledger, folder: Path, *subjects: int) -> Exported:
    with ledger.reading() as tx:
        export(tx, folder, subjects)
    return Exported(folder, verifier_key(ledger.keys.origin, ledger.keys.public))


def said(found: Exported, *options: str) -> tuple[int, str]:
    """What the verifier says, run in this process: the same function that the file runs."""
    words: list[str] = []
    status = main([str(found.folder), "--key", found.key, *options], words.append)
    return status, "\n".join(words)
