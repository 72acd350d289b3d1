"""The corridor without Kafka: a broker on a SQLite ledger, agencies that publish, a destination that collects.

The cluster's two ends are simulated: what was published (offsets rise, the barrier knows how far) and what left. All in
between is the product's own: intake, sequencer, release, clocks.
"""

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from agreements import read_texts
from ledger import Keys, Ledger, sequence_once
from schemas import read_schemas
from sharing.approval import Approval, Proposal, sign
from sharing.calendar import Calendars
from sharing.calendar import from_document as calendars_from
from sharing.codec import Catalogue, decode, encode
from sharing.directory import Directory
from sharing.errors import Retryable
from sharing.events import Child, Envelope, Event, SealChanged
from sharing.ids import event_id
from sharing.policy import Agreements
from sharing.topics import in_topic, receipts_topic, seals_topic
from streams.agents.handover import Handover
from streams.agents.intake import Intake
from streams.agents.release import Release
from streams.agents.sender import Outgoing, headers_of
from streams.agents.timers import Timers
from streams.broker import ENGINE, Broker, read_agreements, read_directory, read_yaml
from streams.carrier import Batch, Record
from streams.changing import activate, hand_in, prepare_proposal, write_proposal
from streams.founding import Offices, found, invent_offices
from streams.head import HeadWatch
from streams.worker import inputs_of

HOUSE = Path(__file__).parents[2]
CSC, POLICE, TRUST, COMMUNITY, GP, EDUCATION = (
    "easthaven-social-care",
    "easthaven-police",
    "easthaven-hospital",
    "easthaven-community",
    "mill-lane-surgery",
    "easthaven-education",
)
OAKFIELD, BRANNOCK, HARBOUR, NURSERY = (
    "oakfield-primary",
    "st-brannock-independent",
    "harbour-academy",
    "little-acorns",
)
FRIDAY = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)
REAL = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = Keys.generate("crosswalk/easthaven")
AGENCY_KEY = b"an agency's own key, 32 bytes!!!"


@cache
def world() -> tuple[Catalogue, Directory, Calendars, Agreements]:
    """What is read from files, once for all tests."""
    partnership = HOUSE / "crosswalk" / "partnership"
    return (
        Catalogue.of(read_schemas()),
        read_directory(partnership),
        calendars_from(read_yaml(partnership / "calendars.yaml"), "calendars.yaml"),
        read_agreements(HOUSE / "agreements"),
    )


@cache
def offices() -> Offices:
    """Invented offices, once for all tests."""
    table = (HOUSE / "crosswalk" / "partnership" / "signatories.yaml").read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        return invent_offices(table, Path(folder))


@cache
def founded(agreements: Path) -> bytes:
    """A ledger in which a folder's set was put in force by invented offices, as one file: made once for all tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        with closing(Ledger.open(f"sqlite:///{file}", KEYS)) as ledger:
            found(ledger, read_texts(agreements), offices(), REAL, ENGINE)
        assert [path.name for path in file.parent.iterdir()] == [file.name], "all of it is in the one file"
        return file.read_bytes()


class Destination:
    """Stands where the cluster stands for the sender: keeps what it is sent, or is away, or forbids a lane."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.away = False
        self.missing: set[str] = set()

    def send(self, records: Iterable[Outgoing]) -> dict[int, str]:
        waiting = list(records)
        if self.away:
            raise Retryable("the cluster is away")
        self.sent += [r for r in waiting if r.topic not in self.missing]
        return {r.lane: "UNKNOWN_TOPIC_OR_PART" for r in waiting if r.topic in self.missing}

    def is_there(self, topic: str) -> bool:
        return topic not in self.missing


