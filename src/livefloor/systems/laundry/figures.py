"""Figures of the room: how well used, how long people wait, how soon loads are fetched, what breaks (spec section 9).

Days and hours are the room's; a cycle belongs to the day on which it started; cancelled cycles do not count.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import Text, and_, func, or_, select, type_coerce

from livefloor import (
    GET,
    Csv,
    Ctx,
    Flow,
    Invalid,
    LoggedEvent,
    Look,
    Part,
    UtcTime,
    View,
    bindparam,
)
from livefloor.kernel.spreadsheet import csv_text
from livefloor.parts.health import connections
from livefloor.parts.notifications import failed_deliveries
from livefloor.systems.laundry.events import CREW, EVERYONE
from livefloor.systems.laundry.models import Cycle, FaultReport, Machine, UsageHour, WaitlistItem
from livefloor.systems.laundry.rules import MACHINE_TYPES as TYPES
from livefloor.systems.laundry.rules import MachineType
from livefloor.systems.laundry.settings import room_timezone

HOUR = timedelta(hours=1)
LEAST_ENABLED_S = 600
"""A machine that was enabled for less of an hour says nothing about that hour."""
FILLED = timedelta(days=35)
"""How far back missing hours are filled: more than the quiet times look at."""
LONGEST = 366

MOMENT = UtcTime()
Interval = tuple[datetime, datetime]


# -- sums -------------------------------------------------------------------------------------------------------------


def overlap(start: datetime, end: datetime, low: datetime, high: datetime) -> float:
    """Return how many seconds of start..end lie in low..high."""
    return max(0.0, (min(end, high) - max(start, low)).total_seconds())


def share(part: float, whole: float) -> float | None:
    """Return part of whole, rounded; None of nothing."""
    return round(part / whole, 4) if whole else None


def p90(values: Sequence[float]) -> float | None:
    """Return the value below or at which nine of ten lie (nearest rank)."""
    return sorted(values)[math.ceil(0.9 * len(values)) - 1] if values else None


class Spread(View):
    """Median and 90th percentile in seconds, and of how many."""

    count: int
    median_seconds: float | None
    p90_seconds: float | None


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of some durations."""
    return Spread(count=len(values), median_seconds=median(values) if values else None, p90_seconds=p90(values))


# -- what machines did in each hour (J11) -----------------------------------------------------------------------------

OUTAGES = ("machine.disabled", "machine.enabled")

MACHINES = select(Machine).order_by(Machine.machine_type, Machine.machine_id)
TOUCHING = select(Cycle).where(
    Cycle.started_at < bindparam("high", type_=MOMENT),
    or_(Cycle.closed_at.is_(None), Cycle.closed_at > bindparam("low", type_=MOMENT)),
    or_(Cycle.finish.is_(None), Cycle.finish != "cancelled"),
)
SWITCHED = (
    select(LoggedEvent.subject, LoggedEvent.name, LoggedEvent.at)
    .where(LoggedEvent.name.in_(OUTAGES), LoggedEvent.at < bindparam("high", type_=MOMENT))
    .order_by(LoggedEvent.seq)
)
LAST_HOUR = select(func.max(UsageHour.hour))
OPENED = select(func.min(Machine.created_at))


async def outages(look: Look, machines: Iterable[Machine], high: datetime) -> dict[str, list[Interval]]:
    """Return when each machine was out of order, from the log and from how it is now."""
    found: dict[str, list[Interval]] = defaultdict(list)
    since: dict[str, datetime] = {}
    for subject, name, at in await look.tuples(SWITCHED, high=high):
        key = subject.removeprefix("machine:")
        if name == "machine.disabled":
            since.setdefault(key, at)
        elif key in since:
            found[key].append((since.pop(key), at))
    for machine in machines:
        if machine.out_of_order_since is not None:
            found[machine.id].append((min(machine.out_of_order_since, since.get(machine.id, high)), high))
    return found


def used_seconds(cycle: Cycle, low: datetime, high: datetime) -> tuple[float, float]:
    """Return how long a cycle ran, and how long it then lay there, within low..high."""
    closed = cycle.closed_at or high
    ran_until = min(cycle.completed_at or closed, closed)
    return overlap(cycle.started_at, ran_until, low, high), overlap(ran_until, closed, low, high)


