"""The sums and questions of the room, in plain Python: who is next, who may, until when, how long still."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heapreplace
from math import ceil
from statistics import median
from typing import Literal, Protocol, TypeVar

MachineType = Literal["washer", "dryer"]
MachineStatus = Literal["available", "in_use", "completed", "disabled"]
EntryStatus = Literal["waiting", "called", "fulfilled", "left", "no_show", "removed", "expired"]
FaultKind = Literal[
    "no_power",
    "no_water",
    "not_draining",
    "not_spinning",
    "not_heating",
    "door",
    "noise",
    "payment",
    "other",
    "water_leak",
    "burning_smell",
    "electric_shock",
]
FaultStatus = Literal["open", "acknowledged", "resolved", "dismissed"]

MACHINE_TYPES: tuple[MachineType, ...] = ("washer", "dryer")
SAFETY_KINDS: frozenset[FaultKind] = frozenset({"water_leak", "burning_smell", "electric_shock"})
CATALOGUE = (
    ("normal", "Normal", 0),
    ("extra_5", "Extra 5 min", 5),
    ("extra_10", "Extra 10 min", 10),
    ("extra_15", "Extra 15 min", 15),
)
"""The programmes of the first start: code, label, minutes more than normal (30)."""
NORMAL_MINUTES = 30

FREED_HOLD = timedelta(minutes=5)
"""How long a holder has at least from the moment the held machine was emptied (R17)."""
ABORT_WITHIN = timedelta(minutes=10)
"""How long after its start a load may be called off by a fault report (R45)."""
REOPENED_MINUTES = 5
REOPEN_LIMIT = 2
NUDGE_EVERY = timedelta(minutes=5)
NUDGES_PER_CYCLE = 3
SHORT_CYCLE_MINUTES = 10
"""A cycle up to this long is not announced before its end (J2)."""
STATUS_REPORTS_PER_HOUR = 3
FAULT_REPORTS_PER_HOUR = 5
CODE_MISSES_PER_HOUR = 10
DISMISSED_LIMIT = 3
DISMISSED_PERIOD = timedelta(days=30)
DEFAULT_PICKUP_DELAY = timedelta(minutes=5)
SORT_STEP = 256
"""The room left between two places of a list, so that one who passes fits in between."""


def machine_name(machine_type: str, machine_id: int) -> str:
    """Return what people call a machine: "Washer 3"."""
    return f"{machine_type.capitalize()} {machine_id}"


def shown_name(display_name: str | None, student_id: str | None) -> str:
    """Return the name under which others see an account: never the whole student id (R60)."""
    return display_name or (f"Student ··{student_id[-2:]}" if student_id else "Former student")


def time_left_seconds(status: str, ends_at: datetime | None, now: datetime) -> int:
    """Return how long a running machine still runs (R7)."""
    return max(0, ceil((ends_at - now).total_seconds())) if status == "in_use" and ends_at is not None else 0


def is_overdue(status: str, pickup_deadline: datetime | None, now: datetime) -> bool:
    """Tell whether a finished load is past its grace."""
    return status == "completed" and pickup_deadline is not None and now >= pickup_deadline


def is_free(status: str, hold_user_id: str | None) -> bool:
    """Tell whether anyone may start the machine now (R1)."""
    return status == "available" and hold_user_id is None


def pickup_deadline(completed_at: datetime, told_at: datetime | None, grace_minutes: int) -> datetime:
    """Return until when only the owner may take the load out (R14)."""
    return max(completed_at, told_at or completed_at) + timedelta(minutes=grace_minutes)


def reminder_moments(
    completed_at: datetime, reminders: Iterable[int], abandoned: int
) -> list[tuple[datetime, int, bool]]:
    """Return when a left load is reminded of: the moment, the minutes since its end, and whether it is the staff's turn."""
    owner = [(completed_at + timedelta(minutes=minutes), minutes, False) for minutes in reminders]
    return sorted([*owner, (completed_at + timedelta(minutes=abandoned), abandoned, True)])


class Placed(Protocol):
    """An open entry of a list, as far as its place goes."""

    id: str
    status: str
    priority: int
    sort_key: int


E = TypeVar("E", bound=Placed)


def in_order(entries: Iterable[E]) -> list[E]:
    """Return the open entries by position (R20)."""
    return sorted(entries, key=lambda entry: (-entry.priority, entry.sort_key, entry.id))


def next_sort_key(now: datetime, last: int | None) -> int:
    """Return the place behind everybody who is in the list."""
    return max(int(now.timestamp() * 1_000_000) * SORT_STEP, (last or 0) + SORT_STEP)


