"""A marker says that something is held back, of one class and to those who may know that; everywhere else: silence."""

from itertools import product

import pytest

from sharing.errors import Misconfigured
from sharing.events import Child, DomesticAbuseIncidentNotified, Envelope
from sharing.policy import Facts, Guard, decide, violations
from sharing.redaction import redact
from sharing.vocabulary import RecipientKind

SAYS = "Conditions apply: telephone the originator."
MARKERS = f"""
markers:
  conditions-apply: {{says: "{SAYS}", classes: [H], to: [front_door, emergency_duty]}}
"""
HUB = """
agreement: hub
title: "Intelligence within the hub"
parties: [social-care, health]
dpia: DPIA-905
review_by: 2027-03-31
permits:
  - id: hub
    event: police.da_incident.notified
    to: [front_door]
    purpose: coordination
    fields: {$exists: clear, $marker: clear, intelligence: clear, officer: clear, spoken_to: clear}
  - id: outside
    event: police.da_incident.notified
    to: [gp]
    purpose: coordination
    fields: {$exists: clear, intelligence: clear}
"""
NOTICE = DomesticAbuseIncidentNotified(
    envelope=Envelope(), child=Child(), intelligence="an informant said", spoken_to=True
)


@pytest.fixture(scope="module")
def texts_with(texts):
    def made(**more: str) -> dict[str, str]:
        seals = texts["seals.yaml"].replace("closes: [H]\n    do: withhold\n    marker: silent",
                                            "closes: [H]\n    do: withhold\n    marker: conditions-apply")  # fmt: skip
        assert seals != texts["seals.yaml"]
        return {"vocabulary": texts["vocabulary.yaml"] + MARKERS, "seals": seals, "hub": HUB, **more}

    return made


@pytest.fixture(scope="module")
def marked(with_more, texts_with):
    return with_more(**texts_with())


def decided(found, kind, **known):
    facts = Facts.of({Guard(name): value for name, value in known.items()})
    return decide(found, "police.da_incident.notified", kind, "coordination", facts)


def test_within_the_hub_the_fixed_words_stand_in_place_of_a_sealed_text_that_is_there(marked):
    decision = decided(marked, RecipientKind.FRONT_DOOR, handling_code_c=True)
    ruling = decision.ruling("intelligence")
    assert (ruling.transform.words, ruling.reason, ruling.rule) == (
        "existence:conditions-apply", "sealed", "seals/handling-code-c",
    )  # fmt: skip
    view = redact(NOTICE, decision)
    assert (view.intelligence, view.officer) == (SAYS, None), "of what is not there nothing is said"


def test_without_the_seal_the_text_goes_and_the_marker_says_nothing(marked):
    view = redact(NOTICE, decided(marked, RecipientKind.FRONT_DOOR, handling_code_c=False))
    assert view.intelligence == "an informant said"


def test_outside_the_hub_a_marked_seal_is_silent(marked):
    sealed = decided(marked, RecipientKind.GP, handling_code_c=True)
    assert sealed.ruling("intelligence").transform.words == "withhold"
    assert redact(NOTICE, sealed) == DomesticAbuseIncidentNotified(envelope=Envelope(), child=Child())


def test_a_marker_counts_as_told_in_every_proof(marked):
    broken = {(v.rule_id, v.kind, v.path) for v in violations(marked)}
    assert any(path == "intelligence" and kind == "front_door" for _, kind, path in broken)


@pytest.mark.parametrize(
    ("closed", "to", "expected"),
    [
        ("[C]", "[front_door]", "class C is never marked: that something is sealed would be told by the marker"),
        ("[E]", "[front_door]", "class E is never marked"),
        ("[H, D]", "[front_door]", "class D is never marked"),
    ],
)
def test_what_would_tell_its_own_secret_is_never_marked(with_more, texts_with, texts, closed, to, expected):
    marker = f'\nmarkers:\n  conditions-apply: {{says: "{SAYS}", classes: {closed}, to: {to}}}\n'
    with pytest.raises(Misconfigured, match=expected):
        with_more(**texts_with(vocabulary=texts["vocabulary.yaml"] + marker))


def test_a_marker_stands_only_on_a_seal_of_its_class(with_more, texts_with, texts):
    seals = texts["seals.yaml"].replace("marker: silent", "marker: conditions-apply", 1)
    with pytest.raises(
        Misconfigured, match="marker 'conditions-apply' may be said of class H alone; this seal is silent"
    ):
        with_more(**texts_with(seals=seals))


def test_a_permit_lets_a_marker_be_said_to_its_recipients_alone(with_more, texts_with):
    with pytest.raises(Misconfigured, match=r"'\$marker' to gp: no marker may be said there; stay silent"):
        with_more(
            **texts_with(
                hub=HUB.replace("$exists: clear, intelligence", "$exists: clear, $marker: clear, intelligence")
            )
        )


def test_the_shipped_seals_are_silent_and_nobody_is_told_a_marker(agreements):
    assert {seal.marker for seal in agreements.seals} == {"silent"}
    for cell, path in product(agreements.cells.values(), ["$marker"]):
        assert path not in cell.permits
