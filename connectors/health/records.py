"""HL7 version 2 messages as trusts send them: the fields that are read, and the codes in them.

Messages are split and checked here before anything looks inside: the first lines decide, whatever the file calls
itself. Left out: what a message becomes (`translate`). Rules: reading never fails; delimiters other than the standard
ones, versions other than 2.x and hostile lengths are refused with the field's name. Values are given as text,
unescaped, empty where absent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import hl7

from connectors.native.text import MAX_FILE_BYTES, decode, fit, one_line, wide_encoding
from connectors.ports import Message, Refused
from sharing.events import ReasonClass

MAX_MESSAGE = 2_000_000
MAX_SEGMENTS = 2_000
TYPES = frozenset({"A01", "A03", "A04", "A08"})
EMERGENCY_CLASS = "E"
EMERGENCY_ADMISSION = "21"
LEFT_BEFORE_SEEN = frozenset({"12", "13"})
"""Table 0112: left before treatment; left, having refused treatment."""
LOCALLY_HIDDEN = "1"
S_FLAG = "2"
NOT_SHIELDED = frozenset({"", "0", '""'})
"""Table ZU057: anything else hides the place, known code or not."""

RELATIONS: Mapping[str, str] = {
    "3": "parent",
    "5": "carer",
    "6": "carer",  # a foster parent: that a child is fostered is no news for a notice
    "12": "mother",
    "13": "father",
    "14": "sister",
    "15": "brother",
    "16": "relative",
    "20": "carer",
    "61": "step-parent",
}
"""Table 0063 as the national message uses it."""

_CODES = (
    "836881000000105 878111000000109 300731000000106 342191000000101 375041000000100 864491000000105 700255001 "
    "697949003 697951004 702953007 700254002 702579009 700253008 162596006 697950003 881081000000100 707087005 "
    "416936003 417361000 771984002 771983008 919461000000108 713201008 1054321000000100 766969008 736792008 "
    "401206008 449889006 1076171000000100 297591000000108"
)
SAFEGUARDING_CODES = frozenset(_CODES.split())
"""SNOMED codes of the national list by which a clinician says that a child is a cause for concern."""

SAYS_NO = frozenset({"N", "NO", "FALSE", "F", "0"})
NO_RESULT = frozenset({"D", "W", "X", "N", "O"})
"""Table 0085: deleted, wrong, cannot be obtained, not asked, ordered only."""

_SEGMENT = re.compile(r"(?:[A-Z]{2}[A-Z0-9]|Z[A-Z0-9]{2})(?:\||$)", re.ASCII)
_BATCH = ("FHS|", "BHS|", "BTS|", "FTS|", "BTS", "FTS")
_VERSION = re.compile(r"2(\.\d{1,2}){1,2}", re.ASCII)
_BREAKS = re.compile(r"\r\n|\r|\n")
_BEFORE = "\ufeff\ufffd \t"
_FRAMING = bytes.maketrans(b"", b""), b"\x0b\x1c\x00"
_ESCAPE = re.compile(r"\\([FSTRE]|\.br|X[0-9A-Fa-f]{2,64})\\")
_ESCAPED = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n"}


@dataclass(frozen=True, slots=True, repr=False)
class Adt:
    """One parsed message, its segments by name; its repr shows its type only."""

    segments: Mapping[str, Sequence[hl7.Segment]]
    trigger: str

    def __repr__(self) -> str:
        return f"Adt({self.trigger})"

    def has(self, segment: str) -> bool:
        """Whether there is such a segment."""
        return segment in self.segments

    def repeats(self, segment: str, field: int, at: int = 0) -> list[str]:
        """The repetitions of a field of the `at`-th such segment, as written."""
        try:
            text = str(self.segments[segment][at][field])
        except (IndexError, KeyError):
            return []
        return text.split("~") if text else []

    def text(self, segment: str, field: int, component: int = 1, at: int = 0) -> str:
        """One component of the first repetition of a field."""
        first = next(iter(self.repeats(segment, field, at)), "")
        return component_of(first, component)

    def restrictions(self) -> frozenset[str]:
        """Every code of ZU8-4, whichever segment or repetition holds it: one that hides is not undone by another."""
        found = (self.repeats("ZU8", 4, at) for at in range(self.count("ZU8")))
        return frozenset(component_of(code, 1) for codes in found for code in codes)

    def count(self, segment: str) -> int:
        """How many such segments there are."""
        return len(self.segments.get(segment, ()))


def component_of(text: str, component: int) -> str:
    """One component of a field, its first subcomponent, unescaped and on one line; `""` for HL7's own null."""
    parts = text.split("^")
    found = parts[component - 1].split("&")[0] if component <= len(parts) else ""
    return "" if found.strip() == '""' else one_line(_unescape(found))


