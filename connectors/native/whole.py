"""What is wrong with a file as a whole, before any format looks into it.

Left out: what a format finds (each format), and how large a file may be (`text`). Rule: the reason says what the file
is, and what to do about it; it shows nothing of what is in it.
"""

from connectors.ports import Refused

_MARKS = (
    (b"PK\x03\x04", "a ZIP archive or a workbook"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xd0\xcf\x11\xe0", "an old workbook or document"),
    (b"%PDF-", "a PDF"),
)


def fault_of(raw: bytes) -> Refused | None:
    r"""Why no format can read these bytes at all, or None.

    >>> fault_of(b"PK\x03\x04...").code, fault_of(b" ").code, fault_of(b"a,b")
    ('NOT_TEXT', 'EMPTY_FILE', None)
    """
    if not raw.strip():
        return Refused("EMPTY_FILE", "file", "the file holds nothing; export it again")
    kind = next((kind for mark, kind in _MARKS if raw.startswith(mark)), None)
    if kind is None:
        return None
    return Refused("NOT_TEXT", "file", f"this is {kind}; unpack it, or export it as text")