class Cluster:
    """How far each input goes, for those who ask: what was published, absorbed or not."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.offsets = dict.fromkeys(topics, 0)
        self.away = False

    def ends(self) -> dict[tuple[str, int], int]:
        return {(topic, 0): -1 if self.away else end for topic, end in self.offsets.items()}


@dataclass
class View:
    """One record that left, decoded."""

    record: Outgoing
    event: Event

    @property
    def organisation(self) -> str:
        return self.record.topic.rsplit(".", 1)[1]

    @property
    def exchange(self) -> str:
        return self.record.exchange_id.hex()

    @property
    def wire(self) -> tuple[object, ...]:
        """All bytes of it."""
        return (self.record.topic, self.record.key, self.record.value, tuple(headers_of(self.record)))


@dataclass
class Corridor:
    """One broker in one process, driven by hand.

    Attributes:
        now: Domain time, set by the test. `real`: for leases; moves by itself.
        url: Of an empty database; SQLite in the folder by default.
    """

    folder: Path
    now: datetime = FRIDAY
    real: datetime = REAL
    keys: Keys = KEYS
    agreements: Path = HOUSE / "agreements"
    directory: Directory | None = None
    destination: Destination = field(default_factory=Destination)
    sequencing: bool = True
    url: str = ""
    _count: int = 0

    def __post_init__(self) -> None:
        catalogue, directory, calendars, agreements = world()
        file = self.folder / "ledger.db"
        if not self.url and self.keys is KEYS and self.agreements == HOUSE / "agreements":
            file.write_bytes(founded(self.agreements))
        self.ledger = Ledger.open(self.url or f"sqlite:///{file}", self.keys)
        self.broker = Broker(
            self.ledger,
            self.keys,
            catalogue,
            self.directory or directory,
            calendars,
            agreements,
            lambda: self.now,
        )
        found(self.ledger, read_texts(self.agreements), offices(), REAL, ENGINE)
        inputs = inputs_of(self.broker)
        self.cluster = Cluster(inputs)
        self.seals = Cluster([name for name in inputs if name.startswith("seals.")])
        self.restart()

    def change(self, agreements: Path, *signing: str) -> Proposal:
        """Propose the set of a folder, have it signed by everybody or by these, and put it in force now."""
        with self.ledger.reading() as tx:
            made = prepare_proposal(tx, read_texts(agreements), offices().table.text(), "tests", self.now)
        write_proposal(self.ledger, made, self.now, ENGINE)
        for name in signing or offices().seeds:
            signature = sign(made.proposal, offices().seeds[name])
            hand_in(self.ledger, Approval(made.proposal.id, name, signature), self.now, ENGINE)
        activate(self.ledger, made.proposal.id, self.now, "tests", self.now, ENGINE)
        return made.proposal

    def restart(self) -> None:
        """The process ends and another one starts: what was in memory is gone."""
        self.real += timedelta(minutes=1)
        self._count += 1
        self.broker = replace(self.broker, head=HeadWatch())
        self.handover = Handover()
        self.intake = Intake(self.broker, self.handover)
        owner = f"worker-{self._count}"
        self.release = Release(self.broker, self.handover, self.destination, self.seals, owner)  # type: ignore[arg-type]
        self.timers = Timers(self.broker, self.handover, self.cluster, owner)  # type: ignore[arg-type]

    def close(self) -> None:
        self.ledger.close()

    # ------------------------------------------------------------ agencies

    def event(self, kind_of_event: type[Event], sender: str, child: Child, /, key: str = "", **body: object) -> Event:
        """An event as the sender's connector makes it; `key` is its native key, drawn from the count without one."""
        self._count += 1
        native = key or f"record-{self._count}"
        agency = str(self.broker.directory.organisations[sender].agency)
        more = {name: body.pop(name) for name in tuple(body) if name in Envelope.__dataclass_fields__ and name not in
                kind_of_event.__dataclass_fields__}  # fmt: skip
        function = body.pop("by", None)
        envelope = Envelope(
            event_id=event_id(AGENCY_KEY, sender, "system", native, "1").hex(),
            occurred_at=self.now,
            recorded_at=self.now,
            agency=agency,
            organisation=sender,
            author_function=function,
            **more,
        )
        return kind_of_event(envelope=envelope, child=child, **body)

    def publish(self, sender: str, *events: Event | bytes, topic: str = "") -> Batch:
        """Put events into the sender's topic; they wait there."""
        organisation = self.broker.directory.organisations[sender]
        first = next((e for e in events if isinstance(e, Event)), None)
        own = seals_topic if isinstance(first, SealChanged) else in_topic
        if first is not None and first.event_type == "broker.receipt.recorded":
            own = receipts_topic
        name = topic or own(organisation)
        start = self.cluster.offsets.get(name, 0)
        stamp = int(self.now.timestamp() * 1000)
        raw = [e if isinstance(e, bytes) else encode(e, self.broker.catalogue) for e in events]
        records = [Record(start + i, stamp, b"k" * 16, value, ()) for i, value in enumerate(raw)]
        for known in (self.cluster, self.seals):
            if name in known.offsets:
                known.offsets[name] = start + len(records)
        return Batch(name, 0, tuple(records))

    def send(self, sender: str, *events: Event | bytes, topic: str = "") -> Batch:
        """Publish, and let the broker absorb it."""
        batch = self.publish(sender, *events, topic=topic)
        self.intake.absorb(batch)
        return batch

    def say(self, kind_of_event: type[Event], sender: str, child: Child, /, **body: object) -> Event:
        """Publish one event and let everything flow; gives the event."""
        event = self.event(kind_of_event, sender, child, **body)
        self.send(sender, event)
        self.flow()
        return event

    # ------------------------------------------------------------ the broker

    def number(self) -> None:
        """Let the sequencer number what is committed."""
        with self.ledger.transaction() as tx:
            lease = tx.take_lease("sequencer", "tests", self.real, timedelta(days=1))
        assert lease is not None
        sequence_once(self.ledger, lease, self.now)

    def flow(self) -> list[View]:
        """Number and release until nothing more leaves; gives what left now."""
        before = len(self.destination.sent)
        for _ in range(40):
            if self.sequencing:
                self.number()
            self.real += timedelta(seconds=2)  # leases are renewed
            left = self.release.once(self.real)
            with self.ledger.reading() as tx:
                (waiting,) = tx.session.one("select count(*) from carrier where ordinal is null")
            if not left and not (waiting and self.sequencing):
                return [self.view(r) for r in self.destination.sent[before:]]
        raise AssertionError("the flow does not come to rest")

    def pass_time(self, to: datetime) -> list[View]:
        """Time passes, clocks are looked at, everything flows."""
        self.now = to
        for _ in range(10):
            if not self.timers.once(self.real):
                break
        else:
            raise AssertionError("clocks do not come to rest")
        return self.flow()

    # ------------------------------------------------------------ looking

    def view(self, record: Outgoing) -> View:
        return View(record, decode(record.value, self.broker.catalogue))

    def views(self, organisation: str = "", event_type: str = "") -> list[View]:
        """What left, to one organisation and of one type, or all."""
        found = [self.view(r) for r in self.destination.sent]
        return [
            v
            for v in found
            if organisation in ("", v.organisation) and (not event_type or v.event.event_type == event_type)
        ]

    def one(self, organisation: str, event_type: str) -> View:
        """The only view of that type that the organisation has."""
        (found,) = self.views(organisation, event_type)
        return found

    def dead_letters(self) -> list[tuple[str, str]]:
        with self.ledger.reading() as tx:
            return [(letter.code, letter.field) for letter in tx.dead_letters()]

    def state(self, event: Event):
        """The state of the subject that the event is about now."""
        from sharing.reconciliation import SubjectState, from_bytes

        with self.ledger.reading() as tx:
            stored = tx.find(bytes.fromhex(event.envelope.event_id))
            root = tx.joined_to([stored.subject]).get(stored.subject, stored.subject)
            raw = tx.states([root])[root].state
        return from_bytes(raw) if raw else SubjectState()

    def decisions(self, event: Event) -> list[dict]:
        """Every decision about an event, oldest first."""
        with self.ledger.reading() as tx:
            stored = tx.find(bytes.fromhex(event.envelope.event_id))
            numbers = [x.outcome for x in stored.exchanges]
            numbers += [x.outcome for row in tx.redecisions([stored.n]) for x in row.exchanges]
            bodies = tx.outcomes(set(numbers))
        return [json.loads(bodies[n]) for n in numbers]
