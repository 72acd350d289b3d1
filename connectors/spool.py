"""Events on their way out: stored with their cursor in one transaction, kept until the broker has them.

Left out: reading sources (`runner`), talking to Kafka (`kafka`), arrivals (`arrivals`). Rules: the same record with
the same content is one event for ever; a changed record without a version of its own gets the next one, counted here;
only the first unsent event of a child may be sent, so an unknown fate never lets a later one overtake; a content is
wiped once it is sent.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b

from connectors import failpoints
from connectors.database import Database, SpoolFull
from connectors.envelope import Sender, addressed
from connectors.failpoints import Point
from connectors.ports import Dropped, Portion, Refused, Translated, Translation
from connectors.settings import Settings
from sharing import codec
from sharing.errors import Rejected, Retryable
from sharing.events import Event, ReceiptRecorded, SealChanged
from sharing.topics import MAX_RECORD_BYTES

MAX_EVENT_BYTES = MAX_RECORD_BYTES - 16 * 1024
LOOK_AHEAD = 1_000
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """One event that may be sent now.

    Attributes:
        row: Its place in the spool. `lane`: Kafka key. `value`: framed Avro.
        occurred_at: For the header, ISO 8601.
    """

    row: int
    event_id: bytes
    event_type: str
    topic: str
    lane: bytes
    value: bytes
    occurred_at: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one portion: counts of new and known events, counts of refusals and drops by code."""

    new: int
    known: int
    refused: tuple[tuple[int, Refused], ...]
    dropped: Counter[str]


