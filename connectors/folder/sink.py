"""A folder into which the agency's view is written: one JSON file an exchange, whole or not there.

`<exchange id>.json` holds what the agency may see and nothing that is absent; a recall puts `<exchange
id>.recalled.json` with plain words in its place. Left out: what the agency's system does with the files. Doing any of
it twice changes nothing.
"""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path

from connectors.folder.files import flush_folder, write_whole
from connectors.ports import Delivery
from sharing.codec import to_record
from sharing.errors import Retryable

RECALLED = "What was sent under this reference has been taken back. Do not use it; delete any copy and confirm."


class FolderSink:
    """Writes deliveries into one folder.

    Args:
        folder: Made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, delivery: Delivery) -> None:
        """Write the file of an exchange; one that was taken back stays taken back.

        Raises:
            Retryable: the folder cannot be written.
        """
        if self._tombstone(delivery.exchange_id).exists():
            return
        self._write(self.folder / f"{delivery.exchange_id}.json", document(delivery))

    def withdraw(self, exchange_id: str, plain_words: str) -> None:
        """Put plain words in the place of what was delivered.

        Raises:
            Retryable: the folder cannot be written.
        """
        said = {"exchange_id": exchange_id, "state": "RECALLED", "plain_words": plain_words or RECALLED}
        self._write(self._tombstone(exchange_id), said)
        try:
            (self.folder / f"{exchange_id}.json").unlink(missing_ok=True)
            flush_folder(self.folder)
        except OSError as fault:
            raise self._away(fault) from None

    def _tombstone(self, exchange_id: str) -> Path:
        return self.folder / f"{exchange_id}.recalled.json"

    def _write(self, path: Path, said: object) -> None:
        raw = (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
        try:
            write_whole(path, raw)
        except OSError as fault:
            raise self._away(fault) from None

    def _away(self, fault: OSError) -> Retryable:
        return Retryable(f"{self.folder}: cannot be written ({fault.strerror}); make room or give this user the right")


def document(delivery: Delivery) -> dict[str, object]:
    """What stands in the file of a delivery: type, reference, place, words, then the view's fields that are there."""
    head: dict[str, object] = {
        "event_type": delivery.view.event_type,
        "exchange_id": delivery.exchange_id,
        "delivery_seq": delivery.sequence,
    }
    words = delivery.view.envelope.plain_words
    head |= {"plain_words": words} if words is not None else {}
    head |= {"gap": True} if delivery.gap else {}
    head |= {"late": True} if delivery.late else {}
    view = _present(to_record(delivery.view))
    assert isinstance(view, dict)
    return head | view


def _present(value: object) -> object:
    """Records without what is absent; dates and times as ISO 8601."""
    if isinstance(value, dict):
        return {name: _present(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_present(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
