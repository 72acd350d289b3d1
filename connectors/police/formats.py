"""The file format of the police: notices as JSON, ours as a proposal.

Left out: where the files lie.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from connectors.native.documents import read_documents
from connectors.police import translate
from connectors.police.records import LISTS
from connectors.ports import Document, Refused, Translation


class Notices:
    """Notices of domestic abuse attended and of children missing and found."""

    name = "police-json"
    suffixes: tuple[str, ...] = (".json", ".jsonl")

    def read(self, raw: bytes, file: str) -> Iterator[Document | Refused]:
        """One notice, a list of them, or one a line."""
        return read_documents(raw, file, LISTS, parts="children")

    def translate(self, record: Document, now: datetime) -> Sequence[Translation]:
        """One event a child, or a refusal for that child or for the whole notice."""
        return translate.notice(record, now)
