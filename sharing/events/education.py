"""Events of the family `education`. Equal to schemas/avro/education, by test."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sharing.events.common import Event


class SettingResult(StrEnum):
    """Answer of the authority's rolls."""

    FOUND = "FOUND"
    SEVERAL = "SEVERAL"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SettingFound(Event):
    """The authority's rolls answer where a child is registered."""

    event_type: ClassVar[str] = "education.setting.found"

    result: SettingResult | None = None
    setting_organisation: str | None = None
    setting_urn: str | None = None
    setting_name: str | None = None
    setting_phone: str | None = None
