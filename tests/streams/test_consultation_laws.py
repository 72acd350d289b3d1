"""A question without a name: it is asked, answered to who asked, and rings somebody when it is not."""

from datetime import timedelta

from sharing.events import Child, ConsultationAdvised, ConsultationRequested
from sharing.events.common import NOBODY
from sharing.events.partnership import AgeBand, ConsultationStep
from tests.streams.corridor import CSC, FRIDAY, HARBOUR, OAKFIELD
from tests.streams.families import CANARIES, ROSA

ASKED = "consultation.requested"


def consult(corridor, child=NOBODY):
    return corridor.say(
        ConsultationRequested, OAKFIELD, child, age_band=AgeBand.FIVE_TO_NINE, concern="alone at night",
        question="is this a referral?", asker_name="R. Pemberton", callback="01632 960001", by="safeguarding_lead",
    )  # fmt: skip


def advise(corridor):
    asked = corridor.one(CSC, ASKED)
    return corridor.say(
        ConsultationAdvised, CSC, NOBODY, advice="refer today", next_step=ConsultationStep.REFER_NOW,
        in_reply_to=asked.exchange, by="front_door",
    )  # fmt: skip


def test_advice_goes_back_to_who_asked_and_to_nobody_else(corridor):
    question = consult(corridor)
    advise(corridor)
    seen = corridor.one(OAKFIELD, "consultation.advised").event
    assert (seen.advice, seen.envelope.in_reply_to) == ("refer today", question.envelope.event_id)
    assert {view.organisation for view in corridor.views()} == {CSC, OAKFIELD}
    assert corridor.views(HARBOUR) == []


def test_social_care_hears_the_worry_and_not_who_worries(corridor):
    consult(corridor)
    seen = corridor.one(CSC, ASKED).event
    assert (seen.concern, seen.callback, seen.asker_name) == ("alone at night", "01632 960001", None)


def test_a_child_that_a_sender_names_all_the_same_is_not_on_the_wire(corridor):
    event = corridor.event(ConsultationRequested, OAKFIELD, ROSA, concern="alone at night", by="safeguarding_lead")
    (record,) = corridor.publish(OAKFIELD, event).records
    assert not [secret for secret in CANARIES if secret.encode() in record.value]


def test_two_consultations_about_nobody_are_never_joined(corridor):
    first, second = consult(corridor), consult(corridor, Child())
    with corridor.ledger.reading() as tx:
        subjects = {tx.find(bytes.fromhex(event.envelope.event_id)).subject for event in (first, second)}
    assert len(subjects) == 2


def test_a_question_that_nobody_answers_rings_the_manager_and_tells_who_asked(corridor):
    consult(corridor)
    assert corridor.pass_time(FRIDAY + timedelta(days=3) - timedelta(hours=1)) == []
    rung = corridor.pass_time(FRIDAY + timedelta(days=3, minutes=1))
    assert {v.organisation for v in rung} == {CSC, OAKFIELD}
    assert {v.event.to_function for v in rung} == {"front_door_manager"}
    advise(corridor)
    assert corridor.pass_time(FRIDAY + timedelta(days=9)) == []
