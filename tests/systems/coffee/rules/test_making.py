"""What is made next and how long it takes, on fixed numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livefloor.systems.coffee.rules import making
from livefloor.systems.coffee.rules.making import Pace, Queued

NOW = datetime(2025, 3, 12, 0, 30, tzinfo=UTC)


def queued(number: str = "A01", waiting: float = 0, work: float = 40, **values: Any) -> Queued:
    """Return a cup that has waited for so many seconds."""
    at = NOW - timedelta(seconds=waiting)
    return Queued(**{"id": number, "ticket_id": number, "number": number, "queued_at": at, "base_work": work, **values})


def numbers(cups: list[Queued]) -> list[str]:
    return [cup.number for cup in cups]


def test_work_of_a_cup() -> None:
    """Rule 4: the variant, 8 s for another milk, the options; hands are people at the machine, at least one."""
    assert making.base_work(40, [], non_dairy=False) == 40
    assert making.base_work(40, [(10, 2), (5, 1)], non_dairy=True) == 73
    assert [making.hands(*pair) for pair in ((0, 2), (1, 2), (3, 2), (2, 4))] == [1, 1, 2, 2]


def test_making_order() -> None:
    """Rule 8: remake, then VIP with restarted and starving cups, then the others; by time, then number."""
    cups = [
        queued("A01", 300),
        queued("A02", 720),
        queued("A03", 60, priority="vip"),
        queued("A04", 10, priority="remake"),
        queued("A05", 400, attention="restarted"),
        queued("A07", 300),
        queued("A06", 300),
        queued("A00", 999, status="in_progress", started_at=NOW),
    ]
    assert numbers(making.making_order(cups, NOW, 12)) == ["A04", "A02", "A05", "A03", "A01", "A06", "A07"]
    assert [making.making_class(queued(waiting=s), NOW, 12) for s in (719, 720)] == [2, 1]
    assert numbers(making.making_order(cups, NOW, 13))[:3] == ["A04", "A05", "A03"]


def test_a_move_to_the_front() -> None:
    """Rule 8: one millisecond before the head of the same class, never over a higher one."""
    head, last, vip = queued("A01", 300), queued("A09", 10), queued("A05", 20, priority="vip")
    moved = replace(last, queued_at=making.front_queued_at(last, [head, last, vip], NOW, 12))
    assert head.queued_at - moved.queued_at == timedelta(milliseconds=1)
    assert numbers(making.making_order([head, moved, vip], NOW, 12)) == ["A05", "A09", "A01"]
    assert making.front_queued_at(head, [head, last, vip], NOW, 12) == head.queued_at
    assert making.front_queued_at(vip, [head, last, vip], NOW, 12) == vip.queued_at


def test_waits() -> None:
    """Rule 5: work ahead and what is left in hand, by the hands, and the own work."""
    in_hand = [
        queued("A01", 300, 40, status="in_progress", started_at=NOW - timedelta(seconds=15)),
        queued("A02", 300, 40, status="in_progress", started_at=NOW - timedelta(seconds=99)),
    ]
    assert making.in_hand_seconds(in_hand, Pace(), NOW) == 25 + 10
    assert making.in_hand_seconds(in_hand, Pace(1, 2.0), NOW) == 65 + 10
    cups = [*in_hand, queued("A03", 60, 48), queued("A04", 50, 30)]
    first, second = making.places(cups, Pace(2), NOW, 12)
    assert (first.id, first.position, first.wait_seconds) == ("A03", 1, 35 / 2 + 48)
    assert (second.position, second.wait_seconds) == (2, (35 + 48) / 2 + 30)
    assert second.eta_at == NOW + timedelta(seconds=71.5)
    new = [queued("A05-1", 0, 40), queued("A05-2", 0, 20)]
    assert making.wait_of_new(cups, new, Pace(), NOW, 12) == 35 + 48 + 30 + 40 + 20
    vip = [queued("A05", 0, 40, priority="vip")]
    assert making.wait_of_new(cups, vip, Pace(), NOW, 12) == 35 + 40


def test_quotes() -> None:
    """Rule 5: the buffer, rounded up to minutes, at least the least."""

    def minutes(wait: float, least: int = 2, buffer: int = 15) -> float:
        return making.quoted_seconds(wait, min_quote_minutes=least, quote_buffer_pct=buffer) / 60

    assert minutes(0) == minutes(40) == 2
    assert [minutes(120, buffer=0), minutes(120.5, buffer=0), minutes(157)] == [2, 3, 4]
    assert minutes(600, buffer=10) == 11
    assert minutes(10, least=1) == 1


def test_the_speed_that_a_station_shows() -> None:
    """Rule 7, on fixed numbers."""

    def after(seconds: float, **values: Any) -> float:
        told: dict[str, Any] = {
            "now": NOW,
            "previous_completion": NOW - timedelta(seconds=seconds),
            "queued_at": NOW - timedelta(seconds=600),
            "hands": 1,
            "base_work": 40,
        }
        return making.learned_speed(values.pop("factor", 1.0), **{**told, **values})

    assert after(80) == pytest.approx(0.85 + 0.15 * 2)
    assert after(40, hands=2) == pytest.approx(0.85 + 0.15 * 2)
    assert after(299) == pytest.approx(0.85 + 0.15 * 4)
    assert after(1) == pytest.approx(0.85 + 0.15 * 0.3)
    assert after(301) == after(60, previous_completion=None) == 1.0
    assert after(60, queued_at=NOW - timedelta(seconds=59)) == 1.0
    assert after(300, factor=2.5) == 2.5
    assert after(1, factor=0.5) == 0.5


@given(st.floats(0.5, 2.5), st.floats(0, 300), st.integers(1, 4), st.integers(5, 200))
def test_the_speed_stays_within_its_bounds(factor: float, seconds: float, people: int, work: int) -> None:
    learned = making.learned_speed(
        factor,
        now=NOW,
        previous_completion=NOW - timedelta(seconds=seconds),
        queued_at=NOW - timedelta(hours=1),
        hands=people,
        base_work=work,
    )
    assert 0.5 <= learned <= 2.5
    assert abs(learned - factor) <= 0.15 * 3.7


def test_lateness() -> None:
    """Rule 9: longer than the minutes, or than 1.5 times the quote, whichever is later."""
    assert not making.is_late(queued(waiting=600), NOW, 10)
    assert making.is_late(queued(waiting=601), NOW, 10)
    assert not making.is_late(queued(waiting=720, quoted_wait_seconds=480), NOW, 10)
    assert making.is_late(queued(waiting=721, quoted_wait_seconds=480), NOW, 10)
    assert not making.is_late(queued(waiting=999, status="in_progress"), NOW, 10)


def test_one_jug() -> None:
    """Rule 19: up to 4 cups of the head's milk in the first 6 places, 600 ml together, none with allergies."""

    def oat(number: str, ml: int = 150, **values: Any) -> Queued:
        return queued(number, milk="oat", milk_ml=ml, **values)

    soy = queued("S", milk="soy", milk_ml=150)
    black = queued("N")
    assert making.one_jug([oat("a"), soy, oat("b"), black, oat("c"), oat("d"), oat("e")]) == ["a", "b", "c", "d"]
    assert making.one_jug([oat("a"), soy, soy, soy, soy, soy, oat("b")]) == []
    assert making.one_jug([oat("a", 340), oat("b", 340), oat("c", 160)]) == ["a", "c"]
    assert making.one_jug([oat("a"), oat("b", has_allergies=True), oat("c")]) == ["a", "c"]
    assert making.one_jug([oat("a", has_allergies=True), oat("b")]) == []
    assert making.one_jug([black, black]) == making.one_jug([]) == []


