"""Tokens: a recipient's own, of one class and one year; nobody else's can be compared with them."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.errors import Misconfigured
from sharing.events import Child, Envelope, SettingFound
from sharing.policy import NEVER_TOKENED, Facts, decide, field_classes, load
from sharing.redaction import redact
from sharing.redaction.tokens import epoch_of, key_of, normalised, token, tokeniser
from sharing.vocabulary import FieldClass, RecipientKind

MASTER = b"m" * 32
names = st.text(min_size=1)
classes = st.sampled_from([c for c in FieldClass if c not in NEVER_TOKENED])
slugs = st.sampled_from(["harbour-academy", "mill-lane-surgery", "easthaven-police"])
years = st.sampled_from(["2025", "2026", "2027"])


def made(value, organisation="harbour-academy", own=FieldClass.NHS_NUMBER, epoch="2026", master=MASTER):
    return token(key_of(master, organisation, own, epoch), own, value)


@given(names, slugs, classes, years)
def test_the_same_value_has_the_same_token_and_it_is_128_bits_of_letters_and_digits(value, organisation, own, epoch):
    found = made(value, organisation, own, epoch)
    assert found == made(value, organisation, own, epoch)
    assert found is None if not normalised(value) else re.fullmatch(r"[A-Z2-7]{26}", found)


@given(names, st.tuples(slugs, classes, years), st.tuples(slugs, classes, years))
def test_two_recipients_two_classes_or_two_years_cannot_be_compared(value, one, other):
    assume(normalised(value) and one != other)
    assert made(value, *one) != made(value, *other)


@given(names, names)
def test_two_values_have_two_tokens(one, other):
    assume(normalised(one) and normalised(other))
    assert (made(one) == made(other)) is (normalised(one) == normalised(other))


@given(names, st.binary(min_size=32, max_size=32))
def test_another_key_makes_another_token(value, master):
    assume(normalised(value) and master != MASTER)
    assert made(value, master=master) != made(value)


def test_what_another_hand_writes_otherwise_has_the_same_token():
    written = ("999 000 0018", "9990000018", "999-000-0018", " 9990000018 ", "\uff19\uff19\uff19 000 0018")
    assert len({made(value) for value in written}) == 1


@given(names, st.sampled_from(sorted(NEVER_TOKENED)))
def test_a_sealed_identity_has_no_token_whatever_is_asked(value, own):
    assert made(value, own=own) is None


def test_no_two_of_many_values_share_a_token():
    key = key_of(MASTER, "harbour-academy", FieldClass.NHS_NUMBER, "2026")
    many = 50_000
    assert len({token(key, FieldClass.NHS_NUMBER, str(number)) for number in range(many)}) == many


@pytest.mark.slow
def test_no_two_of_a_million_values_share_a_token():
    key = key_of(MASTER, "harbour-academy", FieldClass.NHS_NUMBER, "2026")
    many = 1_000_000
    assert len({token(key, FieldClass.NHS_NUMBER, str(number)) for number in range(many)}) == many


def test_the_epoch_is_taken_from_the_event_so_that_a_view_is_built_alike_again():
    at, before = datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)

    def epoch(**times):
        return epoch_of(SettingFound(envelope=Envelope(**times), child=Child()))

    assert epoch(recorded_at=at, occurred_at=before) == "2027"
    assert epoch(occurred_at=before) == "2026"
    assert epoch() == "0"


TEXT = """
agreement: pseudonyms
title: "Pseudonyms"
parties: [health]
dpia: DPIA-904
review_by: 2027-03-31
permits:
  - id: pseudonyms
    event: education.setting.found
    to: [gp]
    purpose: find-setting
    fields: {$exists: clear, child.nhs_number: token}
"""


def test_a_view_holds_the_recipients_token_in_place_of_the_value():
    own = field_classes(read_schemas())
    found = load({**read_texts(), "pseudonyms.yaml": TEXT}, own)
    decision = decide(found, "education.setting.found", RecipientKind.GP, None, Facts())
    event = SettingFound(envelope=Envelope(), child=Child(nhs_number="9990000018"))
    tokens = tokeniser(MASTER, "mill-lane-surgery", own["education.setting.found"], "2026")
    view = redact(event, decision, tokens)
    assert view.child == Child(nhs_number=made("9990000018", "mill-lane-surgery"))
    assert tokens("no.such.field", "9990000018") is None


@pytest.mark.parametrize("path", ["child.former_surname"])
def test_a_permit_cannot_give_a_token_of_a_sealed_identity(path):
    text = TEXT.replace("child.nhs_number", path)
    with pytest.raises(Misconfigured, match="is of class E: it has no token"):
        load({**read_texts(), "pseudonyms.yaml": text}, field_classes(read_schemas()))
