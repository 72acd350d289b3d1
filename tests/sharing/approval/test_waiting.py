"""While nothing is in force, a refusal waits; nothing else changes."""

import json

import pytest

from sharing.approval import NO_HEAD, waits_for_head
from sharing.policy import Facts, decide
from sharing.vocabulary import Outcome, RecipientKind
from tests.streams.corridor import world


@pytest.fixture(scope="module")
def agreements():
    return world()[3]


def test_a_refusal_waits_and_says_why_and_releases_nothing(agreements):
    refused = decide(agreements, "school.concern.shared", RecipientKind.GP, None, Facts())
    assert refused.outcome is Outcome.SUPPRESS
    waits = waits_for_head(refused)
    assert (waits.outcome, waits.reason) == (Outcome.HOLD, NO_HEAD)
    assert [f for f in waits.fields if f.is_released] == []
    said = json.loads(waits.body())
    assert (said["outcome"], said["reason"], said["event"]) == ("hold", "no-head", "school.concern.shared")
    assert waits.digest != refused.digest


def test_a_referral_on_its_way_to_social_care_is_what_it_was(agreements):
    goes = decide(agreements, "referral.submitted", RecipientKind.FRONT_DOOR, None, Facts())
    assert goes.outcome is Outcome.DELIVER
    assert waits_for_head(goes) is goes
