"""No byte that a recipient can read, and no byte at rest, holds what it may not.

Every canary is looked for in delivered files, in the records and the raw segments of every topic, in logs, spools,
databases, dead letters and checkpoints. Who may have a canary follows from the expectations alone. Left out: the
agencies' own papers (their `drop` folders) and the story's ground truth.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from checker.ahead import search
from checker.arrivals import Links
from checker.expectations import Expectations
from checker.model import Category, Delivery, Fault, Published
from checker.reading import Truth
from checker.records import LOGS, Record
from checker.tokens import Finder

NEVER = "never:"
ENTERING = ("in", "seals")
AT_REST = (".refusals.jsonl",)
NOBODY: frozenset[str] = frozenset()


@dataclass(slots=True)
class Allowed:
    """Which organisation may have which canary.

    Attributes:
        sent: Canaries that an organisation put into its own topics itself.
        before, after: Canaries that it may receive until the seal, and from the seal on.
        owner: Reference of a record that holds the canary, for messages.
    """

    sent: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    after: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    owner: dict[str, str] = field(default_factory=dict)


def allowed(truth: Truth, expected: Expectations) -> Allowed:
    """Read off the expectations who may have what."""
    found = Allowed()
    sealed_at = truth.marks.get(expected.seal["mark"], 0)
    for record in truth.published:
        for path, token in record.canaries.items():
            found.owner.setdefault(token, f"{record.reference}: {path.removeprefix(NEVER)}")
            hidden = path.startswith(NEVER) and record.fate != "dead_letter"
            if record.fate in ("event", "dead_letter") and not hidden:
                found.sent[record.organisation].add(token)
        if record.fate == "event":
            _receive(found, record, expected, sealed=record.at_ms > sealed_at)
    _names(found, truth.published, expected)
    return found


def _receive(found: Allowed, record: Published, expected: Expectations, *, sealed: bool) -> None:
    for organisation, functions in expected.recipients(record.reference).items():
        for function in functions:
            now = expected.sees_sealed(record, function)
            once = now if sealed else expected.sees(record.event_type, function)
            found.after[organisation] |= {token for path, token in record.canaries.items() if path in now}
            found.before[organisation] |= {token for path, token in record.canaries.items() if path in once}


def _names(found: Allowed, published: Sequence[Published], expected: Expectations) -> None:
    """Whom the broker tells of a child, it tells the name; who is asked for a setting gets the pupil number."""
    for saying in expected.said:
        for record in published:
            if record.fate == "event" and record.child == saying.child and saying.child:
                paths = ["child.surname", *(["child.upn"] if saying.event_type == "broker.setting.sought" else [])]
                tokens = {record.canaries[path] for path in paths if path in record.canaries}
                for organisation in saying.to:
                    found.before[organisation] |= tokens
                    found.after[organisation] |= tokens


class Scan:
    """One pass over everything; counts the bytes that it looked at."""

    def __init__(self, folder: Path, truth: Truth, expected: Expectations) -> None:
        self.folder = folder
        self.allowed = allowed(truth, expected)
        self.finder = Finder(self.allowed.owner)
        self.sealed_at = truth.marks.get(expected.seal["mark"], 0)
        self.scanned = 0
        self.events = tuple(truth.events())
        self._entered: set[str] = set()
        self._found: dict[bytes, frozenset[str]] = {}  # by digest: some files are the same bytes many times over

    def ahead(self, more: Iterable[Path]) -> None:
        """Search everything that lies on disk, with every core; judging then finds it searched."""
        self._found |= search(self.finder, [*(path for path, _, _ in self._at_rest()), *more])

    def files(self) -> Iterator[Fault]:
        """Delivered files by what their owner may have; everything else at rest by what nobody may have."""
        yield from self._names()
        for path, place, may in self._at_rest():
            yield from self._look(path.read_bytes(), place, may)

    def _names(self) -> Iterator[Fault]:
        """Names of files, folders and topics: nobody may have anything there, who may see the content neither."""
        for path in sorted(self.folder.rglob("*")):
            parts = path.relative_to(self.folder).parts
            if parts[0] == "story" or (parts[0] == "agencies" and "drop" in parts[2:3]):
                continue
            for token in sorted(self.finder.find(path.name.encode())):
                yield Fault(
                    Category.LEAK, self.allowed.owner[token], parts[0], "stands in the name of a file or folder"
                )

    def _at_rest(self) -> Iterator[tuple[Path, str, Iterable[str]]]:
        """Every file that counts, what it is called in a fault, and what may stand in it."""
        for path in sorted(self.folder.rglob("*")):
            if not path.is_file() or path.is_symlink():
                continue
            parts = path.relative_to(self.folder).parts
            if parts[0] == "story" or path.is_relative_to(self.folder / LOGS):
                continue
            room = parts[2] if parts[0] == "agencies" and len(parts) > 3 else ""  # noqa: PLR2004 - agencies/<organisation>/<room>/<file>
            if room == "drop" and not path.name.endswith(AT_REST):
                continue
            yield path, "/".join(parts), self.allowed.after[parts[1]] if room == "delivered" else NOBODY

    def strangers(self, links: Links, found: Iterable[Delivery]) -> Iterator[Fault]:
        """Deliveries that hold a value of another record than their own: another child's, or another time's."""
        for delivery in found:
            record = links.of(delivery)
            if record is None:
                continue
            told = json.dumps(list(delivery.fields.values()), ensure_ascii=False).encode()
            for token in sorted(self.finder.find(told) - set(record.canaries.values())):
                what = f"holds a value of another record ({self.allowed.owner[token]})"
                yield Fault(Category.LEAK, record.reference, delivery.place, what)

    def segment(self, topic: str, path: Path) -> Iterator[Fault]:
        """The raw bytes of a segment."""
        kind, _, organisation = topic.partition(".")[0], *topic.rpartition(".")[1:]
        may = self._may(kind, organisation)
        yield from self._look(
            path.read_bytes(), str(path.parent.relative_to(self.folder)), may, entering=kind in ENTERING
        )

    def heard(self, record: Record) -> Iterator[Fault]:
        """Every byte of a record that a client read, where no segment can be looked at."""
        kind, organisation = record.topic.partition(".")[0], record.topic.rpartition(".")[2]
        may = self._may(kind, organisation)
        yield from self._look(record.everything(), record.place, may, entering=kind in ENTERING)

    def blind(self) -> Iterator[Fault]:
        """Events of which nothing was found where they must have entered: the search is blind."""
        for record in self.events:
            own = {token for path, token in record.canaries.items() if not path.startswith(NEVER)}
            if own and not own & self._entered:
                yield Fault(Category.INVALID, record.reference, LOGS, "nothing of it was found on its way in")

    def record(self, record: Record) -> Iterator[Fault]:
        """One record of an out topic, by the time at which it was sent.

        The segment's bytes were looked at already; the time matters only where the seal took something away.
        """
        organisation = record.topic.rpartition(".")[2]
        after = self.allowed.after[organisation]
        if record.at_ms > self.sealed_at > 0 and not self.allowed.before[organisation] <= after:
            yield from self._look(record.everything(), record.place, after)

    def _may(self, kind: str, organisation: str) -> Iterable[str]:
        received = self.allowed.before[organisation] | self.allowed.after[organisation]
        rules: Mapping[str, Callable[[], Iterable[str]]] = {
            "out": lambda: received,
            "in": lambda: received | self.allowed.sent[organisation],
            "seals": lambda: self.allowed.sent[organisation],
        }
        return rules.get(kind, lambda: NOBODY)()

    def _look(self, blob: bytes, place: str, may: Iterable[str], *, entering: bool = False) -> Iterator[Fault]:
        self.scanned += len(blob)
        digest = sha256(blob).digest()
        if digest not in self._found:
            self._found[digest] = frozenset(self.finder.find(blob))
        found = self._found[digest]
        if entering:
            self._entered |= found
        for token in sorted(found - set(may)):
            yield Fault(Category.LEAK, self.allowed.owner[token], place, "stands where it may not")
