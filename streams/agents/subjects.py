"""Whose child is each event about: one transaction long, each event seeing the links that the ones before it made.

Left out: judging likeness (`sharing.identity`) and storage. Rules: an answer belongs to the subject of what it
answers; a doubtful child becomes a provisional subject under review, whose candidates' seals apply until a person
decides; locks are taken in one order, blocking tokens before subjects, so two workers cannot hold each other up for
ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.store import Transaction
from sharing.events import Event
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


@dataclass(frozen=True, slots=True)
class Resolved:
    """The subject of one event.

    Attributes:
        linkage: What linkage said when this event made a new doubt, else None.
        candidates: Subjects that this child may be, while that is open.
    """

    subject: SubjectId
    linkage: Linkage | None = None
    candidates: tuple[SubjectId, ...] = ()


@dataclass
class Subjects:
    """The subjects that a batch may touch, read once under their locks."""

    tx: Transaction
    key: bytes
    known: dict[int, Comparable] = field(default_factory=dict)
    by_token: dict[bytes, set[int]] = field(default_factory=lambda: defaultdict(set))
    answered: dict[bytes, int] = field(default_factory=dict)
    under_review: dict[int, tuple[SubjectId, ...]] = field(default_factory=dict)

    def open(self, events: Sequence[Event]) -> None:
        """Lock and read everybody whom these events may be about."""
        tokens = {token for event in events for token in self.tokens_of(comparable(event.child))}
        self.tx.lock(tokens)
        for token, subjects in self.tx.candidates(tokens).items():
            self.by_token[token].update(subjects)
        replies = {reply for reply in (reply_of(event) for event in events) if reply is not None}
        waited = (self.tx.awaited(reply) for reply in sorted(replies))
        self.answered = {found.exchange_id: self._joined(found.subject) for found in waited if found is not None}
        self.read({*self.answered.values(), *(s for found in self.by_token.values() for s in found)})

    def read(self, subjects: Iterable[int]) -> None:
        """Lock and read subjects by number."""
        wanted = sorted(set(subjects) - set(self.known))
        self.tx.lock([b"subject-%d" % subject for subject in wanted])
        for subject, raw in self.tx.identities(wanted).items():
            self.known[subject] = from_bytes(raw)
        for review in self.tx.reviews_open() if wanted else ():
            self.under_review[review.subject] = tuple(SubjectId(c) for c in review.candidates)

    def _joined(self, subject: int) -> int:
        return self.tx.joined_to([subject]).get(subject, subject)

    def tokens_of(self, child: Comparable) -> tuple[bytes, ...]:
        """Keyed blocking tokens of a child."""
        return tuple(blocking_token(self.key, rule, value) for rule, value in block_values(child))

    def resolve(self, event: Event, *, unique_on_roll: bool = False) -> Resolved:
        """Whose child this event is about; makes the subject when there is none."""
        reply = reply_of(event)
        if reply is not None and reply in self.answered:
            return self._settled(SubjectId(self.answered[reply]))
        probe = comparable(event.child)
        tokens = self.tokens_of(probe)
        near = sorted({s for token in tokens for s in self.by_token.get(token, ()) if s in self.known})
        linkage = link(probe, [Known(s, self.known[s]) for s in near], unique_on_roll=unique_on_roll)
        if linkage.outcome is LinkOutcome.LINK and linkage.subject is not None:
            if linkage.scope is Scope.FULL:
                self._learn(linkage.subject, merge(self.known[linkage.subject], probe), tokens)
            return self._settled(SubjectId(linkage.subject))
        return self._new(probe, tokens, linkage)

    def _settled(self, subject: SubjectId) -> Resolved:
        return Resolved(subject, candidates=self.under_review.get(subject, ()))

    def _new(self, probe: Comparable, tokens: tuple[bytes, ...], linkage: Linkage) -> Resolved:
        subject = SubjectId(self.tx.new_subject())
        self._learn(subject, probe, tokens)
        if linkage.outcome is LinkOutcome.NEW:
            return Resolved(subject)
        self.under_review[subject] = tuple(SubjectId(c.subject) for c in linkage.candidates)
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
