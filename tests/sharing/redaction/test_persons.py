"""Persons by their role: of a list those of the agreed group go; of the others nothing is left, not even how many."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.codec import Catalogue, encode
from sharing.errors import Misconfigured
from sharing.events import Child, Envelope
from sharing.events.police import OtherChild, ProtectionNoticeSubmitted
from sharing.policy import CLEAR, Facts, Transform, TransformKind, decide, field_classes, is_at_most, load, lowest
from sharing.redaction import redact
from sharing.vocabulary import RecipientKind
from tests.strategies import records

EVENT = "police.ppn.submitted"
KEPT = ("brother", "sister", "half-brother")
GROUP = f"""
persons:
  brothers-and-sisters: {{by: relation, keep: [{", ".join(KEPT)}]}}
"""
TEXT = """
agreement: persons
title: "Brothers and sisters alone"
parties: [health]
dpia: DPIA-906
review_by: 2027-03-31
permits:
  - id: persons
    event: police.ppn.submitted
    to: [gp]
    purpose: coordination
    fields:
      $exists: clear
      other_children[].name: {persons: brothers-and-sisters}
      other_children[].birth_date: {persons: brothers-and-sisters}
"""
CATALOGUE = Catalogue.of(read_schemas())
CLASSES = field_classes(read_schemas())


def loaded(text=TEXT, group=GROUP):
    texts = read_texts()
    return load({**texts, "persons.yaml": text, "vocabulary.yaml": texts["vocabulary.yaml"] + group}, CLASSES)


@pytest.fixture(scope="module")
def decision():
    return decide(loaded(), EVENT, RecipientKind.GP, "coordination", Facts())


def notice(*others: OtherChild) -> ProtectionNoticeSubmitted:
    return ProtectionNoticeSubmitted(envelope=Envelope(), child=Child(), other_children=others)


roles = st.none() | st.sampled_from([*KEPT, "Brother ", "cousin", "friend", "", "brothers"]) | st.text(max_size=6)
persons = st.builds(replace, records(OtherChild), relation=roles)


def is_kept(person: OtherChild) -> bool:
    return " ".join((person.relation or "").casefold().split()) in KEPT


@given(st.lists(persons, max_size=5))
def test_only_persons_of_the_group_go_and_of_them_only_what_is_named(decision, others):
    view = redact(notice(*others), decision)
    expected = [OtherChild(name=p.name, birth_date=p.birth_date) for p in others if is_kept(p)]
    assert (view.other_children or ()) == tuple(p for p in expected if p != OtherChild())


@given(st.lists(persons, max_size=4), st.lists(persons.filter(lambda p: not is_kept(p)), max_size=4), st.randoms())
def test_other_children_leave_the_bytes_of_children_who_were_never_there(decision, others, strangers, random):
    kept = [person for person in others if is_kept(person)]
    mixed = list(strangers)
    for place, person in enumerate(kept):  # strangers anywhere between, the order of the others as it was
        mixed.insert(min(len(mixed), place + random.randint(0, len(strangers))), person)
    ordered = [p for p in mixed if is_kept(p)]
    assert encode(redact(notice(*mixed), decision), CATALOGUE) == encode(redact(notice(*ordered), decision), CATALOGUE)


def test_no_identifier_of_another_child_is_left(decision):
    stranger, brother = (
        OtherChild(name=n, relation=r) for n, r in (("Zz Stranger", "friend"), ("Ro Lorimer", "brother"))
    )
    view = redact(notice(stranger, brother), decision)
    raw = encode(view, CATALOGUE)
    assert b"Stranger" not in raw
    assert b"Ro Lorimer" in raw
    assert all(getattr(p, f.name) is None for p in view.other_children for f in fields(p) if f.name != "name")


def test_the_group_lies_between_nothing_and_everything_and_beside_all_else():
    group = Transform(TransformKind.PERSONS, "x", (("brother", "relation"),))
    assert is_at_most(group, CLEAR)
    for kind in set(TransformKind) - {TransformKind.PERSONS, TransformKind.CLEAR, TransformKind.WITHHOLD}:
        assert lowest(group, Transform(kind)) == Transform(TransformKind.WITHHOLD)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("other_children[].name: {persons: brothers-and-sisters}", "other_children[].name: {persons: brothers}",
         "unknown group of persons 'brothers'; did you mean 'brothers-and-sisters'"),
        ("other_children[].name: {persons: brothers-and-sisters}", "other_children[].name: persons",
         "persons are named as a group: {persons: name}"),
        ("other_children[].name: {persons: brothers-and-sisters}", "child.surname: {persons: brothers-and-sisters}",
         "does not fit 'child.surname': it is no part of a list of persons who say their role"),
        ("other_children[].name: {persons: brothers-and-sisters}", "other_children[].name: {persons: a, category: b}",
         "one map or one group stands here"),
    ],
)  # fmt: skip
def test_a_group_of_persons_is_refused_where_it_says_nothing(old, new, expected):
    with pytest.raises(Misconfigured) as caught:
        loaded(TEXT.replace(old, new, 1))
    assert expected in str(caught.value)


def test_a_role_that_is_read_from_no_field_is_refused():
    with pytest.raises(Misconfigured, match="no part of a list of persons who say their role"):
        loaded(group=GROUP.replace("by: relation", "by: role"))


def test_what_is_never_stopped_is_not_sorted_by_role():
    texts = read_texts()
    group = "siblings[].name: {persons: brothers-and-sisters}"
    referral = texts["referral.yaml"].replace("siblings[].name: clear", group, 1)
    assert referral != texts["referral.yaml"]
    broken = {**texts, "referral.yaml": referral, "vocabulary.yaml": texts["vocabulary.yaml"] + GROUP}
    with pytest.raises(Misconfigured, match=r"'siblings\[\]\.name': what is never stopped goes whole, or not at all"):
        load(broken, CLASSES)
