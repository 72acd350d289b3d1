"""`python -m bench ledger [--leaves N]`: append, number, prove, export, verify, and verify as an outsider; in one run.

A ledger is written as the broker writes it: shipped agreements, decisions under varied facts, four recipients an event,
contents encrypted, carriers of a thousand events. The outsider's verifier is a process of its own and makes every leaf,
root, signature and distinct decision again.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import yaml

from ledger import CarrierRows, EventRow, Exchange, Keys, Ledger, Statement, sequence_once
from ledger.export import export
from ledger.proving import leaves_of, prove, step
from ledger.verify import verify
from schemas import read_schemas
from sharing.approval import Activation, Approval, Proposal, digest_of, founding_report, public_of, sign
from sharing.approval.proposal import MATRIX, REPORT, TEXTS, texts_body
from sharing.policy import Agreements, Facts, Guard, decide, field_classes, load
from sharing.policy.canonical import canonical
from sharing.policy.matrix import matrix_bytes
from sharing.transparency.notes import verifier_key
from sharing.vocabulary import Outcome

HOUSE = Path(__file__).parents[1]
NOW = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
RECIPIENTS = 4
PER_CARRIER = 1_000
CHILDREN = 2_000
SITUATIONS = 4_000
SIGNATORIES = "signatories:\n  bench:\n    office: 'Bench'\n    role: controller\n    controls: [school]\n    key: {}\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench ledger")
    parser.add_argument("--leaves", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="crosswalk-bench-") as root:
        for figure in measured(Path(root), options.leaves):
            print(json.dumps(figure | {"load": round(os.getloadavg()[0], 1)}), flush=True)
    return 0


def measured(folder: Path, leaves: int) -> Iterator[dict[str, Any]]:
    keys = Keys.generate("crosswalk/bench")
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", keys)
    agreements, texts = shipped()
    with ledger.transaction() as tx:
        tx.write(CarrierRows(NOW, "bench", statements=founded(agreements, texts)))
        children = [tx.new_subject() for _ in range(CHILDREN)]
    rows = events(agreements, children, leaves // RECIPIENTS)
    yield timed("append", leaves, lambda: append(ledger, rows))
    yield timed("number and sign", leaves, lambda: number(ledger))
    with ledger.reading() as tx:
        (last,) = tx.session.rows("select max(size) from checkpoint")[0]
        (middle,) = tx.session.rows("select min(size) from checkpoint where size > ?", (last // 2,))[0]
        exchange = sha256(b"0 0").digest()[:16]
        yield timed("find and prove one exchange", 1, lambda: prove(tx, leaves_of(tx, exchange)[-1]))
        yield timed("step over half the tree", 1, lambda: step(tx, middle, last))
        yield timed("export", leaves, lambda: export(tx, folder / "export"))
    yield timed("verify from the database", leaves, lambda: expect(holds=verify(ledger).fault is None))
    ledger.close()
    yield timed(
        "verify as an outsider", leaves, lambda: outsider(folder / "export", verifier_key(keys.origin, keys.public))
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    size = sum(path.stat().st_size for path in (folder / "export").iterdir()) // 1_000_000
    yield {"measure": "outsider", "peak_mb": peak, "export_mb": size}


def timed(name: str, leaves: int, work: Callable[[], object]) -> dict[str, Any]:
    began, cpu = time.monotonic(), time.process_time()
    said = work()
    seconds = time.monotonic() - began
    found = {"measure": name, "seconds": round(seconds, 2), "cpu_seconds": round(time.process_time() - cpu, 2)}
    found |= {"leaves": leaves, "per_second": round(leaves / seconds)} if leaves > 1 else {}
    return found | ({"said": said} if isinstance(said, str) else {})


def expect(*, holds: bool) -> None:
    assert holds, "the ledger does not verify: no figure"


def shipped() -> tuple[Agreements, dict[str, str]]:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((HOUSE / "agreements").glob("*.yaml"))}
    assert all(yaml.safe_load(text) for text in texts.values())
    return load(texts, field_classes(read_schemas())), texts


def founded(agreements: Agreements, texts: dict[str, str]) -> list[Statement]:
    """The shipped set, approved by one invented office."""
    seed = b"\1" * 32
    table = SIGNATORIES.format(b64encode(public_of(seed)).decode())
    bodies = {
        MATRIX: matrix_bytes(agreements),
        REPORT: canonical(founding_report(agreements.version)),
        TEXTS: texts_body(texts, table),
    }
    names = {kind: digest_of(body) for kind, body in bodies.items()}
    proposal = Proposal(agreements.version, names[REPORT], names[TEXTS], "", "", NOW, "bench", ("bench",))
    return [
        *(Statement(kind, body) for kind, body in bodies.items()),
        Statement(Proposal.KIND, proposal.to_body()),
        Statement(Approval.KIND, Approval(proposal.id, "bench", sign(proposal, seed)).to_body()),
        Statement(Activation.KIND, Activation(proposal.id, NOW, "bench").to_body()),
    ]


def events(agreements: Agreements, children: list[int], count: int) -> Iterator[EventRow]:
    random = Random(1)
    asked = [decided(agreements, random) for _ in range(SITUATIONS)]
    for n in range(count):
        exchanges = []
        for place in range(RECIPIENTS):
            kind, body, state = asked[(n * RECIPIENTS + place) % SITUATIONS]
            identity = sha256(b"%d %d" % (n, place)).digest()[:16]
            exchanges.append(Exchange(identity, f"organisation-{place}", "safeguarding_lead", kind, body, state))
        event_id = sha256(b"event %d" % n).digest()[:16]
        content = b"content of event %d " % n * 12
        child = children[n % len(children)]
        yield EventRow(event_id, child, 10, 0, agreements.version, content, tuple(exchanges))


def decided(agreements: Agreements, random: Random) -> tuple[str, bytes, Outcome]:
    """One decision about a random question; what waits is left to the pipeline's own bench."""
    while True:
        event, kind, _ = random.choice(list(agreements.cells))
        facts = Facts.of({guard: random.choice((True, True, False, None)) for guard in Guard})
        decision = decide(agreements, event, kind, None, facts)
        if decision.outcome is not Outcome.HOLD:
            return kind.value, decision.body(), decision.outcome


def append(ledger: Ledger, rows: Iterator[EventRow]) -> None:
    at = NOW
    while batch := tuple(islice(rows, PER_CARRIER)):
        at += timedelta(seconds=1)
        with ledger.transaction() as tx:
            tx.write(CarrierRows(at, "bench", batch))


def number(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        lease = tx.take_lease("sequencer", "bench", NOW, timedelta(days=1))
    assert lease is not None
    while sequence_once(ledger, lease, NOW, limit=1):
        pass


def outsider(folder: Path, key: str) -> str:
    verifier = HOUSE / "ledger" / "offline_verifier.py"
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), str(folder), "--key", key], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()
