"""Figures that are kept: each station's by the hour, each person's by the day; and the tiles, told as they change."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import func, select, update

from livefloor import Ctx, Event, Frame, LoggedEvent, Part, Told, UtcTime, bindparam
from livefloor.systems.coffee.figures import STANDING, Range, cup_of, read_facts
from livefloor.systems.coffee.localtime import event_zone
from livefloor.systems.coffee.models import Occasion, Station, StationHour, User, UserDay
from livefloor.systems.coffee.order_views import OrderCreated, OrderFact, OrderUpdated
from livefloor.systems.coffee.performance import UserStats, ranks_of, stats_of
from livefloor.systems.coffee.rooms import ORGANIZERS
from livefloor.systems.coffee.rules.schedules import day_bounds
from livefloor.systems.coffee.staffing import everyone_present
from livefloor.systems.coffee.stats import Tiles, read_tiles, station_figures

HOUR = timedelta(hours=1)
TICK_S = 5
"""How often the tiles are told at the most."""
LOOKS_BACK = 5000
"""How many events back the last tick is looked for; without one all tiles are told."""
_UNTOLD = object()
MOST_HOURS, MOST_DAYS = 48, 14
"""How much is made up for in one run after a downtime."""

EVENTS_THEN = select(Occasion).where(
    Occasion.starts_at < bindparam("until", type_=UtcTime()), Occasion.ends_at > bindparam("since", type_=UtcTime())
)
STATIONS = select(Station).where(Station.kind == "service").order_by(Station.id)
PEOPLE = select(User.id).where(User.role == "barista").order_by(User.id)
LAST_TICK = (
    select(LoggedEvent)
    .where(LoggedEvent.seq > bindparam("after"), LoggedEvent.name == "stats_tick")
    .order_by(LoggedEvent.seq.desc())
    .limit(1)
)
LAST_HOUR = select(func.max(StationHour.hour))
LAST_DAY = select(func.max(UserDay.day))
AGAIN = (
    update(StationHour)
    .where(
        StationHour.event_id == bindparam("of_event"),
        StationHour.station_id == bindparam("of_station"),
        StationHour.hour == bindparam("of_hour", type_=UtcTime()),
    )
    .values(figures=bindparam("found", type_=StationHour.__table__.c.figures.type))
)


class TilesChanged(Frame):
    """The tiles that are other than they were."""

    event: ClassVar[str] = "stats_tick"
    tiles: dict[str, Any]


class StatsTick(Event):
    """How it stands now, and which of it is other than at the tick before."""

    name: ClassVar[str] = "stats_tick"
    rank = 90
    tiles: Tiles
    changed: list[str]

    def frames(self) -> Sequence[Told]:
        """Tell the organizers what changed."""
        return [Told(ORGANIZERS(), TilesChanged(tiles=self.tiles.model_dump(mode="json", include=set(self.changed))))]


EVENTS: tuple[type[Event], ...] = (StatsTick,)
FRAMES: tuple[type[Frame], ...] = (TilesChanged,)

rollups = Part("rollups")


# -- tiles ------------------------------------------------------------------------------------------------------------


@rollups.within(OrderCreated, OrderUpdated)
async def tick_soon(ctx: Ctx, event: OrderFact) -> None:
    """Let the tiles be told at the end of the running five seconds."""
    at = datetime.fromtimestamp((ctx.now.timestamp() // TICK_S + 1) * TICK_S, UTC)
    await ctx.schedule(tick, at)


@rollups.timer(settles=False)
async def tick(ctx: Ctx) -> None:
    """Tell the tiles that changed since the last tick."""
    tiles = await read_tiles(ctx)
    last = await ctx.one(LAST_TICK, after=await ctx.head() - LOOKS_BACK)
    before = last.data["tiles"] if last is not None else {}
    changed = [name for name, value in tiles.model_dump(mode="json").items() if before.get(name, _UNTOLD) != value]
    if changed:
        ctx.emit(StatsTick(tiles=tiles, changed=changed))


# -- hours ------------------------------------------------------------------------------------------------------------


@rollups.every("2 * * * *")
async def roll_up_hours(ctx: Ctx) -> None:
    """Keep the figures of the hours that are over; those missed are made up for."""
    end = ctx.woken_at.replace(minute=0, second=0, microsecond=0)
    last = await ctx.one(LAST_HOUR)
    hour = max(end - MOST_HOURS * HOUR, last + HOUR if last is not None else end - HOUR)
    while hour < end:
        await _roll_up_hour(ctx, hour)
        hour += HOUR


async def _roll_up_hour(ctx: Ctx, hour: datetime) -> None:
    event = await ctx.one(EVENTS_THEN, since=hour, until=hour + HOUR)
    if event is None:
        return
    facts = await read_facts(ctx, Range(hour, hour + HOUR))
    standing = [cup_of(row) for row in await ctx.tuples(STANDING)]
    here = await everyone_present(ctx)
    for station in await ctx.all(STATIONS):
        figures = station_figures(facts, station, standing, len(here.get(station.id, ()))).model_dump(mode="json")
        row = StationHour(event_id=event.id, station_id=station.id, hour=hour, figures=figures)
        if not await ctx.try_add(row):
            await ctx.run(AGAIN, of_event=event.id, of_station=station.id, of_hour=hour, found=figures)


# -- days -------------------------------------------------------------------------------------------------------------


@rollups.every("10 4 * * *")
async def roll_up_days(ctx: Ctx) -> None:
    """Keep the figures of the days that are over, by the event's clock; those missed are made up for."""
    zone = await event_zone(ctx)
    today = ctx.woken_at.astimezone(zone).date()
    last = await ctx.one(LAST_DAY)
    day = today - timedelta(days=1)
    if last is not None:
        day = max(today - timedelta(days=MOST_DAYS), datetime.fromisoformat(last).date() + timedelta(days=1))
    while day < today:
        since, until = day_bounds(day, zone)
        facts = await read_facts(ctx, Range(since, until))
        ranks = await ranks_of(ctx, facts)
        for user_id in await ctx.all(PEOPLE):
            stats = UserStats.model_validate(stats_of(facts, user_id, ranks, zone))
            if stats.orders_completed or stats.shifts.planned:
                figures = stats.model_dump(mode="json", by_alias=True)
                await ctx.try_add(UserDay(user_id=user_id, day=day.isoformat(), figures=figures))
        day += timedelta(days=1)