def test_a_normal_cup_does_not_starve() -> None:
    """Rule 63: with 30 VIP against it, it is started right after the 12th minute."""
    normal = queued("A01", 0)
    waiting, seconds, started = [normal], 0, None
    vips = [replace(queued(f"V{n:02d}", priority="vip"), queued_at=NOW + timedelta(seconds=20 * n)) for n in range(30)]
    while started is None:
        now = NOW + timedelta(seconds=seconds)
        waiting += [vip for vip in vips if vip.queued_at <= now]
        vips = [vip for vip in vips if vip.queued_at > now]
        head = making.making_order(waiting, now, 12)[0]
        if head is normal:
            started = now
        waiting.remove(head)
        seconds += 40
    assert timedelta(minutes=12) <= started - NOW <= timedelta(minutes=12, seconds=40)


def test_a_normal_cup_behind_thirty_vips() -> None:
    """Rule 63: all thirty come in the same moment after it."""
    normal = queued("A00", 0)
    waiting, seconds = [normal, *(queued(f"A{n:02d}", 0, priority="vip") for n in range(1, 31))], 0
    while (head := making.making_order(waiting, NOW + timedelta(seconds=seconds), 12)[0]) is not normal:
        waiting.remove(head)
        seconds += 40
    assert 720 <= seconds <= 760


@given(st.lists(st.integers(10, 90), max_size=10), st.integers(10, 90))
def test_a_vip_costs_the_others_its_own_work_at_most(works: list[int], vip_work: int) -> None:
    """Rule 63."""
    cups = [queued(f"A{n:02d}", 60 - n, work) for n, work in enumerate(works)]
    before = {place.id: place.wait_seconds for place in making.places(cups, Pace(), NOW, 12)}
    vip = queued("V01", 0, vip_work, priority="vip")
    after = {place.id: place.wait_seconds for place in making.places([*cups, vip], Pace(), NOW, 12)}
    assert all(after[each] - wait <= vip_work + 1e-9 for each, wait in before.items())


@given(
    st.lists(st.tuples(st.integers(0, 1500), st.sampled_from(["normal", "vip", "remake"]), st.booleans()), max_size=12)
)
def test_the_order_is_by_class_then_time(rows: list[tuple[int, str, bool]]) -> None:
    cups = [
        queued(f"A{n:02d}", waiting, priority=priority, attention="restarted" if again else None)
        for n, (waiting, priority, again) in enumerate(rows)
    ]
    ordered = making.making_order(cups, NOW, 12)
    assert sorted(numbers(ordered)) == sorted(numbers(cups))
    keys = [(making.making_class(cup, NOW, 12), cup.queued_at) for cup in ordered]
    assert keys == sorted(keys)
