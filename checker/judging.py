"""The whole judgement of one world, part by part. Left out: showing it (`report`)."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from checker import arrivals, ledger, order, sayings, validity
from checker.arrivals import Links
from checker.client import read_topics
from checker.expectations import Expectations, Unforeseen
from checker.leaks import Scan
from checker.model import Category, Counts, Delivery, Fault
from checker.reading import Truth, Unreadable, deliveries, read_truth, recalls
from checker.records import Record, read_segment, segments

DEAD_LETTER = "dead-letter"


def judge(folder: Path, expected: Expectations, bootstrap: str = "", *, ask_ledger: bool = True) -> Counts:
    """Judge a world.

    Args:
        folder: The demo's folder.
        expected: What must come of the story.
        bootstrap: Addresses of the cluster, to read the topics through a client too; `""` leaves that out.
        ask_ledger: Whether the product's own verification is run beside ours.
    """
    counts = Counts()
    try:
        truth = read_truth(folder)
        found = list(deliveries(folder))
        _folders(folder, truth, found, expected, counts)
        notes = _bytes(folder, truth, found, expected, counts, bootstrap)
    except Unreadable as fault:
        counts.faults.append(Fault(Category.INVALID, "", str(folder.name), str(fault)))
        return counts
    except Unforeseen as fault:
        counts.faults.append(Fault(Category.INVALID, str(fault), "expectations.yaml", "nothing is written down for it"))
        return counts
    if ask_ledger and notes:
        counts.faults += ledger.verify(folder, notes[-1].value)
    counts.ledger_verified = counts.of(Category.LEDGER) == 0
    return counts


def _folders(folder: Path, truth: Truth, found: list[Delivery], expected: Expectations, counts: Counts) -> None:
    """What arrived, and what was refused on the way."""
    links = Links(truth.events())
    faults, counts.withheld_fields = arrivals.judge(links, found, expected)
    children = {one.names: one.child for one in truth.events()}
    faults += sayings.judge(found, children, expected)
    given_up = recalls(folder)
    sealed_at = truth.marks.get(expected.seal["mark"], 0)
    faults += order.judge(links, found, expected, sealed_at, frozenset(given_up))
    for organisation in expected.seal["recalls_never_at"]:
        if organisation in given_up:
            faults.append(Fault(Category.LEAK, "", organisation, "was told of a recall that is none of its business"))
    missing, counts.refused = validity.refused(folder, truth)
    faults += [*missing, *validity.marks(truth, expected), *validity.kills_fired(folder, expected)]
    counts.published = sum(1 for _ in truth.events())
    counts.delivered = len(found)
    counts.escalations = sayings.escalations(found)
    counts.recalled = sum(given_up.values())
    counts.kills = validity.kills(folder)
    counts.faults += faults


def _bytes(
    folder: Path, truth: Truth, found: list[Delivery], expected: Expectations, counts: Counts, bootstrap: str
) -> list[Record]:
    """Every byte at rest and on the wire; returns the checkpoints that were published."""
    scan = Scan(folder, truth, expected)
    counts.faults += [*scan.files(), *scan.strangers(Links(truth.events()), found)]
    kept: dict[str, list[Record]] = defaultdict(list)
    for topic, path in segments(folder):
        wanted = topic.startswith(("out.", "receipts.")) or topic in (DEAD_LETTER, ledger.TOPIC)
        records = list(read_segment(folder, topic, path)) if wanted else []
        kept[topic] += records
        counts.faults += scan.segment(topic, path, records)
    faults, counts.dead_letters = validity.dead_letters(truth, _letters(kept[DEAD_LETTER]))
    counts.faults += [*faults, *ledger.judge(folder, kept[ledger.TOPIC])]
    for organisation in expected.faults["offline"]:
        sent, receipts = _topic(kept, "out", organisation), _topic(kept, "receipts", organisation)
        counts.faults += validity.offline_struck(organisation, sent, receipts, scan.sealed_at)
    if bootstrap:
        counts.faults += _through_a_client(scan, bootstrap, kept)
    counts.scanned_bytes = scan.scanned
    return kept[ledger.TOPIC]


def _topic(kept: Mapping[str, list[Record]], kind: str, organisation: str) -> list[Record]:
    """Records of an organisation's topic of a kind, whatever its agency is called."""
    return [
        record
        for topic, records in kept.items()
        if topic.startswith(f"{kind}.") and topic.endswith(f".{organisation}")
        for record in records
    ]


def _letters(records: Iterable[Record]) -> dict[str, list[str]]:
    """Codes of dead letters by the organisation from whose topic they came."""
    found: dict[str, list[str]] = defaultdict(list)
    for record in records:
        source = record.header("x-orig-topic").decode(errors="replace").rpartition(".")[2]
        found[source].append(_code(record))
    return found


def _through_a_client(scan: Scan, bootstrap: str, kept: Mapping[str, list[Record]]) -> list[Fault]:
    faults: list[Fault] = []
    read: Counter[str] = Counter()
    for record in read_topics(bootstrap, "out."):
        read[record.topic] += 1
        faults += scan.record(record)
    for topic in sorted(name for name in kept if name.startswith("out.")):
        if read[topic] != len(kept[topic]):
            said = f"the client reads {read[topic]} records, the disk holds {len(kept[topic])}"
            faults.append(Fault(Category.INVALID, "", topic, said))
    return faults


def _code(record: Record) -> str:
    try:
        return str(json.loads(record.value)["code"])
    except (ValueError, KeyError, TypeError):
        return "(no code)"