class Spool:
    """The connector's way out.

    Args:
        database: The connector's file.
        settings: Of this connector.
        catalogue: Schemas under which events are written.
    """

    def __init__(self, database: Database, settings: Settings, catalogue: codec.Catalogue) -> None:
        self.database = database
        self.sender = Sender(settings.organisation, settings.agency, settings.system, settings.keys.ids)
        self._settings = settings
        self._catalogue = catalogue

    # -- cursors ----------------------------------------------------------------------------------------------------

    def position(self, cursor: bytes) -> int:
        """Records of a file already spooled, 0 for an unknown file."""
        return self.database.number("SELECT position FROM cursor WHERE source = ?", (cursor,))

    def finished(self, cursor: bytes) -> bool:
        """Whether nothing of it is left."""
        return bool(self.database.number("SELECT finished FROM cursor WHERE source = ?", (cursor,)))

    # -- taking in --------------------------------------------------------------------------------------------------

    def take(self, portion: Portion, outcomes: Iterable[tuple[int, Translation]], now: datetime) -> Taken:
        """Store what became of a portion, and the cursor behind it, in one transaction.

        Args:
            portion: Where it came from.
            outcomes: Number by which a person finds the record, and what its translation gave.
            now: Aware UTC.

        Raises:
            SpoolFull: no room; nothing of it is stored.
            Retryable: the cursor stands elsewhere by now; nothing of it is stored.
        """
        self._refuse_beyond_limit()
        refused: list[tuple[int, Refused]] = []
        dropped: Counter[str] = Counter()
        new = known = 0
        with self.database.transaction():
            if self.position(portion.cursor) != portion.was:
                raise Retryable("the cursor of this file stands elsewhere by now; it is read again")
            for number, outcome in outcomes:
                fault = outcome if isinstance(outcome, Refused) else None
                if isinstance(outcome, Dropped):
                    dropped[outcome.code] += 1
                elif isinstance(outcome, Translated):
                    try:
                        fresh = self.add(outcome, now)
                    except Rejected as rejected:
                        fault = Refused(rejected.code, rejected.field, rejected.reason)
                    else:
                        new, known = new + fresh, known + (not fresh)
                if fault is not None:
                    refused.append((number, fault))
                    self.refuse(portion.cursor, number, "translate", fault, now)
            self._move_cursor(portion, now)
            failpoints.passed(Point.IN_SPOOL_TRANSACTION)
        return Taken(new, known, tuple(refused), dropped)

    def add(self, item: Translated, now: datetime) -> bool:
        """Store one event, inside a transaction. False when this version of the record is known already.

        Raises:
            Rejected: `SAME_VERSION_OTHER_CONTENT`, `MAY_NOT_SEAL`, `OVERSIZE`, `UNENCODABLE`.
        """
        if isinstance(item.event, SealChanged) and not self._settings.may_seal:
            raise Rejected("MAY_NOT_SEAL", "", "this organisation may not seal; see may_seal in its settings")
        fingerprint = self._fingerprint(item.event)
        version = item.native_version
        if version is None:
            version = self._count_version(item, fingerprint)
            if version is None:
                return False
        event = addressed(item, version, self.sender, now)
        return self._store(event, self.sender.child_token(item.local_child), fingerprint, now)

    def add_receipt(self, event: ReceiptRecorded, exchange_id: bytes, now: datetime) -> None:
        """Store a receipt, inside a transaction. One sent before is sent again: the same bytes under the same id."""
        fingerprint = self._fingerprint(event)
        event_id = _id_of(event)
        known = self.database.rows("SELECT fingerprint FROM event WHERE event_id = ?", (event_id,))
        if not known:
            self._store(event, exchange_id, fingerprint, now)
        elif known[0][0] == fingerprint:
            self.database.rows(
                "UPDATE event SET state = 'new', content = ?, ended_at = NULL WHERE event_id = ? AND state = 'sent'",
                (self._content(event), event_id),
            )

    def refuse(self, source: bytes, record: int, stage: str, fault: Refused, now: datetime) -> None:
        """Note a refusal: token of the file, number, code, field and reason; never a value."""
        self.database.rows(
            "INSERT OR REPLACE INTO refusal VALUES (?, ?, ?, ?, ?, ?, ?)",
            (source, record, stage, fault.code, fault.field, fault.reason, _millis(now)),
        )

    def refusals_of(self, source: bytes) -> list[tuple[int, Refused]]:
        """Refusals of one file, by record."""
        sql = "SELECT record, code, field, reason FROM refusal WHERE source = ? ORDER BY record, code, field"
        found = self.database.rows(sql, (source,))
        return [(int(str(record)), Refused(str(c), str(f), str(why))) for record, c, f, why in found]

    def _refuse_beyond_limit(self) -> None:
        limit = self._settings.max_spool_bytes
        if self.database.used_bytes() >= limit:
            raise SpoolFull(
                f"{self.database.path}: holds {limit} bytes, as much as max_spool_mb allows. Intake waits, sending "
                "goes on; if the broker is away for long, raise max_spool_mb"
            )

    def _count_version(self, item: Translated, fingerprint: bytes) -> str | None:
        """Next version of a record whose source counts none; None when its content is what it was."""
        key = (self._settings.keys.token("record", self._settings.system, item.native_key), item.child_index)
        found = self.database.rows("SELECT number, fingerprint FROM version WHERE record = ? AND child = ?", key)
        if found and found[0][1] == fingerprint:
            return None
        last = found[0][0] if found else 0
        number = (last if isinstance(last, int) else 0) + 1
        self.database.rows("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?)", (*key, number, fingerprint))
        generation = self._settings.generation
        return str(number) if generation == 1 else f"{generation}.{number}"

    def _store(self, event: Event, lane: bytes, fingerprint: bytes, now: datetime) -> bool:
        event_id = _id_of(event)
        known = self.database.rows("SELECT fingerprint FROM event WHERE event_id = ?", (event_id,))
        if known and known[0][0] == fingerprint:
            return False
        if known:
            reason = "a record of this key and version was sent before with other content; raise its version"
            raise Rejected("SAME_VERSION_OTHER_CONTENT", "native_version", reason)
        topic = self._settings.topic_of(event)
        self.database.rows(
            "INSERT INTO event (event_id, event_type, topic, lane, fingerprint, content, state, taken_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 'new', ?)",
            (event_id, event.event_type, topic, lane, fingerprint, self._content(event), _millis(now)),
        )
        return True

    def _content(self, event: Event) -> bytes:
        """What is kept of an event: its time for the header, its framed value, both under the spool's key."""
        value = codec.encode(event, self._catalogue)
        occurred = (event.envelope.occurred_at or datetime.fromtimestamp(0, UTC)).isoformat().encode("ascii")
        return self.database.seal(bytes([len(occurred)]) + occurred + value, _id_of(event))

    def _fingerprint(self, event: Event) -> bytes:
        """Keyed digest of what an event says. When it was recorded says nothing."""
        said = replace(event, envelope=replace(event.envelope, recorded_at=None))
        value = codec.encode(said, self._catalogue)
        if len(value) > MAX_EVENT_BYTES:
            raise Rejected("OVERSIZE", "", f"the event is larger than {MAX_EVENT_BYTES} bytes; shorten its texts")
        return blake2b(value, key=self._settings.keys.tokens, digest_size=16, person=b"content").digest()

    def _move_cursor(self, portion: Portion, now: datetime) -> None:
        """Move the cursor; once a file is read, older contents under its name are forgotten, so a return is seen."""
        self.database.rows(
            "INSERT INTO cursor VALUES (?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
            " position = excluded.position, finished = excluded.finished, moved_at = excluded.moved_at",
            (portion.cursor, portion.now, int(portion.last), _millis(now)),
        )
        if portion.last:
            name = portion.cursor[:TOKEN_BYTES]
            self.database.rows(
                "DELETE FROM cursor WHERE source BETWEEN ? AND ? AND source <> ?",
                (name, name + b"\xff" * TOKEN_BYTES, portion.cursor),
            )

    # -- sending ----------------------------------------------------------------------------------------------------

    def ready(self, limit: int) -> list[Waiting]:
        """The first unsent event of each child, oldest first. A damaged content is set aside as dead."""
        found = self.database.rows(
            "SELECT row, lane FROM event WHERE state = 'new' ORDER BY row LIMIT ?", (LOOK_AHEAD,)
        )
        first: dict[object, object] = {}
        for row, lane in found:
            first.setdefault(lane, row)
        made = (self._waiting(row) for row in list(first.values())[:limit] if isinstance(row, int))
        return [waiting for waiting in made if waiting is not None]

    def _waiting(self, row: int) -> Waiting | None:
        sql = "SELECT event_id, event_type, topic, lane, content FROM event WHERE row = ?"
        event_id, event_type, topic, lane, content = self.database.rows(sql, (row,))[0]
        assert isinstance(event_id, bytes)
        assert isinstance(lane, bytes)
        try:
            plain = self.database.unseal(content if isinstance(content, bytes) else b"", event_id)
        except Rejected as fault:
            self.mark_dead(row, fault.code)
            return None
        end = 1 + plain[0]
        return Waiting(row, event_id, str(event_type), str(topic), lane, plain[end:], plain[1:end].decode("ascii"))

    def mark_sent(self, rows: Sequence[int], now: datetime) -> None:
        """The broker has them: wipe their contents, keep their ids."""
        sql = "UPDATE event SET state = 'sent', content = NULL, code = '', ended_at = ? WHERE row = ? AND state = 'new'"
        self._update(sql, [(_millis(now), row) for row in rows])

    def mark_unknown(self, rows: Sequence[int], code: str) -> None:
        """Nobody knows whether the broker has them: they stay first of their child and are sent again."""
        self._update("UPDATE event SET tries = tries + 1, code = ? WHERE row = ?", [(code, row) for row in rows])

    def mark_dead(self, row: int, code: str) -> None:
        """The broker will never take it: set it aside, visibly; later events of the child go on."""
        self._update("UPDATE event SET state = 'dead', code = ? WHERE row = ? AND state = 'new'", [(code, row)])

    def _update(self, sql: str, values: Sequence[tuple[object, ...]]) -> None:
        """A change that makes room or tells a fate: when the disk is full it may use the ballast."""
        try:
            with self.database.transaction() as connection:
                connection.executemany(sql, values)
        except SpoolFull:
            self.database.drop_ballast()
            with self.database.transaction() as connection:
                connection.executemany(sql, values)


def _id_of(event: Event) -> bytes:
    return bytes.fromhex(event.envelope.event_id or "")


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
