"""Deciding under a grant: never more than the agreements give with it, nothing beyond what it names, and verifiable."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.offline_verifier import Matrix
from sharing.policy import CLEAR, SCRUB, Facts, Guard, decide, is_at_most
from sharing.policy.granting import decide_granted, lifts, paths_of
from sharing.policy.matrix import matrix_bytes
from sharing.policy.replaying import judged
from sharing.vocabulary import Outcome, RecipientKind
from tests.streams.corridor import world

AGREEMENTS = world()[3]
ASKING = sorted({(e, k) for (e, k, _), cell in AGREEMENTS.cells.items() if Guard.NAMED_OFFICER_GRANT in cell.guards})
OUTSIDER = Matrix(matrix_bytes(AGREEMENTS))
known = st.fixed_dictionaries(dict.fromkeys(Guard, st.sampled_from([True, True, False, None])))
questions = st.sampled_from(ASKING)
CLOSING = (Guard.ADDRESS_SEALED, Guard.S_FLAG, Guard.PERPETRATOR_CHANNEL, Guard.ADOPTION)


@st.composite
def cases(draw):
    event, kind = draw(questions)
    facts = Facts.of({**draw(known), Guard.NAMED_OFFICER_GRANT: True})
    paths = sorted(AGREEMENTS.classes[event])
    named = frozenset(draw(st.lists(st.sampled_from(paths), max_size=len(paths))))
    purposes = AGREEMENTS.purposes_of[event, kind]
    return event, kind, facts, {purpose: named for purpose in purposes if draw(st.booleans())}


@settings(max_examples=400, deadline=None)
@given(cases())
def test_a_grant_gives_no_more_than_the_agreements_do_and_no_field_that_it_does_not_name(case):
    event, kind, facts, granted = case
    made = decide_granted(AGREEMENTS, event, kind, facts, granted)
    without = Facts.of({**facts, Guard.NAMED_OFFICER_GRANT: False})
    closed = decide(AGREEMENTS, event, kind, made.purpose or None, without)
    lifted = decide(AGREEMENTS, event, kind, made.purpose or None, facts)
    named = granted.get(made.purpose, frozenset())
    handling = {"technical", "process"}
    for ruling in made.fields:
        assert is_at_most(ruling.transform, lifted.ruling(ruling.path).transform)
        own = AGREEMENTS.classes[event].get(ruling.path, "technical")
        if ruling.path not in named and own not in handling and made.outcome is Outcome.DELIVER:
            assert is_at_most(ruling.transform, closed.ruling(ruling.path).transform) or closed.outcome is not (
                Outcome.DELIVER
            )


@settings(max_examples=100, deadline=None)
@given(cases())
def test_decided_once_more_under_the_same_set_nothing_moves(case):
    event, kind, facts, granted = case
    verdict = judged(AGREEMENTS, decide_granted(AGREEMENTS, event, kind, facts, granted).body())
    assert (verdict.disclosed, verdict.withheld) == ((), ())


@settings(max_examples=400, deadline=None)
@given(cases())
def test_whoever_verifies_it_decides_the_same(case):
    event, kind, facts, granted = case
    made = decide_granted(AGREEMENTS, event, kind, facts, granted)
    assert OUTSIDER.disagreement(json.loads(made.body())) is None


@settings(max_examples=200, deadline=None)
@given(cases(), st.data())
def test_a_field_beyond_the_grant_in_its_record_is_found(case, data):
    event, kind, facts, granted = case
    said = json.loads(decide_granted(AGREEMENTS, event, kind, facts, granted).body())
    if "granted" not in said:
        return
    lifted = {r.path: r for r in decide(AGREEMENTS, event, kind, said["purpose"], facts).fields}
    beyond = [
        row for row in said["fields"]
        if row[0] not in said["granted"] and lifted[row[0]].transform.words != row[1] and not row[0].startswith("$")
    ]  # fmt: skip
    if beyond:
        row = data.draw(st.sampled_from(beyond))
        row[1:] = [lifted[row[0]].transform.words, lifted[row[0]].reason, lifted[row[0]].rule]
        assert OUTSIDER.disagreement(said) is not None


def test_where_nothing_asks_for_a_grant_a_grant_changes_nothing():
    other = next(k for k in sorted(AGREEMENTS.purposes_of) if k not in ASKING)
    facts = Facts.of({**dict.fromkeys(Guard, True)})
    made = decide_granted(AGREEMENTS, *other, facts, {p: frozenset() for p in AGREEMENTS.purposes_of[other]})
    assert made.body() == decide(AGREEMENTS, *other, None, facts).body()


def test_a_class_names_every_field_of_it_and_no_other():
    paths = paths_of(AGREEMENTS, "csc.s47.changed", ("class:C",))
    assert "child.address_line" in paths
    assert {AGREEMENTS.classes["csc.s47.changed"][path] for path in paths} == {"C"}


def test_what_no_seal_and_no_permit_yields_cannot_be_granted():
    assert lifts(AGREEMENTS, RecipientKind.POLICE_DUTY, "child.address_line")
    assert lifts(AGREEMENTS, RecipientKind.POLICE_DUTY, "class:C")
    assert not lifts(AGREEMENTS, RecipientKind.SCHOOL, "child.address_line")
    assert not lifts(AGREEMENTS, RecipientKind.POLICE_DUTY, "child.former_surname")
    assert not lifts(AGREEMENTS, RecipientKind.POLICE_DUTY, "class:H")


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_grant_makes_no_text_clear_and_a_person_opens_it_for_the_outsider_too(case):
    event, kind, facts, granted = case
    made = decide_granted(AGREEMENTS, event, kind, facts, granted)
    waits = {ruling.path for ruling in made.to_review}
    given = {path for cell in _cells(event, kind) for path, permit in cell.permits.items() if _is_scrub(permit, path)}
    assert waits <= given
    assert not [r for r in made.fields if r.path in given and r.transform == CLEAR]
    assert OUTSIDER.disagreement(json.loads(made.body())) is None
    if waits and made.outcome is Outcome.DELIVER:
        assert OUTSIDER.disagreement(json.loads(made.after_review(waits).body())) is None


def _cells(event, kind):
    return (AGREEMENTS.cells[event, kind, purpose] for purpose in AGREEMENTS.purposes_of[event, kind])


def _is_scrub(permit, path):
    return permit.fields[path] == SCRUB


def test_some_text_waits_under_a_grant():
    facts = Facts.of({**dict.fromkeys(Guard, True), **dict.fromkeys(CLOSING, False)})
    event, kind = "csc.strategy.convened", RecipientKind.POLICE_DUTY
    made = decide_granted(AGREEMENTS, event, kind, facts, {"enquiry": frozenset({"threshold_facts"})})
    assert {ruling.path for ruling in made.to_review} == {"threshold_facts"}
