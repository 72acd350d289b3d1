"""A text that is to be scrubbed waits for a person; everything else goes meanwhile."""

import json
from hashlib import sha256

import pytest

from sharing.events import Child, Envelope, SettingFound
from sharing.policy import EXISTS, SCRUB, Facts, Guard, TransformKind, decide, violations
from sharing.redaction import redact
from sharing.vocabulary import Outcome, RecipientKind

SCRUBBED = """
agreement: scrubbed
title: "A text that a person must release"
parties: [health]
dpia: DPIA-901
review_by: 2027-03-31
permits:
  - id: scrubbed
    event: education.setting.found
    to: [gp]
    purpose: find-setting
    when: open_involvement
    fields:
      $exists: clear
      result: clear
      child.surname: clear
      setting_name: scrub
      child.address_line: scrub
"""
KNOWN = {Guard.OPEN_INVOLVEMENT: True, **dict.fromkeys((Guard.ADDRESS_SEALED, Guard.S_FLAG, Guard.ADOPTION), False)}
FREE = Facts.of({**KNOWN, Guard.PERPETRATOR_CHANNEL: False})
SEALED = Facts.of({**KNOWN, Guard.PERPETRATOR_CHANNEL: False, Guard.ADDRESS_SEALED: True})


@pytest.fixture(scope="session")
def scrubbed(with_more):
    return with_more(scrubbed=SCRUBBED)


def decided(scrubbed, facts=FREE):
    return decide(scrubbed, "education.setting.found", RecipientKind.GP, None, facts)


EVENT = SettingFound(
    envelope=Envelope(), child=Child(surname="Lorimer", address_line="14 Mill Lane"), setting_name="Oakfield"
)


def test_a_text_to_be_scrubbed_waits_and_the_rest_goes(scrubbed):
    decision = decided(scrubbed)
    assert decision.outcome is Outcome.DELIVER
    ruling = decision.ruling("setting_name")
    assert (ruling.transform, ruling.reason, ruling.rule) == (SCRUB, "review", "scrubbed/scrubbed")
    assert ruling.awaits_review
    assert not ruling.is_released
    assert [r.path for r in decision.to_review] == ["child.address_line", "setting_name"]
    assert decision.ruling("child.surname").is_released


def test_what_waits_is_absent_from_the_view_whatever_stands_ready(scrubbed):
    view = redact(EVENT, decided(scrubbed), reviewed=lambda _path, _text: "ready")
    assert view == SettingFound(envelope=Envelope(), child=Child(surname="Lorimer"))


def test_what_a_person_released_goes_in_its_words_and_nothing_else_moves(scrubbed):
    before = decided(scrubbed)
    after = before.after_review({"setting_name"})
    view = redact(EVENT, after, reviewed=lambda path, text: f"{path} {len(text)}")
    assert view == SettingFound(envelope=Envelope(), child=Child(surname="Lorimer"), setting_name="setting_name 8")
    assert redact(EVENT, after).setting_name is None, "without the released text nothing goes"
    kept, anew = json.loads(before.body()), json.loads(after.body())
    assert after.digest == sha256(after.body()).digest() != before.digest
    moved = [(a, b) for a, b in zip(kept.pop("fields"), anew.pop("fields"), strict=True) if a != b]
    one = ["setting_name", "scrub"]
    assert moved == [([*one, "review", "scrubbed/scrubbed"], [*one, "reviewed", "scrubbed/scrubbed"])]
    assert kept == anew


def test_nobody_can_release_what_does_not_wait_for_review(scrubbed):
    for path in (EXISTS, "child.surname", "setting_phone", "no.such.field"):
        with pytest.raises(ValueError, match="does not wait for review"):
            decided(scrubbed).after_review({path, "setting_name"})


def test_a_sealed_text_does_not_even_wait(scrubbed):
    decision = decided(scrubbed, SEALED)
    assert [r.path for r in decision.to_review] == []
    for path in ("setting_name", "child.address_line"):
        assert (decision.ruling(path).transform.kind, decision.ruling(path).reason) == (
            TransformKind.WITHHOLD,
            "sealed",
        )


def test_a_text_that_may_be_released_counts_as_told_in_a_proof(scrubbed):
    broken = {(v.rule_id, v.path) for v in violations(scrubbed)}
    assert ("health-gets-no-address-but-the-postcode", "child.address_line") in broken


def test_a_text_that_may_never_be_released_is_not_enough_for_who_must_be_told(texts, with_more):
    rule = """
  - id: must-arrive
    because: "x"
    event: education.setting.found
    to: [gp]
    fields: [setting_name]
    when: open_involvement
    at_least: existence
"""
    found = with_more(scrubbed=SCRUBBED, invariants=texts["invariants.yaml"] + rule)
    assert "must-arrive" in {v.rule_id for v in violations(found)}


def test_only_a_single_text_can_be_scrubbed(with_more):
    from sharing.errors import Misconfigured

    with pytest.raises(Misconfigured, match=r"'scrub' does not fit 'child\.birth_date': it is no text"):
        with_more(scrubbed=SCRUBBED.replace("setting_name: scrub", "child.birth_date: scrub"))
