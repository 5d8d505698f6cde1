"""What time does to a queue: waits that are told, and cups that become late (rules 5 and 9)."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from livefloor import Ctx, Part, bindparam
from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.systems.coffee.floor import Floor, hold, read_floor
from livefloor.systems.coffee.models import Order, Ticket
from livefloor.systems.coffee.order_views import OrderUpdated, QueueEta, QueuePlace, shown
from livefloor.systems.coffee.rules.making import LATE_CUPS_FOR_ALERT, Queued, is_late, late_at

ETA_EVERY_S = 2
LATE_HERE = select(Order.id).where(
    Order.station_id == bindparam("station_id"), Order.status == "pending", Order.attention == "late"
)

waiting = Part("waiting")


async def tell_soon(ctx: Ctx, *station_ids: int | None) -> None:
    """Let the waits of these stations be told at the end of the running two seconds."""
    at = datetime.fromtimestamp((math.floor(ctx.now.timestamp() / ETA_EVERY_S) + 1) * ETA_EVERY_S, UTC)
    for station_id in {number for number in station_ids if number is not None}:
        await ctx.schedule(tell_eta, at, station_id=station_id)


@waiting.timer(settles=False)
async def tell_eta(ctx: Ctx, station_id: int) -> None:
    """Tell the wait of a station and the place of each of its cups."""
    floor = await read_floor(ctx)
    if station_id not in floor.stations:
        return
    places = floor.places(station_id, ctx.now)
    wait = floor.wait_seconds(station_id, ctx.now)
    own: dict[str, list[str]] = {}
    for cup in floor.cups_at(station_id):
        if cup.id in places:
            own.setdefault(cup.ticket_id, []).append(cup.id)
    told = QueueEta(
        station_id=station_id,
        wait_seconds=round(wait),
        minutes=floor.quoted(wait) // 60,
        positions={id: QueuePlace(position=place.position, eta_at=place.eta_at) for id, place in places.items()},
        tickets=own,
    )
    ctx.emit(told)


def _as_queued(order: Order, ticket: Ticket) -> Queued:
    return Queued(
        id=order.id,
        ticket_id=order.ticket_id,
        number=order.number,
        queued_at=order.queued_at,
        base_work=order.prep_seconds,
        status=order.status,  # type: ignore[arg-type]
        quoted_wait_seconds=ticket.quoted_wait_seconds or 0,
    )


def late_minutes(floor: Floor, station_id: int | None) -> int:
    """Return after how many minutes a cup is late at a station."""
    found: Any = floor.settings.late_minutes if station_id is None else floor.set_for(station_id, "late_minutes")
    return int(found)


async def watch_lateness(ctx: Ctx, order: Order, ticket: Ticket, floor: Floor) -> None:
    """Look at a waiting cup again when it will be late, or goes before the others (rules 8, 9)."""
    late = late_at(_as_queued(order, ticket), late_minutes(floor, order.station_id)) + timedelta(seconds=1)
    starving = order.queued_at + timedelta(minutes=floor.settings.starvation_minutes)
    moments = [at for at in (late if order.attention is None else None, starving) if at is not None and at > ctx.now]
    if order.attention is None and late <= ctx.now:
        moments.append(ctx.now)
    if moments:
        await ctx.schedule(look_again, min(moments), order_id=order.id)


@waiting.timer()
async def look_again(ctx: Ctx, order_id: str) -> None:
    """Mark a cup that waits too long; tell the places anew when it goes before the others by now."""
    order = await ctx.find(Order, order_id)
    if order is None or order.status != "pending" or order.station_id is None:
        return
    await hold(ctx, order.station_id)
    order = await ctx.find(Order, order_id)
    ticket = await ctx.find(Ticket, order.ticket_id) if order is not None else None
    if order is None or ticket is None or order.status != "pending":
        return
    floor = await read_floor(ctx)
    await tell_soon(ctx, order.station_id)
    if order.attention is None and is_late(_as_queued(order, ticket), ctx.now, late_minutes(floor, order.station_id)):
        await _mark_late(ctx, order)
    await watch_lateness(ctx, order, ticket, floor)


async def _mark_late(ctx: Ctx, order: Order) -> None:
    """Mark a cup as late; the third of a station calls for help (rule 9)."""
    order.attention = "late"
    await ctx.save(order)
    ctx.emit(
        OrderUpdated(
            order=await shown(ctx, order.id),
            order_id=order.id,
            status="pending",
            previous_status="pending",
            station_id=order.station_id,
            change="attention",
        )
    )
    await check_late(ctx, order.station_id)


async def check_late(ctx: Ctx, station_id: int | None) -> None:
    """Open the alert of a station with three late cups, or close it."""
    if station_id is None:
        return
    if len(await ctx.all(LATE_HERE, station_id=station_id)) >= LATE_CUPS_FOR_ALERT:
        await open_alert(ctx, "late_orders", "warn", station_id=station_id)
    else:
        await close_alert(ctx, "late_orders", station_id=station_id)
