"""Moves by hand: one cup with its ticket, many at once, and the proposal that evens out the waits (section 5.7)."""

from typing import Annotated, Literal

from pydantic import Field

from livefloor import POST, Conflict, Ctx, Forbidden, Input, NotFound, Part, View
from livefloor.systems.coffee.carrying import Carrying, Reason, begin, empty
from livefloor.systems.coffee.cups import check_version, held, read_cup
from livefloor.systems.coffee.making import Version
from livefloor.systems.coffee.models import Order
from livefloor.systems.coffee.order_views import OrderView, shown
from livefloor.systems.coffee.rooms import BARISTA, FRONT, LEADS
from livefloor.systems.coffee.rules import making as queue
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules import routing
from livefloor.systems.coffee.staffing import check_own_station

OrderId = Annotated[str, Field(max_length=36)]
StationId = Annotated[int, Field(ge=1, le=99)]


class Move(Input):
    """Where a cup shall be made; its ticket's cups go with it unless only this one shall."""

    version: Version = None
    station_id: StationId | Literal["auto"]
    position: Literal["end", "front", "keep"] = "keep"
    notify: bool = True
    only_this: bool = False


class MoveBatch(Input):
    """Which cups shall be made where."""

    order_ids: Annotated[list[OrderId], Field(min_length=1, max_length=50)]
    station_id: StationId | Literal["auto"]


class RefusedMove(View):
    """A cup that stays, and why."""

    id: str
    code: str


class MovedBatch(View):
    """Which cups were moved, and which not."""

    moved: list[str]
    refused: list[RefusedMove]


class Rebalance(Input):
    """Whether the moves are only proposed."""

    dry_run: bool = True


class ProposedMove(View):
    """Cups of a ticket that would be ready sooner elsewhere."""

    order_ids: list[str]
    from_station: int
    to_station: int


class Proposal(View):
    """The moves that cut the longest wait."""

    moves: list[ProposedMove]
    done: bool


moving = Part("moving")


async def _target(ctx: Ctx, carrying: Carrying, unit: list[Order], station_id: int | Literal["auto"]) -> int:
    """Return the station that takes some cups. Raises Conflict same_station, station_unavailable, out_of_stock."""
    offers = carrying.offers(ctx, unit)
    if station_id == unit[0].station_id:
        raise Conflict("same_station", "The cup is at this station already.")
    if station_id == "auto":
        return routing.assign(offers, None).station_id
    offer = next((each for each in offers if each.station_id == station_id), None)
    if offer is not None and offer.reason == "out_of_stock":
        raise carrying.kitchen.shelves[station_id].out_of_stock(offer.missing)
    if offer is not None and offer.reason == "lost" and carrying.kitchen.floor.stations[station_id].status == "open":
        return station_id  # a person who moves a cup there knows better than the heartbeat
    return routing.assign(offers, station_id).station_id


async def _move(
    ctx: Ctx, carrying: Carrying, order_id: str, station_id: int | Literal["auto"], *, only_this: bool = False
) -> list[Order]:
    order = carrying.orders.get(order_id) or await ctx.find(Order, order_id)
    if order is None:
        raise NotFound("not_found", "There is no such cup.")
    steps.check_editable(await read_cup(ctx, order))
    if order.status != "pending":
        raise Conflict("order_started", "A cup for later is placed when its time has come.")
    unit = [order] if only_this else carrying.unit(order)
    source = order.station_id
    target = await _target(ctx, carrying, unit, station_id)
    if ctx.actor.is_in(BARISTA):
        await check_own_station(ctx, source, target)
    await carrying.carry(ctx, unit, target, "manual")
    return unit