async def fill_hours(ctx: Ctx, low: datetime, high: datetime) -> None:
    """Write what each machine did in each whole hour from low to high, both at full hours; what is there stays."""
    machines = await ctx.all(MACHINES)
    out = await outages(ctx, machines, high)
    rows: dict[tuple[str, datetime], UsageHour] = {}
    for machine in machines:
        gaps = out[machine.id]
        hour = _full_hour(max(low, machine.created_at))
        while hour < min(high, machine.retired_at or high):
            end = hour + HOUR
            there = overlap(machine.created_at, machine.retired_at or end, hour, end)
            enabled = max(0, round(there - sum(overlap(*gap, hour, end) for gap in gaps)))
            rows[machine.id, hour] = UsageHour(
                machine_pk=machine.id,
                hour=hour,
                enabled_seconds=enabled,
                in_use_seconds=0,
                completed_seconds=0,
                starts=0,
            )
            hour = end
    for cycle in await ctx.all(TOUCHING, low=low, high=high):
        hour = _full_hour(max(low, cycle.started_at))
        while hour < min(high, cycle.closed_at or high):
            end = hour + HOUR
            row = rows.get((cycle.machine_pk, hour))
            if row is not None:
                ran, lay = used_seconds(cycle, hour, end)
                row.in_use_seconds += round(ran)
                row.completed_seconds += round(lay)
                row.starts += hour <= cycle.started_at < end
            hour = end
    for row in rows.values():
        await ctx.try_add(row)


figures = Part("figures")


@figures.every("2 * * * *", flow=True)
async def count_hours(flow: Flow) -> None:
    """J11: write the hours that are over and not yet written, a day in each transaction."""
    low = await flow.look(_first_missing)
    high = _full_hour(flow.now)
    while low < high:
        until = min(high, low + timedelta(days=1))
        await flow.execute(fill_hours, low, until)
        low = until


async def _first_missing(look: Look) -> datetime:
    written = await look.one(LAST_HOUR)
    began = written + HOUR if written is not None else await look.one(OPENED) or look.now
    return max(_full_hour(began), _full_hour(look.now - FILLED))


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


# -- quiet times ------------------------------------------------------------------------------------------------------


class QuietTimes(View):
    """Utilisation by weekday (0 is Monday) and hour over the last four weeks; null where too little is known."""

    timezone: str
    weeks: int
    grid: list[list[float | None]]


HOURS = (
    select(UsageHour.hour, UsageHour.enabled_seconds, UsageHour.in_use_seconds, Machine.machine_type)
    .join(Machine, Machine.id == UsageHour.machine_pk)
    .where(
        UsageHour.hour >= bindparam("low", type_=MOMENT),
        UsageHour.hour < bindparam("high", type_=MOMENT),
        UsageHour.enabled_seconds >= LEAST_ENABLED_S,
    )
)


@figures.query(GET("/api/v1/insights/quiet-times"), allow=EVERYONE, heavy=True, settles=False)
async def get_quiet_times(look: Look, machine_type: MachineType | None = None) -> QuietTimes:
    """Show when the room is usually quiet, over the last 28 full days."""
    zone_name = await room_timezone(look)
    zone = ZoneInfo(zone_name)
    today = look.now.astimezone(zone).date()
    low, high = _day_start(today - timedelta(days=28), zone), _day_start(today, zone)
    used: Counter[tuple[int, int]] = Counter()
    enabled: Counter[tuple[int, int]] = Counter()
    days: dict[tuple[int, int], set[date]] = defaultdict(set)
    local: dict[datetime, datetime] = {}
    for hour, able, busy, kind in await look.tuples(HOURS, low=low, high=high):
        if machine_type is None or kind == machine_type:
            here = local.get(hour) or local.setdefault(hour, hour.astimezone(zone))
            cell = (here.weekday(), here.hour)
            used[cell] += busy
            enabled[cell] += able
            days[cell].add(here.date())
    grid = [
        [share(used[day, hour], enabled[day, hour]) if len(days[day, hour]) >= 2 else None for hour in range(24)]
        for day in range(7)
    ]
    return QuietTimes(timezone=zone_name, weeks=4, grid=grid)


def _day_start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


# -- insights ---------------------------------------------------------------------------------------------------------


class MachineFigures(View):
    """One machine."""

    machine_type: str
    machine_id: int
    utilisation: float | None
    availability: float
    cycles: int
    reports: int
    reports_per_100_cycles: float | None


