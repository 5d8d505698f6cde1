"""Orders of a group: states, codes, sharing the cups among stations."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livefloor.kernel.problems import Conflict
from livefloor.systems.coffee.rules.groups import (
    CODE_ALPHABET,
    STATUSES,
    TABLE,
    Group,
    Share,
    after,
    code_from,
    is_ready,
    normal_code,
    progress_pct,
    split,
    why_closed,
)

NOW = datetime(2025, 3, 12, 0, 30, tzinfo=UTC)


def test_every_state_and_event() -> None:
    """Section 4."""
    for status, event in product(STATUSES, ("submit", "make_ready", "collect", "cancel", "expire")):
        if (status, event) in TABLE:
            assert after(status, event) == TABLE[status, event]  # type: ignore[index, arg-type]
            continue
        with pytest.raises(Conflict) as caught:
            after(status, event)  # type: ignore[arg-type]
        assert caught.value.code == ("not_ready" if event == "collect" else "not_open")
    assert len(TABLE) == 6


def test_ready_and_progress() -> None:
    """Sections 4 and 5.6."""
    assert is_ready(["completed", "cancelled", "picked_up", "uncollected"])
    assert not is_ready(["completed", "in_progress"])
    assert not is_ready(["cancelled", "cancelled"])
    assert not is_ready([])
    assert progress_pct({"completed": 1, "picked_up": 1, "pending": 1, "cancelled": 9}) == 66
    assert progress_pct({"cancelled": 2}) == progress_pct({}) == 0


def test_codes() -> None:
    """Rule 64: 6 of 31 characters without 0, O, 1, I, L; read without regard to case, spaces, hyphens."""
    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) == 31
    assert not set(CODE_ALPHABET) & set("01OIL")
    assert code_from([0, 1, 30, 8, 9, 5]) == "23ZAB7"
    assert normal_code("k7pq2m") == normal_code(" K7P-q2m ") == normal_code("k7p q2m") == "K7PQ2M"
    for wrong in ("K7PQ2", "K7PQ2MM", "K7PQ2O", "K7PQ2!", ""):
        assert normal_code(wrong) is None
    with pytest.raises(ValueError, match="six"):
        code_from([1])


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6))
def test_every_code_is_found_again(numbers: list[int]) -> None:
    code = code_from(numbers)
    assert normal_code(f" {code[:3].lower()}-{code[3:]} ") == code


def test_why_nobody_can_join() -> None:
    """Section 5.6."""
    assert why_closed(None, NOW) == "unknown"
    assert why_closed(Group("open", 3, 20), NOW) is None
    assert why_closed(Group("open", 3, 20, NOW + timedelta(seconds=1)), NOW) is None
    assert why_closed(Group("open", 3, 20, NOW), NOW) == "closed"
    assert why_closed(Group("open", 0, 20, NOW), NOW) == "expired"
    assert why_closed(Group("open", 20, 20), NOW) == "full"
    assert why_closed(Group("expired", 0, 20), NOW) == "expired"
    assert why_closed(Group("cancelled", 0, 20), NOW) == "cancelled"
    for status in ("submitted", "ready", "collected"):
        assert why_closed(Group(status, 3, 20), NOW) == "closed"  # type: ignore[arg-type]


def test_twelve_stay_together_thirteen_are_shared() -> None:
    """Rule 65."""
    stations = [Share(1, 0, 1, 25), Share(2, 0, 1, 25)]
    assert split([40] * 12, stations, pickup_station=2) == {2: list(range(12))}
    shared = split([40] * 13, stations, pickup_station=1)
    assert shared is not None
    assert (len(shared[1]), len(shared[2])) == (7, 6)
    assert split([40] * 13, [Share(1, 0, 1, 25), Share(2, 9999, 1, 25)], pickup_station=1) == {1: list(range(13))}
    assert split([40] * 12, [Share(1, 0, 1, 11), Share(2, 0, 1, 25)], pickup_station=1) is None
    assert split([40] * 30, [Share(1, 0, 1, 15), Share(2, 0, 1, 14)], pickup_station=1) is None
    two_hands = split([40] * 15, [Share(1, 0, 2, 25), Share(2, 0, 1, 25)], pickup_station=1)
    assert two_hands is not None
    assert len(two_hands[1]) == 10


@given(
    st.lists(st.integers(10, 90), min_size=13, max_size=60),
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 3), st.integers(0, 30)), min_size=1, max_size=4),
)
def test_a_split_loses_no_cup(works: list[int], carts: list[tuple[int, int, int]]) -> None:
    stations = [Share(n, wait, hands, room) for n, (wait, hands, room) in enumerate(carts, 1)]
    shared = split(works, stations, pickup_station=1)
    assert (shared is None) == (sum(share.room for share in stations) < len(works))
    if shared is not None:
        assert sorted(place for places in shared.values() for place in places) == list(range(len(works)))
        assert all(len(shared.get(share.station_id, ())) <= share.room for share in stations)
