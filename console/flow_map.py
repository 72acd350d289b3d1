"""Where everything of the flow map stands: senders left, the broker's stages in the middle, recipients right.

Two drawings of the same page: a wide one, and one for a narrow screen, where senders stand above the stages and
recipients below, joined by a rail at the side. Units are those of the drawing's own view box.

Pure; no HTML. Left out: colours (the style sheet) and words (`views`). Rules: the width of an edge is events a
minute, on a logarithmic scale, and a dashed hairline when none pass; what is folded together is named with its
number, the worst are drawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import log2
from textwrap import wrap

from console import words
from console.page import Badge, Node, Page
from console.verdicts import Verdict, badness, worst

DRAWN_OF_A_GROUP = 6
"""So many organisations of one agency are drawn on their own; the rest are folded together."""
THINNEST, THICKEST = 1.6, 15.0

WIDE = 1200.0
COLUMN, ROW, GAP, GROUP = 296.0, 46.0, 8.0, 30.0
STAGE_WIDTH, STAGE_HEIGHT, STAGE_GAP = 106.0, 168.0, 14.0
NARROW = 360.0
NARROW_COLUMN, NARROW_STAGE = 316.0, 58.0
RAIL = 346.0
BADGE_HEIGHT, BADGE_PAD, LETTER = 18.0, 7.0, 6.1
NOTE_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Pill:
    """A badge as drawn; x is its left edge."""

    badge: Badge
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Box:
    """A node as drawn; x and y are its upper left corner."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    pills: tuple[Pill, ...] = ()

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return self.y + self.height / 2

    @property
    def note_lines(self) -> list[str]:
        """The note of a stage, broken to its width."""
        return wrap(self.node.note, NOTE_LETTERS)[:2]


@dataclass(frozen=True, slots=True)
class Heading:
    """Name of an agency above its organisations."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A way between two boxes: path data, width, and what its colour says."""

    path: str
    width: float
    verdict: Verdict
    idle: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing, ready to print."""

    width: float
    height: float
    headings: tuple[Heading, ...]
    edges: tuple[Edge, ...]
    senders: tuple[Box, ...]
    stages: tuple[Box, ...]
    recipients: tuple[Box, ...]


def edge_width(per_minute: float) -> float:
    """Width of an edge: each doubling of the rate adds the same.

    >>> edge_width(0), edge_width(1) < edge_width(10) < edge_width(100), edge_width(1e9)
    (1.6, True, 15.0)
    """
    return min(THICKEST, THINNEST + 1.6 * log2(1 + max(0.0, per_minute)))


def fold(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes to draw: of each agency the worst and busiest on their own, the rest as one."""
    return tuple(drawn for _, group in groupby(nodes, lambda n: n.group) for drawn in _fold_group(list(group)))


def _fold_group(nodes: list[Node]) -> Iterator[Node]:
    if len(nodes) <= DRAWN_OF_A_GROUP:
        yield from nodes
        return
    ranked = sorted(nodes, key=lambda n: (-badness(n.verdict), -len(n.badges), -n.per_minute, n.name))
    shown = {n.key for n in ranked[: DRAWN_OF_A_GROUP - 1]}
    rest = ranked[DRAWN_OF_A_GROUP - 1 :]
    yield from (n for n in nodes if n.key in shown)
    total = sum(n.per_minute for n in rest)
    yield replace(
        rest[0],
        key=f"rest-{rest[0].group.lower().replace(' ', '-')}",
        name=f"{len(rest):,} more",
        verdict=worst(n.verdict for n in rest),
        per_minute=total,
        rate=words.rate(total),
        badges=(),
        note="",
        stands_for=len(rest),
    )


# ---------------------------------------------------------------- wide


def wide(page: Page) -> Drawing:
    """The drawing for a wide screen and for paper."""
    left, right = fold(page.senders), fold(page.recipients)
    height = max(_column_height(left), _column_height(right), STAGE_HEIGHT) + 8
    senders, names = _column(left, 0, (height - _column_height(left)) / 2, COLUMN)
    recipients, more = _column(right, WIDE - COLUMN, (height - _column_height(right)) / 2, COLUMN)
    stages = _stages_in_a_row(page.stages, height)
    edges = [*_fan_in(senders, stages[0]), *_between(stages), *_fan_out(stages[-1], recipients)]
    return Drawing(WIDE, height, (*names, *more), tuple(edges), senders, stages, recipients)


def _column_height(nodes: Sequence[Node]) -> float:
    return len({n.group for n in nodes}) * GROUP + len(nodes) * (ROW + GAP)


def _column(nodes: Sequence[Node], x: float, y: float, width: float) -> tuple[tuple[Box, ...], tuple[Heading, ...]]:
    boxes, headings = [], []
    for group, members in groupby(nodes, lambda n: n.group):
        headings.append(Heading(group, x, y + GROUP - 9))
        y += GROUP
        for node in members:
            boxes.append(Box(node, x, y, width, ROW, tuple(_pills(node.badges, x + width - 10, y + 24))))
            y += ROW + GAP
    return tuple(boxes), tuple(headings)


