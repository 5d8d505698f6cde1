"""Cups ordered ahead: they go into the queue just in time (rule 18)."""

from dataclasses import replace
from datetime import datetime, timedelta

from livefloor import Ctx, Part
from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.systems.coffee.cups import CUPS_OF_TICKET, Held, Taken, held, read_cup, take
from livefloor.systems.coffee.floor import Floor, hold
from livefloor.systems.coffee.kitchen import Kitchen, read_kitchen
from livefloor.systems.coffee.models import Order
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules import routing, stock
from livefloor.systems.coffee.rules.routing import Estimate

EVERY = timedelta(seconds=5)
TOO_LATE = timedelta(minutes=15)
RETRY = timedelta(seconds=30)

releasing = Part("releasing")


async def watch_release(ctx: Ctx, order: Order, floor: Floor) -> None:
    """Look at a cup for later again when its time may have come.

    The wait changes until then: each look halves the time that is left, down to five seconds.
    """
    at = _due(order, floor, ctx.now)
    left = (at - ctx.now) / 2
    await ctx.schedule(release_cup, ctx.now + max(left, EVERY) if at > ctx.now else ctx.now, order_id=order.id)


def _due(order: Order, floor: Floor, now: datetime) -> datetime:
    wait = floor.wait_seconds(order.station_id, now) if order.station_id in floor.stations else 0.0
    assert order.requested_for is not None
    return steps.release_at(order.requested_for, wait + order.prep_seconds)


@releasing.timer()
async def release_cup(ctx: Ctx, order_id: str) -> None:
    """Put a cup for later into the queue when its time has come."""
    await hold(ctx)
    order = await ctx.find(Order, order_id)
    if order is None or order.status != "scheduled" or order.requested_for is None:
        return
    kitchen = await read_kitchen(ctx)
    if _due(order, kitchen.floor, ctx.now) > ctx.now:
        await watch_release(ctx, order, kitchen.floor)
        return
    await release(ctx, await held(ctx, order_id), kitchen)


async def release(ctx: Ctx, cup: Held, kitchen: Kitchen) -> Taken:
    """Put a scheduled cup into a queue, with the others of its ticket; without a station they wait on, with an alert.

    It is their own station, or another that can make them (rules 1, 18). All stations are held by the caller.
    """
    unit = [cup, *(await _others(ctx, cup))]
    needs = stock.total([stock.Line(*line) for line in each.needs.items()] for each in unit)
    own = kitchen.shelves.get(cup.order.station_id or 0)
    if own is not None:
        # What they hold themselves must not stand in their way; it is promised anew where they go.
        await own.release(ctx, needs)
    offers = kitchen.offers([kitchen.menu.planned(each.order) for each in unit], ctx.now)
    chosen = next((each for each in offers if each.station_id == cup.order.station_id and each.reason is None), None)
    chosen = chosen or routing.best(offers)
    shelves = kitchen.shelves[chosen.station_id] if chosen else own
    if shelves is not None:
        await shelves.promise(ctx, needs)
        await shelves.finish(ctx)
    if own is not None and own is not shelves:
        await own.finish(ctx)
    if chosen is None:
        await open_alert(ctx, "stranded", "critical", station_id=cup.order.station_id, subject=cup.ticket.id)
        await ctx.schedule(release_cup, ctx.woken_at + RETRY, order_id=cup.order.id)
    else:
        await close_alert(ctx, "stranded", station_id=cup.order.station_id, subject=cup.ticket.id)
        cup.ticket.station_id, cup.ticket.quoted_wait_seconds = chosen.station_id, chosen.quoted_wait_seconds
        await ctx.save(cup.ticket)
    taken = [await _release_one(ctx, each, chosen) for each in unit]
    return taken[0]


async def _release_one(ctx: Ctx, cup: Held, chosen: Estimate | None) -> Taken:
    step = steps.release(cup.cup, ctx.now, chosen.station_id if chosen else None)
    wanted = cup.order.requested_for
    if chosen is not None and wanted is not None and ctx.woken_at - wanted > TOO_LATE:
        step = replace(step, values={**step.values, "attention": "late"})
    return await take(ctx, cup, step)


async def _others(ctx: Ctx, cup: Held) -> list[Held]:
    """Return the other cups of the ticket that wait for the same time."""
    found = []
    for order in await ctx.all(CUPS_OF_TICKET, ticket_id=cup.ticket.id):
        same = order.status == "scheduled" and order.requested_for == cup.order.requested_for
        if same and order.id != cup.order.id and order.station_id == cup.order.station_id:
            found.append(Held(order, cup.ticket, await read_cup(ctx, order), cup.by))
    return found