class TypeFigures(View):
    """All machines of one type."""

    machine_type: str
    utilisation: float | None
    cycles: int
    walk_up_share: float | None
    left_load_rate: float | None
    joined: int
    list_abandonment: float | None
    no_show_rate: float | None
    wait: Spread
    pickup_delay: Spread
    idle_while_waiting_minutes: float
    held_minutes: float


class DayFigures(View):
    """One type on one day."""

    day: date
    machine_type: str
    cycles: int
    by_category: dict[str, int]
    wait: Spread
    idle_while_waiting_minutes: float


class FailedDelivery(View):
    """A message that did not reach somebody."""

    user_id: str
    channel: str
    kind: str
    error: str | None
    created_at: datetime


class LiveFigures(View):
    """How it is at this moment."""

    active_connections: int


class Insights(View):
    """The figures of a span of days, both ends in."""

    from_: Annotated[date, Field(serialization_alias="from")]
    to: date
    timezone: str
    utilisation: float | None
    cycles: int
    walk_up_share: float | None
    repairs: Spread
    types: list[TypeFigures]
    machines: list[MachineFigures]
    days: list[DayFigures]
    failed_deliveries: list[FailedDelivery]
    live: LiveFigures


STARTED = select(Cycle).where(
    Cycle.started_at >= bindparam("low", type_=MOMENT), Cycle.started_at < bindparam("high", type_=MOMENT)
)
JOINED = select(WaitlistItem).where(
    WaitlistItem.joined_at >= bindparam("low", type_=MOMENT), WaitlistItem.joined_at < bindparam("high", type_=MOMENT)
)
REPORTED = (
    select(FaultReport.machine_pk, func.count())
    .where(
        FaultReport.created_at >= bindparam("low", type_=MOMENT),
        FaultReport.created_at < bindparam("high", type_=MOMENT),
    )
    .group_by(FaultReport.machine_pk)
)
USED = (
    select(UsageHour.machine_pk, func.sum(UsageHour.in_use_seconds), func.sum(UsageHour.enabled_seconds))
    .where(
        UsageHour.hour >= bindparam("low", type_=MOMENT),
        UsageHour.hour < bindparam("high", type_=MOMENT),
        UsageHour.enabled_seconds >= LEAST_ENABLED_S,
    )
    .group_by(UsageHour.machine_pk)
)


@figures.query(GET("/api/v1/admin/insights"), allow=CREW, heavy=True, settles=False)
async def get_insights(
    look: Look,
    from_: Annotated[date | None, Field(alias="from")] = None,
    to: date | None = None,
    format: Literal["json", "csv"] = "json",
) -> Insights | Csv:
    """Show the figures of a span of days, the last 28 unless said otherwise; at most 366."""
    zone_name = await room_timezone(look)
    zone = ZoneInfo(zone_name)
    last = to or look.now.astimezone(zone).date()
    if last.year < 2000 or last.year > 2999:
        raise Invalid.field("to", "is no day of this room")
    first = from_ or last - timedelta(days=27)
    if first > last:
        raise Invalid.field("from", "is after to")
    if (last - first).days >= LONGEST:
        raise Invalid.field("from", f"is more than {LONGEST} days before to")
    found = await _insights(look, first, last, zone_name)
    if format == "csv":
        return Csv.named(f"insights-{first}-{last}.csv", csv_text(CSV_HEADER, _csv_rows(found)))
    return found


