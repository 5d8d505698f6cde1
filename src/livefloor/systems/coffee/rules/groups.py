"""Orders of a group: their states, the code that is passed round, how many cups go where (rules 64 to 66)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from livefloor.kernel.problems import Conflict

GroupStatus = Literal["open", "submitted", "ready", "collected", "cancelled", "expired"]
GroupEvent = Literal["submit", "make_ready", "collect", "cancel", "expire"]
Reason = Literal["unknown", "closed", "full", "expired", "cancelled"]

STATUSES: tuple[GroupStatus, ...] = ("open", "submitted", "ready", "collected", "cancelled", "expired")
TABLE: dict[tuple[GroupStatus, GroupEvent], GroupStatus] = {
    ("open", "submit"): "submitted",
    ("open", "expire"): "expired",
    ("open", "cancel"): "cancelled",
    ("submitted", "make_ready"): "ready",
    ("submitted", "cancel"): "cancelled",
    ("ready", "collect"): "collected",
}
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
SPLIT_ABOVE = 12
"""A group of more cups than this is shared among stations (rule 65)."""
_MADE = frozenset({"completed", "picked_up", "uncollected"})


@dataclass(frozen=True, slots=True)
class Group:
    """A group order, as far as joining goes."""

    status: GroupStatus
    joined: int
    max_orders: int
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A station that could make cups of the group: the wait before its first one, and its room, by hands."""

    station_id: int
    wait_seconds: float
    hands: int
    room: int
    speed_factor: float = 1.0


def after(status: GroupStatus, event: GroupEvent) -> GroupStatus:
    """Return the state of a group after an event. Raises Conflict not_open, or not_ready for a collection too early."""
    to = TABLE.get((status, event))
    if to is None:
        raise Conflict("not_ready" if event == "collect" else "not_open", f"This group order is {status}.")
    return to


def is_ready(cup_statuses: Iterable[str]) -> bool:
    """Tell whether every cup of a submitted group is made or cancelled, and at least one was made."""
    statuses = list(cup_statuses)
    return any(status in _MADE for status in statuses) and all(
        status in _MADE or status == "cancelled" for status in statuses
    )


def progress_pct(counts: Mapping[str, int]) -> int:
    """Return how much of a group is made, in whole percent of the cups that are not cancelled (section 5.6)."""
    wanted = sum(count for status, count in counts.items() if status != "cancelled")
    made = sum(count for status, count in counts.items() if status in _MADE)
    return 100 * made // wanted if wanted else 0


def code_from(numbers: Sequence[int]) -> str:
    """Return the code of six random numbers from 0 to 30 (rule 64)."""
    if len(numbers) != CODE_LENGTH:
        raise ValueError("a group code is made of six numbers")
    return "".join(CODE_ALPHABET[number] for number in numbers)


def normal_code(text: str) -> str | None:
    """Return a code as it is stored, without regard to case, spaces and hyphens; None for what cannot be one."""
    code = "".join(character for character in text.upper() if character not in " -\t\u00a0\u2010\u2011\u2013")
    return code if len(code) == CODE_LENGTH and all(character in CODE_ALPHABET for character in code) else None


def why_closed(group: Group | None, now: datetime) -> Reason | None:
    """Return why nobody can join now; None when one can (section 5.6, rule 64)."""
    if group is None:
        return "unknown"
    if group.status in ("expired", "cancelled"):
        return "expired" if group.status == "expired" else "cancelled"
    if group.status != "open":
        return "closed"
    if group.closes_at is not None and now >= group.closes_at:
        return "closed" if group.joined else "expired"
    return "full" if group.joined >= group.max_orders else None


def split(works: Sequence[float], stations: Sequence[Share], *, pickup_station: int) -> dict[int, list[int]] | None:
    """Share the cups of a group among stations, by the place of each cup (rule 65); None when there is no room.

    `works` are the base seconds of each cup. Up to 12 go whole to the pick-up station, the first one; above that each
    cup, the longest first, goes where it is finished soonest, which keeps the last one as early as it gets.
    """
    first = next((share for share in stations if share.station_id == pickup_station), None)
    if len(works) <= SPLIT_ABOVE:
        if first is None or first.room < len(works):
            return None
        return {pickup_station: list(range(len(works)))}
    done = {share.station_id: share.wait_seconds for share in stations}
    taken: dict[int, list[int]] = {share.station_id: [] for share in stations}
    for place in sorted(range(len(works)), key=lambda place: (-works[place], place)):
        free = [share for share in stations if len(taken[share.station_id]) < share.room]
        if not free:
            return None

        def finished(share: Share, work: float = works[place]) -> float:
            return done[share.station_id] + work * share.speed_factor / max(1, share.hands)

        best = min(free, key=lambda share: (finished(share), share.station_id != pickup_station, share.station_id))
        done[best.station_id] = finished(best)
        taken[best.station_id].append(place)
    return {station_id: sorted(places) for station_id, places in taken.items() if places}
