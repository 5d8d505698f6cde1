"""What is made next and how long it takes: work, making order, waits, quotes, lateness (rules 4, 5, 7 to 9, 19, 63)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from livefloor.systems.coffee.rules.order_states import Attention, Priority

MakingClass = Literal[0, 1, 2]

NON_DAIRY_SECONDS = 8
LEAST_LEFT_SECONDS = 10
"""What a cup in hand still takes at least (rule 5)."""
LEARNS_WITHIN = timedelta(seconds=300)
RATIOS = (0.3, 4.0)
FACTORS = (0.5, 2.5)
LATE_CUPS_FOR_ALERT = 3
BATCH_CUPS = 4
BATCH_PLACES = 6
BATCH_ML = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A cup in a station's queue or in hand there; `base_work` is rule 4's seconds without the speed of the station."""

    id: str
    ticket_id: str
    number: str
    queued_at: datetime
    base_work: float
    status: Literal["pending", "in_progress"] = "pending"
    priority: Priority = "normal"
    attention: Attention | None = None
    started_at: datetime | None = None
    quoted_wait_seconds: int = 0
    milk: str | None = None
    milk_ml: int = 0
    has_allergies: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waiting cup stands, from 1, and when it will be ready."""

    id: str
    position: int
    wait_seconds: float
    eta_at: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a station works: the hands at its machine and the speed it has shown."""

    hands: int = 1
    speed_factor: float = 1.0


def base_work(prep_seconds: int, options: Iterable[tuple[int, int]], *, non_dairy: bool) -> int:
    """Return the seconds of work of a cup (rule 4): its variant, its options as seconds and count, another milk."""
    return prep_seconds + sum(seconds * count for seconds, count in options) + NON_DAIRY_SECONDS * non_dairy


def hands(present: int, machine_positions: int) -> int:
    """Return how many people make coffee at once at a station, at least one (rule 4)."""
    return max(1, min(present, machine_positions))


def making_class(cup: Queued, now: datetime, starvation_minutes: int) -> MakingClass:
    """Return the class of a cup: 0 remake, 1 VIP, restarted or starving, 2 normal (rule 8)."""
    if cup.priority == "remake":
        return 0
    starving = now - cup.queued_at >= timedelta(minutes=starvation_minutes)
    return 1 if cup.priority == "vip" or cup.attention == "restarted" or starving else 2


def making_order(cups: Iterable[Queued], now: datetime, starvation_minutes: int) -> list[Queued]:
    """Return the pending cups in the order in which they are made (rule 8)."""
    pending = (cup for cup in cups if cup.status == "pending")
    return sorted(pending, key=lambda cup: (making_class(cup, now, starvation_minutes), cup.queued_at, cup.number))


def front_queued_at(cup: Queued, cups: Iterable[Queued], now: datetime, starvation_minutes: int) -> datetime:
    """Return the `queued_at` that puts a cup before the head of its class; its own when it leads already (rule 8)."""
    own = making_class(cup, now, starvation_minutes)
    pending = making_order(cups, now, starvation_minutes)
    same = (each for each in pending if making_class(each, now, starvation_minutes) == own)
    head = next(same, None)
    return cup.queued_at if head is None or head.id == cup.id else head.queued_at - timedelta(milliseconds=1)


def places(cups: Sequence[Queued], pace: Pace, now: datetime, starvation_minutes: int) -> list[Place]:
    """Return place, wait and moment of every pending cup of a station, in making order (rule 5)."""
    found, ahead = [], in_hand_seconds(cups, pace, now)
    for position, cup in enumerate(making_order(cups, now, starvation_minutes), 1):
        own = cup.base_work * pace.speed_factor
        wait = ahead / pace.hands + own
        found.append(Place(cup.id, position, wait, now + timedelta(seconds=wait)))
        ahead += own
    return found


def in_hand_seconds(cups: Iterable[Queued], pace: Pace, now: datetime) -> float:
    """Return the seconds of work left in the cups that are in hand (rule 5)."""
    begun = ((cup, cup.started_at) for cup in cups if cup.status == "in_progress" and cup.started_at is not None)
    return sum(
        max(LEAST_LEFT_SECONDS, cup.base_work * pace.speed_factor - (now - started).total_seconds())
        for cup, started in begun
    )


def wait_of_new(
    cups: Sequence[Queued], new: Sequence[Queued], pace: Pace, now: datetime, starvation_minutes: int
) -> float:
    """Return the wait in seconds of the last of some new cups, were they added here now (rule 5)."""
    last = {cup.id for cup in new}
    return max(place.wait_seconds for place in places([*cups, *new], pace, now, starvation_minutes) if place.id in last)


def quoted_seconds(wait_seconds: float, *, min_quote_minutes: int, quote_buffer_pct: int) -> int:
    """Return the promise for a wait: whole minutes, rounded up, in seconds (rule 5)."""
    exact = round(wait_seconds * (100 + quote_buffer_pct) / 6000, 9)  # so that 2.0000000001 stays two minutes
    return 60 * max(min_quote_minutes, ceil(exact))


def learned_speed(
    factor: float,
    *,
    now: datetime,
    previous_completion: datetime | None,
    queued_at: datetime,
    hands: int,
    base_work: float,
) -> float:
    """Return the speed factor of a station after a completion (rule 7); the old one when it teaches nothing."""
    if previous_completion is None or now - previous_completion > LEARNS_WITHIN or queued_at > previous_completion:
        return factor
    seconds = (now - max(previous_completion, queued_at)).total_seconds()
    ratio = _clamped(seconds * hands / base_work, RATIOS)
    return _clamped(0.85 * factor + 0.15 * ratio, FACTORS)


def late_at(cup: Queued, late_minutes: int) -> datetime:
    """Return the moment after which a pending cup is late: its minutes or 1.5 times its quote (rule 9)."""
    return cup.queued_at + timedelta(seconds=max(60 * late_minutes, 1.5 * cup.quoted_wait_seconds))


def is_late(cup: Queued, now: datetime, late_minutes: int) -> bool:
    """Tell whether a cup waits longer than it should (rule 9)."""
    return cup.status == "pending" and now > late_at(cup, late_minutes)


def one_jug(pending: Sequence[Queued]) -> list[str]:
    """Return the cups at the head of the making order that one jug of milk serves, or none (rule 19).

    They are at most 4 of the first 6 places and 600 ml together; a cup with allergies is never among them.
    """
    if not pending or pending[0].milk is None or pending[0].has_allergies:
        return []
    found: list[str] = []
    millilitres = 0
    for cup in pending[:BATCH_PLACES]:
        same = cup.milk == pending[0].milk and not cup.has_allergies
        if same and len(found) < BATCH_CUPS and millilitres + cup.milk_ml <= BATCH_ML:
            found.append(cup.id)
            millilitres += cup.milk_ml
    return found if len(found) > 1 else []


def _clamped(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
