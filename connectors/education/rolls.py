"""Where a child is registered, answered from the local authority's own rolls; no roll leaves.

Rules: a UPN finds, unless birth date or whole name speak against it, or the name is another pupil's elsewhere; names
with birth date and postcode find;
names with birth date alone find only on the roll of the setting that was named, and only if that is unique there.
Anything else that fits is `SEVERAL`: a person must look. Who left is on no roll. Without any roll nobody is said not to
be on it: the question stays open, and its clock rings somebody. Left out: who asks and why (the broker's affair).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from connectors.education.records import ROLL, Pupil, pupil
from connectors.native.children import opaque
from connectors.native.moments import day_of
from connectors.native.table import TableRow, read_table
from connectors.native.text import heading
from connectors.ports import Memory, Refused, Translated
from sharing.directory import Directory
from sharing.errors import Rejected
from sharing.events import Child, Envelope, Event, SettingFound, SettingResult, SettingSought, Urgency

_KINDS = frozenset(
    "academy primary infant infants junior juniors first middle secondary high upper lower nursery preschool pre playgroup "  # noqa: SIM905, E501 - a list of words
    "college sixth form grammar comprehensive community special catholic church england prep preparatory independent "
    "girls boys centre".split()
)
"""Words that name a kind of setting and no setting."""
_SMALL_WORDS = frozenset({"the", "of", "and", "at", "school", "c", "e", "ce", "rc", "st", "saint"})


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the rolls say of one child; `pupil` only where it is certain."""

    result: SettingResult
    pupil: Pupil | None = None


class Rolls:
    """An index of all registrations.

    Args:
        pupils: Every registration, past ones too.
    """

    def __init__(self, pupils: Iterable[Pupil]) -> None:
        self._by_upn: dict[str, list[Pupil]] = defaultdict(list)
        self._by_birth_date: dict[date, list[Pupil]] = defaultdict(list)
        for one in pupils:
            self._by_birth_date[one.birth_date].append(one)
            if one.upn:
                self._by_upn[one.upn].append(one)

    def __len__(self) -> int:
        """How many registrations there are. None: the files are away, or not one row of them can be read."""
        return sum(map(len, self._by_birth_date.values()))

    def find(self, child: Child, day: date) -> Answer:
        """Where a child is registered on a day."""
        by_upn = [p for p in self._by_upn.get(child.upn or "", ()) if p.is_current(day)]
        of_that_name = [
            p
            for p in self._by_birth_date.get(child.birth_date or date.min, ())
            if p.is_current(day) and _same_name(p, child)
        ]
        if by_upn:
            # A number typed into a sister's or a twin's record finds her, and her school.
            agree = not any(_contradicts(p, child) for p in by_upn)
            return _one_of([*by_upn, *of_that_name]) if agree else Answer(SettingResult.SEVERAL)
        named = [p for p in of_that_name if not _other_upn(p, child)]
        at_home = [p for p in named if child.postcode and p.postcode == child.postcode]
        if at_home:
            return _one_of(at_home)
        told = [p for p in named if _is_named_setting(p, child)]
        if len(told) == 1:
            return Answer(SettingResult.FOUND, told[0])
        return Answer(SettingResult.SEVERAL if named else SettingResult.NOT_FOUND)


def read_rolls(files: Iterable[tuple[str, bytes]], now: datetime) -> tuple[Rolls, tuple[tuple[str, int, Refused], ...]]:
    """An index from roll files, and what of them was refused: file, record number, refusal."""
    pupils: list[Pupil] = []
    refused: list[tuple[str, int, Refused]] = []
    for file, raw in files:
        for number, row in enumerate(read_table(raw, file, {"roll": ROLL}), start=1):
            found = pupil(row, now) if isinstance(row, TableRow) else row
            if isinstance(found, Refused):
                refused.append((file, number, found))
            else:
                pupils.append(found)
    return Rolls(pupils), tuple(refused)


@dataclass(slots=True)
class AnswersFromRolls:
    """Reaction of the education service's connector: a question about a child is answered at once, from the rolls.

    Args:
        rolls: Gives the index as it is now.
        directory: To name a setting that is enrolled; None where the connector has none.
    """

    rolls: Callable[[], Rolls]
    directory: Directory | None = None
    name: str = "rolls"

    def on_delivered(self, view: Event, exchange_id: str, memory: Memory, now: datetime) -> Sequence[Translated]:
        """The answer to `broker.setting.sought`, in the same transaction; nothing for any other event.

        Raises:
            Rejected: `NO_ROLL`.
        """
        del memory
        if not isinstance(view, SettingSought):
            return ()
        rolls = self.rolls()
        if not rolls:
            raise Rejected("NO_ROLL", "rolls", "no registration can be read; see: crosswalk translate education-roll")
        answer = rolls.find(view.child, day_of(now))
        event = replace(found_event(answer, self.directory), child=_as_asked(view.child), envelope=_reply(exchange_id))
        subject = view.envelope.subject or opaque(exchange_id)
        return (Translated(event, f"subject:{subject}", f"setting/{exchange_id}", "1"),)

    def on_withdrawn(self, exchange_id: str, memory: Memory) -> None:
        """Nothing is remembered."""


def found_event(answer: Answer, directory: Directory | None) -> SettingFound:
    """The answer as an event without child and envelope; a setting is named only where it is certain."""
    at = answer.pupil
    if at is None:
        return SettingFound(envelope=Envelope(), child=Child(), result=answer.result)
    organisation = directory.by_urn(at.urn) if directory else None
    return SettingFound(
        envelope=Envelope(),
        child=Child(),
        result=answer.result,
        setting_organisation=organisation.slug if organisation and organisation.enrolled else None,
        setting_urn=at.urn,
        setting_name=at.setting_name,
        setting_phone=at.phone,
    )


def _reply(exchange_id: str) -> Envelope:
    return Envelope(in_reply_to=exchange_id, author_function="rolls", urgency=Urgency.IMMEDIATE)


def _as_asked(child: Child) -> Child:
    """The child as the question had it: the answer tells nothing of the roll but the setting."""
    return Child(surname=child.surname, forename=child.forename, birth_date=child.birth_date, upn=child.upn)


def _one_of(pupils: Sequence[Pupil]) -> Answer:
    if len({p.urn for p in pupils}) == 1:
        return Answer(SettingResult.FOUND, pupils[0])
    return Answer(SettingResult.SEVERAL)


def _contradicts(one: Pupil, child: Child) -> bool:
    other_surname = child.surname is not None and heading(child.surname) != heading(one.surname)
    other_forename = bool(_forenames(child)) and not _forenames(one) & _forenames(child)
    return (child.birth_date is not None and child.birth_date != one.birth_date) or (other_surname and other_forename)


def _other_upn(one: Pupil, child: Child) -> bool:
    return child.upn is not None and one.upn is not None and child.upn != one.upn


def _same_name(one: Pupil, child: Child) -> bool:
    return heading(child.surname or "") == heading(one.surname) != "" and bool(_forenames(one) & _forenames(child))


def _forenames(one: Pupil | Child) -> set[str]:
    return {heading(name) for name in (one.forename, one.known_as) if name} - {""}


def _is_named_setting(one: Pupil, child: Child) -> bool:
    if child.setting_urn:
        return child.setting_urn == one.urn
    told, roll = _words(child.setting_name or ""), _words(one.setting_name)
    return bool(told - _KINDS) and bool(roll - _KINDS) and (told <= roll or roll <= told)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", name.casefold().replace("'", ""))) - _SMALL_WORDS
