"""The figures of section 9 on fixed numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from livefloor.systems.coffee.rules import figures
from livefloor.systems.coffee.rules.figures import Cup, Presence

NOW = datetime(2025, 3, 12, 0, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Return a moment some minutes after the beginning."""
    return NOW + timedelta(minutes=minutes)


def cup(id: str = "a", **more: Any) -> Cup:
    """Return a cup that was ordered at the beginning, started after 3 minutes and ready after 5."""
    made = {"status": "completed", "started_at": at(3), "completed_at": at(5), "quoted_wait_seconds": 240}
    return Cup(**{"id": id, "drink": "latte", "channel": "web", "queued_at": at(0), **made, **more})


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_percentile_lies_between_its_values(values: list[float], share: float) -> None:
    """It never leaves the values, and rises with the share."""
    found = figures.percentile(values, share)
    assert found is not None
    assert min(values) <= found <= max(values) or abs(found - max(values)) < 1e-6
    assert found <= (figures.percentile(values, 1.0) or 0) + 1e-6


def test_numbers() -> None:
    """Medians by linear interpolation; nothing to tell is None."""
    assert figures.median([1, 2, 3, 10]) == 2.5
    assert figures.percentile([0, 10], 0.9) == 9
    assert (figures.median([]), figures.share(0, 0), figures.share(1, 4)) == (None, None, 0.25)


def test_times_of_a_cup() -> None:
    """Wait, making and hand-over; a cup of one tap or with taps that tell nothing has no making time."""
    made = cup(picked_up_at=at(6))
    assert (made.wait, made.make, made.hand_over) == (300, 120, 60)
    assert cup(started_at=at(5)).make is None
    assert cup(started_at=at(5) - timedelta(seconds=4)).make is None
    assert cup(started_at=at(-11)).make is None
    assert (cup(completed_at=None).wait, made.hand_over, cup().hand_over) == (None, 60, None)


def test_what_is_counted() -> None:
    """Stretches are half-open; tests do not count; a remake is charged to the barista of the first cup (rule 16)."""
    cups = [
        cup("1"),
        cup("2", completed_at=at(10)),
        cup("3", status="in_progress"),
        cup("4", status="cancelled", cancelled_at=at(2), cancelled_by="guest", started_at=None),
        cup("5", status="cancelled", cancelled_at=at(2), cancel_reason="test"),
        cup("6", remake_of="1", remake_reason="cold", first_barista_id="bea", status="uncollected"),
        cup("7", remake_of="1", remake_reason="spilled", first_barista_id="bea", status="pending"),
    ]
    kept = figures.counted(cups)
    assert [one.id for one in figures.completed(kept, at(5), at(10))] == ["1", "6"]
    assert [one.id for one in figures.cancelled(kept, at(0), at(10))] == ["4"]
    assert len(figures.ordered(kept, at(0), at(1))) == 6
    assert figures.ordered(kept, at(-1), at(0)) == []
    assert [one.id for one in figures.remakes(kept, at(0), at(1), "bea")] == ["6"]
    assert figures.remakes(kept, at(0), at(1), "tom") == []
    assert figures.abandon_rate(kept, at(0), at(1)) == 1 / 6
    assert figures.uncollected_rate(figures.completed(kept, at(0), at(10))) == 0.5
    assert figures.longest_wait(kept, at(8)) == 480
    assert figures.throughput(kept, at(12)) == 12
    assert figures.counts(["a", "b", "b"]) == [("b", 2), ("a", 1)]


def test_promises() -> None:
    """A quote is kept or not, and by how much; on time is by the quote, or by when a cup is late."""
    made = [cup("1"), cup("2", completed_at=at(3.5)), cup("3", completed_at=at(12), quoted_wait_seconds=None)]
    assert figures.quote_accuracy(made) == (0.5, 15)
    assert figures.quote_accuracy([]) == (None, None)
    assert figures.on_time_rate(made, 10) == 2 / 3
    assert figures.on_time_rate([], 10) is None
    assert figures.rating([cup(rating=5), cup(rating=4)]) == (None, 2)
    assert figures.rating([cup(rating=5), cup(rating=4), cup(rating=3), cup()]) == (4, 3)


def test_people() -> None:
    """Cups an hour of the time present, breaks taken out; the rank by them of those who were there for an hour."""
    breaks = [(at(60), at(75)), (at(100), None)]
    there = figures.present_between("bea", 1, at(0), at(120), breaks)
    assert [(one.since, one.until) for one in there] == [(at(0), at(60)), (at(75), at(100))]
    assert figures.present_seconds(there, at(30), at(80), lambda one: one.station_id == 1) == 35 * 60
    assert figures.present_seconds(there, at(0), at(80), lambda one: one.user_id == "tom") == 0
    assert figures.present_between("bea", 1, at(0), at(60), []) == [Presence("bea", 1, at(0), at(60))]
    assert (figures.per_hour(10, 3600), figures.per_hour(10, 899)) == (10, None)
    assert figures.utilisation(100, 200) == 0.5
    assert figures.utilisation(1000, 200) == 1.5
    assert figures.utilisation(1, 0) is None
    paces = {"a": (20.0, 2.0), "b": (30.0, 1.0), "c": (20.0, 3.0), "d": (99.0, 0.5), "e": (None, 2.0)}
    assert figures.ranks(paces) == {"b": 1, "a": 2, "c": 2}
