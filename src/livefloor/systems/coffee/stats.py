"""Figures of the event: tiles, stations, the course of time, what the stock was used for (sections 5.12 and 9)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import func, or_, select

from livefloor import GET, Invalid, Look, Part, UtcTime, View, bindparam
from livefloor.kernel.moments import Moment
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.figures import (
    STANDING,
    CupFigures,
    Facts,
    Range,
    cup_figures,
    cup_of,
    range_of,
    read_facts,
    rounded,
)
from livefloor.systems.coffee.localtime import event_day, event_zone
from livefloor.systems.coffee.models import (
    InventoryItem,
    InventoryMovement,
    Occasion,
    Order,
    Schedule,
    SmsMessage,
    Station,
    StationInventory,
)
from livefloor.systems.coffee.rooms import LEADS
from livefloor.systems.coffee.rules import figures as rules
from livefloor.systems.coffee.rules.figures import Cup
from livefloor.systems.coffee.rules.schedules import AT_WORK, day_bounds, is_late
from livefloor.systems.coffee.staffing import everyone_present

LATELY = timedelta(minutes=15)
MOST_BUCKETS = 3000
BUCKETS = {"5m": timedelta(minutes=5), "15m": timedelta(minutes=15), "1h": timedelta(hours=1)}

_MOMENT = UtcTime()
LEVELS = (
    select(StationInventory.station_id, StationInventory.alert_level, func.count())
    .where(StationInventory.enabled, StationInventory.alert_level != "ok")
    .group_by(StationInventory.station_id, StationInventory.alert_level)
)
STATES = select(Station).where(Station.kind == "service").order_by(Station.sort, Station.id)
PLANNED_NOW = select(func.count()).where(
    Schedule.status != "cancelled",
    Schedule.starts_at <= bindparam("now", type_=_MOMENT),
    Schedule.ends_at > bindparam("now", type_=_MOMENT),
)
AT_WORK_NOW = select(func.count()).where(Schedule.status.in_(sorted(AT_WORK)))
CUPS_OF_EVENT = select(func.count()).where(Order.event_id == bindparam("event_id"), Order.status != "cancelled")
ACTIVE_ID = select(Occasion.id).where(Occasion.status == "active")
LATE_AT = select(Order.station_id).where(Order.status == "pending", Order.attention == "late")
_REAL = (Order.status.in_(sorted(rules.MADE)), or_(Order.cancel_reason.is_(None), Order.cancel_reason != "test"))
WAITS = select(Order.station_id, Order.queued_at, Order.completed_at).where(
    *_REAL, Order.completed_at > bindparam("since", type_=_MOMENT)
)
MADE_BY_STATION = (
    select(Order.station_id, func.count())
    .where(
        *_REAL,
        Order.completed_at >= bindparam("since", type_=_MOMENT),
        Order.completed_at < bindparam("until", type_=_MOMENT),
    )
    .group_by(Order.station_id)
)
TEXTS_FAILING = select(func.count()).where(
    SmsMessage.direction == "out",
    SmsMessage.status.in_(("failed", "undelivered")),
    SmsMessage.updated_at > bindparam("since", type_=_MOMENT),
)
MOVEMENTS: Any = (
    select(
        InventoryMovement.kind,
        InventoryMovement.delta,
        InventoryMovement.shortfall,
        InventoryMovement.order_id,
        InventoryItem.code,
        InventoryItem.name,
        InventoryItem.unit,
        InventoryMovement.station_id,
    )
    .join(InventoryItem, InventoryItem.id == InventoryMovement.item_id)
    .where(
        InventoryMovement.at >= bindparam("since", type_=_MOMENT),
        InventoryMovement.at < bindparam("until", type_=_MOMENT),
    )
    .order_by(InventoryItem.category, InventoryItem.code, InventoryMovement.id)
)


class Tiles(View):
    """How it stands now."""

    open_cups: int
    longest_wait_seconds: float | None
    median_wait_seconds: float | None
    throughput_per_hour: int
    ready_not_collected: int
    late_cups: int
    items: dict[str, int]
    stations: dict[str, int]
    staff_present: int
    staff_planned: int
    completed_today: int
    cap_used: int | None
    cup_cap: int | None
    texts_failing: int


class Overview(View):
    """How it stands, and the figures of a stretch."""

    from_: datetime = Field(serialization_alias="from")
    to: datetime
    tiles: Tiles
    figures: CupFigures
    by_channel: dict[str, int]
    sms_share: float | None
    remakes_by_reason: dict[str, int]
    late_check_in_rate: float | None
    no_show_rate: float | None


class StationFigures(CupFigures):
    """The figures of one station."""

    station_id: int
    name: str
    status: str
    open_cups: int
    longest_wait_seconds: float | None
    throughput_per_hour: int
    utilisation: float | None
    present: int


class StationsFigures(View):
    """The figures of each station."""

    items: list[StationFigures]
    total: int
    next_cursor: None = None


class Bucket(View):
    """What happened in a while."""

    at: datetime
    ordered: int
    completed: int
    median_wait_seconds: float | None


class Timeline(View):
    """What happened while after while, by the event's clock."""

    bucket: Literal["5m", "15m", "1h"]
    items: list[Bucket]
    total: int
    next_cursor: None = None


