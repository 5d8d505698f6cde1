"""The figures of section 9, over plain rows: waits, making, quotes, people present. Nothing to tell is None, never 0."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor as rounded_down
from typing import TypeVar

T = TypeVar("T")

MADE = frozenset({"completed", "picked_up", "uncollected"})
NOT_CHARGED = frozenset({"spilled", "not_found"})
"""Why a cup was made again without anybody having made it badly (rule 16)."""
SHORTEST_MAKE_S, LONGEST_MAKE_S = 5, 900
LEAST_HOURS = 0.25
LEAST_HOURS_FOR_RANK = 1.0
LEAST_RATINGS = 3
MOST_UTILISATION = 1.5
THROUGHPUT_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cup:
    """One cup, as far as figures go; `first_barista_id` is who made the cup that this one replaces."""

    id: str
    drink: str
    status: str
    channel: str
    queued_at: datetime
    station_id: int | None = None
    barista_id: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    picked_up_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    cancel_reason: str | None = None
    quoted_wait_seconds: int | None = None
    base_work: int = 0
    remake_of: str | None = None
    remake_reason: str | None = None
    first_barista_id: str | None = None
    rating: int | None = None

    @property
    def wait(self) -> float | None:
        """Return the seconds from the order to the ready cup."""
        return None if self.completed_at is None else (self.completed_at - self.queued_at).total_seconds()

    @property
    def make(self) -> float | None:
        """Return the seconds of making, unless it was called made in one tap or the taps tell nothing."""
        if self.completed_at is None or self.started_at is None or self.started_at == self.completed_at:
            return None
        seconds = (self.completed_at - self.started_at).total_seconds()
        return seconds if SHORTEST_MAKE_S <= seconds <= LONGEST_MAKE_S else None

    @property
    def hand_over(self) -> float | None:
        """Return the seconds from the ready cup to its guest."""
        if self.picked_up_at is None or self.completed_at is None:
            return None
        return (self.picked_up_at - self.completed_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Presence:
    """A stretch in which somebody was at work at a station, breaks taken out."""

    user_id: str
    station_id: int
    since: datetime
    until: datetime


# -- numbers ----------------------------------------------------------------------------------------------------------


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the value below which a share of the values lies, by linear interpolation; None without values."""
    found = sorted(values)
    if not found:
        return None
    place = share * (len(found) - 1)
    low = rounded_down(place)
    high = min(low + 1, len(found) - 1)
    return found[low] + (found[high] - found[low]) * (place - low)


def median(values: Iterable[float]) -> float | None:
    """Return the median, by linear interpolation; None without values."""
    return percentile(values, 0.5)


def share(part: float, whole: float) -> float | None:
    """Return a part of a whole; None of nothing."""
    return part / whole if whole else None


def told(values: Iterable[float | None]) -> list[float]:
    """Return the values that there are."""
    return [value for value in values if value is not None]


# -- cups -------------------------------------------------------------------------------------------------------------


def counted(cups: Iterable[Cup]) -> list[Cup]:
    """Return the cups that figures are about: those of reason `test` are not."""
    return [cup for cup in cups if cup.cancel_reason != "test"]


def within(moment: datetime | None, since: datetime, until: datetime) -> bool:
    """Tell whether a moment lies in a half-open stretch."""
    return moment is not None and since <= moment < until


def ordered(cups: Iterable[Cup], since: datetime, until: datetime) -> list[Cup]:
    """Return the cups that were ordered in a stretch."""
    return [cup for cup in cups if within(cup.queued_at, since, until)]


def completed(cups: Iterable[Cup], since: datetime, until: datetime) -> list[Cup]:
    """Return the cups whose (last) completion lies in a stretch."""
    return [cup for cup in cups if cup.status in MADE and within(cup.completed_at, since, until)]


def cancelled(cups: Iterable[Cup], since: datetime, until: datetime) -> list[Cup]:
    """Return the cups that were called off in a stretch."""
    return [cup for cup in cups if cup.status == "cancelled" and within(cup.cancelled_at, since, until)]


def remakes(cups: Iterable[Cup], since: datetime, until: datetime, barista_id: str | None = None) -> list[Cup]:
    """Return the remakes of a stretch that are charged: to one barista, or to all together (rule 16)."""
    return [
        cup
        for cup in ordered(cups, since, until)
        if cup.remake_of is not None
        and cup.remake_reason not in NOT_CHARGED
        and barista_id in (None, cup.first_barista_id)
    ]