def _pills(badges: Iterable[Badge], right: float, y: float) -> Iterator[Pill]:
    """Badges from the right edge leftwards; the verdict says `silent` already."""
    for badge in badges:
        if badge.kind != "silent":
            width = len(badge.text) * LETTER + 2 * BADGE_PAD
            right -= width
            yield Pill(badge, round(right, 1), y, round(width, 1))
            right -= 5


def _stages_in_a_row(nodes: Sequence[Node], height: float) -> tuple[Box, ...]:
    x = (WIDE - len(nodes) * STAGE_WIDTH - (len(nodes) - 1) * STAGE_GAP) / 2
    y = (height - STAGE_HEIGHT) / 2
    step = STAGE_WIDTH + STAGE_GAP
    return tuple(_stage_box(n, x + i * step, y, STAGE_WIDTH, STAGE_HEIGHT) for i, n in enumerate(nodes))


def _stage_box(node: Node, x: float, y: float, width: float, height: float) -> Box:
    pills = []
    for badge in node.badges:
        wide_enough = len(badge.text) * LETTER + 2 * BADGE_PAD
        pills.append(Pill(badge, round(x + (width - wide_enough) / 2, 1), y + height - 26, round(wide_enough, 1)))
    return Box(node, x, y, width, height, tuple(pills))


def _fan_in(boxes: Sequence[Box], stage: Box) -> Iterator[Edge]:
    for box, y in zip(boxes, _ports(len(boxes), stage), strict=True):
        yield _edge(_curve(box.x + box.width, box.middle, stage.x, y), box.node)


def _fan_out(stage: Box, boxes: Sequence[Box]) -> Iterator[Edge]:
    for box, y in zip(boxes, _ports(len(boxes), stage), strict=True):
        yield _edge(_curve(stage.x + stage.width, y, box.x, box.middle), box.node)


def _ports(count: int, stage: Box) -> list[float]:
    """Heights at which edges meet a stage, spread over its side in order."""
    inner = stage.height - 36
    return [stage.y + 18 + inner * (i + 0.5) / count for i in range(count)]


def _between(stages: Sequence[Box]) -> Iterator[Edge]:
    for one, two in pairwise(stages):
        path = f"M{_n(one.x + one.width)} {_n(one.middle)}H{_n(two.x)}"
        yield replace(_edge(path, two.node), width=min(THICKEST, edge_width(two.node.per_minute) + 2))


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"M{_n(x1)} {_n(y1)}C{_n(middle)} {_n(y1)} {_n(middle)} {_n(y2)} {_n(x2)} {_n(y2)}"


def _edge(path: str, node: Node) -> Edge:
    return Edge(path, round(edge_width(node.per_minute), 1), node.verdict, node.per_minute <= 0)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


# ---------------------------------------------------------------- narrow


def narrow(page: Page) -> Drawing:
    """The drawing for a narrow screen: from top to bottom, with a rail at the right."""
    left, right = fold(page.senders), fold(page.recipients)
    senders, names = _column(left, 0, 0, NARROW_COLUMN)
    top = _column_height(left) + 26
    step = NARROW_STAGE + 20
    stages = tuple(
        _low_stage(node, 0, top + i * step, NARROW_COLUMN, NARROW_STAGE) for i, node in enumerate(page.stages)
    )
    below = top + len(stages) * step + 6
    recipients, more = _column(right, 0, below, NARROW_COLUMN)
    edges = [_rail(box, stages[0], box.node) for box in senders]
    edges += [_down(one, two) for one, two in pairwise(stages)]
    edges += [_rail(stages[-1], box, box.node) for box in reversed(recipients)]  # the longest lies lowest
    height = below + _column_height(right)
    return Drawing(NARROW, height, (*names, *more), tuple(edges), senders, stages, recipients)


def _low_stage(node: Node, x: float, y: float, width: float, height: float) -> Box:
    return Box(node, x, y, width, height, tuple(_pills(node.badges, x + width - 10, y + height - 25)))


def _rail(one: Box, two: Box, node: Node) -> Edge:
    """From the right side of the upper box down the rail to the right side of the lower."""
    x, bend = one.x + one.width, 14.0
    y1, y2 = one.middle, two.middle
    path = (
        f"M{_n(x)} {_n(y1)}H{_n(RAIL - bend)}Q{_n(RAIL)} {_n(y1)} {_n(RAIL)} {_n(y1 + bend)}"
        f"V{_n(y2 - bend)}Q{_n(RAIL)} {_n(y2)} {_n(RAIL - bend)} {_n(y2)}H{_n(x)}"
    )
    return _edge(path, node)


def _down(one: Box, two: Box) -> Edge:
    x = one.x + one.width / 2
    return _edge(f"M{_n(x)} {_n(one.y + one.height)}V{_n(two.y)}", two.node)
