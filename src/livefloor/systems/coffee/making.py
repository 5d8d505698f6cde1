"""Making a cup: start, put back, complete, hand over, undo, cancel, make again (section 4, rules 10 to 17, 22, 46, 76)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import func, select

from livefloor import POST, Ctx, Forbidden, Input, Part, View, bindparam
from livefloor.systems.coffee.cups import CUPS_OF_TICKET, Held, Taken, check_present, held, needs_of, take
from livefloor.systems.coffee.floor import hold, read_floor
from livefloor.systems.coffee.kitchen import read_kitchen
from livefloor.systems.coffee.models import Order
from livefloor.systems.coffee.order_views import OrderCreated, OrderView, shown
from livefloor.systems.coffee.releasing import release
from livefloor.systems.coffee.rooms import BARISTA, FRONT, LEADS, STAFF, by
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules import tickets
from livefloor.systems.coffee.rules.order_states import OrderStatus, RemakeReason, event_for, refusal
from livefloor.systems.coffee.rules.orders import By
from livefloor.systems.coffee.stock_views import Depleted
from livefloor.systems.coffee.telling import tell_cancelled
from livefloor.systems.coffee.waiting import tell_soon, watch_lateness
from livefloor.systems.coffee.wishes import Moment

IN_HAND = select(func.count()).where(Order.barista_id == bindparam("barista_id"), Order.status == "in_progress")
MAKERS = LEADS | BARISTA

CancelReason = Literal["customer", "duplicate", "out_of_stock", "test", "other"]
UserId = Annotated[str, Field(max_length=36)]
Version = Annotated[int | None, Field(ge=0, lt=2**63)]


class Start(Input):
    """When it was tapped, and for whom."""

    version: Version = None
    occurred_at: Moment | None = None
    barista_id: UserId | None = None


class Complete(Start):
    """When it was tapped; with allergies, that wand and jug were clean (rule 22)."""

    allergen_ack: bool = False


class StatusChange(Complete):
    """The state that a cup shall have."""

    status: OrderStatus


class Step(Input):
    """Which version of the cup is meant."""

    version: Version = None
    occurred_at: Moment | None = None


class Cancel(Input):
    """Why, whether what is in it is lost, and whether the guest is told."""

    version: Version = None
    reason: CancelReason = "other"
    wasted: bool = True
    notify: bool = True


class Remake(Input):
    """What was wrong."""

    reason: RemakeReason


class Completed(View):
    """A cup that is made, what it took, and whether its whole ticket is ready."""

    order: OrderView
    depleted: list[Depleted]
    ticket_complete: bool


making = Part("making")

Maker = Callable[[Ctx, str, StatusChange], Awaitable[Taken]]


async def _acting(ctx: Ctx, cup: Held, barista_id: str | None) -> By:
    """Return whose hands make the cup: the barista named, who must be present at its station, or whoever taps."""
    if barista_id is None or barista_id == cup.by.id:
        return cup.by
    check_present(await read_floor(ctx), cup.order.station_id, barista_id)
    return replace(cup.by, id=barista_id)


async def start(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    """Take a pending cup in hand; of two at once one wins (rules 10, 12 to 14, 36)."""
    cup = await held(ctx, order_id)
    acting = await _acting(ctx, cup, asked.barista_id)
    at = steps.counted_moment(asked.occurred_at, ctx.now, cup.order.queued_at)
    in_hand = await ctx.one(IN_HAND, barista_id=acting.id) or 0
    step = steps.start(cup.cup, acting, at, in_progress=in_hand)
    return await take(ctx, cup, step, version=asked.version, at=asked.occurred_at)


async def put_back(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    """Give a cup in hand back to the queue, at its old place."""
    cup = await held(ctx, order_id)
    return await take(ctx, cup, steps.put_back(cup.cup, cup.by), version=asked.version)


async def complete(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    """Call a cup made: its stock is used up, once (rules 11, 22, 27, 46, 76)."""
    cup = await held(ctx, order_id)
    acting = await _acting(ctx, cup, asked.barista_id)
    at = steps.counted_moment(asked.occurred_at, ctx.now, cup.order.queued_at)
    step = steps.complete(cup.cup, acting, at, allergen_ack=asked.allergen_ack)
    return await take(ctx, cup, step, version=asked.version, at=asked.occurred_at)


async def pick_up(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    """Hand a made cup to its guest."""
    cup, floor = await held(ctx, order_id), await read_floor(ctx)
    zone = ZoneInfo(floor.occasion.timezone if floor.occasion else "UTC")
    at = steps.counted_moment(asked.occurred_at, ctx.now, cup.order.completed_at)
    return await take(ctx, cup, steps.pick_up(cup.cup, cup.by, at, zone), version=asked.version, at=asked.occurred_at)


async def undo(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    """Step back one state (rule 15)."""
    cup = await held(ctx, order_id)
    return await take(ctx, cup, steps.undo(cup.cup, cup.by, ctx.now), version=asked.version)


async def cancel(ctx: Ctx, order_id: str, asked: Cancel, *, guest: bool = False, anywhere: bool = False) -> Taken:
    """Call a cup off: a guest before it is started, the crew also in hand, which is waste unless said (rule 12)."""
    cup = await held(ctx, order_id, actor=By(guest=True) if guest else By(organizer=True) if anywhere else None)
    if not guest and not anywhere and cup.cup.status == "in_progress" and not ctx.actor.is_in(MAKERS):
        raise Forbidden("forbidden", "A cup in hand is called off by those who make it.")
    step = steps.cancel(cup.cup, cup.by, ctx.now, reason=asked.reason, wasted=asked.wasted)
    if not step.unchanged:
        by_whom = "guest" if guest else "system" if ctx.actor.id is None else "staff"
        step = replace(step, values={**step.values, "cancelled_by": by_whom})
    taken = await take(ctx, cup, step, version=asked.version)
    if asked.notify and not guest and not step.unchanged:
        await tell_cancelled(ctx, cup.ticket, cup.order)
    return taken


async def release_now(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    """Put a cup for later into the queue at once."""
    await hold(ctx)
    cup = await held(ctx, order_id)
    if cup.cup.status == "pending":
        return await take(ctx, cup, steps.release(cup.cup, ctx.now, cup.order.station_id))
    return await release(ctx, cup, await read_kitchen(ctx))


async def _cancelled(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    return await cancel(ctx, order_id, Cancel(version=asked.version))


BY_EVENT: dict[str, Maker] = {
    "start": start,
    "put_back": put_back,
    "complete": complete,
    "pick_up": pick_up,
    "undo": undo,
    "cancel": _cancelled,
    "release": release_now,
}


async def set_status(ctx: Ctx, order_id: str, asked: StatusChange) -> Taken:
    """Bring a cup to a state: the general form of all steps, for `POST …/status` and for the socket's `order_update`."""
    status = (await held(ctx, order_id)).cup.status
    event = event_for(status, asked.status)
    if event not in BY_EVENT:
        raise refusal("bad_transition", status, asked.status)
    return await BY_EVENT[event](ctx, order_id, asked)