class ItemUsage(View):
    """What became of an item, in its unit and in shares."""

    code: str
    name: str
    unit: str
    used: int
    wasted: int
    per_cup: float | None
    waste_rate: float | None
    shortfall: int
    shortfall_rate: float | None


class Usage(View):
    """What became of the items that were used."""

    items: list[ItemUsage]
    total: int
    next_cursor: None = None


stats = Part("stats")


# -- now --------------------------------------------------------------------------------------------------------------


async def read_tiles(look: Look, station_id: int | None = None) -> Tiles:
    """Return how it stands now, everywhere or at one station; told often, so it reads little."""
    zone, settings = await event_zone(look), await event_settings(look)
    since, until = day_bounds(await event_day(look), zone)
    standing = [cup_of(row) for row in await look.tuples(STANDING)]
    standing = [cup for cup in rules.counted(standing) if station_id in (None, cup.station_id)]
    waits = await look.tuples(WAITS, since=look.now - LATELY)
    lately = [(queued, made) for at, queued, made in waits if made and station_id in (None, at)]
    today = await look.tuples(MADE_BY_STATION, since=since, until=until)
    levels = {"low": 0, "critical": 0, "out": 0}
    for at, level, count in await look.tuples(LEVELS):
        if station_id in (None, at):
            levels[level] += count
    states = dict.fromkeys(("open", "paused", "offline", "closed"), 0)
    for station in await look.all(STATES):
        states[station.status] += station_id in (None, station.id)
    used = await _cap_used(look)
    return Tiles(
        open_cups=sum(cup.status in ("pending", "in_progress") for cup in standing),
        longest_wait_seconds=rounded(rules.longest_wait(standing, look.now)),
        median_wait_seconds=rounded(rules.median((made - queued).total_seconds() for queued, made in lately)),
        throughput_per_hour=4 * len(lately),
        ready_not_collected=sum(cup.status == "completed" for cup in standing),
        late_cups=await _late(look, station_id),
        items=levels,
        stations=states,
        staff_present=await look.one(AT_WORK_NOW) or 0,
        staff_planned=await look.one(PLANNED_NOW, now=look.now) or 0,
        completed_today=sum(count for at, count in today if station_id in (None, at)),
        cap_used=used,
        cup_cap=settings.cup_cap,
        texts_failing=await look.one(TEXTS_FAILING, since=look.now - LATELY) or 0,
    )


async def _cap_used(look: Look) -> int | None:
    event_id = await look.one(ACTIVE_ID)
    return None if event_id is None else await look.one(CUPS_OF_EVENT, event_id=event_id)


async def _late(look: Look, station_id: int | None) -> int:
    found = await look.all(LATE_AT)
    return sum(station_id in (None, at) for at in found)


@stats.query(GET("/api/stats/overview"), allow=LEADS, heavy=True)
async def show_overview(
    look: Look,
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    station_id: int | None = None,
) -> Overview:
    """Show how it stands, and the figures of a stretch: of the active event unless told."""
    facts = await read_facts(look, await range_of(look, from_, to), station_id)
    asked = rules.ordered(facts.cups, facts.range.since, facts.range.until)
    channels = dict(rules.counts(cup.channel for cup in asked))
    remade = [cup.remake_reason or "" for cup in asked if cup.remake_of is not None]
    started = [row for row in facts.shifts if row.checked_in_at is not None]
    ended = [row for row in facts.shifts if row.ends_at <= look.now]
    late = sum(is_late(row.late_minutes or 0) for row in started)
    return Overview(
        from_=facts.range.since,
        to=facts.range.until,
        tiles=await read_tiles(look, station_id),
        figures=cup_figures(facts, facts.cups),
        by_channel=channels,
        sms_share=rounded(rules.share(channels.get("sms", 0), len(asked)), 4),
        remakes_by_reason=dict(rules.counts(remade)),
        late_check_in_rate=rounded(rules.share(late, len(started)), 4),
        no_show_rate=rounded(rules.share(sum(row.status == "no_show" for row in ended), len(ended)), 4),
    )


