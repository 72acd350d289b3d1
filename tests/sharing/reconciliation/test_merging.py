"""Two states of one child, put together: nothing that restricts is lost, and doing it twice is doing it once."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from sharing.events import PlanKind, SealKind
from sharing.reconciliation import SubjectState, from_bytes, to_bytes
from sharing.reconciliation.merging import merge_states
from sharing.reconciliation.state import Involvement, Plan, Question, Seal
from sharing.vocabulary import Recipient, RecipientKind
from tests.strategies import PATIENT

NOW = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
ORGANISATIONS = st.sampled_from(["oakfield-primary", "easthaven-community"])
involvements = st.builds(
    Involvement, ORGANISATIONS, st.just("lead"), st.just(RecipientKind.SCHOOL), st.dates(date(2020, 1, 1)),
    st.none() | st.dates(date(2021, 1, 1)), st.text("ab", min_size=1, max_size=2),
)  # fmt: skip
seals = st.builds(Seal, st.sampled_from(list(SealKind)), st.just(NOW), ORGANISATIONS, st.just("duty"), st.just("e"))
plans = st.builds(
    Plan, st.sampled_from(list(PlanKind)), ORGANISATIONS, st.none() | st.just(date(2026, 1, 1)),
    st.sampled_from(["", "North"]), st.sampled_from(["", "01632 960110"]), st.just("e"),
)  # fmt: skip
questions = st.builds(
    Question, st.sampled_from(["a", "b"]), st.just("e"), st.just("referral.submitted"), st.none(),
    st.just(Recipient("easthaven-social-care", "front_door", RecipientKind.FRONT_DOOR)), st.sampled_from(["x", "y"]),
    st.just(NOW), st.just(NOW), st.none() | st.just(NOW),
)  # fmt: skip
states = st.builds(
    SubjectState, *(st.lists(kind, max_size=3, unique_by=repr).map(tuple) for kind in (involvements, seals, plans)),
    questions=st.lists(questions, max_size=3, unique_by=lambda q: (q.exchange_id, q.rule)).map(tuple),
)  # fmt: skip


@PATIENT
@given(states, states)
def test_merging_twice_is_merging_once(settled, provisional):
    once = merge_states(settled, provisional)
    assert merge_states(once, provisional) == once
    assert from_bytes(to_bytes(once)) == once


@PATIENT
@given(states, states)
def test_no_seal_no_clock_and_no_open_involvement_is_lost(settled, provisional):
    merged = merge_states(settled, provisional)
    for state in (settled, provisional):
        assert {s.kind for s in state.seals} <= {s.kind for s in merged.seals}
        assert {(q.exchange_id, q.rule) for q in state.questions} <= {(q.exchange_id, q.rule) for q in merged.questions}
        assert {i.organisation for i in state.involvements if i.until is None} <= {
            i.organisation for i in merged.involvements if i.until is None
        }


def test_whom_to_call_about_a_plan_is_taken_from_whoever_knows():
    plan = Plan(PlanKind.CHILD_PROTECTION, "easthaven-social-care", None, "", "01632 960110", "e1")
    other = Plan(PlanKind.CHILD_PROTECTION, "easthaven-social-care", date(2026, 1, 1), "North", "", "e2")
    (merged,) = merge_states(SubjectState(plans=(plan,)), SubjectState(plans=(other,))).plans
    assert (merged.started, merged.team, merged.duty_phone) == (date(2026, 1, 1), "North", "01632 960110")
