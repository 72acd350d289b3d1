"""The story says by hand what its files mean; the connectors' own reading must agree with every word of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from itertools import pairwise

import pytest

from connectors.formats import by_name
from connectors.health.formats import AdmissionMessages
from connectors.ports import Dropped, NativeRecord, Refused, Translated
from crosswalk.demo.story import story
from crosswalk.demo.story.people import families, refuge
from crosswalk.demo.story.steps import Fate, Flood, MoveTo, Published, Put, Respond, Step
from crosswalk.demo.story.tokens import Tokens
from sharing.identity.identifiers import check_nhs_number, check_postcode, check_upn
from sharing.identity.linkage import Known, LinkOutcome, link
from sharing.identity.normalise import comparable

SEED = 7
EXCHANGE = "80aa2b7e9a4d4a1c8e7700aa11bb22c1"
OWN = {"envelope.agency", "envelope.organisation"}
"""What a connector adds from its settings, not from the file."""
FORMATS = {
    "easthaven-social-care": ("social-care-ssd",),
    "easthaven-police": ("police-json",),
    "easthaven-education": ("education-roll",),
}


@pytest.fixture(scope="module")
def steps() -> tuple[Step, ...]:
    return story(SEED)


def puts(steps: tuple[Step, ...]) -> Iterator[tuple[datetime, Put]]:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    for step in steps:
        if isinstance(step, MoveTo):
            now = step.moment
        elif isinstance(step, Put):
            yield now, step
        elif isinstance(step, Flood):
            yield from ((now, put) for put in step.puts)
        elif isinstance(step, Respond):
            yield now, step.make({"exchange_id": EXCHANGE})


def formats(put: Put, flagged: set[str]) -> tuple[object, ...]:
    if put.organisation == "easthaven-hospital":
        return (AdmissionMessages(lambda child: child.nhs_number in flagged),)
    return tuple(by_name(n) for n in FORMATS.get(put.organisation, ("schools-concerns", "schools-acknowledgements")))


def read(put: Put, now: datetime, flagged: set[str]) -> list[object]:
    for one in formats(put, flagged):
        records = list(one.read(put.content, put.file_name))  # type: ignore[attr-defined]
        if any(isinstance(record, NativeRecord) for record in records):
            return [
                outcome
                for record in records
                for outcome in ([record] if isinstance(record, Refused) else one.translate(record, now))  # type: ignore[attr-defined]
            ]
    return records


def flat(record: object, prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if is_dataclass(value):
            found |= flat(value, f"{prefix}{field.name}.")
        elif value is not None:
            found[prefix + field.name] = plain(value)
    return found


def plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def outcome_of(found: object) -> tuple[Fate, str, Mapping[str, object]]:
    if isinstance(found, Translated):
        said = flat(found.event)
        said.pop("envelope.in_reply_to", None)  # in the answers: the exchange that was answered
        return Fate.EVENT, found.event.event_type, said
    if isinstance(found, Refused):
        return Fate.REFUSED, found.code, {}
    assert isinstance(found, Dropped)
    return Fate.DROPPED, "", {}


def expected(said: Published) -> tuple[Fate, str, Mapping[str, object]]:
    told = {path: value for path, value in said.fields.items() if path not in OWN}
    return said.fate, said.event_type if said.fate is Fate.EVENT else said.code, told


def test_every_record_means_what_the_story_says_of_it(steps):
    flagged = {families(Tokens(SEED))["vance-idris"].nhs_number}
    wrong = []
    for now, put in puts(steps):
        if not put.published or put.published[0].fate is Fate.HELD_HERE or put.published[0].reference == "c.others":
            continue
        found = [outcome_of(one) for one in read(put, now, flagged)]
        told = [expected(one) for one in put.published]
        wrong += [(put.file_name, one, two) for one, two in zip(found, told, strict=True) if one != two]
    assert not wrong, [
        (name, one[:2], two[:2], set(map(str, one[2].items())) ^ set(map(str, two[2].items())))
        for name, one, two in wrong
    ]


def test_ten_thousand_others_are_nobody_of_concern(steps):
    files = [put for _, put in puts(steps) if put.file_name.startswith("adt-night-") and "idris" not in put.file_name]
    found = [one for put in files for one in read(put, datetime(2026, 11, 22, 1, 12, tzinfo=UTC), set())]
    assert len(found) == 10_000
    assert {type(one) for one in found} == {Dropped}


def test_the_same_seed_is_the_same_story_and_another_seed_shares_no_canary(steps):
    def tokens(seed: int) -> set[str]:
        return {token for _, put in puts(story(seed)) for one in put.published for token in one.canaries.values()}

    assert [put for _, put in puts(steps)] == [put for _, put in puts(story(SEED))]
    long = {token for token in tokens(SEED) if len(token) >= 16}
    assert len(long) > 5_000
    assert not long & tokens(SEED + 1)


def test_references_are_unique_and_a_type_a_moment_and_a_child_tell_one_event_from_another(steps):
    said = [one for _, put in puts(steps) for one in put.published]
    assert max(Counter(one.reference for one in said).values()) == 1
    events = Counter((one.event_type, one.occurred_at, one.child) for one in said if one.fate is Fate.EVENT)
    assert max(events.values()) == 1


def test_every_canary_stands_in_its_own_file(steps):
    for _, put in puts(steps):
        text = put.content.decode().casefold()
        for one in put.published:
            assert all(token.casefold() in text for token in one.canaries.values()), one.reference


def test_time_only_goes_forward(steps):
    moments = [step.moment for step in steps if isinstance(step, MoveTo)]
    assert all(one < two for one, two in pairwise(moments))


def test_identifiers_are_usable_and_belong_to_one_child_each():
    people = list(families(Tokens(SEED)).values())
    assert all(check_nhs_number(one.nhs_number).value == one.nhs_number for one in people)
    assert all(check_upn(one.upn).value == one.upn for one in people)
    assert all(check_postcode(one.home.postcode).value == one.home.postcode for one in people)
    assert len({one.nhs_number for one in people}) == len({one.upn for one in people}) == len(people)


def test_every_record_of_a_child_links_to_the_child_and_to_no_brother_or_sister(steps):
    flagged = {families(Tokens(SEED))["vance-idris"].nhs_number}
    subjects: list[tuple[str, Known]] = []
    for now, put in puts(steps):
        if put.organisation == "easthaven-education" or put.published == () or "flood" in put.file_name:
            continue
        for said, found in zip(put.published, read(put, now, flagged), strict=False):
            if not isinstance(found, Translated):
                continue
            probe = comparable(found.event.child)
            linked = link(probe, [known for _, known in subjects])
            own = next((known for key, known in subjects if key == said.child), None)
            if own is None:
                assert linked.outcome is LinkOutcome.NEW, said.reference
                subjects.append((said.child, Known(len(subjects), probe)))
                continue
            assert (linked.outcome, linked.subject) == (LinkOutcome.LINK, own.subject), said.reference
            faces = tuple(dict.fromkeys((*own.comparable.faces, *probe.faces)))
            merged = Known(own.subject, type(probe)(faces))
            subjects = [(key, merged if key == said.child else known) for key, known in subjects]
    assert len(subjects) == 8


def test_the_refuge_is_no_childs_home():
    tokens = Tokens(SEED)
    assert refuge(tokens).postcode not in {one.home.postcode for one in families(tokens).values()}
