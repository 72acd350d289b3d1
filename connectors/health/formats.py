"""The file format of health trusts: HL7 version 2 ADT messages in files.

Left out: where the files lie, and who is flagged (`flags`; the predicate is handed in). Rule: without a predicate
nobody is flagged, and only what a clinician recorded as a concern leaves.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from connectors.health import translate
from connectors.health.records import messages
from connectors.ports import Message, Refused, Translation
from sharing.events import Child


def nobody(_: Child) -> bool:
    """No flag is held."""
    return False


class AdmissionMessages:
    """ADT A01, A03, A04 and A08, one or many a file."""

    name = "health-hl7"
    suffixes: tuple[str, ...] = (".hl7", ".txt", ".adt")

    def __init__(self, flagged: translate.Flagged = nobody, callback: str | None = None) -> None:
        self._flagged = flagged
        self._callback = callback

    def read(self, raw: bytes, file: str) -> Iterator[Message | Refused]:
        """Messages, in order."""
        return messages(raw, file)

    def translate(self, record: Message, now: datetime) -> Sequence[Translation]:
        """An attendance or a change of registration of a child of concern; a drop for everybody else."""
        return translate.message(record, now, self._flagged, self._callback)
