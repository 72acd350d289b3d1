"""Clocks run in the days of England: working days, school days, and who is on duty."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sharing.calendar import Calendars, Duty, Term, at_local, bank_holidays, from_document, local
from sharing.errors import Misconfigured

TERMS = (
    Term(date(2026, 9, 3), date(2026, 10, 23), frozenset({date(2026, 9, 4)})),
    Term(date(2026, 11, 2), date(2026, 12, 18)),
    Term(date(2027, 1, 4), date(2027, 2, 12), frozenset({date(2027, 1, 4)})),
    Term(date(2027, 2, 22), date(2027, 3, 25)),
    Term(date(2027, 4, 12), date(2027, 7, 21)),
)
EASTHAVEN = Calendars({"easthaven": TERMS})
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MINUTES = st.datetimes(datetime(2026, 9, 1), datetime(2027, 8, 30), timezones=st.just(UTC))  # noqa: DTZ001


def wall(text: str) -> datetime:
    """`2026-11-20 17:05` on the wall in England, as UTC."""
    day, hour = text.split()
    return at_local(date.fromisoformat(day), time.fromisoformat(hour))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        pytest.param("2026-11-20 17:05", 1, "2026-11-23 17:05", id="friday-evening-ends-on-monday"),
        pytest.param("2026-11-23 09:00", 1, "2026-11-24 09:00", id="an-ordinary-day"),
        pytest.param("2026-11-21 22:40", 1, "2026-11-24 00:00", id="a-weekend-ends-when-monday-ends"),
        pytest.param("2026-12-24 10:00", 1, "2026-12-29 10:00", id="over-christmas-and-its-substitute"),
        pytest.param("2026-12-31 16:00", 1, "2027-01-04 16:00", id="over-the-year-end"),
        pytest.param("2027-12-24 16:00", 1, "2027-12-29 16:00", id="christmas-on-a-weekend-has-two-substitutes"),
        pytest.param("2026-04-02 17:05", 1, "2026-04-07 17:05", id="over-easter"),
        pytest.param("2026-03-27 17:05", 1, "2026-03-30 17:05", id="clocks-go-forward-same-time-on-the-wall"),
        pytest.param("2026-10-23 17:05", 1, "2026-10-26 17:05", id="clocks-go-back-same-time-on-the-wall"),
        pytest.param("2026-11-20 17:05", 45, "2027-01-27 17:05", id="an-assessment"),
        pytest.param("2026-11-21 22:40", 0, "2026-11-21 22:40", id="no-days-is-now"),
    ],
)
def test_working_days(start: str, days: int, end: str) -> None:
    assert EASTHAVEN.add_working_days(wall(start), days) == wall(end)


def test_a_summer_clock_change_moves_the_utc_time_and_not_the_wall() -> None:
    friday = datetime(2026, 3, 27, 17, 5, tzinfo=UTC)
    assert EASTHAVEN.add_working_days(friday, 1) == datetime(2026, 3, 30, 16, 5, tzinfo=UTC)


@settings(deadline=None)
@given(MOMENTS, MOMENTS, st.integers(0, 50))
def test_a_later_start_never_ends_earlier(one: datetime, other: datetime, days: int) -> None:
    early, late = sorted([one, other])
    assert EASTHAVEN.add_working_days(early, days) <= EASTHAVEN.add_working_days(late, days)


@settings(deadline=None)
@given(MOMENTS, st.integers(0, 20), st.integers(0, 20))
def test_two_clocks_in_a_row_are_one_long_clock(start: datetime, first: int, second: int) -> None:
    inner = EASTHAVEN.add_working_days(start, first)
    early, late = sorted([EASTHAVEN.add_working_days(inner, second), EASTHAVEN.add_working_days(start, first + second)])
    between = (local(early).date() + timedelta(days=n) for n in range((local(late).date() - local(early).date()).days))
    assert early == late or not any(EASTHAVEN.is_working_day(day) for day in between)  # no working time between them


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 50))
@example(datetime(2029, 2, 2, tzinfo=UTC), 1)  # a Friday at midnight: its day is whole and ends with it
def test_the_clock_runs_through_exactly_so_many_working_days(start: datetime, days: int) -> None:
    end = EASTHAVEN.add_working_days(start, days)
    last_minute = local(end - timedelta(microseconds=1)).date()
    first = local(start).date()
    span = [first + timedelta(days=n) for n in range((last_minute - first).days + 1)]
    run_through = sum(EASTHAVEN.is_working_day(day) for day in span)
    begun_midway = EASTHAVEN.is_working_day(first) and local(start).time() != time(0)
    assert run_through == days + begun_midway
    assert EASTHAVEN.is_working_day(last_minute)


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_no_weekend_and_no_bank_holiday_is_a_working_day(day: date) -> None:
    free = day.isoweekday() > 5 or day in bank_holidays(day.year)
    assert EASTHAVEN.is_working_day(day) is not free


@settings(deadline=None)
@given(st.integers(2000, 2060))
def test_every_year_has_its_eight_bank_holidays_on_weekdays(year: int) -> None:
    proclaimed_or_substitute = [day for day in bank_holidays(year) if day.isoweekday() <= 5]
    assert len(proclaimed_or_substitute) >= 7  # 1 January may have its substitute counted, never fewer than seven stay


def test_a_holiday_proclaimed_late_counts() -> None:
    assert not Calendars(extra_holidays=frozenset({date(2026, 11, 23)})).is_working_day(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("2026-11-21 22:40", "2026-11-23 08:00", id="saturday-night-is-for-monday-morning"),
        pytest.param("2026-11-24 02:00", "2026-11-24 08:00", id="before-school-is-the-same-day"),
        pytest.param("2026-11-24 08:00", "2026-11-25 08:00", id="at-eight-is-for-tomorrow"),
        pytest.param("2026-10-23 20:00", "2026-11-02 08:00", id="half-term"),
        pytest.param("2026-09-03 20:00", "2026-09-07 08:00", id="an-inset-day-is-no-school-day"),
        pytest.param("2026-12-18 20:00", "2027-01-05 08:00", id="christmas-and-an-inset-day-after-it"),
        pytest.param("2027-04-30 20:00", "2027-05-04 08:00", id="a-bank-holiday-within-term"),
        pytest.param("2027-08-04 20:00", "2027-08-05 08:00", id="beyond-the-terms-known-a-working-day-counts"),
        pytest.param("2027-03-25 20:00", "2027-04-12 08:00", id="clocks-go-forward-in-the-holidays"),
    ],
)
def test_next_school_day(start: str, end: str) -> None:
    assert EASTHAVEN.next_school_day_at("easthaven", wall(start), 8) == wall(end)


@settings(deadline=None)
@given(MINUTES, st.integers(0, 23))
def test_the_next_school_day_is_after_the_start_and_none_is_skipped(start: datetime, hour: int) -> None:
    end = EASTHAVEN.next_school_day_at("easthaven", start, hour)
    assert end > start
    assert EASTHAVEN.is_school_day("easthaven", local(end).date())
    between = (local(start).date() + timedelta(days=n) for n in range((local(end).date() - local(start).date()).days))
    passed = [day for day in between if EASTHAVEN.is_school_day("easthaven", day) and at_local(day, time(hour)) > start]
    assert passed == []


@settings(deadline=None)
@given(MINUTES)
def test_a_setting_without_term_data_is_never_later_than_one_with_them(start: datetime) -> None:
    unknown = EASTHAVEN.next_school_day_at("", start, 8)
    assert unknown <= EASTHAVEN.next_school_day_at("easthaven", start, 8)


@pytest.mark.parametrize(
    ("moment", "duty"),
    [
        pytest.param("2026-11-20 17:05", Duty.DAY, id="friday-before-closing"),
        pytest.param("2026-11-20 17:30", Duty.EMERGENCY, id="closing-time-is-closed"),
        pytest.param("2026-11-23 08:30", Duty.DAY, id="opening-time-is-open"),
        pytest.param("2026-11-21 12:00", Duty.EMERGENCY, id="saturday-noon"),
        pytest.param("2026-12-28 12:00", Duty.EMERGENCY, id="a-substitute-bank-holiday"),
        pytest.param("2026-06-24 08:45", Duty.DAY, id="summer-time-is-the-walls"),
    ],
)
def test_who_is_on_duty(moment: str, duty: Duty) -> None:
    assert EASTHAVEN.on_duty(wall(moment)) is duty


@settings(deadline=None)
@given(MOMENTS)
def test_at_night_and_on_free_days_emergency_duty_answers(moment: datetime) -> None:
    shown = local(moment)
    closed = shown.hour < 8 or shown.hour >= 18 or not EASTHAVEN.is_working_day(shown.date())
    assert not closed or EASTHAVEN.on_duty(moment) is Duty.EMERGENCY


def test_a_time_without_an_offset_is_nobodys_time() -> None:
    with pytest.raises(ValueError, match="offset"):
        EASTHAVEN.on_duty(datetime(2026, 11, 20, 17, 5))  # noqa: DTZ001


def test_a_clock_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        EASTHAVEN.add_working_days(datetime(2026, 11, 20, tzinfo=UTC), -1)


def test_a_document_becomes_calendars() -> None:
    found = from_document(
        {
            "version": "2026-27",
            "day_duty": {"opens": "09:00", "closes": "17:00"},
            "extra_holidays": ["2027-06-01"],
            "terms": {"easthaven": [{"first": "2026-09-03", "last": date(2026, 10, 23), "inset_days": ["2026-09-04"]}]},
        },
        "calendar.yaml",
    )
    assert found == Calendars(
        {"easthaven": (TERMS[0],)}, time(9), time(17), frozenset({date(2027, 6, 1)}), version="2026-27"
    )


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param({"term": {}}, "unknown key term", id="unknown-key"),
        pytest.param({"terms": {"a": []}}, "no terms", id="no-terms"),
        pytest.param({"terms": {"a": [{"first": "2026-09-03"}]}}, "terms a", id="no-end"),
        pytest.param(
            {"terms": {"a": [{"first": "2026-09-03", "last": "2026-09-01"}]}}, "before it begins", id="backwards"
        ),
        pytest.param(
            {
                "terms": {
                    "a": [
                        {"first": "2026-09-03", "last": "2026-10-23"},
                        {"first": "2026-10-23", "last": "2026-12-18"},
                    ]
                }
            },
            "overlap",
            id="overlap",
        ),
        pytest.param(
            {"terms": {"a": [{"first": "2026-09-03", "last": "2026-10-23", "inset_days": ["2026-10-26"]}]}},
            "outside its term",
            id="inset-day-outside",
        ),
        pytest.param({"day_duty": {"opens": 510, "closes": "17:00"}}, "quotes", id="yaml-read-a-number"),
        pytest.param({"day_duty": {"opens": "18:00"}}, "before closes", id="closes-before-it-opens"),
        pytest.param({"extra_holidays": ["next monday"]}, "calendar.yaml", id="no-date"),
    ],
)
def test_a_faulty_document_is_refused_with_file_and_place(document: dict[str, object], said: str) -> None:
    with pytest.raises(Misconfigured, match=said) as refused:
        from_document(document, "calendar.yaml")
    assert "calendar.yaml" in str(refused.value)
