"""The last door: which sealed values must not stand in a record that is about to leave, and whether one does.

Left out: looking at bytes (`sharing.redaction.tripwire`) and what becomes of a hit (`quarantine`). Rules: the family of
an event is its subject, whom that may be or was joined to, and the children of the same incidents; only a family with a
seal pays: contents are opened for it alone, and each once; values stay in this process's memory and are forgotten first
in, first out. A referral on its way to social care does not come by this door.
"""

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

from ledger.store import Transaction
from sharing.events import Event, SealKind
from sharing.facts import facts_about
from sharing.policy import Guard
from sharing.redaction.tripwire import Hit, Needles, Value, hits, needles, read_parts
from sharing.vocabulary import FieldClass, Recipient
from streams.agents.absorption import Absorption
from streams.agents.sealed import asked_by_seals, closed, harmless, opened, rows_about, sealable, values_in
from streams.agents.views import BROKER_SAYS
from streams.broker import Broker

MOST_EVENTS, MOST_SUBJECTS = 20_000, 50_000
_K = TypeVar("_K")
_V = TypeVar("_V")


class _Remembered(dict[_K, _V], Generic[_K, _V]):
    """A table that forgets what it learned first once it holds too much."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: _K, value: _V) -> None:
        """Learn something; it is forgotten before whatever is learned later."""
        if len(self) >= self._most:
            del self[next(iter(self))]
        self[key] = value


class LastDoor:
    """One process's last door; in one thread. Call `watch` once a pass, then `found` for each record of that pass."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._agreements = broker.agreements
        self._sealable: frozenset[FieldClass] = frozenset()
        self._asked: frozenset[Guard] = frozenset()
        self._shreds = 0
        self._kinds: _Remembered[int, tuple[int, frozenset[SealKind]]] = _Remembered(MOST_SUBJECTS)
        self._values: _Remembered[int, tuple[Value, ...]] = _Remembered(MOST_EVENTS)
        self._watched: Mapping[int, tuple[int, ...]] = {}
        self._of_owner: dict[int, tuple[Value, ...]] = {}
        self._ready: dict[tuple[int, frozenset[FieldClass], str, bool], Needles] = {}

    def watch(self, work: Absorption, judged: Mapping[int, Collection[int]], moved_at: Mapping[int, int]) -> None:
        """Find out which of the subjects of this pass have a seal in their family.

        Args:
            work: Of this pass.
            judged: For each subject of an item everybody by whose registers it is judged, itself among them.
            moved_at: Head at which a register of each of those last moved.
        """
        self._of_owner, self._ready = {}, {}
        self._agreements = work.stand.agreements
        self._asked = asked_by_seals(self._agreements)
        classes, shreds = sealable(self._agreements), work.tx.shreds()
        if (classes, shreds) != (self._sealable, self._shreds):
            self._sealable, self._shreds = classes, shreds  # values of a child that was forgotten go too
            self._values.clear()
        everybody = {other for others in judged.values() for other in others}
        relatives = work.tx.relatives(everybody)
        beyond = {other for others in relatives.values() for other in others} - everybody
        heads = {**moved_at, **(work.tx.changed(beyond) if beyond else {})}
        sealed = self._sealed(work, {subject: head for subject, head in heads.items() if head})
        if not sealed:
            self._watched = {}
            return
        families = {s: {*others, *(r for o in others for r in relatives.get(o, ()))} for s, others in judged.items()}
        watched = {subject: tuple(sorted(family & sealed)) for subject, family in families.items()}
        self._watched = {subject: owners for subject, owners in watched.items() if owners}

    def _sealed(self, work: Absorption, heads: Mapping[int, int]) -> set[int]:
        """Of these subjects those that have a seal. One whose registers never moved has none."""
        unknown = [s for s, head in heads.items() if self._kinds.get(s, (0,))[0] != head]
        if unknown:
            work.read_states(unknown)
            for subject in unknown:
                kinds = frozenset(seal.kind for seal in work.states[subject].seals)
                self._kinds.keep(subject, (heads[subject], kinds))
        return {subject for subject in heads if self._kinds[subject][1]}

    def owners(self, subject: int) -> tuple[int, ...]:
        """Who of the family of this subject of the pass has a seal."""
        return self._watched.get(subject, ())

    def found(
        self, work: Absorption, subject: int, event: tuple[str, Event], to: Recipient, parts: Mapping[str, bytes]
    ) -> tuple[Hit, ...]:
        """Sealed values that stand in a record; nothing when it may go.

        Args:
            work: Of this pass.
            subject: Of the item.
            event: Hex id, and the whole event.
            to: The recipient.
            parts: The record, by part.
        """
        hexed, whole = event
        situation = work.situation(work.subjects.root(subject))
        facts = facts_about(whole, hexed, to, situation, self._asked)
        by_broker = whole.event_type.startswith(BROKER_SAYS)
        found: set[Hit] = set()
        read = read_parts(parts)
        for owner in self.owners(subject):
            shut = closed(self._agreements, to.kind, facts, self._kinds[owner][1])
            found.update(hits(read, self._needles(work.tx, owner, shut, to.organisation, by_broker=by_broker)))
        return tuple(sorted(found))

    def _needles(
        self, tx: Transaction, owner: int, shut: frozenset[FieldClass], to: str, *, by_broker: bool
    ) -> Needles:
        key = (owner, shut, to, by_broker)
        ready = self._ready.get(key)
        if ready is None:
            values = [v for v in self._values_of_owner(tx, owner) if v.field_class in shut]
            ready = self._ready[key] = needles(values, harmless(self.broker.directory, to, by_broker=by_broker))
        return ready

    def _values_of_owner(self, tx: Transaction, owner: int) -> tuple[Value, ...]:
        """Everything that could be sealed of what any event said about this subject."""
        found = self._of_owner.get(owner)
        if found is None:
            rows = rows_about(tx, owner)
            for n, event in opened(self.broker, tx, [n for n in rows if n not in self._values]).items():
                self._values.keep(n, values_in(event, self._agreements, self._sealable))
            values = (value for n in rows for value in self._values[n])
            found = self._of_owner[owner] = tuple(dict.fromkeys(values))
        return found
