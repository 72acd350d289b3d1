"""How the story writes down what it knows: one record's ground truth, grown field by field beside the record itself.

Left out: the formats of the agencies (`papers`). Rule: what is said here is said by hand, from the story's own values;
nothing is asked of the connectors that will read the files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crosswalk.demo.story.people import Child
from crosswalk.demo.story.steps import Fate, Published
from crosswalk.demo.story.tokens import Tokens

LONDON = ZoneInfo("Europe/London")
SEXES: Mapping[str, str] = {"F": "FEMALE", "M": "MALE"}
AGENCIES: Mapping[str, str] = {
    "easthaven-social-care": "social-care",
    "easthaven-police": "police",
    "easthaven-hospital": "health",
    "easthaven-community": "health",
    "mill-lane-surgery": "health",
    "easthaven-education": "education",
    "oakfield-primary": "schools",
    "st-brannock-independent": "schools",
    "harbour-academy": "schools",
}


def london(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 by the clock on the wall, as UTC."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=LONDON).astimezone(UTC)


def wall(moment: datetime) -> str:
    """A moment as most systems print it: dd/mm/yyyy HH:MM:SS by the clock on the wall."""
    return moment.astimezone(LONDON).strftime("%d/%m/%Y %H:%M:%S")


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat()


@dataclass(slots=True)
class Draft:
    """The ground truth of one record while it is written.

    Attributes:
        reference: See `Published`; also the place from which this record's canaries are derived.
    """

    tokens: Tokens
    reference: str
    organisation: str
    event_type: str
    child: Child
    at: datetime
    group: str
    fields: dict[str, object] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)

    def text(self, path: str, words: str) -> str:
        """Words with a canary of their own; noted under the path."""
        token = self.tokens.text(f"{self.reference}/{path}")
        self.canaries[path] = token
        return self.plain(path, f"{words} {token}")

    def plain(self, path: str, value: str) -> str:
        """A value without a canary; noted under the path."""
        self.fields[path] = value
        return value

    def hidden(self, place: str, words: str) -> str:
        """Words with a canary in a part of the record that may never leave the agency."""
        token = self.tokens.text(f"{self.reference}/never:{place}")
        self.canaries[f"never:{place}"] = token
        return f"{words} {token}"

    def named(self) -> None:
        """The child's names, birth date and sex."""
        self.fields |= {
            "child.surname": self.child.surname,
            "child.forename": self.child.forename,
            "child.birth_date": self.child.birth_date.isoformat(),
            "child.sex": SEXES[self.child.sex],
        }
        self.canaries["child.surname"] = self.child.name_canary

    def housed(self) -> None:
        """Address, postcode and telephone."""
        own = self.child.home
        self.fields |= {
            "child.address_line": own.address_line,
            "child.postcode": own.postcode,
            "child.telephone": own.telephone,
        }
        self.canaries |= {
            "child.address_line": own.canary,
            "child.postcode": own.postcode,
            "child.telephone": own.line_canary,
        }

    def numbered(self, *paths: str) -> None:
        """Identifiers: `nhs_number`, `upn`; `person_id` and `hospital` are the agency's own."""
        for path in paths:
            value = str(getattr(self.child, path))
            where = "child.local_id" if path in ("person_id", "hospital") else f"child.{path}"
            self.fields[where] = value
            if path != "person_id":
                self.canaries[where] = value.removeprefix("H-")

    def done(self, fate: Fate = Fate.EVENT, code: str = "") -> Published:
        """The record's ground truth."""
        self.fields |= {
            "envelope.occurred_at": iso(self.at),
            "envelope.agency": AGENCIES[self.organisation],
            "envelope.organisation": self.organisation,
        }
        is_event = fate is Fate.EVENT
        return Published(
            reference=self.reference,
            organisation=self.organisation,
            event_type=self.event_type if is_event else "",
            child=self.child.key,
            fate=fate,
            occurred_at=iso(self.at) if is_event else "",
            fields=self.fields if is_event else {},
            canaries=self.canaries,
            code=code,
            group=self.group,
        )