# -- routes -----------------------------------------------------------------------------------------------------------


def _asked(status: OrderStatus, body: Input | None) -> StatusChange:
    given = body.model_dump(exclude_none=True) if body is not None else {}
    return StatusChange.model_validate({**given, "status": status})


@making.command(POST("/api/orders/{order_id}/status"), allow=MAKERS, refuses=(409, 412))
async def change_order_status(ctx: Ctx, order_id: str, body: StatusChange) -> OrderView:
    """Bring a cup to a state."""
    return (await set_status(ctx, order_id, body)).view


@making.command(POST("/api/orders/{order_id}/start"), allow=MAKERS, refuses=(409, 412))
async def start_order(ctx: Ctx, order_id: str, body: Start | None = None) -> OrderView:
    """Take a cup in hand."""
    return (await start(ctx, order_id, _asked("in_progress", body))).view


@making.command(POST("/api/orders/{order_id}/put-back"), allow=MAKERS, refuses=(409, 412))
async def put_order_back(ctx: Ctx, order_id: str, body: Step | None = None) -> OrderView:
    """Give a cup in hand back to the queue."""
    return (await put_back(ctx, order_id, _asked("pending", body))).view


@making.command(POST("/api/orders/{order_id}/complete"), allow=MAKERS, refuses=(409, 412))
async def complete_order(ctx: Ctx, order_id: str, body: Complete | None = None) -> Completed:
    """Call a cup made."""
    taken = await complete(ctx, order_id, _asked("completed", body))
    return Completed(order=taken.view, depleted=taken.depleted, ticket_complete=taken.ticket_complete)


