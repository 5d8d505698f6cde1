"""Figures read from cups and shifts: what section 9 defines, for a stretch of time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from livefloor import Invalid, Look, UtcTime, View, bindparam
from livefloor.kernel.moments import Moment, moment_of
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.localtime import event_zone
from livefloor.systems.coffee.models import MenuItem, Occasion, Order, Schedule, ScheduleBreak, Ticket
from livefloor.systems.coffee.occasions import ACTIVE
from livefloor.systems.coffee.rules import figures as rules
from livefloor.systems.coffee.rules.figures import Cup, Presence

LONGEST = timedelta(days=366)
LAST = select(Occasion).order_by(Occasion.status != "active", Occasion.starts_at.desc()).limit(1)

_First = aliased(Order)
_SINCE, _UNTIL = bindparam("since", type_=UtcTime()), bindparam("until", type_=UtcTime())
_CUPS: Any = (
    select(
        Order.id,
        MenuItem.code,
        Order.status,
        Ticket.channel,
        Order.queued_at,
        Order.station_id,
        Order.barista_id,
        Order.started_at,
        Order.completed_at,
        Order.picked_up_at,
        Order.cancelled_at,
        Order.cancelled_by,
        Order.cancel_reason,
        Ticket.quoted_wait_seconds,
        Order.prep_seconds,
        Order.remake_of,
        Order.remake_reason,
        _First.barista_id,
        Order.rating,
    )
    .join(Ticket, Ticket.id == Order.ticket_id)
    .join(MenuItem, MenuItem.id == Order.menu_item_id)
    .outerjoin(_First, _First.id == Order.remake_of)
    .order_by(Order.queued_at, Order.id)
)
CUPS: Any = _CUPS.where(
    Order.queued_at < _UNTIL,
    or_(Order.queued_at >= _SINCE, Order.completed_at >= _SINCE, Order.cancelled_at >= _SINCE),
)
STANDING: Any = _CUPS.where(Order.status.in_(("scheduled", "pending", "in_progress", "completed")))
"""Cups that are not over yet, whenever they were ordered."""
SHIFTS = (
    select(Schedule)
    .where(Schedule.status != "cancelled", Schedule.starts_at < _UNTIL, Schedule.ends_at > _SINCE)
    .order_by(Schedule.starts_at, Schedule.id)
)
BREAKS = (
    select(ScheduleBreak.schedule_id, ScheduleBreak.started_at, ScheduleBreak.ended_at)
    .join(Schedule, Schedule.id == ScheduleBreak.schedule_id)
    .where(Schedule.starts_at < _UNTIL, Schedule.ends_at > _SINCE)
)


class Spread(View):
    """Half of the values lie below the median, nine of ten below p90."""

    median: float | None
    p90: float | None


class CupFigures(View):
    """What became of the cups of a stretch, in seconds and shares."""

    ordered: int
    completed: int
    cancelled: int
    wait: Spread
    make: Spread
    hand_over: Spread
    quote_kept: float | None
    quote_off_seconds: float | None
    remakes: int
    remake_rate: float | None
    uncollected_rate: float | None
    abandon_rate: float | None
    rating_average: float | None
    rating_count: int


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open stretch of time."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Cups, shifts and presences of a stretch; `late_minutes` is when a cup is late."""

    range: Range
    now: datetime
    cups: Sequence[Cup]
    shifts: Sequence[Schedule]
    break_seconds: dict[str, float]
    presences: Sequence[Presence]
    late_minutes: int

    def at(self, station_id: int) -> list[Cup]:
        """Return the cups of a station."""
        return [cup for cup in self.cups if cup.station_id == station_id]

    def made_by(self, user_id: str) -> list[Cup]:
        """Return the cups that somebody has made in the stretch."""
        return [cup for cup in self.completed(self.cups) if cup.barista_id == user_id]

    def completed(self, cups: Iterable[Cup]) -> list[Cup]:
        """Return those that were made in the stretch."""
        return rules.completed(cups, self.range.since, self.range.until)

    def seconds_of(self, *, user_id: str | None = None, station_id: int | None = None) -> float:
        """Return the seconds that somebody, or everybody at a station, was present in the stretch."""
        return rules.present_seconds(
            self.presences,
            self.range.since,
            self.range.until,
            lambda one: user_id in (None, one.user_id) and station_id in (None, one.station_id),
        )


