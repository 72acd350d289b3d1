"""What the scrubber finds in a text and what stands in its place.

Left out: how it is found (`recognised`, `guesses`). Rule: a marker says what kind of thing stood there and nothing
else, not even how long it was.
"""

from enum import StrEnum
from typing import NamedTuple


class Removal(StrEnum):
    """What was taken out."""

    NAME = "NAME"
    POSSIBLE_NAME = "POSSIBLE_NAME"
    PLACE = "PLACE"
    NUMBER = "NUMBER"
    DATE = "DATE"
    CONTACT = "CONTACT"


MARKS = {
    Removal.NAME: "[name]",
    Removal.POSSIBLE_NAME: "[name]",
    Removal.PLACE: "[place]",
    Removal.NUMBER: "[number]",
    Removal.DATE: "[date]",
    Removal.CONTACT: "[contact]",
}
FAMILY, PATTERN = "family", "pattern"
"""By what it was found: what is known of the family, or what such things look like."""


class Find(NamedTuple):
    """One thing that must go: a stretch of the folded text, not empty."""

    start: int
    end: int
    what: Removal
    by: str