async def _insights(look: Look, first: date, last: date, zone_name: str) -> Insights:
    zone = ZoneInfo(zone_name)
    low, high = _day_start(first, zone), _day_start(last + timedelta(days=1), zone)
    now = look.now
    machines = await look.all(MACHINES)
    all_cycles = await look.all(STARTED, low=low, high=high)
    cycles = [cycle for cycle in all_cycles if cycle.finish != "cancelled"]
    items = await look.all(JOINED, low=low, high=high)
    reports: dict[str, int] = dict(await look.tuples(REPORTED, low=low, high=high))
    used = {machine: (int(busy), int(able)) for machine, busy, able in await look.tuples(USED, low=low, high=high)}
    out = await outages(look, machines, min(high, now))
    held = await _replay(look, low, min(high, now), zone)
    ended = [cycle for cycle in cycles if cycle.finish in ("timer", "early")]

    def used_share(some: Iterable[Machine]) -> float | None:
        pairs = [used.get(machine.id, (0, 0)) for machine in some]
        return share(sum(busy for busy, _ in pairs), sum(able for _, able in pairs))

    def waits(some: Iterable[WaitlistItem]) -> list[float]:
        return [
            (item.first_called_at - item.joined_at).total_seconds() for item in some if item.first_called_at is not None
        ]

    types = []
    for kind in TYPES:
        mine = [cycle for cycle in cycles if cycle.machine_type == kind]
        done = [cycle for cycle in mine if cycle.completed_at is not None]
        entries = [item for item in items if item.machine_type == kind]
        called = [item for item in entries if item.first_called_at is not None]
        picked = [
            (cycle.closed_at - cycle.completed_at).total_seconds()
            for cycle in done
            if cycle.source == "app" and cycle.close_reason == "collected" and cycle.closed_at and cycle.completed_at
        ]
        types.append(
            TypeFigures(
                machine_type=kind,
                utilisation=used_share(machine for machine in machines if machine.machine_type == kind),
                cycles=sum(cycle.machine_type == kind for cycle in ended),
                walk_up_share=share(sum(cycle.source == "walk_up" for cycle in mine), len(mine)),
                left_load_rate=share(
                    sum(cycle.close_reason in ("moved", "staff_cleared") for cycle in done), len(done)
                ),
                joined=len(entries),
                list_abandonment=share(sum(item.status in ("left", "expired") for item in entries), len(entries)),
                no_show_rate=share(sum(item.status == "no_show" for item in called), len(called)),
                wait=spread(waits(entries)),
                pickup_delay=spread(picked),
                idle_while_waiting_minutes=round(sum(held.idle[kind].values()) / 60, 1),
                held_minutes=round(held.held[kind] / 60, 1),
            )
        )
    by_machine = Counter(cycle.machine_pk for cycle in ended)
    about = []
    for machine in machines:
        if machine.retired_at is not None:
            continue
        since = max(machine.created_at, min(high, now) - timedelta(days=30))
        span = (min(high, now) - since).total_seconds()
        lost = sum(overlap(*gap, since, min(high, now)) for gap in out[machine.id])
        about.append(
            MachineFigures(
                machine_type=machine.machine_type,
                machine_id=machine.machine_id,
                utilisation=used_share([machine]),
                availability=round(1 - lost / span, 4) if span > 0 else 1.0,
                cycles=by_machine[machine.id],
                reports=reports.get(machine.id, 0),
                reports_per_100_cycles=(
                    round(100 * reports.get(machine.id, 0) / by_machine[machine.id], 2)
                    if by_machine[machine.id]
                    else None
                ),
            )
        )
    return Insights(
        from_=first,
        to=last,
        timezone=zone_name,
        utilisation=used_share(machines),
        cycles=len(ended),
        walk_up_share=share(sum(cycle.source == "walk_up" for cycle in cycles), len(cycles)),
        repairs=spread(
            [
                (end - start).total_seconds()
                for gaps in out.values()
                for start, end in gaps
                if low <= end < min(high, now)
            ]
        ),
        types=types,
        machines=about,
        days=_days(first, last, zone, ended, items, held, waits),
        failed_deliveries=[
            FailedDelivery.model_validate(row) for row in await failed_deliveries(look, now - timedelta(days=7))
        ],
        live=LiveFigures(active_connections=await connections(look)),
    )


def _days(
    first: date, last: date, zone: ZoneInfo, ended: list[Cycle], items: list[WaitlistItem], held: "Replay", waits: Any
) -> list[DayFigures]:
    by_category: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for cycle in ended:
        by_category[cycle.started_at.astimezone(zone).date(), cycle.machine_type][cycle.category] += 1
    entries: dict[tuple[date, str], list[WaitlistItem]] = defaultdict(list)
    for item in items:
        entries[item.joined_at.astimezone(zone).date(), item.machine_type].append(item)
    return [
        DayFigures(
            day=day,
            machine_type=kind,
            cycles=by_category[day, kind].total(),
            by_category=dict(sorted(by_category[day, kind].items())),
            wait=spread(waits(entries[day, kind])),
            idle_while_waiting_minutes=round(held.idle[kind][day] / 60, 1),
        )
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
        for kind in TYPES
    ]


