"""An invented agency's system: exports what it is told to, applies what it is delivered, can be away or stubborn.

It stands on the other side of the connector's ports. Its format is a line of text a record: `key|version|child|words`,
version empty where the system counts none; `!` cannot be read, `#` is not for sharing, `?` breaks the translator.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from connectors.ports import Cursors, Delivery, Dropped, Message, Portion, Refused, Translated, Translation
from sharing.errors import Rejected, Retryable
from sharing.events import Child, ConcernShared, Envelope, ReferralSubmitted


class Lines:
    """Format of the simulated agency."""

    name = "lines"
    suffixes = (".lines",)

    def read(self, raw: bytes, file: str) -> Iterator[Message | Refused]:
        for number, line in enumerate(raw.splitlines(), start=1):
            if line == b"!":
                yield Refused("BAD_LINE", "", "expected key|version|child|words", number)
            else:
                yield Message(file, number, line)

    def translate(self, record: Message, now: datetime) -> Sequence[Translation]:
        if record.raw == b"#":
            return (Dropped("NOT_MARKED_FOR_SHARING", "not marked"),)
        if record.raw == b"?":
            raise RuntimeError("a translator that breaks its promise, and quotes CANARY-IN-A-FAULT")
        key, version, child, words = record.raw.decode().split("|")
        kind = ReferralSubmitted if words.startswith("refer") else ConcernShared
        said = {"concern_seen": words} if kind is ReferralSubmitted else {"facts": words}
        event = kind(envelope=Envelope(occurred_at=None), child=Child(surname=f"Of {child}"), **said)
        return (Translated(event, child, key, version or None),)


def cursor_of(name: str) -> bytes:
    return sha256(name.encode()).digest()


@dataclass
class AgencySimulator:
    """Source and sink in one.

    Attributes:
        exports: Name and content of what it has exported, in order.
        applied: Exchange id to what it holds of it; `recalled` where it was taken back.
        calls: Every call of the sink that came through, in order.
    """

    portion_size: int = 10
    exports: list[tuple[str, bytes]] = field(default_factory=list)
    applied: dict[str, Delivery | str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    filed: list[str] = field(default_factory=list)
    told: dict[str, list[tuple[int, Refused]]] = field(default_factory=dict)
    away: bool = False
    refuses: set[str] = field(default_factory=set)
    fails_for: set[str] = field(default_factory=set)

    def export(self, name: str, *lines: str) -> None:
        self.exports.append((name, "\n".join(lines).encode()))

    # -- source

    def poll(self, cursors: Cursors) -> Iterator[Portion]:
        if self.away:
            raise Retryable("the agency's system is away")
        for name, raw in list(self.exports):
            cursor = cursor_of(name)
            records = list(Lines().read(raw, name))
            start = cursors.position(cursor)
            if cursors.finished(cursor):
                yield Portion(cursor, start, start, (), Lines(), last=True, origin=name)
                continue
            for at in range(start, len(records), self.portion_size):
                end = min(at + self.portion_size, len(records))
                yield Portion(cursor, at, end, records[at:end], Lines(), end == len(records), name)

    def committed(self, portion: Portion, refused: Sequence[tuple[int, Refused]]) -> None:
        if portion.last:
            name = str(portion.origin)
            self.exports = [(known, raw) for known, raw in self.exports if known != name]
            self.filed.append(name)
            self.told[name] = list(refused)

    # -- sink

    def deliver(self, delivery: Delivery) -> None:
        if self.away or delivery.exchange_id in self.fails_for:
            raise Retryable("the agency's system is away")
        if delivery.exchange_id in self.refuses:
            raise Rejected("NO_SUCH_CHILD", "", "the system knows no such child")
        self.applied[delivery.exchange_id] = delivery
        self.calls.append(("deliver", delivery.exchange_id))

    def withdraw(self, exchange_id: str, plain_words: str) -> None:
        if self.away or exchange_id in self.fails_for:
            raise Retryable("the agency's system is away")
        self.applied[exchange_id] = "recalled"
        self.calls.append(("withdraw", exchange_id))