def place_behind_next(entries: Sequence[E], own: E) -> tuple[E, int, list[E]] | None:
    """Return the next waiting entry, the sort key directly behind it, and those that must move back a step to make room.

    None when nobody waits behind (R28).
    """
    ordered = in_order(entries)
    behind = [entry for entry in ordered[ordered.index(own) + 1 :] if entry.status == "waiting"]
    if not behind:
        return None
    after = behind[0]
    following = [
        entry for entry in ordered[ordered.index(after) + 1 :] if entry.priority == after.priority and entry is not own
    ]
    if not following:
        return after, after.sort_key + 1, []
    between = (after.sort_key + following[0].sort_key) // 2
    if between > after.sort_key:
        return after, between, []
    return after, after.sort_key + SORT_STEP // 2, following


@dataclass(frozen=True, slots=True)
class Spot:
    """A machine as the list sees it."""

    pk: str
    number: int
    status: str
    held: bool
    cycle_id: str | None
    ends_at: datetime | None
    completed_at: datetime | None
    pickup_deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A waiting entry as the call pass sees it."""

    entry_id: str
    may_start: bool
    skip_machine_pk: str | None
    skip_cycle_id: str | None


def callable_spots(spots: Iterable[Spot], now: datetime) -> list[Spot]:
    """Return the machines that somebody can be called to, in the order in which they are given (R21)."""
    free = sorted(
        (spot for spot in spots if spot.status == "available" and not spot.held), key=lambda spot: spot.number
    )
    done = [spot for spot in spots if not spot.held and is_overdue(spot.status, spot.pickup_deadline, now)]
    done.sort(key=lambda spot: (spot.completed_at or now, spot.number))
    return free + done


def calls(spots: Iterable[Spot], waiting: Sequence[Candidate], now: datetime) -> list[tuple[str, Spot]]:
    """Return who is called to which machine (R21); `waiting` is by position."""
    left = callable_spots(spots, now)
    found = []
    for candidate in waiting:
        if not left:
            break
        if not candidate.may_start:
            continue
        for spot in left:
            skips_cycle = candidate.skip_cycle_id is not None and candidate.skip_cycle_id == spot.cycle_id
            if spot.pk != candidate.skip_machine_pk and not skips_cycle:
                found.append((candidate.entry_id, spot))
                left.remove(spot)
                break
    return found


def may_start(open_cycles: int, has_overdue: bool, max_active: int) -> bool:
    """Tell whether a member of the list could start now (R12, R13)."""
    return not has_overdue and open_cycles < max_active


def pickup_delay(delays: Sequence[timedelta], grace_minutes: int) -> timedelta:
    """Return how long a finished load usually stays: the median, at most the grace (section 9)."""
    grace = timedelta(minutes=grace_minutes)
    if not delays:
        return min(DEFAULT_PICKUP_DELAY, grace)
    return min(timedelta(seconds=median(delay.total_seconds() for delay in delays)), grace)


def _freed_at(spots: Iterable[Spot], now: datetime, turn: timedelta, delay: timedelta) -> list[datetime]:
    moments = []
    for spot in spots:
        if spot.status == "disabled":
            continue
        if spot.held:
            moments.append(now + turn)
        elif spot.status == "in_use" and spot.ends_at is not None:
            moments.append(spot.ends_at + delay)
        elif spot.status == "completed" and spot.pickup_deadline is not None:
            moments.append(max(now, spot.pickup_deadline))
        else:
            moments.append(now)
    return moments


def estimated_waits(
    spots: Iterable[Spot], count: int, now: datetime, *, normal_minutes: int, delay: timedelta
) -> list[int | None]:
    """Return the estimated wait of the first `count` waiting entries in minutes (section 9)."""
    turn = timedelta(minutes=normal_minutes) + delay
    moments = _freed_at(spots, now, turn, delay)
    if not moments:
        return [None] * count
    heapify(moments)
    waits: list[int | None] = []
    for _ in range(count):
        free = moments[0]
        waits.append(max(0, ceil((free - now).total_seconds() / 60)))
        heapreplace(moments, free + turn)
    return waits


def next_free_at(
    spots: Sequence[Spot], waiting: int, now: datetime, *, normal_minutes: int, delay: timedelta
) -> datetime | None:
    """Return when the next machine becomes free; None when one is, and nobody waits (section 9)."""
    if not waiting and any(is_free(spot.status, "held" if spot.held else None) for spot in spots):
        return None
    return min(_freed_at(spots, now, timedelta(minutes=normal_minutes) + delay, delay), default=None)
