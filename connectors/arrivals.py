"""Exchanges that came: each stored once for ever, together with the place in the topic behind it.

Left out: reading the topic and calling the sink (`inbox`). Rules: an exchange id is taken once, whatever comes again;
a recall is applied when it is stored, before anything older is delivered; the receipt of what was done is spooled in
the transaction that marks it done; a content is wiped when it has been delivered, recalled or refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors import failpoints
from connectors.database import Database
from connectors.envelope import receipt
from connectors.failpoints import Point
from connectors.kafka import Arrived
from connectors.ports import Delivery, Refused
from connectors.spool import Spool
from sharing import codec
from sharing.errors import Rejected
from sharing.events import CorrectionIssued, Event, ReceiptState
from sharing.ids import ID_BYTES

UNKNOWN_SCHEMA = "UNKNOWN_SCHEMA"
RECEIPTS = {
    "delivered": ReceiptState.DELIVERED,
    "recalled": ReceiptState.RECALLED,
    "refused": ReceiptState.REFUSED,
}


@dataclass(frozen=True, slots=True, repr=False)
class Open:
    """One exchange that waits for the sink.

    Attributes:
        known_before: How many of the sequence numbers between the last delivered and this one have been seen.
        last: Sequence of the last delivery of this child, 0 before the first.
    """

    exchange_id: bytes
    subject: bytes
    sequence: int
    last: int
    known_before: int

    @property
    def late(self) -> bool:
        """Whether a later one was delivered before."""
        return self.sequence <= self.last

    @property
    def gap(self) -> bool:
        """Whether an earlier one has not come."""
        return not self.late and self.known_before < self.sequence - self.last - 1


class Arrivals:
    """The connector's way in.

    Args:
        database: The connector's file.
        spool: Takes the receipts.
        catalogue: Schemas that this connector knows.
    """

    def __init__(self, database: Database, spool: Spool, catalogue: codec.Catalogue) -> None:
        self.database = database
        self._spool = spool
        self._catalogue = catalogue

    def places(self, topic: str) -> dict[int, int]:
        """Partition to the next offset to read."""
        found = self.database.rows("SELECT part, next FROM place WHERE topic = ?", (topic,))
        return {part: place for part, place in found if isinstance(part, int) and isinstance(place, int)}

    def take(self, topic: str, records: Sequence[Arrived], now: datetime) -> None:
        """Store records and the places behind them, in one transaction.

        Args:
            topic: Where they came from.
            records: As polled.
            now: Aware UTC.
        """
        if not records:
            return
        with self.database.transaction():
            for record in records:
                self._take_one(topic, record, now)
            ends = {record.partition: record.offset + 1 for record in records}
            for part, end in ends.items():
                self.database.rows("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", (topic, part, end))
            failpoints.passed(Point.IN_ARRIVAL_TRANSACTION)

    def _take_one(self, topic: str, record: Arrived, now: datetime) -> None:
        exchange_id = _exchange_id(record.headers)
        if exchange_id is None:
            token = f"{topic}/{record.partition}".encode()
            fault = Refused("BAD_HEADERS", "ce_id", "expected the exchange id, 32 hexadecimal characters")
            self._spool.refuse(token, record.offset, "arrive", fault, now)
            return
        found = self.database.rows("SELECT state, code FROM arrival WHERE exchange_id = ?", (exchange_id,))
        state = str(found[0][0]) if found else ""
        if state in RECEIPTS and not (state == "refused" and found[0][1] == UNKNOWN_SCHEMA):
            self._receipt(exchange_id, state, now)
        elif state == "foretold":
            self.database.rows(
                "UPDATE arrival SET state = 'recalled', subject = ?, sequence = ? WHERE exchange_id = ?",
                (record.key, _sequence(record.headers), exchange_id),
            )
        elif state in ("", "refused"):
            self._store(exchange_id, record, now)

    def _store(self, exchange_id: bytes, record: Arrived, now: datetime) -> None:
        event_type = record.headers.get("ce_type", b"").decode("ascii", "replace")[:80]
        content = self.database.seal(record.value, exchange_id)
        self.database.rows(
            "INSERT INTO arrival (exchange_id, event_type, subject, sequence, content, state, arrived_at)"
            " VALUES (?, ?, ?, ?, ?, 'pending', ?) ON CONFLICT (exchange_id) DO UPDATE SET state = 'pending',"
            " code = '', content = excluded.content, arrived_at = excluded.arrived_at",
            (exchange_id, event_type, record.key, _sequence(record.headers), content, _millis(now)),
        )
        try:
            event = codec.decode(record.value, self._catalogue)
        except Rejected as fault:
            self._end(exchange_id, "refused", fault.code, now, keep=fault.code == UNKNOWN_SCHEMA)
            return
        if isinstance(event, CorrectionIssued) and (recalled := _id(event.recalled_exchange)) is not None:
            self._recall(recalled, now)
            self._end(exchange_id, "delivered", "", now)

    def _recall(self, exchange_id: bytes, now: datetime) -> None:
        """Take an exchange back: never deliver what waits, withdraw what was delivered, know what is yet to come."""
        found = self.database.rows("SELECT state FROM arrival WHERE exchange_id = ?", (exchange_id,))
        state = found[0][0] if found else None
        if state is None:
            self.database.rows(
                "INSERT INTO arrival (exchange_id, event_type, subject, sequence, state, arrived_at, ended_at)"
                " VALUES (?, '', x'', 0, 'foretold', ?, ?)",
                (exchange_id, _millis(now), _millis(now)),
            )
            self._receipt(exchange_id, "recalled", now)
        elif state in ("pending", "refused"):
            self._end(exchange_id, "recalled", "", now)
        elif state in ("delivering", "delivered"):
            self._set_state(exchange_id, "recalling")

    def know_again(self, now: datetime) -> None:
        """Take up what was refused for a schema that this connector knows by now."""
        sql = "SELECT exchange_id, content FROM arrival WHERE state = 'refused' AND code = ? AND content IS NOT NULL"
        for exchange_id, content in self.database.rows(sql, (UNKNOWN_SCHEMA,)):
            assert isinstance(exchange_id, bytes)
            assert isinstance(content, bytes)
            value = self.database.unseal(content, exchange_id)
            if codec.schema_id_of(value) in self._catalogue.parsed:
                self.database.rows(
                    "UPDATE arrival SET state = 'pending', code = '', arrived_at = ? WHERE exchange_id = ?",
                    (_millis(now), exchange_id),
                )

    # -- for the sink -----------------------------------------------------------------------------------------------

    def waiting(self) -> bool:
        """Whether anything is to be delivered or withdrawn."""
        sql = "SELECT EXISTS (SELECT 1 FROM arrival WHERE state IN ('pending', 'delivering', 'recalling'))"
        return bool(self.database.number(sql))

    def subjects(self) -> list[bytes]:
        """Subjects with something to deliver, the longest waiting first."""
        sql = (
            "SELECT subject FROM arrival WHERE state IN ('pending', 'delivering')"
            " GROUP BY subject ORDER BY MIN(arrived_at), subject"
        )
        return [subject for (subject,) in self.database.rows(sql) if isinstance(subject, bytes)]

    def queue_of(self, subject: bytes, limit: int) -> list[Open]:
        """The next exchanges of a subject, in order, each as if those before it were delivered already."""
        found = self.database.rows(
            "SELECT exchange_id, sequence FROM arrival WHERE subject = ? AND state IN ('pending', 'delivering')"
            " ORDER BY sequence, exchange_id LIMIT ?",
            (subject, limit),
        )
        last = self.database.number("SELECT last FROM subject WHERE subject = ?", (subject,))
        queue: list[Open] = []
        for exchange_id, sequence in found:
            assert isinstance(exchange_id, bytes)
            assert isinstance(sequence, int)
            between = self.database.number(
                "SELECT COUNT(DISTINCT sequence) FROM arrival WHERE subject = ? AND sequence > ? AND sequence < ?",
                (subject, last, sequence),
            )
            queue.append(Open(exchange_id, subject, sequence, last, between))
            last = max(last, sequence)
        return queue

    def begin(self, item: Open) -> Delivery:
        """Mark an exchange as on its way into the sink, and give it.

        Raises:
            Rejected: it cannot be decoded, or what is stored is damaged.
        """
        self._set_state(item.exchange_id, "delivering")
        return Delivery(item.exchange_id.hex(), item.sequence, self.view(item.exchange_id), item.gap, item.late)

    def view(self, exchange_id: bytes) -> Event:
        """The view of an exchange that is not delivered yet.

        Raises:
            Rejected: it cannot be decoded, or what is stored is damaged.
        """
        content = self.database.rows("SELECT content FROM arrival WHERE exchange_id = ?", (exchange_id,))[0][0]
        value = self.database.unseal(content if isinstance(content, bytes) else b"", exchange_id)
        return codec.decode(value, self._catalogue)

    def delivered(self, item: Open, now: datetime) -> None:
        """Inside a transaction: the sink has it. Spools the receipt."""
        self.database.rows(
            "UPDATE arrival SET gap = ?, late = ? WHERE exchange_id = ?",
            (int(item.gap), int(item.late), item.exchange_id),
        )
        self._pass(item)
        self._end(item.exchange_id, "delivered", "", now)

    def refused(self, item: Open, code: str, now: datetime) -> None:
        """The sink can never take it. Spools the receipt with its code."""
        with self.database.transaction():
            self._pass(item)
            self._end(item.exchange_id, "refused", code, now)

    def recalling(self) -> list[bytes]:
        """Exchanges that were delivered and must be withdrawn."""
        found = self.database.rows("SELECT exchange_id FROM arrival WHERE state = 'recalling'")
        return [exchange_id for (exchange_id,) in found if isinstance(exchange_id, bytes)]

    def recalled(self, exchange_id: bytes, now: datetime) -> None:
        """Inside a transaction: the sink has withdrawn it. Spools the receipt."""
        self._end(exchange_id, "recalled", "", now)

    def _pass(self, item: Open) -> None:
        self.database.rows(
            "INSERT INTO subject VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET last = MAX(last, excluded.last)",
            (item.subject, item.sequence),
        )

    def _set_state(self, exchange_id: bytes, state: str) -> None:
        self.database.rows("UPDATE arrival SET state = ? WHERE exchange_id = ?", (state, exchange_id))

    def _end(self, exchange_id: bytes, state: str, code: str, now: datetime, *, keep: bool = False) -> None:
        self.database.rows(
            "UPDATE arrival SET state = ?, code = ?, ended_at = ?, content = CASE WHEN ? THEN content END"
            " WHERE exchange_id = ?",
            (state, code, _millis(now), int(keep), exchange_id),
        )
        self._receipt(exchange_id, state, now)

    def _receipt(self, exchange_id: bytes, state: str, now: datetime) -> None:
        """Spool the receipt of what was done; the same bytes each time."""
        found = self.database.rows("SELECT code, ended_at FROM arrival WHERE exchange_id = ?", (exchange_id,))
        code, ended = found[0]
        at = datetime.fromtimestamp((ended if isinstance(ended, int) else 0) / 1000, UTC)
        said = receipt(exchange_id.hex(), RECEIPTS[state], str(code), self._spool.sender, at)
        self._spool.add_receipt(said, exchange_id, now)


def _exchange_id(headers: Mapping[str, bytes]) -> bytes | None:
    return _id(headers.get("ce_id", b"").decode("ascii", "replace"))


def _id(text: str | None) -> bytes | None:
    try:
        made = bytes.fromhex(text or "")
    except ValueError:
        return None
    return made if len(made) == ID_BYTES else None


def _sequence(headers: Mapping[str, bytes]) -> int:
    """Place in the order of the child's deliveries; 0 where the header is absent or no number."""
    text = headers.get("ce_sequence", b"")
    return int(text) if text.isdigit() and len(text) < 18 else 0  # noqa: PLR2004 - what a 64-bit column holds


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
