"""The stations: list, make, edit, open and close, and the heartbeat of their tablets (section 5.8, rules 38 to 41, 47).

What a change of state does to the cups of a station stands where the cups are, which react to StationUpdated.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from livefloor import (
    DELETE,
    GET,
    POST,
    PUT,
    Conflict,
    Ctx,
    Event,
    Frame,
    Invalid,
    Items,
    Look,
    NotFound,
    Part,
    UtcTime,
    bindparam,
)
from livefloor.systems.coffee.carrying import Reason
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.models import (
    DisplayDevice,
    GroupOrder,
    InventoryItem,
    InventoryMovement,
    Order,
    OrderMove,
    Schedule,
    Station,
    StationHour,
    StationInventory,
    StationSettings,
    Ticket,
    User,
)
from livefloor.systems.coffee.moving import move_queue
from livefloor.systems.coffee.occasions import OccasionUpdated
from livefloor.systems.coffee.rooms import (
    ADMIN,
    BARISTA,
    DISPLAY,
    LEADS,
    STAFF_AND_BOARDS,
    SUPPORT,
    by,
)
from livefloor.systems.coffee.rules import stations as machine
from livefloor.systems.coffee.rules.stations import StationStatus
from livefloor.systems.coffee.settings import tell_inherited
from livefloor.systems.coffee.staffing import check_own_station
from livefloor.systems.coffee.station_views import (
    Heartbeat,
    NewStation,
    Present,
    StationChanged,
    StationEdit,
    StationPage,
    StationUpdated,
    StationView,
    StatusChange,
)
from livefloor.systems.coffee.tablets import watch_tablet

ALL = select(Station).order_by(Station.sort, Station.id)
NUMBERS = select(Station.id)
OTHERS_OPEN = (
    select(func.count()).select_from(Station).where(Station.status == "open", Station.id != bindparam("of_station"))
)
QUEUES = (
    select(Order.station_id, func.count())
    .where(Order.status.in_(("pending", "in_progress")), Order.station_id.is_not(None))
    .group_by(Order.station_id)
)
OPEN_CUPS = (
    select(func.count())
    .select_from(Order)
    .where(Order.station_id == bindparam("of_station"), Order.status.in_(("pending", "in_progress")))
)
PRESENT = (
    select(Schedule.station_id, User.id, User.display_name, Schedule.status)
    .join(User, User.id == Schedule.user_id)
    .where(Schedule.status.in_(("checked_in", "on_break")))
    .order_by(Schedule.checked_in_at, User.id)
)
OUT = (
    select(StationInventory.station_id, InventoryItem.code)
    .join(InventoryItem, InventoryItem.id == StationInventory.item_id)
    .where(StationInventory.alert_level == "out", StationInventory.enabled, InventoryItem.enabled)
    .order_by(InventoryItem.code)
)
ENABLED_ITEMS = select(InventoryItem).where(InventoryItem.enabled)
USED = tuple(
    select(func.count()).where(column == bindparam("of_station"))
    for column in (
        Order.station_id,
        Ticket.station_id,
        InventoryMovement.station_id,
        Schedule.station_id,
        GroupOrder.station_id,
        DisplayDevice.station_id,
        StationHour.station_id,
        OrderMove.from_station,
        OrderMove.to_station,
    )
)
HEARD = (
    update(Station)
    .where(Station.id == bindparam("of_station"))
    .values(last_heartbeat_at=bindparam("now", type_=UtcTime()))
)

MOVES: dict[str, Reason] = {"offline": "offline", "closed": "closed"}
"""Why the cups of a station go elsewhere, by the state that it gets."""

EVENTS: tuple[type[Event], ...] = (StationUpdated,)
FRAMES: tuple[type[Frame], ...] = (StationUpdated,)

stations = Part("stations")


# -- looking ----------------------------------------------------------------------------------------------------------


async def _pages(look: Look, rows: Sequence[Station]) -> list[StationPage]:
    queues: dict[int, int] = dict(await look.tuples(QUEUES))  # type: ignore[arg-type]
    present = await look.tuples(PRESENT) if look.actor.role != "display" else []
    out = await look.tuples(OUT)
    return [
        StationPage(
            **StationView.model_validate(row).model_dump(),
            present=[
                Present.model_validate({"id": user_id, "name": name, "state": state})
                for station_id, user_id, name, state in present
                if station_id == row.id
            ],
            queue_length=queues.get(row.id, 0),
            out_items=[code for station_id, code in out if station_id == row.id],
        )
        for row in rows
    ]


@stations.query(GET("/api/stations/"), allow=STAFF_AND_BOARDS)
async def list_stations(look: Look) -> Items[StationPage]:
    """List the stations as they stand."""
    items = await _pages(look, await look.all(ALL))
    return Items[StationPage](items=items, next_cursor=None, total=len(items))


@stations.query(GET("/api/stations/{station_id}"), allow=STAFF_AND_BOARDS)
async def get_station(look: Look, station_id: int) -> StationPage:
    """Show one station as it stands."""
    row = await look.find(Station, station_id)
    if row is None:
        raise NotFound()
    return (await _pages(look, [row]))[0]


# -- making and editing -----------------------------------------------------------------------------------------------


@stations.command(POST("/api/stations/", 201), allow=LEADS, refuses=(409,))
async def create_station(ctx: Ctx, body: NewStation) -> StationView:
    """Make a station, closed, with nothing of every item."""
    await ctx.lock("stations")
    rows = await ctx.all(ALL)
    taken = {row.id for row in rows}
    number = body.id or next((each for each in range(1, 100) if each not in taken), None)
    if number is None or number in taken:
        raise Conflict("number_taken", "This number is taken; stations have the numbers 1 to 99.")
    _refuse_name(body.name, rows)
    station = Station(**body.model_dump(exclude={"id"}), id=number)
    await ctx.add(station)
    await ctx.add(StationSettings(station_id=number))
    for item in await ctx.all(ENABLED_ITEMS):
        await ctx.add(stock_row(number, item))
    view = StationView.model_validate(station)
    ctx.emit(StationUpdated(actor=by(ctx), station_id=number, change="created", station=view))
    return view


def _refuse_name(name: str, rows: Sequence[Station], but: int = 0) -> None:
    if any(row.name.casefold() == name.casefold() for row in rows if row.id != but):
        raise Conflict("name_taken", "Another station has this name.")


def stock_row(station_id: int, item: InventoryItem) -> StationInventory:
    """Return the row of an item that a station has nothing of, with the thresholds of the catalogue."""
    return StationInventory(
        station_id=station_id,
        item_id=item.id,
        low_threshold=item.default_low,
        critical_threshold=item.default_critical,
        capacity=item.default_capacity,
        alert_level="out",
    )


async def held_station(ctx: Ctx, station_id: int) -> Station:
    """Return a station, held until the end of this transaction. Raises NotFound."""
    row = await ctx.locked(Station, station_id)
    if row is None:
        raise NotFound()
    return row


@stations.command(PUT("/api/stations/{station_id}"), allow=LEADS, refuses=(409, 412))
async def change_station(ctx: Ctx, station_id: int, body: StationEdit) -> StationView:
    """Edit a station."""
    await ctx.lock("stations")
    row = await held_station(ctx, station_id)
    ctx.check_version(row.version, body.version, StationView.model_validate(row))
    if body.name is not None:
        _refuse_name(body.name, await ctx.all(ALL), row.id)
    before, longest = row.version, row.max_queue
    for name in body.model_fields_set - {"version"}:
        value = getattr(body, name)
        if value is None:
            raise Invalid.field(name, "must not be null")
        if value != getattr(row, name):
            setattr(row, name, value)
    await ctx.save(row)
    view = StationView.model_validate(row)
    if row.version != before:
        ctx.emit(StationUpdated(actor=by(ctx), station_id=station_id, change="edited", station=view))
    if row.max_queue != longest:
        await tell_inherited(ctx, station_id, ["max_queue"])
    return view


@stations.command(DELETE("/api/stations/{station_id}"), allow=ADMIN, refuses=(409,))
async def delete_station(ctx: Ctx, station_id: int) -> None:
    """Take away a station that was never in use; one that was is closed instead."""
    await ctx.lock("stations")
    row = await held_station(ctx, station_id)
    for count in USED:
        if await ctx.one(count, of_station=station_id):
            raise Conflict("station_in_use", "This station has a history: close it instead.")
    view = StationView.model_validate(row)
    await ctx.delete(row)
    ctx.emit(StationUpdated(actor=by(ctx), station_id=station_id, change="deleted", station=view))


# -- states -----------------------------------------------------------------------------------------------------------


@stations.command(POST("/api/stations/{station_id}/status"), allow=LEADS | BARISTA, refuses=(409, 412))
async def change_status(ctx: Ctx, station_id: int, body: StatusChange) -> StationChanged:
    """Open a station, pause it, declare it offline, or close it."""
    await ctx.lock("stations")
    await hold(ctx)
    row = await held_station(ctx, station_id)
    await check_own_station(ctx, station_id)
    if row.kind == "storage":
        raise Conflict("storage_station", "A storeroom makes no coffee.")
    ctx.check_version(row.version, body.version, StationView.model_validate(row))
    if body.until is not None and (body.status != "paused" or body.until <= ctx.now):
        raise Invalid.field("until", "is a moment to come, for a pause")
    what = machine.change(
        _status(row),
        body.status,
        open_cups=await ctx.one(OPEN_CUPS, of_station=station_id) or 0,
        other_open=await ctx.one(OTHERS_OPEN, of_station=station_id) or 0,
        queue=body.queue,
        force=body.force,
    )
    if not what.unchanged or (row.status_reason, row.status_until) != (body.reason, body.until):
        await _become(ctx, row, what, body.reason, body.until)
    changed = StationChanged(station=StationView.model_validate(row), moved=[], stranded=[])
    if not what.move_queue:
        return changed
    carrying = await move_queue(ctx, station_id, MOVES.get(body.status, "manual"))
    return changed.model_copy(update={"moved": carrying.moved, "stranded": carrying.stranded})


def _status(row: Station) -> StationStatus:
    return StationView.model_validate(row).status


async def _become(ctx: Ctx, row: Station, what: machine.Change, reason: str | None, until: datetime | None) -> None:
    """Bring a station to a state, and tell of it; a pause with an end reopens by itself (rule 40)."""
    previous = _status(row)
    row.status, row.status_reason, row.status_until = what.status, reason, until
    if what.reset_speed:
        row.speed_factor, row.last_completed_at = 1.0, None
    await ctx.save(row)
    await ctx.cancel(reopen, station_id=row.id)
    if until is not None:
        await ctx.schedule(reopen, until, station_id=row.id)
    ctx.emit(
        StationUpdated(
            actor=by(ctx),
            station_id=row.id,
            change="status",
            previous_status=previous,
            move_queue=what.move_queue,
            station=StationView.model_validate(row),
        )
    )


@stations.timer()
async def reopen(ctx: Ctx, station_id: int) -> None:
    """Open a station whose pause is over."""
    await ctx.lock("stations")
    row = await ctx.locked(Station, station_id)
    if row is not None and row.status == "paused":
        await _become(ctx, row, machine.change("paused", "open", open_cups=0, other_open=0), None, None)


@stations.within(OccasionUpdated)
async def close_stations(ctx: Ctx, told: OccasionUpdated) -> None:
    """Close all stations when their event is closed."""
    if told.change != "closed":
        return
    await ctx.lock("stations")
    await hold(ctx)
    for row in await ctx.all(ALL):
        if row.status != "closed":
            await _become(ctx, row, machine.Change("closed"), None, None)


# -- heartbeat --------------------------------------------------------------------------------------------------------


@stations.command(POST("/api/stations/{station_id}/heartbeat", 204), allow=BARISTA | SUPPORT | DISPLAY)
async def beat(ctx: Ctx, station_id: int, body: Heartbeat) -> None:
    """Say that the tablet of a station is there; the first word after a silence makes it live again (rule 47)."""
    await check_own_station(ctx, station_id)
    row = await ctx.find(Station, station_id)
    if row is None:
        raise NotFound()
    await watch_tablet(ctx, station_id)
    if row.connection == "live":
        await ctx.run(HEARD, of_station=station_id, now=ctx.now)
        return
    row = await held_station(ctx, station_id)
    row.last_heartbeat_at, row.connection = ctx.now, "live"
    await ctx.save(row)
    view = StationView.model_validate(row)
    ctx.emit(StationUpdated(actor=by(ctx), station_id=station_id, change="connection", station=view))
