"""The whole judgement of one world, part by part. Left out: showing it (`report`)."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from checker import arrivals, ledger, order, sayings, validity
from checker.arrivals import Links
from checker.client import read_topics
from checker.expectations import Expectations, Unforeseen
from checker.leaks import Scan
from checker.model import Category, Counts, Delivery, Fault
from checker.reading import Truth, Unreadable, deliveries, read_truth, recalls
from checker.records import CHECKPOINTS, DEAD_LETTER, TOPICS, Record, Wire, is_ours, read_wire, segments


def judge(folder: Path, expected: Expectations, bootstrap: str = "", *, ask_ledger: bool = True) -> Counts:
    """Judge a world.

    Args:
        folder: The demo's folder.
        expected: What must come of the story.
        bootstrap: Addresses of the cluster, to read the topics through a client too; `""` leaves that out. Where the
            cluster is somebody else's, so that its disk cannot be searched, they are read through the client alone.
        ask_ledger: Whether the product's own verification is run beside ours.
    """
    counts = Counts()
    try:
        truth = read_truth(folder)
        if expected.seal["mark"] not in truth.marks:
            expected = expected.before_the_seal()
        apart = bool(bootstrap) and not is_ours(folder)
        heard = tuple(read_topics(bootstrap, TOPICS)) if apart else ()
        wire = Wire.read(heard) if apart else read_wire(folder)
        found = list(deliveries(folder))
        _folders(folder, truth, found, expected, counts, wire)
        _bytes(folder, truth, found, expected, counts, wire, heard)
        if bootstrap and not apart:
            counts.faults += _through_a_client(Scan(folder, truth, expected), bootstrap, wire)
    except Unreadable as fault:
        counts.faults.append(Fault(Category.INVALID, "", str(folder.name), str(fault)))
        return counts
    except Unforeseen as fault:
        counts.faults.append(Fault(Category.INVALID, str(fault), "expectations.yaml", "nothing is written down for it"))
        return counts
    if ask_ledger and wire.of(CHECKPOINTS):
        counts.faults += ledger.verify(folder, wire.of(CHECKPOINTS)[-1].value)
    counts.ledger_verified = counts.of(Category.LEDGER) == 0
    return counts


def _folders(
    folder: Path, truth: Truth, found: list[Delivery], expected: Expectations, counts: Counts, wire: Wire
) -> None:
    """What arrived, and what was refused on the way."""
    links = Links(truth.events())
    sealed_at = truth.marks.get(expected.seal["mark"], 0)
    faults, counts.withheld_fields = arrivals.judge(links, found, expected, sealed_at)
    given_up = recalls(folder)
    children = {one.names: one.child for one in truth.events()}
    faults += sayings.judge(found, children, expected, wire.types_of(given_up))
    faults += order.judge(links, found, expected, sealed_at, frozenset(given_up))
    for organisation in expected.seal["recalls_never_at"]:
        if organisation in given_up:
            faults.append(Fault(Category.LEAK, "", organisation, "was told of a recall that is none of its business"))
    missing, counts.refused = validity.refused(folder, truth)
    faults += [*missing, *validity.marks(truth, expected), *validity.kills_fired(folder, expected)]
    for organisation in expected.faults["offline"]:
        sent, receipts = wire.topic("out", organisation), wire.topic("receipts", organisation)
        faults += validity.offline_struck(organisation, sent, receipts, sealed_at)
    counts.published = sum(1 for _ in truth.events())
    counts.delivered = len(found)
    counts.escalations = sayings.escalations(found)
    counts.recalled = sum(len(ids) for ids in given_up.values())
    counts.kills = validity.kills(folder)
    counts.faults += faults


def _bytes(
    folder: Path,
    truth: Truth,
    found: list[Delivery],
    expected: Expectations,
    counts: Counts,
    wire: Wire,
    heard: Sequence[Record],
) -> None:
    """Every byte at rest and on the wire. `heard`: all records, where no segments lie in the folder."""
    scan = Scan(folder, truth, expected)
    lying = () if heard else tuple(segments(folder))
    scan.ahead(path for _, path in lying)
    counts.faults += [*scan.files(), *scan.strangers(Links(truth.events()), found)]
    for topic, path in lying:
        counts.faults += scan.segment(topic, path)
    for record in heard:
        counts.faults += scan.heard(record)
    counts.faults += scan.blind()
    for record in wire.starting("out."):
        counts.faults += scan.record(record)
    faults, counts.dead_letters = validity.dead_letters(truth, _letters(wire.of(DEAD_LETTER)))
    counts.faults += [*faults, *ledger.judge(folder, wire.of(CHECKPOINTS))]
    counts.scanned_bytes = scan.scanned


def _letters(records: Iterable[Record]) -> dict[str, list[str]]:
    """Codes of dead letters by the organisation from whose topic they came."""
    found: dict[str, list[str]] = defaultdict(list)
    for record in records:
        source = record.header("x-orig-topic").decode(errors="replace").rpartition(".")[2]
        found[source].append(_code(record))
    return found


def _through_a_client(scan: Scan, bootstrap: str, wire: Wire) -> list[Fault]:
    faults: list[Fault] = []
    read: Counter[str] = Counter()
    for record in read_topics(bootstrap, "out."):
        read[record.topic] += 1
        faults += scan.record(record)
    lying = Counter(record.topic for record in wire.starting("out."))
    for topic in sorted(lying.keys() | read.keys()):
        if read[topic] != lying[topic]:
            said = f"the client reads {read[topic]} records, the disk holds {lying[topic]}"
            faults.append(Fault(Category.INVALID, "", topic, said))
    return faults


def _code(record: Record) -> str:
    try:
        return str(json.loads(record.value)["code"])
    except (ValueError, KeyError, TypeError):
        return "(no code)"