async def _set_position(ctx: Ctx, carrying: Carrying, unit: list[Order], position: str) -> None:
    """Put moved cups to the end of the queue, or before the head of their class (rule 8)."""
    floor, minutes = carrying.kitchen.floor, carrying.kitchen.floor.settings.starvation_minutes
    for order in reversed(unit) if position == "front" else unit:
        cups = floor.cups_at(order.station_id or 0)
        own = next(cup for cup in cups if cup.id == order.id)
        if position == "front":
            order.queued_at = queue.front_queued_at(own, cups, ctx.now, minutes)
        else:
            order.queued_at = ctx.now
        await ctx.save(order)


@moving.command(POST("/api/orders/{order_id}/move"), allow=FRONT | BARISTA, refuses=(403, 409, 412))
async def move_order(ctx: Ctx, order_id: str, body: Move) -> OrderView:
    """Let another station make a cup, with the other cups of its ticket (rules 43, 44)."""
    carrying = await begin(ctx, notify=body.notify)
    cup = await held(ctx, order_id)
    await check_version(ctx, cup.order, body.version)
    if body.position == "front" and body.station_id == cup.order.station_id:
        unit = [carrying.orders[order_id]] if order_id in carrying.orders else []
        steps.check_editable(cup.cup)
        await check_own_station(ctx, cup.order.station_id)
        await _set_position(ctx, carrying, unit, "front")
        for order in unit:
            await carrying.tell(ctx, order)
    else:
        unit = await _move(ctx, carrying, order_id, body.station_id, only_this=body.only_this)
        if body.position != "keep":
            await _set_position(ctx, carrying, unit, body.position)
    await carrying.finish(ctx)
    return await shown(ctx, order_id)


@moving.command(POST("/api/orders/move-batch"), allow=FRONT)
async def move_orders(ctx: Ctx, body: MoveBatch) -> MovedBatch:
    """Let another station make many cups; what cannot go stays, and says why."""
    carrying = await begin(ctx)
    refused = []
    for order_id in dict.fromkeys(body.order_ids):
        if order_id in carrying.moved:
            continue  # it went with another cup of its ticket
        try:
            await _move(ctx, carrying, order_id, body.station_id)
        except (Conflict, NotFound, Forbidden) as refusal:
            refused.append(RefusedMove(id=order_id, code=refusal.code))
    await carrying.finish(ctx)
    return MovedBatch(moved=carrying.moved, refused=refused)


@moving.command(POST("/api/orders/rebalance"), allow=LEADS)
async def rebalance_orders(ctx: Ctx, body: Rebalance | None = None) -> Proposal:
    """Propose the moves that cut the longest wait by two minutes or more, or do them."""
    carrying = await begin(ctx)
    kitchen, done = carrying.kitchen, body is not None and not body.dry_run
    carts = [kitchen.floor.cart(station) for station in kitchen.floor.service]
    possible = {}
    for order in carrying.orders.values():
        if order.status == "pending" and order.attention not in ("substitute_asked", "out_of_stock"):
            fit = (offer for offer in carrying.offers(ctx, [order]) if offer.reason is None)
            possible[order.id] = frozenset(offer.station_id for offer in fit)
    moves = routing.rebalance(carts, possible, ctx.now, kitchen.floor.terms)
    if done:
        for move in moves:
            unit = [carrying.orders[order_id] for order_id in move.order_ids]
            try:
                await carrying.carry(ctx, unit, move.to_station, "rebalance")
            except Conflict:
                continue  # an earlier move took the last of it
        await carrying.finish(ctx)
    proposed = [
        ProposedMove(order_ids=list(move.order_ids), from_station=move.from_station, to_station=move.to_station)
        for move in moves
    ]
    return Proposal(moves=proposed, done=done)


async def move_queue(ctx: Ctx, station_id: int, reason: Reason) -> Carrying:
    """Move the queue of a station that stops away, cups in hand too when it is offline or closed (rules 41, 42)."""
    carrying = await begin(ctx)
    await empty(ctx, carrying, station_id, reason, in_hand=reason != "manual")
    await carrying.finish(ctx)
    return carrying
