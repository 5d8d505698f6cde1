"""Which station makes a ticket, and what moves when one fails or another is idle (rules 3, 6, 41, 45, section 5.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from livefloor.kernel.problems import Conflict
from livefloor.systems.coffee.rules.making import Pace, Queued, making_order, places, quoted_seconds, wait_of_new
from livefloor.systems.coffee.rules.stations import Connection, StationStatus
from livefloor.systems.coffee.rules.stock import Missing

Unfit = Literal["not_open", "lost", "not_served", "vip_not_allowed", "out_of_stock", "queue_full"]

EQUAL_SECONDS = 15
"""Waits closer than this are equal (rule 6)."""
WORTH_SECONDS = 120
"""What a proposal to move cups must take off the longest wait (section 5.7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """A service station as the choice sees it; `missing` and `serves` are told for the ticket in question."""

    station_id: int
    status: StationStatus
    connection: Connection
    pace: Pace
    max_queue: int
    cups: tuple[Queued, ...] = ()
    vip_allowed: bool = True
    serves: bool = True
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """The event's settings that waits and quotes go by."""

    starvation_minutes: int = 12
    min_quote_minutes: int = 2
    quote_buffer_pct: int = 15


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a station would promise for a ticket; `reason` says why it is no candidate."""

    station_id: int
    wait_seconds: float
    quoted_wait_seconds: int
    position: int
    open_cups: int
    reason: Unfit | None = None
    missing: tuple[Missing, ...] = ()

    @property
    def minutes(self) -> int:
        """Return the promise in minutes."""
        return self.quoted_wait_seconds // 60


@dataclass(frozen=True, slots=True)
class Move:
    """The cups of one ticket that go from one station to another."""

    order_ids: tuple[str, ...]
    from_station: int
    to_station: int


def unfit(cart: Cart, new: Sequence[Queued]) -> Unfit | None:
    """Return why a station cannot take these cups; None when it is a candidate (rule 3)."""
    if cart.status != "open":
        return "not_open"
    if cart.connection == "lost":
        return "lost"
    if not cart.serves:
        return "not_served"
    if not cart.vip_allowed and any(cup.priority == "vip" for cup in new):
        return "vip_not_allowed"
    if cart.missing:
        return "out_of_stock"
    return "queue_full" if len(cart.cups) + len(new) > cart.max_queue else None


def estimate(cart: Cart, new: Sequence[Queued], now: datetime, terms: Terms) -> Estimate:
    """Return the wait and the quote of some new cups at a station, of the last of them (rule 5)."""
    wait = wait_of_new(cart.cups, new, cart.pace, now, terms.starvation_minutes)
    ids = {cup.id for cup in new}
    ordered = making_order([*cart.cups, *new], now, terms.starvation_minutes)
    first = next(position for position, cup in enumerate(ordered, 1) if cup.id in ids)
    quote = quoted_seconds(wait, min_quote_minutes=terms.min_quote_minutes, quote_buffer_pct=terms.quote_buffer_pct)
    return Estimate(cart.station_id, wait, quote, first, len(cart.cups), unfit(cart, new), cart.missing)


def estimates(carts: Sequence[Cart], new: Sequence[Queued], now: datetime, terms: Terms) -> list[Estimate]:
    """Return what every station would promise, by station number."""
    return [estimate(cart, new, now, terms) for cart in sorted(carts, key=lambda cart: cart.station_id)]


def best(offers: Sequence[Estimate]) -> Estimate | None:
    """Return the candidate with the smallest wait; equal ones by fewer open cups, then station number (rule 6)."""
    fit = [offer for offer in offers if offer.reason is None]
    if not fit:
        return None
    least = min(offer.wait_seconds for offer in fit)
    equal = [offer for offer in fit if offer.wait_seconds - least <= EQUAL_SECONDS]
    return min(equal, key=lambda offer: (offer.open_cups, offer.station_id))


def assign(offers: Sequence[Estimate], station_id: int | None) -> Estimate:
    """Return the station of a new ticket: the one asked for, or the best (rule 6); never silently another.

    Raises Conflict no_station_open, out_of_stock (`missing`, `alternatives`), station_unavailable (`reason`).
    """
    chosen = best(offers)
    if station_id is None:
        if chosen is not None:
            return chosen
        raise _nowhere(offers)
    asked = next((offer for offer in offers if offer.station_id == station_id), None)
    if asked is not None and asked.reason is None:
        return asked
    other = [] if chosen is None else [{"station_id": chosen.station_id, "minutes": chosen.minutes}]
    if asked is not None and asked.reason == "out_of_stock":
        raise _out_of_stock(asked, other)
    reason = "unknown" if asked is None else asked.reason
    extra: dict[str, Any] = {"station_id": station_id, "reason": reason, "alternatives": other}
    raise Conflict("station_unavailable", "This station does not take the order now.", **extra)


def ticket_units(cups: Sequence[Queued], now: datetime, starvation_minutes: int) -> list[tuple[Queued, ...]]:
    """Return pending cups in making order with those of a ticket together, as they move (rules 41, 43)."""
    units: dict[str, list[Queued]] = {}
    for cup in making_order(cups, now, starvation_minutes):
        units.setdefault(cup.ticket_id, []).append(cup)
    return [tuple(unit) for unit in units.values()]


def failover_split(
    cups: Sequence[Queued], now: datetime, *, starvation_minutes: int, keep: int
) -> tuple[list[Queued], list[Queued]]:
    """Return the pending cups that stay at a silent station and those that leave, in making order (rule 45)."""
    pending = making_order(cups, now, starvation_minutes)
    return pending[:keep], pending[keep:]


def rebalance(carts: Sequence[Cart], possible: Mapping[str, frozenset[int]], now: datetime, terms: Terms) -> list[Move]:
    """Return the fewest moves found that cut the longest wait by two minutes or more, else none (section 5.7).

    `possible` names the stations that could make each cup. Step by step the last ticket of the slowest station goes
    where it is ready soonest, as long as the waits get better.
    """
    now_at = {cart.station_id: cart for cart in carts if cart.status == "open" and cart.connection != "lost"}
    waits = {number: _longest(cart, now, terms) for number, cart in now_at.items()}
    before, moves = max(waits.values(), default=0.0), list[Move]()
    best_cut, best_count = 0.0, 0
    while step := _next_move(now_at, waits, possible, now, terms):
        move, source, target = step
        after = {
            **waits,
            source.station_id: _longest(source, now, terms),
            target.station_id: _longest(target, now, terms),
        }
        if sorted(after.values(), reverse=True) >= sorted(waits.values(), reverse=True):
            break
        now_at |= {source.station_id: source, target.station_id: target}
        waits = after
        moves.append(move)
        cut = before - max(waits.values())
        if cut > best_cut:
            best_cut, best_count = cut, len(moves)
    return moves[:best_count] if best_cut >= WORTH_SECONDS else []


def _next_move(
    carts: Mapping[int, Cart],
    waits: Mapping[int, float],
    possible: Mapping[str, frozenset[int]],
    now: datetime,
    terms: Terms,
) -> tuple[Move, Cart, Cart] | None:
    """Return the best move away from the slowest station, with both stations as they would be."""
    slowest = carts[max(waits, key=lambda number: (waits[number], -number))] if waits else None
    if slowest is None:
        return None
    for unit in reversed(ticket_units(slowest.cups, now, terms.starvation_minutes)):
        others = [
            replace(cart, missing=())
            for number, cart in carts.items()
            if number != slowest.station_id and all(number in possible.get(cup.id, ()) for cup in unit)
        ]
        chosen = best(estimates(others, unit, now, terms))
        if chosen is not None:
            ids = {cup.id for cup in unit}
            source = replace(slowest, cups=tuple(cup for cup in slowest.cups if cup.id not in ids))
            there = carts[chosen.station_id]
            move = Move(tuple(cup.id for cup in unit), slowest.station_id, chosen.station_id)
            return move, source, replace(there, cups=(*there.cups, *unit))
    return None


def _longest(cart: Cart, now: datetime, terms: Terms) -> float:
    waits = [place.wait_seconds for place in places(cart.cups, cart.pace, now, terms.starvation_minutes)]
    return max(waits, default=0.0)


def _nowhere(offers: Sequence[Estimate]) -> Conflict:
    reached = [offer for offer in offers if offer.reason not in ("not_open", "lost")]
    short = [offer for offer in reached if offer.reason == "out_of_stock"]
    if not reached:
        return Conflict("no_station_open", "No station is open now.")
    if short:
        return _out_of_stock(min(short, key=lambda offer: (len(offer.missing), offer.station_id)), [])
    return Conflict("station_unavailable", "No station takes the order now.", reason=reached[0].reason, alternatives=[])


def _out_of_stock(offer: Estimate, alternatives: list[dict[str, Any]]) -> Conflict:
    missing = [
        {"code": each.item, "needed": each.needed, "available": each.available, "station_id": offer.station_id}
        for each in offer.missing
    ]
    return Conflict("out_of_stock", "Something this order needs is out.", missing=missing, alternatives=alternatives)
