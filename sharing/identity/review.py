"""Review: a person decides what linkage would not. What they see, what they may choose, and by when.

Left out: who may review (the console's rights) and carrying the decision out (the ledger). Rules: a person is shown
how fields relate, never their values, and a candidate's place in the list, never its number; the question ends half-
way to the waiting event's own deadline, so that a duty function can still act; every choice names a shown candidate
or none of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sharing.errors import Rejected
from sharing.identity.comparison import Level
from sharing.identity.linkage import Linkage, LinkOutcome, Reason


class Word(StrEnum):
    """How a field relates, in a reviewer's words."""

    AGREES = "agrees"
    NEARLY = "nearly agrees"
    DIFFERS = "differs"
    NOT_GIVEN = "not given"


_NOT_NEARLY = {
    Level.NULL: Word.NOT_GIVEN,
    Level.ELSE: Word.DIFFERS,
    Level.EXACT: Word.AGREES,
    Level.PROPERTY: Word.AGREES,
    Level.POSTCODE: Word.AGREES,
}

PLAIN_REASONS = {
    Reason.SEVERAL: "More than one known child fits. Perhaps one child is known twice: say which record is meant.",
    Reason.CONTRADICTION: "An identifier says one thing, the rest another: a wrong number, or a replaced one.",
    Reason.NO_PLACE: "Name and birth date agree and the address does not confirm it: two children may share both.",
    Reason.BORN_TOGETHER: "Birth date and surname agree, the forename does not: twins, or another name in use.",
    Reason.UNBORN: "A child not yet born: records say the mother's name and a date that is expected.",
    Reason.TOO_LITTLE: "A name and hardly more.",
    Reason.DOUBT: "Alike in part. Typing errors, or two children.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One candidate as a reviewer sees it.

    Attributes:
        place: From 1, as listed. `rows`: field, word, and the level behind it.
    """

    place: int
    reason: str
    rows: tuple[tuple[str, Word, Level], ...]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One open question.

    Attributes:
        event_id: Hex id of the event whose child is asked for.
        due_by: Half-way to the event's own deadline; then a duty function is rung.
        subjects: Row numbers behind the places, for the ledger; never shown.
    """

    event_id: str
    opened_at: datetime
    due_by: datetime
    shown: tuple[Shown, ...]
    subjects: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: `subject` to link to, or None for a child who was not known.

    Attributes:
        apart: Subjects that the person saw and ruled out; they need not be asked about again.
    """

    event_id: str
    subject: int | None
    apart: tuple[int, ...]


NONE_OF_THEM = 0
"""The choice that says: a child who was not known."""


def review_item(event_id: str, linkage: Linkage, opened_at: datetime, deadline: datetime) -> ReviewItem:
    """The question that an open linkage puts.

    Args:
        event_id: Hex id of the waiting event.
        linkage: Its outcome is REVIEW.
        opened_at: Now, UTC.
        deadline: When the waiting event itself is due, UTC.

    Raises:
        ValueError: the linkage needs no review.
    """
    if linkage.outcome is not LinkOutcome.REVIEW:
        raise ValueError("only a linkage whose outcome is REVIEW is reviewed")
    shown = tuple(
        Shown(place, PLAIN_REASONS.get(c.reason, PLAIN_REASONS[Reason.SEVERAL]), tuple(map(_row, c.waterfall)))
        for place, c in enumerate(linkage.candidates, start=1)
    )
    due_by = opened_at + max(deadline - opened_at, timedelta()) / 2
    return ReviewItem(event_id, opened_at, due_by, shown, tuple(c.subject for c in linkage.candidates))


def decide(item: ReviewItem, choice: int) -> Decision:
    """A person's choice: a candidate's place, or `NONE_OF_THEM`.

    Raises:
        Rejected: `NO_SUCH_CANDIDATE`.
    """
    if not NONE_OF_THEM <= choice <= len(item.subjects):
        raise Rejected("NO_SUCH_CANDIDATE", "choice", f"choose 1 to {len(item.subjects)}, or 0 for none of them")
    subject = item.subjects[choice - 1] if choice else None
    return Decision(item.event_id, subject, tuple(s for s in item.subjects if s != subject))


def _row(step: tuple[str, Level, float]) -> tuple[str, Word, Level]:
    field, level, _ = step
    return field, _NOT_NEARLY.get(level, Word.NEARLY), level
