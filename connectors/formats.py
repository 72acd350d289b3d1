"""The formats of this project, by name, and which of them a file is.

Left out: what a format does (each agency's room) and where files lie. Rule: a name that is not here is refused with the
nearest one; guessing looks at content before endings, and says when it cannot tell.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from connectors.ports import AnyFormat
from connectors.schools.formats import Acknowledgements, Attendance, Concerns
from connectors.social_care.formats import Dataset
from sharing.errors import Misconfigured

AUTO = "auto"

FORMATS: Mapping[str, Callable[[], AnyFormat]] = {
    "schools-concerns": Concerns,
    "schools-acknowledgements": Acknowledgements,
    "schools-attendance": Attendance,
    "social-care-ssd": Dataset,
}


def names() -> tuple[str, ...]:
    """Every format's name, in the order of the agencies."""
    return tuple(FORMATS)


def by_name(name: str) -> AnyFormat:
    """The format of that name, as it is without anything handed in.

    Raises:
        Misconfigured: there is none; the message lists all and names the nearest.
    """
    if name not in FORMATS:
        near = get_close_matches(name, [*FORMATS, AUTO], n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise Misconfigured(f"format: expected one of {', '.join([*FORMATS, AUTO])}{hint}")
    return FORMATS[name]()
