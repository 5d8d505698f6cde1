"""The silence of a station: its tablet is lost, its queue moves away, nobody is there (rules 45, 47, 48)."""

from datetime import timedelta

from sqlalchemy import select, update

from livefloor import Ctx, Part, UtcTime, bindparam
from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.systems.coffee.carrying import begin, empty
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.floor import hold, read_floor
from livefloor.systems.coffee.models import Station
from livefloor.systems.coffee.rules.stations import unstaffed_level
from livefloor.systems.coffee.station_views import StationUpdated, StationView

HEARD_STATIONS = select(Station.id).where(Station.connection == "live", Station.last_heartbeat_at.is_not(None))
UNSTAFFED = (
    update(Station)
    .where(Station.id == bindparam("of_station"))
    .values(unstaffed_since=bindparam("since", type_=UtcTime()))
)

tablets = Part("tablets")


async def watch_tablet(ctx: Ctx, station_id: int) -> None:
    """Count the silence of a station from now on."""
    settings = await event_settings(ctx)
    await ctx.schedule(lose, ctx.now + timedelta(seconds=settings.offline_grace_seconds), station_id=station_id)
    await ctx.schedule(fail_over, ctx.now + timedelta(seconds=settings.failover_after_seconds), station_id=station_id)


@tablets.at_start
async def listen_again(ctx: Ctx) -> None:
    """Count all silences from the start: while the server was down nobody could be heard (section 8)."""
    for station_id in await ctx.all(HEARD_STATIONS):
        await watch_tablet(ctx, station_id)


@tablets.timer(order=20)
async def lose(ctx: Ctx, station_id: int) -> None:
    """Take a station for lost that was not heard for a minute: it gets no new cups (rule 45)."""
    await hold(ctx, station_id)
    station = await ctx.find(Station, station_id)
    if station is None or station.connection != "live":
        return
    station.connection = "lost"
    await ctx.save(station)
    ctx.emit(StationUpdated(station_id=station_id, change="connection", station=StationView.model_validate(station)))
    if station.status in ("open", "paused"):
        await open_alert(ctx, "station_lost", "critical", station_id=station_id)


@tablets.timer(order=30)
async def fail_over(ctx: Ctx, station_id: int) -> None:
    """Move the waiting cups of a lost station away, but for the first ones, which are probably made (rule 45)."""
    carrying = await begin(ctx)
    floor = carrying.kitchen.floor
    station = floor.stations.get(station_id)
    if station is None or station.connection != "lost" or not floor.settings.auto_failover:
        return
    await empty(ctx, carrying, station_id, "failover", keep=floor.settings.failover_keep, in_hand=False)
    await carrying.finish(ctx)


@tablets.within(StationUpdated)
async def close_alerts(ctx: Ctx, told: StationUpdated) -> None:
    """Close the alert of a station that is heard again, or opened (rule 47, section 4)."""
    if told.station.connection == "live" or told.station.status == "closed":
        await close_alert(ctx, "station_lost", station_id=told.station_id)


@tablets.every("* * * * *")
async def look_for_people(ctx: Ctx) -> None:
    """Call for somebody where a station is open and nobody is present for five minutes (rule 48)."""
    floor = await read_floor(ctx)
    for station in floor.service:
        alone = station.status == "open" and not floor.present.get(station.id)
        since = (station.unstaffed_since or ctx.now) if alone else None
        if since != station.unstaffed_since:
            await ctx.run(UNSTAFFED, of_station=station.id, since=since)
        present, cups = len(floor.present.get(station.id, ())), len(floor.cups_at(station.id))
        level = unstaffed_level(station.status, present, since, ctx.now, open_cups=cups)  # type: ignore[arg-type]
        if level is not None:
            await open_alert(ctx, "station_unstaffed", level, station_id=station.id)
        elif not alone:
            await close_alert(ctx, "station_unstaffed", station_id=station.id)