# -- places and time --------------------------------------------------------------------------------------------------


@stats.query(GET("/api/stats/stations"), allow=LEADS, heavy=True)
async def show_stations(
    look: Look,
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    station_id: int | None = None,
) -> StationsFigures:
    """Show the figures of each station."""
    facts = await read_facts(look, await range_of(look, from_, to))
    standing = [cup_of(row) for row in await look.tuples(STANDING)]
    here = await everyone_present(look)
    found = [
        station_figures(facts, station, standing, len(here.get(station.id, ())))
        for station in await look.all(STATES)
        if station_id in (None, station.id)
    ]
    return StationsFigures(items=found, total=len(found))


def station_figures(facts: Facts, station: Station, standing: Iterable[Cup], present: int) -> StationFigures:
    """Return the figures of one station."""
    cups = facts.at(station.id)
    made = facts.completed(cups)
    waiting = [cup for cup in standing if cup.station_id == station.id and cup.status in ("pending", "in_progress")]
    work = sum(cup.base_work for cup in made)
    return StationFigures(
        **dict(cup_figures(facts, cups)),
        station_id=station.id,
        name=station.name,
        status=station.status,
        open_cups=len(waiting),
        longest_wait_seconds=rounded(rules.longest_wait(waiting, facts.now)),
        throughput_per_hour=rules.throughput(cups, facts.now),
        utilisation=rounded(rules.utilisation(work, facts.seconds_of(station_id=station.id)), 4),
        present=present,
    )


@stats.query(GET("/api/stats/timeline"), allow=LEADS, heavy=True)
async def show_timeline(
    look: Look,
    bucket: Literal["5m", "15m", "1h"] = "15m",
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    station_id: int | None = None,
) -> Timeline:
    """Show how many were ordered and made, and how long they waited, while after while."""
    facts = await read_facts(look, await range_of(look, from_, to), station_id)
    step, zone = BUCKETS[bucket], await event_zone(look)
    if (facts.range.until - facts.range.since) / step > MOST_BUCKETS:
        raise Invalid.field("bucket", f"would make more than {MOST_BUCKETS} buckets", "range")
    # Buckets begin with the hour of the event's clock, also where its zone is off by half an hour.
    start = facts.range.since.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(look.now.tzinfo)
    while start + step <= facts.range.since:
        start += step
    items = []
    while start < facts.range.until:
        since, until = max(start, facts.range.since), min(start + step, facts.range.until)
        made = rules.completed(facts.cups, since, until)
        wait = rounded(rules.median(rules.told(cup.wait for cup in made)))
        asked = len(rules.ordered(facts.cups, since, until))
        items.append(Bucket(at=start, ordered=asked, completed=len(made), median_wait_seconds=wait))
        start += step
    return Timeline(bucket=bucket, items=items, total=len(items))


# -- stock ------------------------------------------------------------------------------------------------------------


@stats.query(GET("/api/stats/inventory-usage"), allow=LEADS, heavy=True)
async def show_inventory_usage(
    look: Look,
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    station_id: int | None = None,
) -> Usage:
    """Show what was used and wasted of each item, how much a cup takes, and how far the books were off."""
    asked = await range_of(look, from_, to)
    items = await read_usage(look, asked, station_id)
    return Usage(items=items, total=len(items))


async def read_usage(look: Look, asked: Range, station_id: int | None = None) -> list[ItemUsage]:
    """Return what became of each item that moved in a stretch."""
    rows: dict[tuple[str, str, str], list[Any]] = {}
    for *moved, code, name, unit, at in await look.tuples(MOVEMENTS, since=asked.since, until=asked.until):
        if station_id in (None, at):
            rows.setdefault((code, name, unit), []).append(moved)
    return [_usage(*item, found) for item, found in rows.items()]


def _usage(code: str, name: str, unit: str, moved: list[Any]) -> ItemUsage:
    used = -sum(delta for kind, delta, _, _ in moved if kind in ("deplete", "undo"))
    wasted = -sum(delta for kind, delta, _, _ in moved if kind == "waste")
    cups = {order_id for kind, _, _, order_id in moved if kind == "deplete" and order_id is not None}
    missing = sum(short for _, _, short, _ in moved) - sum(d for kind, d, _, _ in moved if kind == "count" and d < 0)
    return ItemUsage(
        code=code,
        name=name,
        unit=unit,
        used=used,
        wasted=wasted,
        per_cup=rounded(rules.share(used, len(cups)), 2),
        waste_rate=rounded(rules.share(wasted, used + wasted), 4),
        shortfall=missing,
        shortfall_rate=rounded(rules.share(missing, used), 4),
    )