def messages(raw: bytes, file: str) -> Iterator[Message | Refused]:
    """Every message of a file, in order: one or many, framed or not, with any line ends, wrapped by hand or not."""
    if len(raw) > MAX_FILE_BYTES:
        yield Refused("FILE_TOO_LARGE", "file", f"expected at most {MAX_FILE_BYTES} bytes")
        return
    for index, lines in enumerate(_split(_plain(raw)), start=1):
        text = "\r".join(lines)
        if not lines[0].startswith("MSH"):
            yield Refused("NO_HEADER", "MSH", "expected a message to begin with an MSH segment")
        elif len(text) > MAX_MESSAGE or len(lines) > MAX_SEGMENTS:
            yield Refused("TOO_LONG", "MSH", f"expected at most {MAX_MESSAGE} characters and {MAX_SEGMENTS} segments")
        else:
            yield Message(file, index, text.encode())


def parse(raw: bytes) -> Adt | Refused:
    """One message, checked: type, version, delimiters."""
    text = decode(raw)
    if not text.startswith(("MSH|^~\\&|", "MSH|^~\\&#|")):
        return Refused("BAD_DELIMITERS", "MSH-2", "expected the standard delimiters")
    try:
        message = hl7.parse(text)
        segments: dict[str, list[hl7.Segment]] = {}
        for segment in message:
            segments.setdefault(str(segment[0]), []).append(segment)
        adt = Adt(segments, component_of(str(message[0][9]), 2))
        kind, version = component_of(str(message[0][9]), 1), component_of(str(message[0][12]), 1)
    except (hl7.HL7Exception, AssertionError, IndexError, KeyError, ValueError, TypeError, RecursionError):
        return Refused("UNPARSABLE", "MSH", "expected an HL7 version 2 message")
    if kind != "ADT" or adt.trigger not in TYPES:
        return Refused("UNSUPPORTED_MESSAGE", "MSH-9", f"expected ADT with one of {', '.join(sorted(TYPES))}")
    if not _VERSION.fullmatch(version):
        return Refused("BAD_VERSION", "MSH-12", "expected version 2.x")
    if adt.count("PID") > 1:
        return Refused("SEVERAL_PATIENTS", "PID", "expected one PID segment: nobody can say whose visit this is")
    return adt if adt.has("PID") else Refused("MISSING", "PID", "expected a PID segment")


def reason_class(code: str) -> ReasonClass:
    """Class of an ICD-10 code; the code itself stays in health."""
    letter, number = code[:1].upper(), code[1:3]
    if not letter:
        return ReasonClass.NOT_RECORDED
    if letter == "X" and number.isascii() and number.isdigit() and 60 <= int(number) <= 84:  # noqa: PLR2004
        return ReasonClass.SELF_HARM
    if letter in "ST":
        return ReasonClass.INJURY
    return ReasonClass.ILLNESS if letter in "ABCDEFGHIJKLMNOPQR" else ReasonClass.OTHER


def _plain(raw: bytes) -> str:
    # UTF-16 holds zero bytes that are no framing.
    return decode(raw if wide_encoding(raw) else raw.translate(*_FRAMING))


def _split(text: str) -> Iterator[list[str]]:
    """Lines of each message; a line that begins no segment belongs to the one before it."""
    lines: list[str] = []
    for written in _BREAKS.split(text):
        # Files that were joined have a mark of their encoding before a message, others a blank or a control character.
        line = written.lstrip(_BEFORE)
        if not line.strip() or line.startswith(_BATCH):
            continue
        if line.startswith("MSH") and lines:
            yield lines
            lines = []
        if lines and not _SEGMENT.match(line):
            lines[-1] += line
        else:
            lines.append(line)
    if lines:
        yield lines


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        code = found[1]
        if code[0] != "X" or len(code) == 1:
            return _ESCAPED.get(code, "")
        return decode(bytes.fromhex(code[1:])) if len(code) % 2 else "\ufffd"

    return fit(_ESCAPE.sub(plain, text))
