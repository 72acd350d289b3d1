"""State to bytes and back: nothing lost, the same bytes for the same state, nothing half read."""

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.errors import Misconfigured, Rejected
from sharing.reconciliation import SubjectState, from_bytes, to_bytes
from sharing.reconciliation.state import Awaiting, Question, Seal

MOMENTS = st.datetimes(timezones=st.just(UTC))
QUESTIONS = st.builds(Question, started_at=MOMENTS, due_by=MOMENTS, next_at=st.none() | MOMENTS)
WAITS = st.builds(Awaiting, since=MOMENTS, next_at=st.none() | MOMENTS)
SEALS = st.builds(Seal, set_at=MOMENTS)
STATES = st.builds(
    SubjectState,
    seals=st.lists(SEALS, max_size=3).map(tuple),
    questions=st.lists(QUESTIONS, max_size=3).map(tuple),
    awaiting=st.lists(WAITS, max_size=3).map(tuple),
)


@settings(deadline=None)
@given(STATES)
def test_every_state_comes_back_as_it_went(state: SubjectState) -> None:
    assert from_bytes(to_bytes(state)) == state
    assert to_bytes(from_bytes(to_bytes(state))) == to_bytes(state)


def test_bytes_of_a_later_version_are_refused_and_say_what_to_do() -> None:
    with pytest.raises(Misconfigured, match="upgrade"):
        from_bytes(b'{"v":2,"state":{"unheard_of":1}}')


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"v":1}', b'{"v":1,"state":{"seals":3}}', b"\xff\x00", b'{"v":"1"}'])
def test_what_is_no_state_is_rejected_without_a_value(raw: bytes) -> None:
    with pytest.raises(Rejected) as refused:
        from_bytes(raw)
    assert refused.value.code == "STATE_UNREADABLE"
    assert str(refused.value) == "STATE_UNREADABLE record: these bytes are no subject state"


def test_older_bytes_without_later_fields_are_read() -> None:
    assert from_bytes(b'{"v":1,"state":{"seals":[]}}') == SubjectState()
