"""Which station makes a ticket; what moves when one falls silent, breaks down or is slow."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livefloor.kernel.problems import Conflict
from livefloor.systems.coffee.rules import routing
from livefloor.systems.coffee.rules.making import Pace, Queued, places
from livefloor.systems.coffee.rules.routing import Cart, Terms
from livefloor.systems.coffee.rules.stock import Missing

NOW = datetime(2025, 3, 12, 0, 30, tzinfo=UTC)
TERMS = Terms()
SHORT = (Missing("milk_oat", 180, 0),)


def queued(number: str, work: float = 40, ticket: str | None = None, **values: Any) -> Queued:
    at = NOW - timedelta(seconds=200 - int(number[1:3]))
    return Queued(
        **{"id": number, "ticket_id": ticket or number, "number": number, "queued_at": at, "base_work": work, **values}
    )


def new(count: int = 1, **values: Any) -> list[Queued]:
    return [queued(f"Z99-{n}", ticket="Z99", **{"queued_at": NOW, **values}) for n in range(1, count + 1)]


def cart(station_id: int, cups: int = 0, work: float = 40, **values: Any) -> Cart:
    """Return an open station with so many cups of so many seconds."""
    held = tuple(queued(f"{'_ABCDE'[station_id]}{n:02d}", work) for n in range(1, cups + 1))
    told = {"status": "open", "connection": "live", "pace": Pace(), "max_queue": 25, "cups": held}
    return Cart(**{"station_id": station_id, **told, **values})


def best(*carts: Cart, cups: int = 1, **values: Any) -> int | None:
    chosen = routing.best(routing.estimates(carts, new(cups, **values), NOW, TERMS))
    return None if chosen is None else chosen.station_id


def conflict(carts: list[Cart], station_id: int | None = None, cups: int = 1) -> Conflict:
    with pytest.raises(Conflict) as caught:
        routing.assign(routing.estimates(carts, new(cups), NOW, TERMS), station_id)
    return caught.value


def test_who_is_a_candidate() -> None:
    """Rule 3, every condition of it."""
    for values, reason in (
        ({}, None),
        ({"connection": "never"}, None),
        ({"status": "paused"}, "not_open"),
        ({"status": "offline"}, "not_open"),
        ({"status": "closed"}, "not_open"),
        ({"connection": "lost"}, "lost"),
        ({"serves": False}, "not_served"),
        ({"missing": SHORT}, "out_of_stock"),
        ({"max_queue": 4}, "queue_full"),
        ({"max_queue": 5}, None),
        ({"vip_allowed": False}, None),
    ):
        assert routing.unfit(cart(1, 3, **values), new(2)) == reason
    assert routing.unfit(cart(1, vip_allowed=False), new(priority="vip")) == "vip_not_allowed"


def test_the_shortest_wait_of_the_last_cup_wins() -> None:
    """Rule 6."""
    assert best(cart(1, 9), cart(2, 3)) == 2
    assert best(cart(1, 9, pace=Pace(4)), cart(2, 3)) == 1
    assert best(cart(1, 3, pace=Pace(1, 2.0)), cart(2, 4)) == 2
    assert best(cart(1, 1, work=15), cart(2)) == 2  # 15 s apart is equal: fewer open cups
    assert best(cart(2, 1, work=16), cart(1, 2, work=0)) == 1
    assert best(cart(3), cart(2)) == 2
    assert best(cart(1, status="paused"), cart(2, 9)) == 2
    assert best(cart(1, status="paused")) is best() is None


def test_what_a_station_promises() -> None:
    """Rule 5: for a ticket that of its last cup."""
    offer = routing.estimate(cart(1, 3), new(2), NOW, TERMS)
    assert (offer.wait_seconds, offer.quoted_wait_seconds, offer.minutes) == (200, 240, 4)
    assert (offer.position, offer.open_cups) == (4, 3)
    assert routing.estimate(cart(1, 3), new(priority="vip"), NOW, TERMS).position == 1


def test_the_station_asked_for() -> None:
    """Rule 6: kept when it is a candidate, else refused with the reason and the best alternative."""
    offers = routing.estimates([cart(1, 9), cart(2)], new(), NOW, TERMS)
    assert routing.assign(offers, 1).station_id == 1
    assert routing.assign(offers, None).station_id == 2
    paused = conflict([cart(1, status="paused"), cart(2)], 1)
    assert (paused.code, paused.extra["reason"]) == ("station_unavailable", "not_open")
    assert paused.extra["alternatives"] == [{"station_id": 2, "minutes": 2}]
    short = conflict([cart(1, missing=SHORT), cart(2)], 1)
    assert short.code == "out_of_stock"
    assert short.extra["missing"] == [{"code": "milk_oat", "needed": 180, "available": 0, "station_id": 1}]
    assert short.extra["alternatives"] == [{"station_id": 2, "minutes": 2}]
    assert conflict([cart(1)], 7).extra["reason"] == "unknown"


def test_no_station_at_all() -> None:
    assert conflict([]).code == "no_station_open"
    assert conflict([cart(1, status="closed"), cart(2, connection="lost")]).code == "no_station_open"
    assert conflict([cart(1, missing=SHORT), cart(2, status="closed")]).code == "out_of_stock"
    full = conflict([cart(1, 25)])
    assert (full.code, full.extra["reason"]) == ("station_unavailable", "queue_full")


def test_who_leaves_a_silent_station() -> None:
    """Rule 45: from the third place on, in making order; what is in hand stays."""
    cups = [queued("A01", status="in_progress", started_at=NOW), *(queued(f"A{n:02d}") for n in range(2, 7))]
    stay, leave = routing.failover_split(cups, NOW, starvation_minutes=12, keep=2)
    assert [cup.id for cup in stay] == ["A02", "A03"]
    assert [cup.id for cup in leave] == ["A04", "A05", "A06"]


def test_a_ticket_moves_together() -> None:
    """Rules 41 and 43."""
    cups = [queued("A01", ticket="x"), queued("A02", ticket="y"), queued("A03", ticket="x")]
    units = routing.ticket_units(cups, NOW, 12)
    assert [[cup.id for cup in unit] for unit in units] == [["A01", "A03"], ["A02"]]


def anywhere(*carts: Cart) -> dict[str, frozenset[int]]:
    return {cup.id: frozenset(each.station_id for each in carts) for one in carts for cup in one.cups}


def test_a_proposal_to_share_the_queue() -> None:
    """Section 5.7: only what cuts the longest wait by two minutes."""
    busy, idle = cart(1, 12), cart(2)
    moves = routing.rebalance([busy, idle], anywhere(busy, idle), NOW, TERMS)
    assert len(moves) == 6
    assert all((move.from_station, move.to_station) == (1, 2) for move in moves)
    assert moves[0].order_ids == ("A12",)
    assert routing.rebalance([cart(1, 5), cart(2)], anywhere(cart(1, 5), cart(2)), NOW, TERMS) == []
    assert routing.rebalance([busy, idle], {}, NOW, TERMS) == []
    assert routing.rebalance([busy, cart(2, status="paused")], anywhere(busy, idle), NOW, TERMS) == []
    assert routing.rebalance([], {}, NOW, TERMS) == []


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(10, 90), max_size=12), min_size=1, max_size=4))
def test_a_proposal_keeps_every_cup_and_its_word(queues: list[list[int]]) -> None:
    carts = [
        Cart(
            station_id=number,
            status="open",
            connection="live",
            pace=Pace(),
            max_queue=14,
            cups=tuple(queued(f"{'_ABCDE'[number]}{n:02d}", work) for n, work in enumerate(works, 1)),
        )
        for number, works in enumerate(queues, 1)
    ]
    moves = routing.rebalance(carts, anywhere(*carts), NOW, TERMS)
    held = {one.station_id: {cup.id: cup for cup in one.cups} for one in carts}

    def longest() -> float:
        waits = (place.wait_seconds for cups in held.values() for place in places([*cups.values()], Pace(), NOW, 12))
        return max(waits, default=0)

    before = longest()
    for move in moves:
        for order_id in move.order_ids:
            held[move.to_station][order_id] = held[move.from_station].pop(order_id)
    assert not moves or before - longest() >= 120
    assert all(len(cups) <= 14 for cups in held.values())
