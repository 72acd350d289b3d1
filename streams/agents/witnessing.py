"""What witnesses say: read from the one topic that each of them alone may write, checked, kept.

Left out: what counts (`ledger.witnesses`) and publishing (`publish`). Rules: progress and what was heard are one
transaction; a witness that accuses is told to operators at once and holds nothing up; a witness that missed some asks
for a step by signing again what it saw last.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from ledger.witnesses import Heard, hear
from sharing.directory import Organisation
from sharing.topics import witness_topic
from streams.broker import ENGINE, Broker

log = structlog.get_logger()

AT_ONCE = 200
MOST_ASKED = 4
SECONDS = 0.05
ASKS = "asks"
"""Header of a cosignature by which its witness asks for a step from the size that it signs."""
_ALARMS = {
    Heard.OTHER_KEY: "a witness signs with another key than before",
    Heard.OTHER_TREE: "a witness has seen another tree than this ledger: find out which of them was changed",
    Heard.REFUSED: "a witness refuses to sign: it found two histories",
}


class Witnessing:
    """Hears witnesses; one per thread.

    Args:
        broker: With a ledger of its own.
        consumer: Settings of a client of this cluster.
    """

    def __init__(self, broker: Broker, consumer: Mapping[str, Any]) -> None:
        self.broker = broker
        self._topics = {witness_topic(o): o for o in broker.directory.organisations.values() if o.enrolled}
        self._asked: deque[int] = deque(maxlen=MOST_ASKED)
        settings = {"group.id": "crosswalk.witnessing", "enable.auto.commit": False, "auto.offset.reset": "earliest"}
        self._consumer = Consumer({**consumer, **settings})
        with broker.ledger.reading() as tx:
            places = tx.progress()
        self._consumer.assign(
            [TopicPartition(topic, 0, places.get((topic, 0), OFFSET_BEGINNING)) for topic in self._topics]
        )

    def listen(self) -> list[int]:
        """Hear what came; sizes from which witnesses asked for a step, for `Publisher.checkpoint`.

        Raises:
            Retryable: the database is away; what was heard is read again.
        """
        if not self._topics:
            return []
        found = [m for m in self._consumer.consume(AT_ONCE, SECONDS) if m.error() is None]
        for message in found:
            self._hear(message)
        asked = sorted(set(self._asked))
        self._asked.clear()
        return asked

    def close(self) -> None:
        """Let go of the line."""
        self._consumer.close()

    def _hear(self, message: Message) -> None:
        topic, offset = message.topic() or "", message.offset() or 0
        organisation = self._topics[topic]
        with self.broker.ledger.transaction() as tx:
            heard = hear(tx, organisation.slug, said_by(message), self.broker.now(), ENGINE)
            tx.advance(topic, 0, offset + 1)
        self._tell(organisation, heard)
        key = _text(message.key())
        if heard in (Heard.KEPT, Heard.OLDER) and ASKS in _headers(message) and key.isdecimal():
            self._asked.append(int(key))

    def _tell(self, organisation: Organisation, heard: Heard) -> None:
        if heard in _ALARMS:
            log.error(_ALARMS[heard], organisation=organisation.slug, code=heard.value)
        elif heard is Heard.UNREADABLE:
            log.warning("what a witness said cannot be read", organisation=organisation.slug)


def said_by(message: Message) -> tuple[str, str]:
    """Text and public key of what a witness said."""
    headers = _headers(message)
    return _text(message.value()), _text(headers.get("verifier-key"))


def _headers(message: Message) -> dict[str, Any]:
    return dict(message.headers() or ())


def _text(raw: Any) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw or "")
