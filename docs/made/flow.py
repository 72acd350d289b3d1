"""The picture of the flow, drawn from the demonstration's directory, the topics, who may say and who may receive what.

Agencies stand twice: on the left they speak, on the right they receive. Left out: what of an event somebody gets
(`agreements/`), when (`routes.md`) and how long an answer may take (`clocks.md`). Rule: the same sources give the same
bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from agreements import read_texts
from schemas import read_schemas
from sharing.directory import Directory, Organisation
from sharing.events import EVENT_TYPES
from sharing.policy import Agreements, field_classes, load
from sharing.reconciliation.parties import kind_of, may_say
from sharing.topics import CHECKPOINTS, DEAD_LETTER, in_topic, out_topic, receipts_topic, seals_topic
from sharing.vocabulary import Agency
from streams.broker import read_directory

PARTNERSHIP = Path(__file__).resolve().parents[2] / "crosswalk" / "partnership"
NAMES = {
    Agency.POLICE: "Police",
    Agency.SOCIAL_CARE: "Children's social care",
    Agency.SCHOOLS: "Schools and colleges",
    Agency.HEALTH: "Health",
    Agency.EDUCATION: "Education service",
}
STEPS = (
    ("Whose child is it?", "exact identifiers, else a person decides"),
    ("What does it change?", "referrals, answers, plans, clocks"),
    ("Who needs to know?", "by function, never by person"),
    ("Which fields?", "what an agreement names; seals win"),
    ("Write it down, sign it", "every release and every withholding"),
    ("Send each its own view", "read again at the moment of sending"),
)
BY_BROKER = ("broker.", "correction.")
SEALING = "seal.changed"
WIDTH, LINE, GAP, PAD = 1120, 17, 14, 12
LEFT, MIDDLE, RIGHT = 20, 412, 760
BOX, BROKER = 340, 296
MANY = 3
INK, FAINT, ACCENT, SEAL = "#1d2a35", "#5b6b78", "#0b6e69", "#a3341f"


@dataclass(frozen=True, slots=True)
class Box:
    """One agency on one side: a title, names of its organisations, and lines of small print with their colours."""

    title: str
    names: tuple[str, ...]
    small: tuple[tuple[str, str], ...]

    @property
    def height(self) -> int:
        """Height in pixels."""
        return 2 * PAD + LINE * (1 + len(self.names) + len(self.small)) + 4


def flow() -> str:
    """The picture as SVG."""
    directory = read_directory(PARTNERSHIP)
    speaking = [_speaks(agency, directory) for agency in NAMES]
    agreements = load(read_texts(), field_classes(read_schemas()))
    receiving = [_receives(agency, directory, agreements) for agency in NAMES]
    rows = [max(pair[0].height, pair[1].height) for pair in zip(speaking, receiving, strict=True)]
    bottom = 70 + sum(rows) + GAP * (len(rows) - 1)
    parts = [*_head(bottom + 62), *_sides(speaking, receiving, rows), *_broker(70, bottom), *_foot(bottom)]
    return "\n".join(parts) + "\n</svg>\n"


def _speaks(agency: Agency, directory: Directory) -> Box:
    organisations = _of(agency, directory)
    said = sorted({kind for kind in EVENT_TYPES for one in organisations if _says(directory, one, kind)})
    small = [(f"writes {_family(in_topic(organisations[0]))}", INK)]
    small += [(f"  {kind}", FAINT) for kind in _families(kind for kind in said if kind != SEALING)]
    if SEALING in said:
        small += [(f"writes {_family(seals_topic(organisations[0]))}", SEAL), (f"  {SEALING}", SEAL)]
    return Box(NAMES[agency], tuple(_lines(_named(one) for one in organisations)), tuple(small))


def _receives(agency: Agency, directory: Directory, agreements: Agreements) -> Box:
    enrolled = [one for one in _of(agency, directory) if one.enrolled]
    functions = {name.replace("_", " "): None for one in enrolled for name in one.functions}
    kinds = {kind_of(one.kind, name) for one in enrolled for name in one.functions}
    may = sorted({key[0] for key in agreements.cells if key[1] in kinds and not key[0].startswith(BY_BROKER)})
    small = [(f"reads {_family(out_topic(enrolled[0]))}", ACCENT)]
    small += [(f"  {kind}", FAINT) for kind in _families(may)]
    small += [(f"writes {_family(receipts_topic(enrolled[0]))}", INK)]
    return Box(NAMES[agency], tuple(_lines(functions)), tuple(small))


def _of(agency: Agency, directory: Directory) -> list[Organisation]:
    return [one for one in directory.organisations.values() if one.agency is agency]


def _says(directory: Directory, one: Organisation, kind: str) -> bool:
    return one.enrolled and not kind.startswith(BY_BROKER) and may_say(directory, one.slug, kind)


def _named(one: Organisation) -> str:
    return one.name if one.enrolled else f"{one.name} (by telephone)"


def _families(kinds: Iterable[str]) -> Iterator[str]:
    """Event types by name, and a family of several as one line: the whole list is `events.md`."""
    for family, found in groupby(sorted(kinds), key=lambda kind: kind.partition(".")[0]):
        names = list(found)
        yield from names if len(names) < MANY else [f"{family}.*  ({len(names)} kinds)"]


def _family(topic: str) -> str:
    return topic.rpartition(".")[0] + ".<organisation>"


def _lines(words: Iterable[str], most: int = 46) -> Iterator[str]:
    """Words joined by commas, in lines of so many letters at most."""
    line = ""
    for word in words:
        if line and len(line) + len(word) > most:
            yield line + ","
            line = ""
        line = f"{line}, {word}" if line else word
    yield line


# ---------------------------------------------------------------- drawing


def _head(height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="13">'
    )
    yield '<title id="t">How an event walks through Crosswalk</title>'
    yield (
        '<desc id="d">Agencies publish events on topics of their own; the broker finds out whose child it is and who '
        "needs to know, decides every field, records it, and sends each recipient its own view on its own topic.</desc>"
    )
    for name, colour in (("ink", INK), ("accent", ACCENT)):
        yield (
            f'<defs><marker id="{name}" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto">'
            f'<path d="M0 0 L9 4 L0 8 z" fill="{colour}"/></marker></defs>'
        )
    yield f'<rect width="{WIDTH}" height="{height}" rx="10" fill="#fbfaf7"/>'
    for x, words in (
        (LEFT, "Agencies say what happened"),
        (MIDDLE, "Crosswalk"),
        (RIGHT, "Each receives its own view"),
    ):
        yield _text(x, 44, words, size=17, weight=600)


def _sides(speaking: list[Box], receiving: list[Box], rows: list[int]) -> Iterator[str]:
    y = 70
    for left, right, height in zip(speaking, receiving, rows, strict=True):
        yield from _box(LEFT, y, left, height)
        yield from _box(RIGHT, y, right, height)
        yield _arrow(LEFT + BOX, MIDDLE, y + height // 2, INK, "ink")
        yield _arrow(MIDDLE + BROKER, RIGHT, y + height // 2, ACCENT, "accent")
        y += height + GAP


def _box(x: int, y: int, box: Box, height: int) -> Iterator[str]:
    yield f'<rect x="{x}" y="{y}" width="{BOX}" height="{height}" rx="8" fill="#fff" stroke="#cfd6da"/>'
    at = y + PAD + 11
    yield _text(x + PAD, at, box.title, size=15, weight=600)
    for name in box.names:
        at += LINE
        yield _text(x + PAD, at, name)
    at += 4
    for words, colour in box.small:
        at += LINE
        yield _text(x + PAD, at, words, colour=colour, size=12, mono=True)


def _broker(top: int, bottom: int) -> Iterator[str]:
    yield (
        f'<rect x="{MIDDLE}" y="{top}" width="{BROKER}" height="{bottom - top}" rx="8" fill="#e7f1ef" '
        f'stroke="{ACCENT}"/>'
    )
    space = (bottom - top) // len(STEPS)
    for number, (question, note) in enumerate(STEPS):
        middle = top + number * space + space // 2
        yield f'<circle cx="{MIDDLE + 22}" cy="{middle - 2}" r="10" fill="{ACCENT}"/>'
        yield _text(MIDDLE + 22, middle + 2, str(number + 1), size=12, colour="#fff", weight=600, anchor="middle")
        yield _text(MIDDLE + 42, middle - 3, question, size=15, weight=600)
        yield _text(MIDDLE + 42, middle + 13, note, colour=FAINT, size=12)


def _foot(bottom: int) -> Iterator[str]:
    yield _text(LEFT, bottom + 28, "Recipients answer on the same road: a receipt, a decision, an acknowledgement.")
    yield _text(LEFT, bottom + 45, "Silence rings a clock. Clocks, tasks and recalls go the same way.", colour=FAINT)
    yield _text(RIGHT, bottom + 28, f"{CHECKPOINTS}: signed, for every agency", mono=True, size=12)
    yield _text(RIGHT, bottom + 45, f"{DEAD_LETTER}: codes and places, for operators", mono=True, size=12, colour=FAINT)


def _arrow(start: int, end: int, y: int, colour: str, head: str) -> str:
    return (
        f'<line x1="{start + 6}" y1="{y}" x2="{end - 5}" y2="{y}" stroke="{colour}" stroke-width="1.6" '
        f'marker-end="url(#{head})"/>'
    )


def _text(
    x: int,
    y: int,
    words: str,
    *,
    colour: str = INK,
    size: int = 13,
    weight: int = 400,
    anchor: str = "start",
    mono: bool = False,
) -> str:
    family = ' font-family="ui-monospace, monospace"' if mono else ""
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
        f'{family} xml:space="preserve">{escape(words)}</text>'
    )
