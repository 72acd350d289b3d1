"""Events of the family `referral`. Equal to schemas/avro/referral, by test."""

from dataclasses import dataclass
from typing import ClassVar

from sharing.events.common import Event
from sharing.events.police import OtherChild


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReferralSubmitted(Event):
    """An agency refers a child to children's social care. It is never stopped, by anything."""

    event_type: ClassVar[str] = "referral.submitted"

    source_code: str | None = None
    category: str | None = None
    concern_seen: str | None = None
    since: str | None = None
    effect_on_child: str | None = None
    ask: str | None = None
    child_words: str | None = None
    family_informed: bool | None = None
    level_claimed: int | None = None
    referrer_name: str | None = None
    referrer_function: str | None = None
    callback: str | None = None
    alleged_perpetrator: str | None = None
    siblings: tuple[OtherChild, ...] | None = None
    assessment_tool: str | None = None
    material_hardship: str | None = None
    care_omission: str | None = None
    no_name_to_family: bool | None = None
