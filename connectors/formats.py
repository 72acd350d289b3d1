"""The formats of this project, by name, and which of them a file is.

Left out: what a format does (each agency's room) and where files lie. Rules: a name that is not here is refused with
the nearest one; a file is judged by its content, never by its name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from connectors.education.formats import Roll
from connectors.education.records import ROLL
from connectors.health.formats import AdmissionMessages, nobody
from connectors.health.translate import Flagged
from connectors.native.table import Columns, first_line
from connectors.native.text import decode
from connectors.police.formats import Notices
from connectors.ports import AnyFormat
from connectors.schools.formats import Acknowledgements, Attendance, Concerns
from connectors.schools.records import ACKNOWLEDGEMENTS, ATTENDANCE, CONCERNS
from connectors.social_care.formats import Dataset, unjoined
from connectors.social_care.records import TABLES
from connectors.social_care.translate import Persons
from sharing.errors import Misconfigured

AUTO = "auto"
_MESSAGE = re.compile(r"(?:^|[\r\n\ufffd])(?:MSH|FHS|BHS)\|")
_HEAD = 65_536
"""Bytes of a file that are looked at to tell what it is."""


@dataclass(frozen=True, slots=True)
class Given:
    """What formats may be given from outside.

    Attributes:
        flagged: Health: whether a plan flag is held for a child. Without it nobody is flagged.
        callback: Health: number to call about an attendance.
        persons: Social care: a person's columns by id, where exports are not joined.
    """

    flagged: Flagged = nobody
    callback: str | None = None
    persons: Persons = unjoined


FORMATS: Mapping[str, Callable[[Given], AnyFormat]] = {
    Concerns.name: lambda _: Concerns(),
    Acknowledgements.name: lambda _: Acknowledgements(),
    Attendance.name: lambda _: Attendance(),
    Dataset.name: lambda given: Dataset(given.persons),
    Notices.name: lambda _: Notices(),
    AdmissionMessages.name: lambda given: AdmissionMessages(given.flagged, given.callback),
    Roll.name: lambda _: Roll(),
}
_TABLES: tuple[tuple[Columns, str], ...] = (
    (CONCERNS, Concerns.name),
    (ACKNOWLEDGEMENTS, Acknowledgements.name),
    (ATTENDANCE, Attendance.name),
    *((columns, Dataset.name) for columns in TABLES.values()),
    (ROLL, Roll.name),
)


def by_name(name: str, given: Given | None = None) -> AnyFormat:
    """The format of that name.

    Args:
        name: One of `FORMATS`.
        given: What it needs from outside; nothing where that is None.

    Raises:
        Misconfigured: there is none; the message lists all and names the nearest.
    """
    if name not in FORMATS:
        raise Misconfigured(f"format: expected one of {', '.join(FORMATS)}{_nearest(name)}")
    return FORMATS[name](given or Given())


def recognise(raw: bytes) -> str | None:
    r"""Name of the format of a file's content, or None if it is none of ours.

    >>> recognise(b"MSH|^~\\&|PAS"), recognise(b"Dear colleague")
    ('health-hl7', None)
    """
    head = decode(raw[:_HEAD])
    start = head.lstrip()
    if _MESSAGE.search(head):
        return AdmissionMessages.name
    if start.startswith(("{", "[")):
        return Acknowledgements.name if '"exchange_id"' in start and '"notice"' not in start else Notices.name
    line = first_line(head)
    return next((name for columns, name in _TABLES if columns.match(line)), None)


def _nearest(name: str) -> str:
    near = get_close_matches(name, FORMATS, n=1) or [known for known in FORMATS if name and name in known][:1]
    return f"; did you mean {near[0]}?" if near else ""
