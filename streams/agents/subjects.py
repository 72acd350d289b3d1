"""Whose child is each event about: one transaction long, each event seeing the links that the ones before it made.

Left out: judging likeness (`sharing.identity`) and storage. Rules: an answer belongs to the subject of what it
answers; a doubtful child becomes a provisional subject under review, whose candidates' seals apply until a person
decides; locks are taken in one order, blocking tokens before subjects, so two workers cannot hold each other up for
ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.store import Transaction
from sharing.events import Child, Event
from sharing.identity import (
    Comparable,
    Known,
    Linkage,
    LinkOutcome,
    Scope,
    block_values,
    comparable,
    from_bytes,
    link,
    merge,
    to_bytes,
)
from sharing.ids import ID_BYTES, SubjectId, blocking_token

ALL = 1_000_000
"""More reviews than can be open: none may be passed over, for each closes what its candidates sealed."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The subject of one event.

    Attributes:
        linkage: What linkage said when this event made a new doubt, else None.
        candidates: Subjects that this child may be, while that is open.
        answers: Whether it was found by the question that it answers, not by the child.
    """

    subject: SubjectId
    linkage: Linkage | None = None
    candidates: tuple[SubjectId, ...] = ()
    answers: bool = False


class Probe(NamedTuple):
    """The child of one event, ready to be looked for: pure, so it is made before anything is locked."""

    child: Comparable
    tokens: tuple[bytes, ...]


NOBODY = Probe(comparable(Child()), ())
"""A child whom nobody can be compared with: it becomes a subject of its own."""


def probe_of(event: Event, key: bytes) -> Probe:
    """What identity needs of an event, with its keyed blocking tokens."""
    child = comparable(event.child)
    return Probe(child, tuple(blocking_token(key, rule, value) for rule, value in block_values(child)))


@dataclass
class Subjects:
    """The subjects that a batch may touch, read once under their locks."""

    tx: Transaction
    key: bytes
    known: dict[int, Comparable] = field(default_factory=dict)
    by_token: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    answered: dict[bytes, int] = field(default_factory=dict)
    under_review: dict[int, tuple[SubjectId, ...]] = field(default_factory=dict)
    joined: dict[int, int] = field(default_factory=dict)
    _perhaps: dict[int, set[SubjectId]] = field(default_factory=lambda: defaultdict(set))
    _doubted: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _read: set[int] = field(default_factory=set)
    _probes: dict[int, Probe] = field(default_factory=dict)
    _opened: Sequence[Event] = ()

    def open(self, events: Sequence[Event], probes: Sequence[Probe] | None = None) -> None:
        """Lock and read everybody whom these events may be about.

        Args:
            events: Of one batch.
            probes: Of the same events in the same order, None to make them here.
        """
        made = probes if probes is not None else [probe_of(event, self.key) for event in events]
        self._probes = {id(event): probe for event, probe in zip(events, made, strict=True)}
        self._opened = events  # keeps them alive: their places in memory are their names here
        tokens = {token for probe in made for token in probe.tokens}
        self.tx.lock(tokens)
        for token, subjects in self.tx.candidates(tokens).items():
            self.by_token[token].update(subjects)
        replies = {reply for reply in (reply_of(event) for event in events) if reply is not None}
        waited = (self.tx.awaited(reply) for reply in sorted(replies))
        self.answered = {found.exchange_id: found.subject for found in waited if found is not None}
        self.read({*self.answered.values(), *(s for found in self.by_token.values() for s in found)})
        self.answered = {reply: self.root(subject) for reply, subject in self.answered.items()}
        self.by_token.update({t: {int(self.root(s)) for s in found} for t, found in self.by_token.items()})

    def read(self, subjects: Iterable[int]) -> None:
        """Lock and read subjects by number, with everybody whom they may be and everybody who may be them."""
        wanted = set(subjects) - self._read
        while wanted:
            self.relate(wanted)
            wanted |= {other for subject in wanted for other in self.related(SubjectId(subject))}
            wanted -= self._read
            self.tx.lock([b"subject-%d" % subject for subject in sorted(wanted)])
            self._read |= wanted
            self._drop_forgotten(wanted)
            for subject, raw in self.tx.identities(wanted).items():
                self.known[subject] = from_bytes(raw)
            self.relate(wanted)  # again, now that nobody can change it
            wanted = {int(self.root(subject)) for subject in wanted} - self._read

    def _drop_forgotten(self, locked: Iterable[int]) -> None:
        """Whoever was forgotten before the lock was had is nobody's subject any more: what comes begins a new one."""
        gone = self.tx.forgotten(list(locked))
        if gone:
            self.answered = {reply: s for reply, s in self.answered.items() if s not in gone}
            for found in self.by_token.values():
                found.difference_update(gone)

    def relate(self, subjects: Iterable[int]) -> None:
        """Find to whom subjects were joined and what is under review, without a lock."""
        self.joined |= self.tx.joined_to(list(subjects))
        self.under_review.clear()
        self._perhaps.clear()
        reviews = self.tx.reviews_open(ALL)
        self.joined |= self.tx.joined_to({c for review in reviews for c in review.candidates})
        for review in reviews:
            self._under_review(review.subject, review.candidates)
        for subject, candidates in self._doubted.items():
            self._under_review(subject, candidates)

    def _under_review(self, subject: int, candidates: Iterable[int]) -> None:
        found = {self.root(c) for c in candidates} - {subject}
        found |= set(self.under_review.get(subject, ()))
        self.under_review[subject] = tuple(SubjectId(c) for c in sorted(found))
        for candidate in found:
            self._perhaps[candidate].add(SubjectId(subject))

    def root(self, subject: int) -> SubjectId:
        """The subject itself, or the one to whom a person joined it."""
        return SubjectId(self.joined.get(subject, subject))

    def related(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Whom a subject may be, and who may be it: while that is open the seals of all of them apply."""
        return (*self.under_review.get(subject, ()), *sorted(self._perhaps.get(subject, ())))

    def resolve(self, event: Event, *, unique_on_roll: bool = False) -> Resolved:
        """Whose child this event is about; makes the subject when there is none."""
        reply = reply_of(event)
        if reply is not None and reply in self.answered:
            return self._settled(SubjectId(self.answered[reply]), answers=True)
        probe, tokens = self._probes.get(id(event)) or probe_of(event, self.key)
        near = sorted({s for token in tokens for s in self.by_token.get(token, ()) if s in self.known})
        linkage = link(probe, [Known(s, self.known[s]) for s in near], unique_on_roll=unique_on_roll)
        if linkage.outcome is LinkOutcome.LINK and linkage.subject is not None:
            if linkage.scope is Scope.FULL:
                self._learn(linkage.subject, merge(self.known[linkage.subject], probe), tokens)
            return self._settled(SubjectId(linkage.subject))
        return self._new(probe, tokens, linkage)

    def _settled(self, subject: SubjectId, *, answers: bool = False) -> Resolved:
        return Resolved(subject, candidates=self.under_review.get(subject, ()), answers=answers)

    def _new(self, probe: Comparable, tokens: tuple[bytes, ...], linkage: Linkage) -> Resolved:
        subject = SubjectId(self.tx.new_subject())
        self._read.add(subject)
        self._learn(subject, probe, tokens)
        if linkage.outcome is LinkOutcome.NEW:
            return Resolved(subject)
        self._doubted[subject] = tuple(c.subject for c in linkage.candidates)
        self._under_review(subject, self._doubted[subject])
        return Resolved(subject, linkage, self.under_review[subject])

    def _learn(self, subject: int, child: Comparable, tokens: tuple[bytes, ...]) -> None:
        if self.known.get(subject) == child:
            return
        self.known[subject] = child
        self.tx.save_identity(subject, to_bytes(child))
        fresh = [token for token in tokens if subject not in self.by_token[token]]
        self.tx.add_blocking(subject, fresh)
        for token in fresh:
            self.by_token[token].add(subject)


def reply_of(event: Event) -> bytes | None:
    """The exchange that an event answers, 16 bytes, or None."""
    try:
        found = bytes.fromhex(event.envelope.in_reply_to or "")
    except ValueError:
        return None
    return found if len(found) == ID_BYTES else None
