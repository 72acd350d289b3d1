"""What the connector adds to a translated event: ids under its own key, and who says it.

Pure. Left out: counting versions (`spool`). Rules: ids come from names and versions, never from content, so the same
record always gets the same id; a receipt names an exchange and no child.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from connectors.ports import Translated
from sharing import ids
from sharing.events import Child, Envelope, Event, ReceiptRecorded, ReceiptState
from sharing.vocabulary import Agency


@dataclass(frozen=True, slots=True, repr=False)
class Sender:
    """Who speaks: the names that stand in every id, and the key of the ids."""

    organisation: str
    agency: Agency
    system: str
    key: bytes

    def event_id(self, native_key: str, native_version: str, child: int) -> ids.EventId:
        """Id of one version of one record's event about one child."""
        return ids.event_id(self.key, self.organisation, self.system, native_key, native_version, child)

    def child_token(self, local_child: str) -> bytes:
        """Kafka key of one child's events, 16 bytes."""
        return ids.sender_child_token(self.key, self.organisation, local_child)


def addressed(item: Translated, version: str, sender: Sender, now: datetime) -> Event:
    """A translated event with its envelope complete.

    Args:
        item: As translated.
        version: Native version, given or counted.
        sender: Who says it.
        now: Aware UTC time, for times that the source does not tell.
    """
    said = item.event.envelope
    envelope = replace(
        said,
        event_id=sender.event_id(item.native_key, version, item.child_index).hex(),
        incident_id=ids.incident_id(sender.key, sender.organisation, sender.system, item.native_key).hex(),
        subject=sender.child_token(item.local_child).hex(),
        occurred_at=said.occurred_at or now,
        recorded_at=said.recorded_at or now,
        agency=sender.agency.value,
        organisation=sender.organisation,
        system=sender.system,
        native_key=item.native_key,
        native_version=version,
    )
    return replace(item.event, envelope=envelope)


def receipt(exchange_id: str, state: ReceiptState, code: str, sender: Sender, at: datetime) -> ReceiptRecorded:
    """What became of one exchange here. The same exchange, state and time always give the same bytes.

    Args:
        exchange_id: Hex.
        state: How far it came.
        code: Why it was refused, "" otherwise.
        sender: Who says it.
        at: When it came to this, aware UTC.
    """
    native_key = f"receipt/{exchange_id}"
    envelope = Envelope(
        event_id=sender.event_id(native_key, state.value, 0).hex(),
        in_reply_to=exchange_id,
        occurred_at=at,
        recorded_at=at,
        agency=sender.agency.value,
        organisation=sender.organisation,
        system=sender.system,
        native_key=native_key,
        native_version=state.value,
    )
    return ReceiptRecorded(envelope=envelope, child=Child(), state=state, code=code or None)
