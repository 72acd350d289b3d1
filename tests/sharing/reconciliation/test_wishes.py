"""A wish is written down as it was said, and decides nothing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.events import Child, ProtectionNoticeSubmitted, ReferralSubmitted
from sharing.events.clinical import PregnancyConcernRaised
from sharing.events.early_help import EarlyHelpAssessmentChanged, FamilyConsent
from sharing.policy import field_classes, load
from sharing.reconciliation import EventFacts, SubjectState, from_bytes, to_bytes
from sharing.reconciliation.merging import merge_states
from sharing.reconciliation.saying import World
from sharing.reconciliation.standing import Source, Whose, Wish, Wished
from sharing.reconciliation.wishes import absorb, together
from tests.sharing.reconciliation.town import CALENDARS, CSC, DIRECTORY, FRIDAY, OAKFIELD, POLICE, TRUST, Town, by
from tests.strategies import PATIENT


def told(town: Town) -> set[tuple[str, str, str]]:
    return {(w.whose.value, w.said.value, w.organisation) for w in town.state.wishes}


WORDS = {
    "early-help": (EarlyHelpAssessmentChanged, {"consent": FamilyConsent.REFUSED}, OAKFIELD, "family", "refuses"),
    "withdrawn": (EarlyHelpAssessmentChanged, {"consent": FamilyConsent.WITHDRAWN}, CSC, "family", "agrees_no_longer"),
    "adult": (ProtectionNoticeSubmitted, {"adult_consents": False}, POLICE, "adult", "refuses"),
    "adult-agrees": (ProtectionNoticeSubmitted, {"adult_consents": True}, POLICE, "adult", "agrees"),
    "mother": (PregnancyConcernRaised, {"consents": False}, TRUST, "mother", "refuses"),
    "referral": (ReferralSubmitted, {"family_informed": False}, OAKFIELD, "family", "does_not_know_of_it"),
}


@pytest.mark.parametrize(("kind", "said", "sender", "whose", "wish"), WORDS.values(), ids=WORDS)
def test_a_wish_is_kept_with_whose_it_is_who_heard_it_when_and_where_it_is_said(kind, said, sender, whose, wish):
    town = Town()
    town.send(kind(envelope=by("duty", occurred_at=FRIDAY), child=Child(), **said), sender)
    (kept,) = town.state.wishes
    assert (kept.whose.value, kept.said.value) == (whose, wish)
    assert (kept.organisation, kept.function, kept.source.as_of) == (sender, "duty", FRIDAY)
    assert kept.source.event
    assert from_bytes(to_bytes(town.state)) == town.state


def test_what_was_not_asked_leaves_nothing():
    town = Town()
    town.send(ProtectionNoticeSubmitted(envelope=by(), child=Child()), POLICE)
    assert town.state.wishes == ()


def test_the_word_of_the_latest_moment_stands_in_whatever_order_words_come():
    early, late = (
        EarlyHelpAssessmentChanged(envelope=by(occurred_at=FRIDAY - timedelta(days=days)), child=Child(), consent=said)
        for days, said in ((5, FamilyConsent.GIVEN), (1, FamilyConsent.REFUSED))
    )
    for order in ((early, late), (late, early)):
        town = Town()
        for event in order:
            town.send(event, OAKFIELD)
        assert told(town) == {("family", "refuses", OAKFIELD)}


def test_nobodys_word_replaces_what_another_one_heard():
    town = Town()
    for sender, said in ((OAKFIELD, FamilyConsent.GIVEN), (CSC, FamilyConsent.REFUSED)):
        event = EarlyHelpAssessmentChanged(envelope=by(occurred_at=FRIDAY), child=Child(), consent=said)
        town.send(event, sender)
    assert told(town) == {("family", "agrees", OAKFIELD), ("family", "refuses", CSC)}


def test_a_wish_moves_no_register_and_no_fact():
    event = ProtectionNoticeSubmitted(envelope=by(), child=Child(), adult_consents=False)
    step = absorb(SubjectState(), event, EventFacts("ab" * 16, FRIDAY, POLICE), World(FRIDAY, DIRECTORY, CALENDARS))
    assert step.changed
    assert not step.register_moved
    assert not step.recall


WISHES = st.lists(
    st.builds(
        Wish, st.sampled_from(Whose), st.sampled_from(Wished), st.sampled_from([OAKFIELD, CSC]), st.just("duty"),
        st.integers(0, 5).map(lambda n: Source(f"{n}", FRIDAY + timedelta(hours=n))),
    ), max_size=6,
).map(tuple)  # fmt: skip


@PATIENT
@given(WISHES, WISHES)
def test_joining_two_accounts_of_a_child_loses_no_latest_word(one, other):
    joined = together(together((), one), other)
    newest = {}
    for wish in (*one, *other):
        newest[wish.key] = max(newest.get(wish.key, FRIDAY), wish.source.as_of)
    assert {w.key: w.source.as_of for w in joined} == newest
    assert merge_states(SubjectState(wishes=joined), SubjectState(wishes=other)).wishes == joined


def test_no_purpose_of_the_shipped_agreements_rests_on_consent():
    agreements = load(read_texts(), field_classes(read_schemas()))
    for purpose in {cell.purpose for cell in agreements.cells.values() if cell.purpose}:
        assert "6(1)(a)" not in purpose.lawful_basis
        assert "9(2)(a)" not in purpose.lawful_basis
