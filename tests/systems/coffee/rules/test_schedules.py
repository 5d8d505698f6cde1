"""Shifts: overlap, days of 23 and 25 hours, early and late check-ins, gaps."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livefloor.kernel.problems import Conflict, Invalid
from livefloor.systems.coffee.rules import schedules
from livefloor.systems.coffee.rules.schedules import Shift

NINE = datetime(2025, 3, 12, 22, 0, tzinfo=UTC)
SYDNEY = ZoneInfo("Australia/Sydney")


def shift(start: int = 0, end: int = 240, name: str = "a", **values: Any) -> Shift:
    """Return Bea's shift; its ends in minutes from nine."""
    times = {"starts_at": NINE + timedelta(minutes=start), "ends_at": NINE + timedelta(minutes=end)}
    return Shift(**{"id": name, "user_id": "bea", "station_id": 1, **times, **values})


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def test_shifts_of_one_person_do_not_overlap() -> None:
    """Rule 67: touching ends are fine, a cancelled shift and another person's are no hindrance."""
    found = schedules.overlapping
    assert found(shift(), [shift(240, 300, "b"), shift(-60, 0, "c")]) is None
    assert found(shift(), [shift(239, 300, "b"), shift(-60, 1, "c")]) == shift(-60, 1, "c")
    assert found(shift(), [shift(name="b", status="cancelled"), shift(name="c", user_id="tom")]) is None
    assert found(shift(), [shift(60, 120)]) is None  # itself, with its times of before


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_overlap_is_sharing_a_minute(start: int, length: int, other: int, other_length: int) -> None:
    one, two = shift(start, start + length), shift(other, other + other_length, "b")
    shared = set(range(start, start + length)) & set(range(other, other + other_length))
    assert schedules.overlaps(one, two) == schedules.overlaps(two, one) == bool(shared)


def test_lengths_and_the_event() -> None:
    event = {"event_starts": at(0), "event_ends": at(600)}
    schedules.check_times(at(0), at(15), **event)
    schedules.check_times(at(-60), at(600), **event)
    for start, end in ((0, 14), (0, 721), (600, 700), (-60, 0)):
        with pytest.raises(Invalid):
            schedules.check_times(at(start), at(end), **event)


def test_changes_after_the_start() -> None:
    """Section 5.3."""
    schedules.check_change("planned", ["user_id", "starts_at"])
    schedules.check_change("checked_in", ["ends_at", "station_id", "notes"])
    for status, fields, code in (
        ("on_break", ["user_id"], "shift_started"),
        ("checked_out", ["notes"], "shift_finished"),
        ("cancelled", ["notes"], "shift_finished"),
    ):
        with pytest.raises(Conflict) as caught:
            schedules.check_change(status, fields)  # type: ignore[arg-type]
        assert caught.value.code == code


def test_check_in() -> None:
    """Rule 68: from 30 minutes before to the end; late from 5 minutes on; again is unchanged; rule 69: after no_show."""

    def late(minute: float, status: str = "planned", elsewhere: bool = False) -> schedules.CheckIn:
        return schedules.check_in(shift(status=status), at(minute), at_work_elsewhere=elsewhere)

    assert [late(minute).late_minutes for minute in (-30, 0, 4.99, 5, 61.5)] == [0, 0, 4, 5, 61]
    assert [schedules.is_late(minutes) for minutes in (0, 4, 5)] == [False, False, True]
    assert late(240).late_minutes == 240
    assert late(20, "no_show").late_minutes == 20
    assert late(20, "checked_in").unchanged
    assert late(20, "on_break", elsewhere=True).unchanged
    for minute, status, elsewhere, code in (
        (-30.1, "planned", False, "too_early"),
        (240.1, "planned", False, "too_late"),
        (60, "checked_out", False, "too_late"),
        (60, "cancelled", False, "shift_cancelled"),
        (60, "planned", True, "already_checked_in_elsewhere"),
    ):
        with pytest.raises(Conflict) as caught:
            late(minute, status, elsewhere)
        assert caught.value.code == code


def test_forgotten_check_outs() -> None:
    """Section 8."""
    assert schedules.automatic_check_out(shift(status="on_break"), at(300)) == at(240)
    assert schedules.automatic_check_out(shift(status="checked_in"), at(299)) is None
    assert schedules.automatic_check_out(shift(status="checked_out"), at(999)) is None


def test_days_and_weeks_of_the_event_time() -> None:
    """Rule 67: Monday 00:00 to Monday 00:00; the days on which the clocks change have 23 or 25 hours."""

    def hours(bounds: tuple[datetime, datetime]) -> float:
        return (bounds[1] - bounds[0]).total_seconds() / 3600

    assert schedules.day_bounds(date(2025, 3, 12), SYDNEY) == (
        datetime(2025, 3, 11, 13, tzinfo=UTC),
        datetime(2025, 3, 12, 13, tzinfo=UTC),
    )
    assert hours(schedules.day_bounds(date(2025, 10, 5), SYDNEY)) == 23
    assert hours(schedules.day_bounds(date(2025, 4, 6), SYDNEY)) == 25
    assert schedules.week_start(date(2025, 10, 5)) == schedules.week_start(date(2025, 9, 29)) == date(2025, 9, 29)
    assert hours(schedules.week_bounds(date(2025, 9, 29), SYDNEY)) == 7 * 24 - 1
    assert hours(schedules.week_bounds(date(2025, 3, 31), SYDNEY)) == 7 * 24 + 1


def test_gaps_of_a_station() -> None:
    """Section 5.3: when no barista is planned; support and cancelled shifts fill nothing."""
    assert schedules.gaps([], at(0), at(60)) == [(at(0), at(60))]
    assert schedules.gaps([shift(-30, 60), shift(30, 120, "b"), shift(180, 400, "c")], at(0), at(240)) == [
        (at(120), at(180))
    ]
    assert schedules.gaps([shift(60, 120)], at(0), at(240)) == [(at(0), at(60)), (at(120), at(240))]
    idle = [shift(status="cancelled"), shift(name="b", role="support"), shift(name="c", status="no_show")]
    assert schedules.gaps(idle, at(0), at(240)) == [(at(0), at(240))]
    assert schedules.gaps([shift(300, 400)], at(0), at(240)) == [(at(0), at(240))]
    gone_before_the_start = shift(60, 50, status="checked_out")
    assert schedules.gaps([gone_before_the_start], at(0), at(240)) == [(at(0), at(240))]
