"""What becomes of a record that was read: the event with its marks of what was unreadable, or the refusal.

Left out: referrals, which are never refused (`referral` gives those). Rule: see `reading`.
"""

from dataclasses import replace

from connectors.native.children import is_nobody
from connectors.native.reading import Reading
from connectors.native.table import TableRow
from connectors.native.text import as_written
from connectors.ports import Refused, Translated, Translation
from sharing.events import Envelope, Event, Unreadable

RAGGED = Refused("RAGGED_ROW", "row", "expected as many cells as headings, and every quote closed")


def event_or_refusal(
    reading: Reading,
    event: Event,
    envelope: Envelope,
    local_child: str,
    native_key: str,
    child_index: int = 0,
    optional: frozenset[str] = frozenset(),
) -> Translation:
    """The event under its envelope, unless something about the matter itself could not be read.

    Args:
        reading: What was read, with its faults.
        event: Without its envelope.
        envelope: Without its marks.
        local_child: See `Translated`, as for `native_key` and `child_index`.
        native_key: Key of the record.
        child_index: Which child of it.
        optional: Paths of the matter that may be unreadable; the event then says which.
    """
    fault = reading.refusing(optional)
    if fault is not None:
        return Refused(fault.code, fault.field, fault.reason)
    event = replace(event, envelope=replace(envelope, unreadable=reading.unreadable()))
    return Translated(event, local_child, native_key, None, child_index)


def referral(
    row: TableRow,
    reading: Reading,
    event: Event,
    envelope: Envelope,
    local_child: str,
    native_key: str,
    child_index: int,
) -> Translated:
    """The referral, whatever could be read of it; what could not stands beside it as it was written.

    Where no column that is read says which child it is, the row does: a name may stand under a heading of its own.
    """
    marks = list(reading.unreadable(with_text=True) or ())
    if row.ragged or is_nobody(event.child):
        marks.append(Unreadable(field="row", as_written=as_written(row.written)))
    event = replace(event, envelope=replace(envelope, unreadable=tuple(marks) or None))
    return Translated(event, local_child, native_key, None, child_index)
