"""What was last heard of too long ago is unknown, so that it neither opens anything nor lifts a seal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sharing.policy import Facts, Guard, fresh

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
facts = st.fixed_dictionaries({g: st.sampled_from([True, False, None]) for g in Guard}).map(Facts.of)
times = st.dictionaries(st.sampled_from(list(Guard)), st.datetimes(timezones=st.just(UTC)))


def aged(agreements, **ages):
    """The vocabulary with these ages, in days, and none for every other guard."""
    vocabulary = agreements.vocabulary
    return replace(
        vocabulary,
        guards={
            name: replace(entry, max_age=timedelta(days=ages[name]) if name in ages else None)
            for name, entry in vocabulary.guards.items()
        },
    )


@given(facts, times)
def test_a_stale_fact_is_unknown_and_a_fresh_one_stays(agreements, known, heard):
    vocabulary = aged(agreements, open_involvement=30, address_sealed=1)
    left = fresh(known, heard, NOW, vocabulary)
    for guard in Guard:
        most = vocabulary.guards[guard.value].max_age
        at = heard.get(guard)
        still = most is None or (at is not None and -most <= NOW - at <= most)
        assert left[guard] is (known[guard] if still else None)


def test_the_last_moment_counts_and_the_one_after_does_not(agreements):
    vocabulary = aged(agreements, open_involvement=30)
    open_ = Facts.of({Guard.OPEN_INVOLVEMENT: True})
    edge = NOW - timedelta(days=30)
    assert fresh(open_, {Guard.OPEN_INVOLVEMENT: edge}, NOW, vocabulary) == open_
    over = fresh(open_, {Guard.OPEN_INVOLVEMENT: edge - timedelta(microseconds=1)}, NOW, vocabulary)
    assert over == Facts()


def test_a_fact_whose_time_nobody_states_is_stale_where_it_can_age(agreements):
    known = Facts.of({Guard.OPEN_INVOLVEMENT: True, Guard.NIGHT_DUTY: True})
    assert fresh(known, {}, NOW, aged(agreements, open_involvement=30)) == Facts.of({Guard.NIGHT_DUTY: True})


def test_a_time_far_in_the_future_keeps_nothing_fresh(agreements):
    known = Facts.of({Guard.OPEN_INVOLVEMENT: True})
    late = {Guard.OPEN_INVOLVEMENT: NOW + timedelta(days=31)}
    assert fresh(known, late, NOW, aged(agreements, open_involvement=30)) == Facts()


@given(facts, times, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_time_alone_never_makes_anything_known(agreements, known, heard, later):
    vocabulary = aged(agreements, **{g.value: 30 for g in Guard})
    past = {guard: min(at, NOW) for guard, at in heard.items()}
    before = fresh(known, past, NOW, vocabulary)
    after = fresh(known, past, NOW + later, vocabulary)
    assert all(after[g] is None or after[g] is before[g] for g in Guard)


def test_every_guard_of_the_shipped_vocabulary_says_how_it_ages(texts, with_more):
    import pytest

    from sharing.errors import Misconfigured

    text = texts["vocabulary.yaml"]
    assert text.count("max_age:") == len(Guard) + 1  # and once where it is explained
    with pytest.raises(Misconfigured, match="'max_age' is missing"):
        with_more(vocabulary=text.replace("    max_age: none\n", "", 1))
    with pytest.raises(Misconfigured, match="an age is written as '15 minutes', '12 hours' or '30 days', or 'none'"):
        with_more(vocabulary=text.replace("    max_age: none\n", "    max_age: P30D\n", 1))