def abandon_rate(cups: Collection[Cup], since: datetime, until: datetime) -> float | None:
    """Return the share of the ordered cups that their guests gave up while they waited."""
    asked = ordered(cups, since, until)
    gone = [cup for cup in asked if cup.status == "cancelled" and cup.cancelled_by == "guest" and not cup.started_at]
    return share(len(gone), len(asked))


def uncollected_rate(made: Collection[Cup]) -> float | None:
    """Return the share of the made cups that nobody came for."""
    return share(sum(cup.status == "uncollected" for cup in made), len(made))


def quote_accuracy(made: Iterable[Cup]) -> tuple[float | None, float | None]:
    """Return the share of cups that kept their quote, and the mean of wait less quote in seconds."""
    pairs = [
        (cup.wait, cup.quoted_wait_seconds)
        for cup in made
        if cup.wait is not None and cup.quoted_wait_seconds is not None
    ]
    kept = share(sum(wait <= quoted for wait, quoted in pairs), len(pairs))
    return kept, share(sum(wait - quoted for wait, quoted in pairs), len(pairs))


def on_time_rate(made: Collection[Cup], late_minutes: int) -> float | None:
    """Return the share of made cups that were ready by their quote, or by when a cup is late."""
    kept = [
        cup for cup in made if cup.wait is not None and cup.wait <= max(cup.quoted_wait_seconds or 0, 60 * late_minutes)
    ]
    return share(len(kept), len(made))


def rating(cups: Iterable[Cup]) -> tuple[float | None, int]:
    """Return the mean rating, from three ratings on, and how many there are."""
    found = [cup.rating for cup in cups if cup.rating is not None]
    return (sum(found) / len(found) if len(found) >= LEAST_RATINGS else None), len(found)


def throughput(cups: Iterable[Cup], now: datetime) -> int:
    """Return the cups of an hour at the pace of the last 15 minutes."""
    return 4 * len(completed(cups, now - THROUGHPUT_WITHIN, now + timedelta(microseconds=1)))


def longest_wait(cups: Iterable[Cup], now: datetime) -> float | None:
    """Return how long the oldest open cup has waited, in seconds."""
    open_cups = [cup for cup in cups if cup.status in ("pending", "in_progress")]
    return max(((now - cup.queued_at).total_seconds() for cup in open_cups), default=None)


def counts(values: Iterable[T]) -> list[tuple[T, int]]:
    """Return how often each value is there, the most frequent first."""
    found = Counter(values)
    return sorted(found.items(), key=lambda item: (-item[1], str(item[0])))


# -- people -----------------------------------------------------------------------------------------------------------


def present_seconds(
    presences: Iterable[Presence], since: datetime, until: datetime, wanted: Callable[[Presence], bool]
) -> float:
    """Return the seconds that people were present within a stretch."""
    return sum(
        max(0.0, (min(one.until, until) - max(one.since, since)).total_seconds()) for one in presences if wanted(one)
    )


def per_hour(made: int, seconds_present: float) -> float | None:
    """Return the cups an hour of somebody who was present for a quarter of an hour at least."""
    hours = seconds_present / 3600
    return made / hours if hours >= LEAST_HOURS else None


def utilisation(base_work: float, barista_seconds: float) -> float | None:
    """Return how much of the time present went into cups."""
    found = share(base_work, barista_seconds)
    return None if found is None else min(MOST_UTILISATION, found)


def ranks(pace_of: dict[str, tuple[float | None, float]]) -> dict[str, int]:
    """Return the rank of each person by cups an hour, of those present for an hour; ties share it.

    Takes cups an hour and hours present, by person.
    """
    ranked = {who: pace for who, (pace, hours) in pace_of.items() if pace is not None and hours >= LEAST_HOURS_FOR_RANK}
    return {who: 1 + sum(other > pace for other in ranked.values()) for who, pace in ranked.items()}


def present_between(
    user_id: str,
    station_id: int,
    since: datetime,
    until: datetime,
    breaks: Sequence[tuple[datetime, datetime | None]],
) -> list[Presence]:
    """Return the stretches of a shift in which its person was present: from check-in to check-out without the breaks."""
    found, at = [], since
    for start, end in sorted(breaks, key=lambda one: one[0]):
        if start > at:
            found.append(Presence(user_id, station_id, at, min(start, until)))
        at = max(at, end if end is not None else until)
    if at < until:
        found.append(Presence(user_id, station_id, at, until))
    return found
