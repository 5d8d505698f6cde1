"""The sums of the room by themselves: places, calls, estimates, names."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from livefloor.systems.laundry.rules import (
    Candidate,
    Spot,
    calls,
    estimated_waits,
    in_order,
    is_overdue,
    may_start,
    next_free_at,
    next_sort_key,
    pickup_deadline,
    pickup_delay,
    place_behind_next,
    reminder_moments,
    shown_name,
    time_left_seconds,
)

NOW = datetime(2025, 3, 2, 19, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


def spot(number: int, status: str = "available", *, held: bool = False, at: float = 0) -> Spot:
    """Return a machine; `at` is when it ends, or until when its load has grace, in minutes from now."""
    moment = NOW + minutes(at)
    inside = status in ("in_use", "completed")
    cycle_id = f"c{number}" if inside else None
    ended = moment - minutes(10) if status == "completed" else None
    deadline = moment if status == "completed" else None
    return Spot(f"m{number}", number, status, held, cycle_id, moment if inside else None, ended, deadline)


def candidate(name: str, *, may: bool = True, skip: str | None = None, cycle: str | None = None) -> Candidate:
    """Return a waiting entry."""
    return Candidate(name, may, skip, cycle)


def called(spots: list[Spot], waiting: list[Candidate]) -> list[tuple[str, int]]:
    """Return who is called to which number."""
    return [(entry, given.number) for entry, given in calls(spots, waiting, NOW)]


@dataclass
class Entry:
    """An entry of a list."""

    id: str
    status: str = "waiting"
    priority: int = 0
    sort_key: int = 0


def test_r7_time_left_is_rounded_up() -> None:
    assert time_left_seconds("in_use", NOW + timedelta(seconds=0.2), NOW) == 1
    assert time_left_seconds("in_use", NOW - minutes(1), NOW) == 0
    assert time_left_seconds("completed", NOW + minutes(1), NOW) == 0


def test_r12_r13_who_may_start() -> None:
    assert may_start(1, False, 2)
    assert not may_start(2, False, 2)
    assert not may_start(1, True, 2)


def test_r14_the_later_of_the_end_and_the_telling() -> None:
    assert pickup_deadline(NOW, None, 10) == NOW + minutes(10)
    assert pickup_deadline(NOW, NOW + minutes(50), 10) == NOW + minutes(60)


def test_r15_overdue_is_finished_and_past_the_grace() -> None:
    assert is_overdue("completed", NOW, NOW)
    assert not is_overdue("completed", NOW + timedelta(seconds=1), NOW)
    assert not is_overdue("disabled", NOW, NOW)


def test_reminders_are_in_order_and_the_last_is_for_the_staff() -> None:
    found = reminder_moments(NOW, [60, 30], 120)
    assert [(after, staff) for _, after, staff in found] == [(30, False), (60, False), (120, True)]


def test_r20_position_is_by_priority_then_place() -> None:
    entries = [
        Entry("b", sort_key=2),
        Entry("a", sort_key=1),
        Entry("z", priority=1, sort_key=9),
        Entry("c", sort_key=2),
    ]
    assert [entry.id for entry in in_order(entries)] == ["z", "a", "b", "c"]


def test_r20_who_joins_is_behind_everybody() -> None:
    key = next_sort_key(NOW, None)
    assert next_sort_key(NOW, key) > key
    assert next_sort_key(NOW + minutes(1), key) > next_sort_key(NOW, key)


def test_r21_free_ones_by_number_then_finished_ones_by_their_end() -> None:
    spots = [spot(5, "completed", at=-1), spot(4, "completed", at=-20), spot(3), spot(1, held=True), spot(2)]
    names = [candidate(name) for name in "abcde"]
    assert called(spots, names) == [("a", 2), ("b", 3), ("c", 4), ("d", 5)]


def test_r21_not_running_not_in_grace_not_disabled() -> None:
    assert called([spot(1, "in_use", at=5), spot(2, "completed", at=5), spot(3, "disabled")], [candidate("a")]) == []


def test_r21_who_cannot_start_is_passed_over() -> None:
    assert called([spot(1)], [candidate("a", may=False), candidate("b")]) == [("b", 1)]


def test_r28_r42_skipped_machines_go_to_the_next() -> None:
    spots = [spot(1), spot(2, "completed", at=-5)]
    waiting = [candidate("a", skip="m1"), candidate("b", cycle="c2"), candidate("c")]
    assert called(spots, waiting) == [("a", 2), ("b", 1)]
    assert called([spot(1)], [candidate("a", skip="m1"), candidate("b")]) == [("b", 1)]


@given(
    st.lists(
        st.tuples(st.sampled_from(["available", "in_use", "completed", "disabled"]), st.booleans(), st.integers(-9, 9)),
        max_size=8,
    ),
    st.lists(st.booleans(), max_size=8),
)
def test_r21_leaves_nobody_waiting_while_a_machine_is_callable(
    machines: list[tuple[str, bool, int]], may: list[bool]
) -> None:
    spots = [
        spot(number, status, held=held and status in ("available", "completed"), at=at)
        for number, (status, held, at) in enumerate(machines, start=1)
    ]
    waiting = [candidate(f"e{place}", may=allowed) for place, allowed in enumerate(may)]
    found = calls(spots, waiting, NOW)
    able = [entry.entry_id for entry in waiting if entry.may_start]
    assert [entry for entry, _ in found] == able[: len(found)]
    assert len({given.pk for _, given in found}) == len(found)
    callable_count = sum(
        not one.held and (one.status == "available" or is_overdue(one.status, one.pickup_deadline, NOW))
        for one in spots
    )
    assert len(found) == min(len(able), callable_count)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.booleans()), min_size=1, max_size=7), st.data())
def test_r28_whoever_passes_stands_directly_behind_the_next_who_waits(
    drawn: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    entries = [
        Entry(f"e{place}", "called" if is_called else "waiting", priority, key)
        for place, (priority, key, is_called) in enumerate(drawn)
    ]
    own = data.draw(st.sampled_from(entries))
    before = [entry.id for entry in in_order(entries)]
    behind = [entry.id for entry in in_order(entries)[before.index(own.id) + 1 :] if entry.status == "waiting"]
    place = place_behind_next(entries, own)
    if place is None:
        assert behind == []
        return
    after, own_key, following = place
    assert after.id == behind[0]
    for entry in following:
        entry.sort_key += 256
    own.priority, own.sort_key = after.priority, own_key
    now = [entry.id for entry in in_order(entries)]
    assert now.index(own.id) == now.index(after.id) + 1
    assert [id for id in now if id != own.id] == [id for id in before if id != own.id]


def test_pickup_delay_is_the_median_within_the_grace() -> None:
    assert pickup_delay([], 10) == minutes(5)
    assert pickup_delay([], 3) == minutes(3)
    assert pickup_delay([minutes(2), minutes(4), minutes(90)], 10) == minutes(4)
    assert pickup_delay([minutes(60)], 10) == minutes(10)


def test_estimated_waits_take_turns() -> None:
    spots = [spot(1, "in_use", at=10), spot(2, "completed", at=4), spot(3, "disabled")]
    # Washer 2 is free at 4, then at 4 + 30 + 5; Washer 1 at 10 + 5.
    assert estimated_waits(spots, 4, NOW, normal_minutes=30, delay=minutes(5)) == [4, 15, 39, 50]
    assert estimated_waits([spot(1, "disabled")], 2, NOW, normal_minutes=30, delay=minutes(5)) == [None, None]
    assert estimated_waits([spot(1, held=True)], 1, NOW, normal_minutes=30, delay=minutes(5)) == [35]


def test_next_free_at() -> None:
    delay = minutes(5)
    assert next_free_at([spot(1), spot(2, "in_use", at=9)], 0, NOW, normal_minutes=30, delay=delay) is None
    assert next_free_at([spot(2, "in_use", at=9)], 0, NOW, normal_minutes=30, delay=delay) == NOW + minutes(14)
    assert next_free_at([spot(2, "disabled")], 0, NOW, normal_minutes=30, delay=delay) is None


def test_r60_a_name_never_is_the_student_id() -> None:
    assert shown_name(None, "123456") == "Student ··56"
    assert shown_name("Mango", "123456") == "Mango"
    assert shown_name(None, None) == "Former student"
