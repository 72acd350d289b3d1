"""Texts written for their recipient, looked through when a decision is made, with what is sealed in the family.

Left out: looking (`sharing.redaction.addressed`) and the record as a whole (`last_door`). Rules: it is part of
deciding, so the ledger says that a text stayed behind, and deciding again looks again; a family without a seal opens
nothing; the event never waits for it.
"""

from collections.abc import Callable, Iterable

from ledger.store import Transaction
from sharing.events import Event
from sharing.ids import SubjectId
from sharing.policy import Agreements, Facts
from sharing.reconciliation.state import Seal, SubjectState
from sharing.redaction.addressed import held_back, without
from sharing.redaction.tripwire import Needles, Value, hits, needles, read_parts, texts_at
from sharing.release import Exchange
from sharing.vocabulary import FieldClass
from streams.agents.sealed import closed, harmless, numbers_of, opened, rows_about, sealable, values_in
from streams.broker import Broker

NOTHING = Needles((), ())


class Texts:
    """One transaction's looking at addressed texts.

    Args:
        broker: For keys and directory. `agreements`: those by which this transaction decides.
        tx: For what was said earlier of a family with a seal.
        state: Gives the state of a subject, as the transaction has left it.
        here: Gives the events of this very transaction about a subject.
    """

    def __init__(
        self,
        broker: Broker,
        agreements: Agreements,
        tx: Transaction,
        state: Callable[[int], SubjectState],
        here: Callable[[int], Iterable[Event]],
    ) -> None:
        self._broker = broker
        self._agreements = agreements
        self._tx = tx
        self._state = state
        self._here = here
        self._values: dict[int, tuple[Value, ...]] = {}

    def looked_through(
        self, event: Event, exchanges: tuple[Exchange, ...], subject: SubjectId, related: Iterable[SubjectId]
    ) -> tuple[Exchange, ...]:
        """The exchanges of an event, without the texts in which something was found."""
        classes = self._agreements.classes[event.event_type]
        addressed = [path for path, name in classes.items() if name is FieldClass.ADDRESSED]
        if not any(True for path in addressed for _ in texts_at(event, path)):
            return exchanges
        owners = self._sealed_of(subject, related)
        known = numbers_of(self._broker.directory)
        made = []
        for one in exchanges:
            wanted = self._wanted(one, event, owners) if owners else NOTHING
            back = held_back(event, one.decision, classes, wanted, known)
            made.append(Exchange(one.exchange_id, one.recipient, without(one.decision, back)) if back else one)
        return tuple(made)

    def holds_sealed(
        self, text: str, event: Event, one: Exchange, subject: SubjectId, related: Iterable[SubjectId]
    ) -> bool:
        """Whether a text that went in an exchange holds something that is sealed to its recipient now."""
        owners = self._sealed_of(subject, related)
        wanted = self._wanted(one, event, owners) if owners else NOTHING
        return bool(wanted and hits(read_parts({"text": text.encode()}), wanted))

    def _sealed_of(self, subject: SubjectId, related: Iterable[SubjectId]) -> dict[int, tuple[Seal, ...]]:
        own = {int(subject), *(int(other) for other in related)}
        kin = {other for others in self._tx.relatives(own).values() for other in others}
        return {owner: seals for owner in own | kin if (seals := self._state(owner).seals)}

    def _wanted(self, one: Exchange, event: Event, owners: dict[int, tuple[Seal, ...]]) -> Needles:
        facts, agreements = Facts.of(dict(one.decision.guards)), self._agreements
        values: list[Value] = []
        for owner, seals in owners.items():
            shut = closed(agreements, one.recipient.kind, facts, {seal.kind for seal in seals})
            values += [v for v in self._values_of(owner, event) if v.field_class in shut]
        return needles(values, harmless(self._broker.directory, one.recipient.organisation, by_broker=False))

    def _values_of(self, owner: int, event: Event) -> tuple[Value, ...]:
        if owner not in self._values:
            stored = opened(self._broker, self._tx, rows_about(self._tx, owner)).values()
            agreements = self._agreements
            said = (*stored, *self._here(owner), event)
            found = (v for one in said for v in values_in(one, agreements, sealable(agreements)))
            self._values[owner] = tuple(dict.fromkeys(found))
        return self._values[owner]