async def range_of(look: Look, since: Moment, until: Moment) -> Range:
    """Return the stretch that is asked for; the active event, or the last one, unless told. Raises Invalid `range`."""
    zone = await event_zone(look)
    event = await look.one(ACTIVE) or await look.one(LAST)
    start = moment_of(since, zone) if since is not None else (event.starts_at if event else look.now - LONGEST)
    default_end = event.ends_at if event is not None and since is None else look.now
    end = moment_of(until, zone, end=True) if until is not None else max(default_end, start + timedelta(seconds=1))
    if not start < end <= start + LONGEST:
        raise Invalid.field("to", "lies after `from`, by a year at the most", "range")
    return Range(start, end)


async def read_facts(look: Look, asked: Range, station_id: int | None = None) -> Facts:
    """Return what the figures of a stretch are made of, everywhere or at one station."""
    given = {"since": asked.since, "until": asked.until}
    cups = rules.counted(cup_of(row) for row in await look.tuples(CUPS, **given))
    shifts = [row for row in await look.all(SHIFTS, **given) if station_id in (None, row.station_id)]
    breaks: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for shift_id, start, end in await look.tuples(BREAKS, **given):
        breaks.setdefault(shift_id, []).append((start, end))
    settings = await event_settings(look)
    return Facts(
        asked,
        look.now,
        [cup for cup in cups if station_id in (None, cup.station_id)],
        shifts,
        {id: sum(((end or look.now) - start).total_seconds() for start, end in found) for id, found in breaks.items()},
        _presences(shifts, breaks, look.now),
        settings.late_minutes,
    )


def cup_of(row: Any) -> Cup:
    """Return the cup of a row of `CUPS` or `STANDING`."""
    id, drink, status, channel, queued_at, *others = row
    names = (
        "station_id",
        "barista_id",
        "started_at",
        "completed_at",
        "picked_up_at",
        "cancelled_at",
        "cancelled_by",
        "cancel_reason",
        "quoted_wait_seconds",
        "base_work",
        "remake_of",
        "remake_reason",
        "first_barista_id",
        "rating",
    )
    given = dict(zip(names, others, strict=True))
    return Cup(id=id, drink=drink, status=status, channel=channel, queued_at=queued_at, **given)


def _presences(
    shifts: Iterable[Schedule], breaks: dict[str, list[tuple[datetime, datetime | None]]], now: datetime
) -> list[Presence]:
    """Return when whose hands were there; whoever only hands out makes no coffee."""
    found: list[Presence] = []
    for row in shifts:
        if row.checked_in_at is not None and row.role == "barista":
            until = row.checked_out_at or now
            found += rules.present_between(
                row.user_id, row.station_id, row.checked_in_at, until, breaks.get(row.id, [])
            )
    return found


def spread(values: Iterable[float | None]) -> Spread:
    """Return median and p90 of the values that there are, in whole tenths of a second."""
    found = rules.told(values)
    return Spread(median=rounded(rules.median(found)), p90=rounded(rules.percentile(found, 0.9)))


def rounded(value: float | None, digits: int = 1) -> float | None:
    """Return a number as it is shown."""
    return None if value is None else round(value, digits)


def cup_figures(facts: Facts, cups: Collection[Cup]) -> CupFigures:
    """Return what became of some cups in the stretch."""
    since, until = facts.range.since, facts.range.until
    made = facts.completed(cups)
    kept, off = rules.quote_accuracy(made)
    charged = rules.remakes(cups, since, until)
    rating, ratings = rules.rating(made)
    return CupFigures(
        ordered=len(rules.ordered(cups, since, until)),
        completed=len(made),
        cancelled=len(rules.cancelled(cups, since, until)),
        wait=spread(cup.wait for cup in made),
        make=spread(cup.make for cup in made),
        hand_over=spread(cup.hand_over for cup in made),
        quote_kept=rounded(kept, 4),
        quote_off_seconds=rounded(off),
        remakes=len(charged),
        remake_rate=rounded(rules.share(len(charged), len(made)), 4),
        uncollected_rate=rounded(rules.uncollected_rate(made), 4),
        abandon_rate=rounded(rules.abandon_rate(cups, since, until), 4),
        rating_average=rounded(rating, 2),
        rating_count=ratings,
    )
