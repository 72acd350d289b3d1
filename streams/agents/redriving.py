"""Redrive: a record that was set aside comes in again, once what was wrong with it is mended.

Left out: why it was set aside (`incoming`), who may redrive (`crosswalk.dead_letters_cli`). Rules: it comes in through
the database, by the same corridor and under the same ids as if nothing had been wrong, so doing it twice, or beside its
sender who sends it again, changes nothing; what cannot be used still stays where it is; that it came in again is sworn
to, with the function that asked and a code for why. It comes in now: what came of its child meanwhile stands before it,
as before every event that comes late, and each recipient gets it with the next number of that child.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.rows import DeadLetter as Letter
from ledger.rows import Statement
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.policy.canonical import canonical
from streams.agents.absorption import Absorption
from streams.agents.handover import Handover
from streams.agents.incoming import Incoming, kind_of
from streams.agents.intake import Intake
from streams.broker import Broker
from streams.carrier import Batch, Record

REDRIVEN = "dead-letter.redriven"
INPUTS = "in."
"""Topics of which everybody may be told: on others a record may stand only because something is sealed."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a record stands in the cluster: what a dead letter is known by."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}-{self.partition}-{self.offset}"

    @classmethod
    def of(cls, letter: Letter) -> "Place":
        """The place of a dead letter."""
        return cls(letter.topic, letter.partition, letter.offset)


def set_aside(broker: Broker, *, cleared: bool) -> list[Letter]:
    """Every dead letter that waits, in the order in which they came; of inputs alone for who is not `cleared`."""
    with broker.ledger.reading() as tx:
        found, after = list[Letter](), 0
        while some := tx.dead_letters(after):
            found, after = [*found, *some], some[-1].id
    return [letter for letter in found if cleared or letter.topic.startswith(INPUTS)]


def outside(broker: Broker, place: Place) -> tuple[Letter, str]:
    """A dead letter and the type of event that it was, as far as its outside tells; `""` where it tells nothing.

    Raises:
        Rejected: `NO_SUCH_LETTER` or `DONE_BEFORE`.
    """
    with broker.ledger.reading() as tx:
        letter, raw = _read(tx, place)
    kind = kind_of(_record(letter, raw), _batch(letter, raw), broker.catalogue)
    return letter, kind.event_type if kind else ""


def redrive(broker: Broker, place: Place, by: str, why: str) -> str:
    """Let a record come in again.

    Args:
        broker: With its ledger.
        place: Of the record.
        by: Function that asks; never a person's name.
        why: Code of the reason.

    Returns:
        Hex id of its event, `""` where the ledger had it already.

    Raises:
        Rejected: `NO_SUCH_LETTER`, `DONE_BEFORE`, or the code of what is still wrong with it; nothing was changed.
        Retryable: the database is away; nothing was changed.
    """
    with broker.ledger.reading() as tx:
        letter, raw = _read(tx, place)
    events: list[str] = []

    def sworn(work: Absorption, incoming: Sequence[Incoming]) -> None:
        if not work.tx.redriven(letter.id):
            raise _done_before(place)
        events[:] = [one.event_id.hex() for one in incoming]
        body = {
            "by": by,
            "code": letter.code,
            "event": "".join(events),
            "offset": letter.offset,
            "partition": letter.partition,
            "topic": letter.topic,
            "why": why,
        }
        work.statements.append(Statement(REDRIVEN, canonical(body)))

    Intake(broker, Handover(most=0)).absorb_again(_batch(letter, raw), sworn)
    return "".join(events)


def _read(tx: Transaction, place: Place) -> tuple[Letter, bytes]:
    letter = tx.dead_letter_at(place.topic, place.partition, place.offset)
    if letter is None:
        raise Rejected("NO_SUCH_LETTER", "place", f"no dead letter {place}; see crosswalk dead-letters ls")
    try:
        return letter, tx.dead_letter_content(letter)
    except KeyError:
        raise _done_before(place) from None


def _done_before(place: Place) -> Rejected:
    return Rejected("DONE_BEFORE", "place", f"{place} was redriven before; nothing is changed")


def _batch(letter: Letter, raw: bytes) -> Batch:
    return Batch(letter.topic, letter.partition, (_record(letter, raw),))


def _record(letter: Letter, raw: bytes) -> Record:
    """As it came, save its key and headers, on which nothing rests, and the cluster's stamp: when it was set aside."""
    return Record(letter.offset, int(letter.at.timestamp() * 1000), None, raw, ())