@making.command(POST("/api/orders/{order_id}/pick-up"), allow=STAFF, refuses=(409, 412))
async def hand_order_over(ctx: Ctx, order_id: str, body: Step | None = None) -> OrderView:
    """Hand a cup to its guest."""
    return (await pick_up(ctx, order_id, _asked("picked_up", body))).view


@making.command(POST("/api/orders/{order_id}/undo"), allow=MAKERS, refuses=(409, 412))
async def undo_order(ctx: Ctx, order_id: str, body: Step | None = None) -> OrderView:
    """Take the last step of a cup back."""
    return (await undo(ctx, order_id, _asked("in_progress", body))).view


@making.command(POST("/api/orders/{order_id}/cancel"), allow=FRONT | BARISTA, refuses=(403, 409, 412))
async def cancel_order(ctx: Ctx, order_id: str, body: Cancel | None = None) -> OrderView:
    """Call a cup off."""
    return (await cancel(ctx, order_id, body or Cancel())).view


@making.command(POST("/api/orders/{order_id}/remake", 201), allow=MAKERS, refuses=(409,))
async def remake_order(ctx: Ctx, order_id: str, body: Remake) -> OrderView:
    """Make a spoilt cup again, before all others (rule 16)."""
    await hold(ctx)
    cup = await held(ctx, order_id)
    if not (cup.by.organizer or cup.by.station_id == cup.order.station_id):
        raise Forbidden("not_your_station", "This cup belongs to another station.", station_id=cup.order.station_id)
    owed = steps.remake(cup.cup, ctx.now, body.reason)
    kitchen = await read_kitchen(ctx)
    planned = kitchen.menu.planned(cup.order)
    offers = kitchen.offers([planned], ctx.now)
    here = next((each for each in offers if each.station_id == cup.order.station_id), None)
    fits = here is not None and here.reason in (None, "queue_full", "vip_not_allowed")
    chosen = here if here is not None and fits else kitchen.assign([planned], None, ctx.now)
    shelves = kitchen.shelves[chosen.station_id]
    await shelves.promise(ctx, needs_of(cup.order))
    order = await _again(ctx, cup, owed, body.reason, chosen.station_id)
    await shelves.finish(ctx)
    view = await shown(ctx, order.id)
    ctx.emit(OrderCreated(actor=by(ctx), order=view))
    await watch_lateness(ctx, order, cup.ticket, kitchen.floor)
    await tell_soon(ctx, chosen.station_id)
    return view


async def _again(ctx: Ctx, cup: Held, owed: steps.Remake, reason: str, station_id: int) -> Order:
    """Put the new cup on the ticket of the first."""
    spoilt = cup.order
    cup_no = max(each.cup_no for each in await ctx.all(CUPS_OF_TICKET, ticket_id=cup.ticket.id)) + 1
    order = Order(
        ticket_id=cup.ticket.id,
        cup_no=cup_no,
        number=tickets.cup_number(cup.ticket.number, cup_no, cup_no),
        event_id=spoilt.event_id,
        station_id=station_id,
        menu_item_id=spoilt.menu_item_id,
        size=spoilt.size,
        milk_id=spoilt.milk_id,
        options=spoilt.options,
        notes=spoilt.notes,
        allergies=spoilt.allergies,
        status="pending",
        priority=owed.priority,
        remake_of=owed.remake_of,
        remake_reason=reason,
        prep_seconds=spoilt.prep_seconds,
        recipe=spoilt.recipe,
        queued_at=ctx.now,
    )
    return await ctx.add(order)
