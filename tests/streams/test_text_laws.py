"""Texts for their recipient, through the whole corridor: looked through when decided, and never a reason to wait."""

from sharing.events import ReferralDecided, ReferralOutcome, ReferralSubmitted, UnscheduledAttended
from tests.streams.corridor import CSC, OAKFIELD, POLICE, TRUST
from tests.streams.families import POSTCODE, ROSA, STREET
from tests.streams.test_seal_laws import carries, everybody_involved, notice, seal

NOTICE = "police.da_incident.notified"


def at_school(corridor):
    return corridor.one(OAKFIELD, NOTICE).event


def test_a_text_with_a_postcode_stays_behind_and_the_rest_goes_at_once_with_a_number(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, notice(corridor, circumstances="they went to EH97 1AA", callback=None))
    corridor.flow()
    seen = at_school(corridor)
    assert (seen.circumstances, seen.child_words, seen.callback) == (None, "I hid", "01632 960200")


def test_the_number_tells_nobody_that_something_stayed_behind(tmp_path):
    from tests.streams.corridor import Corridor

    seen = []
    for name, text in (("held", "they went to EH97 1AA"), ("never", None)):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        everybody_involved(corridor)
        corridor.send(POLICE, notice(corridor, key="the same", circumstances=text, callback=None))
        corridor.flow()
        seen.append([v.wire for v in corridor.views(OAKFIELD)])
        corridor.close()
    assert seen[0] == seen[1]


def test_a_sealed_address_in_words_is_found_by_what_was_said_earlier(corridor):
    everybody_involved(corridor)
    corridor.say(ReferralSubmitted, CSC, ROSA, concern_seen="for the address")
    corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, notice(corridor, ROSA, circumstances=f"they are at {STREET.upper().replace(' ', '-')}"))
    corridor.flow()
    assert at_school(corridor).circumstances is None
    assert [v for v in corridor.views(OAKFIELD) if carries(v, STREET)] == []


def test_who_may_have_the_address_reads_the_words(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, seal(corridor))
    corridor.send(POLICE, notice(corridor, circumstances=f"they are at {STREET}, {POSTCODE}"))
    corridor.flow()
    social = [v.event for v in corridor.views(CSC, NOTICE) if v.event.circumstances]
    assert [event.circumstances for event in social] == [f"they are at {STREET}, {POSTCODE}"] * len(social)
    assert social


def test_a_seal_that_comes_before_it_left_takes_the_words_along(corridor):
    everybody_involved(corridor)
    event = notice(corridor, circumstances="at 7 Canary Row Zebrafinch")
    corridor.send(POLICE, event)
    corridor.send(POLICE, seal(corridor))
    corridor.restart()
    corridor.flow()
    assert at_school(corridor).circumstances is None
    assert [d for d in corridor.decisions(event) if ["circumstances", "withhold", "dictionary"]
            in [row[:3] for row in d["fields"]]]  # fmt: skip


def test_a_refusal_arrives_with_its_reason_though_its_advice_holds_an_address(corridor):
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, by="safeguarding_lead", ask="assess")
    asked = corridor.one(CSC, "referral.submitted")
    corridor.say(ReferralDecided, CSC, ROSA, in_reply_to=asked.exchange, outcome=ReferralOutcome.NOT_ACCEPTED,
                 reason_code="BELOW_THRESHOLD", reason_text="below the level", advice_text="at EH97 1AA")  # fmt: skip
    told = corridor.one(OAKFIELD, "csc.referral.decided").event
    assert (told.reason_text, told.advice_text, told.duty_phone) == ("below the level", None, "01632 960100")


def test_a_hospitals_number_is_given_to_nobody_who_was_not_given_it(corridor):
    """A telephone of the hospital that a hidden child came to tells where the child is."""
    everybody_involved(corridor)
    corridor.say(UnscheduledAttended, TRUST, ROSA, attended_at=corridor.now)
    assert [v.event.callback for v in corridor.views(event_type="health.unscheduled.attended")] == [None] * len(
        corridor.views(event_type="health.unscheduled.attended")
    )
    assert corridor.views(event_type="health.unscheduled.attended")
