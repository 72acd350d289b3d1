"""Bytes of an export to text, whatever wrote them.

Systems write UTF-8 with and without a mark, UTF-16 and Windows-1252, sometimes two of them in one file, and do not say
which. Rules: reading never fails (a line that no encoding explains is read as Windows-1252 with gaps shown as U+FFFD);
characters that a database, a terminal or Avro cannot hold are shown as U+FFFD; nothing else is changed. Left out: what
the text means.
"""

import codecs
import re
import unicodedata

MAX_FILE_BYTES = 64 * 1024 * 1024
"""An export larger than this is refused unread."""
MAX_NARRATIVE = 20_000
"""Characters of free text that travel; a referral's longer text is cut and says so."""
MAX_SHORT = 300
"""Characters of a name, code, address line or telephone number."""
MAX_AS_WRITTEN = 500

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOK = 4_096
_WIDE_SHARE = 3
_LINE = re.compile(rb"[^\r\n]*[\r\n]*")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def decode(raw: bytes) -> str:
    r"""Bytes to text; never fails.

    >>> decode(b"\xef\xbb\xbfZo\xc3\xab"), decode(b"Zo\xeb"), decode(b"Zo\xeb\nZo\xc3\xab")
    ('Zoë', 'Zoë', 'Zoë\nZoë')
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return fit(_narrow(raw.removeprefix(mark)) if encoding == "utf-8" else raw.decode(encoding, "replace"))
    wide = wide_encoding(raw)
    return fit(raw.decode(wide, "replace") if wide else _narrow(raw))


def wide_encoding(raw: bytes) -> str | None:
    """UTF-16 with or without its mark, told by the zero beside each Latin letter; None for anything else."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = raw[: min(_LOOK, len(raw)) // 2 * 2]
    first, second = head[0::2].count(0), head[1::2].count(0)
    few, many = sorted((first, second))
    if not head or many * _WIDE_SHARE < len(head) or few * _WIDE_SHARE > many:
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def _narrow(raw: bytes) -> str:
    """UTF-8, or line by line where some lines are not: an export may hold what others pasted into it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(map(_line, _LINE.findall(raw)))


def _line(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def fit(text: str) -> str:
    """Text that every later store can hold: control characters and lone surrogates become U+FFFD."""
    return _UNFIT.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Text without line breaks, runs of blanks and blanks at the ends."""
    return _SPACES.sub(" ", text).strip()


def heading(text: str) -> str:
    """A heading or code as it is compared: lower-case letters and digits only.

    >>> heading(" [[Date of Birth]] "), heading("DateOfBirth")
    ('dateofbirth', 'dateofbirth')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _NOT_A_WORD.sub("", plain)


def as_written(text: str) -> str:
    """What a system held in a field, cut to what an event may carry of it."""
    return text if len(text) <= MAX_AS_WRITTEN else text[: MAX_AS_WRITTEN - 1] + "…"