# -- the log played again: idle machines while somebody waited, machines that stood held -----------------------------


@dataclass(slots=True)
class Replay:
    """Seconds by type: idle while somebody waited, on each day; held."""

    idle: dict[str, dict[date, float]] = field(default_factory=lambda: {kind: defaultdict(float) for kind in TYPES})
    held: dict[str, float] = field(default_factory=lambda: defaultdict(float))


@dataclass(slots=True)
class _Standing:
    """How one type stood between two events."""

    machines: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: int = 0

    def free_from(self) -> datetime | None:
        """Return the first moment from which some machine could be given to somebody, or None."""
        moments = []
        for machine in self.machines.values():
            if not machine["enabled"] or machine["hold"] is not None:
                continue
            if machine["status"] == "available":
                return datetime.min.replace(tzinfo=UTC)
            if machine["status"] == "completed" and machine["pickup_deadline"] is not None:
                moments.append(datetime.fromisoformat(machine["pickup_deadline"]))
        return min(moments, default=None)

    def held(self) -> int:
        """Return how many machines are held."""
        return sum(machine["hold"] is not None for machine in self.machines.values())


LOGGED = (
    select(LoggedEvent.at, LoggedEvent.name, type_coerce(LoggedEvent.data, Text))
    .where(
        or_(
            and_(LoggedEvent.name >= "machine.", LoggedEvent.name < "machine/"),
            and_(LoggedEvent.name >= "waitlist.", LoggedEvent.name < "waitlist/"),
        ),
        LoggedEvent.at >= bindparam("low", type_=MOMENT),
        LoggedEvent.at < bindparam("high", type_=MOMENT),
    )
    .order_by(LoggedEvent.seq)
)


async def _replay(look: Look, low: datetime, high: datetime, zone: ZoneInfo) -> Replay:
    """Play the log of a span again. A machine counts from its first event in the span on."""
    found = Replay()
    standing: dict[MachineType, _Standing] = {kind: _Standing() for kind in TYPES}
    before: datetime | None = None
    for at, name, text in await look.tuples(LOGGED, low=low, high=high):
        if before is not None and at > before:
            _count(found, standing, before, at, zone)
        before = at if before is None else max(before, at)
        data = json.loads(text)
        if "machine" in data:
            machine = data["machine"]
            machines = standing[machine["machine_type"]].machines
            if name == "machine.retired":
                machines.pop(machine["id"], None)
            else:
                machines[machine["id"]] = machine
        elif "items" in data:
            standing[data["item"]["machine_type"]].waiting = sum(item["status"] == "waiting" for item in data["items"])
    if before is not None:
        _count(found, standing, before, high, zone)
    return found


def _count(
    found: Replay, standing: dict[MachineType, _Standing], start: datetime, end: datetime, zone: ZoneInfo
) -> None:
    for kind, stood in standing.items():
        found.held[kind] += (end - start).total_seconds() * stood.held()
        if stood.waiting and (free := stood.free_from()) is not None:
            found.idle[kind][start.astimezone(zone).date()] += max(0.0, (end - max(start, free)).total_seconds())


# -- as a table -------------------------------------------------------------------------------------------------------

CSV_HEADER = ("day", "machine_type", "machine_id", "figure", "value")


def _csv_rows(found: Insights) -> Iterable[tuple[Any, ...]]:
    """Yield one row for each figure, so that a new figure is a new row and never a moved column."""
    for name in ("utilisation", "cycles", "walk_up_share"):
        yield None, None, None, name, getattr(found, name)
    yield None, None, None, "repair_median_seconds", found.repairs.median_seconds
    for kind in found.types:
        yield from _named(kind, (None, kind.machine_type, None))
    for machine in found.machines:
        yield from _named(machine, (None, machine.machine_type, machine.machine_id))
    for day in found.days:
        yield from _named(day, (day.day.isoformat(), day.machine_type, None))


def _named(figures_of: View, place: tuple[Any, ...]) -> Iterable[tuple[Any, ...]]:
    for name, value in figures_of:
        if isinstance(value, Spread):
            yield from ((*place, f"{name}_{part}", number) for part, number in value)
        elif isinstance(value, dict):
            yield from ((*place, f"{name}_{part}", number) for part, number in value.items())
        elif name not in ("day", "machine_type", "machine_id"):
            yield (*place, name, value)
