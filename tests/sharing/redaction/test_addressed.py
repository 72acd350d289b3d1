"""What was written for its recipient goes at once; a text that holds what it must not stays behind, and only that."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements import read_texts
from ledger.offline_verifier import Matrix
from schemas import read_schemas
from sharing.events import Child, DomesticAbuseIncidentNotified, Envelope, ReferralDecided, ReferralSubmitted
from sharing.policy import Facts, Guard, decide, field_classes, load
from sharing.policy.canonical import canonical
from sharing.policy.matrix import matrix_of
from sharing.redaction import redact
from sharing.redaction.addressed import DICTIONARY, held_back, without
from sharing.redaction.tripwire import Needles, Value, national, needles
from sharing.vocabulary import FieldClass, Outcome, RecipientKind
from tests.strategies import PATIENT

AGREEMENTS = load(read_texts(), field_classes(read_schemas()))
SEALS = {"address_sealed", "s_flag", "perpetrator_channel", "adoption", "handling_code_c", "live_investigation"}
MOST = Facts.of({g: g.value not in SEALS for g in Guard})
NOTHING = Needles((), ())
KNOWN = {national("01632 960110")}
NHS = "943 476 5919"


def notice(text: str | None, **more: object) -> DomesticAbuseIncidentNotified:
    return DomesticAbuseIncidentNotified(envelope=Envelope(), child=Child(), circumstances=text, **more)


def back(event, kind=RecipientKind.SCHOOL, sealed=NOTHING, facts=MOST) -> set[str]:
    decision = decide(AGREEMENTS, event.event_type, kind, None, facts)
    assert decision.outcome is Outcome.DELIVER
    return set(held_back(event, decision, AGREEMENTS.classes[event.event_type], sealed, KNOWN))


@pytest.mark.parametrize(
    "text",
    ["they live at EH98 7ZY now", "at eh987zy", "her number is 01632 960987", "ring +44 1632 960987 after six",
     "0044 (1632) 960987", "write to rosa@example.org", "see https://example.org/rosa", "see www.example.org",
     "on example.com", f"NHS number {NHS}", NHS.replace(" ", "")],
)  # fmt: skip
def test_a_text_with_a_place_or_a_number_stays_behind(text):
    assert back(notice(text)) == {"circumstances"}


@pytest.mark.parametrize(
    "text",
    ["an argument in the kitchen", "S47 2nd strategy discussion", "he was seen on 12/11/2026 at 18:30", "aged 10",
     "ring the duty team on 01632 960110", "ring 01632-960-110", "crime 123 456 7890", "form C100", "M25 J10",
     "the e-mail was not read", "", "4 of 5 children", "ref EH/26/1234567", "key a0163296098f9434765919b"],
)  # fmt: skip
def test_ordinary_words_and_the_directorys_numbers_go(text):
    assert back(notice(text)) == set()


def test_only_that_text_stays_behind_and_the_view_is_as_if_it_had_never_been_written():
    event = notice("at EH98 7ZY", actions_taken="spoken to her alone", police_reference="EH/26/1")
    decision = decide(AGREEMENTS, event.event_type, RecipientKind.SCHOOL, None, MOST)
    seen = redact(event, without(decision, back(event)))
    assert seen == redact(replace(event, circumstances=None), decision)
    assert (seen.actions_taken, seen.police_reference) == ("spoken to her alone", "EH/26/1")


def test_the_ledger_says_that_it_stayed_behind_and_why():
    event = notice("at EH98 7ZY")
    decision = without(decide(AGREEMENTS, event.event_type, RecipientKind.SCHOOL, None, MOST), {"circumstances"})
    ruling = decision.ruling("circumstances")
    assert (ruling.transform.words, ruling.reason) == ("withhold", DICTIONARY)
    assert ["circumstances", "withhold", DICTIONARY, ruling.rule] in json.loads(decision.body())["fields"]
    assert decision.outcome is Outcome.DELIVER


def test_what_the_recipient_is_given_anyway_is_no_hit():
    text = f"at EH98 7ZY, ring 01632 960987, {NHS}"
    assert back(notice(text), RecipientKind.ALLOCATED_TEAM) == set()
    assert back(notice("at EH98 7ZY"), RecipientKind.HEALTH_VISITOR) in (set(), {"circumstances"})


def test_the_number_that_the_event_itself_gives_to_ring_is_no_hit():
    assert back(notice("ring PC Green on 01632 960555", callback="01632 960555")) == set()
    assert back(notice("ring her on 01632 960556", callback="01632 960555")) == {"circumstances"}


def test_a_sealed_value_counts_however_it_is_written():
    sealed = needles([Value(FieldClass.LOCATION, "child.address_line", "12 Canary Road"),
                      Value(FieldClass.FORMER_IDENTITY, "child.former_surname", "O'Brien-MacLeod")])  # fmt: skip
    for text in ("she fled to 12, CANARY RD.", "ask for mrs obrien macleod", "Rosa O`BRIEN-MACLEÓD"):
        assert back(notice(text), sealed=sealed) == {"circumstances"}
    assert back(notice("an argument"), sealed=sealed) == set()


def test_a_refusal_keeps_its_reason_whatever_happens_to_its_advice():
    event = ReferralDecided(envelope=Envelope(), child=Child(), outcome=None, reason_code="OTHER",
                            reason_text="below the level", advice_text="go to EH98 7ZY")  # fmt: skip
    assert back(event) == {"advice_text"}


def test_a_referral_to_social_care_is_not_looked_at():
    event = ReferralSubmitted(envelope=Envelope(), child=Child(), concern_seen="at EH98 7ZY 01632 960987")
    assert back(event, RecipientKind.FRONT_DOOR) == set()


def test_lists_are_looked_through_too():
    event = notice(None, suggested_actions=("talk to her", "visit EH98 7ZY"))
    assert back(event) == {"suggested_actions"}


@PATIENT
@given(
    before=st.text(st.characters(categories=["L", "Zs"]), max_size=30),
    after=st.text(st.characters(categories=["L", "Zs"]), max_size=30),
    planted=st.sampled_from(["EH98 7ZY", "01632 960987", "rosa@example.org", NHS, "https://example.org"]),
)
def test_what_was_planted_is_in_no_view(before, after, planted):
    event = notice(f"{before} {planted} {after}")
    decision = decide(AGREEMENTS, event.event_type, RecipientKind.SCHOOL, None, MOST)
    seen = redact(event, without(decision, back(event)))
    assert planted not in (seen.circumstances or "")


def test_who_verifies_the_ledger_elsewhere_accepts_that_less_went_of_a_text_and_of_nothing_else():
    matrix = Matrix(canonical(matrix_of(AGREEMENTS)))
    gives = decide(AGREEMENTS, "police.da_incident.notified", RecipientKind.SCHOOL, None, MOST)
    for decision in (gives, without(gives, {"circumstances"})):
        assert matrix.disagreement(json.loads(decision.body())) is None
    assert matrix.disagreement(json.loads(without(gives, {"police_reference"}).body()))
