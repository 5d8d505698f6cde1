"""A cup inside a change: held with its station, taken a step further, with its stock, its ticket and its fact.

The rules say what a step makes of a cup (`rules.orders`); here it is carried out, and what follows for the ticket, the
station's learned speed and the texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from livefloor import Actor, Ctx, Forbidden, Look, NotFound, Part, UtcTime, bindparam
from livefloor.systems.coffee.floor import Floor, hold, read_floor
from livefloor.systems.coffee.models import InventoryMovement, Order, OrderMove, Station, Ticket, User
from livefloor.systems.coffee.order_views import Change, OrderUpdated, OrderView, shown
from livefloor.systems.coffee.recipes import read_menu
from livefloor.systems.coffee.rooms import LEADS, SUPPORT, by
from livefloor.systems.coffee.rules import making, stock
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules.order_states import MADE
from livefloor.systems.coffee.rules.orders import By, Cup, Step
from livefloor.systems.coffee.shelves import Shelves, read_shelves
from livefloor.systems.coffee.staffing import own_station
from livefloor.systems.coffee.stock_views import Depleted, InventoryDepleted, InventoryUpdated
from livefloor.systems.coffee.telling import tell_picked_up, tell_ready, untell_ready
from livefloor.systems.coffee.waiting import check_late, look_again, tell_soon, watch_lateness

MOVES = select(OrderMove.from_station, OrderMove.reason).where(OrderMove.order_id == bindparam("order_id"))
REMAKES = select(func.count()).where(Order.remake_of == bindparam("first"))
CUPS_OF_TICKET = select(Order).where(Order.ticket_id == bindparam("ticket_id")).order_by(Order.cup_no)
TAKEN_IN_CYCLE = select(InventoryMovement).where(
    InventoryMovement.order_id == bindparam("order_id"),
    InventoryMovement.cycle == bindparam("cycle"),
    InventoryMovement.kind == "deplete",
)
LEARN = (
    update(Station)
    .where(Station.id == bindparam("of_station"))
    .values(speed_factor=bindparam("factor"), last_completed_at=bindparam("moment", type_=UtcTime()))
)
UNPROMISED = frozenset({"out_of_stock", "substitute_asked"})
"""The marks of cups that hold no stock: what they need was not there."""

cups = Part("cups")


@dataclass(slots=True)
class Held:
    """A cup with its ticket, held with its station."""

    order: Order
    ticket: Ticket
    cup: Cup
    by: By

    @property
    def needs(self) -> dict[str, int]:
        """Return what it takes, by item."""
        return needs_of(self.order)


@dataclass(slots=True)
class Taken:
    """A cup after a step."""

    view: OrderView
    depleted: list[Depleted] = field(default_factory=list)
    ticket_complete: bool = False


def needs_of(order: Order) -> dict[str, int]:
    """Return what a cup takes, by item; the recipe as it was when it was ordered counts (rule 28)."""
    return stock.total([[stock.Line(line["code"], line["quantity"]) for line in order.recipe]])


def is_promised(order: Order) -> bool:
    """Tell whether stock is kept for a cup."""
    return order.status in ("scheduled", "pending", "in_progress") and order.attention not in UNPROMISED


async def who(look: Look, actor: Actor) -> By:
    """Return who takes a step, as the rules see it (section 2)."""
    if actor.id is None or actor.is_in(LEADS):
        return By(id=actor.id, organizer=True)
    if actor.is_in(SUPPORT):
        return By(id=actor.id, anywhere=True)
    return By(id=actor.id, station_id=await own_station(look, actor))


async def read_cup(look: Look, order: Order) -> Cup:
    """Return a row of orders as the rules see it."""
    moves = await look.tuples(MOVES, order_id=order.id)
    barista = await look.find(User, order.barista_id) if order.barista_id else None
    return Cup(
        id=order.id,
        status=order.status,  # type: ignore[arg-type]
        station_id=order.station_id,
        queued_at=order.queued_at,
        started_at=order.started_at,
        completed_at=order.completed_at,
        picked_up_at=order.picked_up_at,
        barista_id=order.barista_id,
        barista_name=barista.display_name if barista else None,
        attention=order.attention,  # type: ignore[arg-type]
        allergies=tuple(order.allergies),
        requested_for=order.requested_for,
        remake_of=order.remake_of,
        remakes=await look.one(REMAKES, first=order.remake_of or order.id) or 0,
        depletion_cycle=order.depletion_cycle,
        moved_from=frozenset(number for number, _ in moves if number is not None),
        failed_over_from=frozenset(
            number for number, reason in moves if number is not None and reason in ("failover", "offline")
        ),
    )


async def held(ctx: Ctx, order_id: str, *, actor: By | None = None) -> Held:
    """Return a cup, held with its station and the own one of whoever acts. Raises NotFound."""
    acting = actor or await who(ctx, ctx.actor)
    order = await ctx.find(Order, order_id)
    stations: set[int] = set()
    while order is not None and not (wanted := {order.station_id, acting.station_id} - {None}) <= stations:
        stations |= {number for number in wanted if number is not None}
        await hold(ctx, *stations)
        order = await ctx.find(Order, order_id)
    if order is None:
        raise NotFound("not_found", "There is no such cup.")
    ticket = await ctx.find(Ticket, order.ticket_id)
    assert ticket is not None
    return Held(order, ticket, await read_cup(ctx, order), acting)


async def check_version(ctx: Ctx, order: Order, version: int | None) -> None:
    """Refuse a step that relies on an older cup. Raises Stale with the cup of now."""
    ctx.check_version(order.version, version, await shown(ctx, order.id))


# -- a step ---------------------------------------------------------------------------------------------------------


async def take(
    ctx: Ctx,
    cup: Held,
    step: Step,
    *,
    version: int | None = None,
    at: datetime | None = None,
    change: Change = "status",
) -> Taken:
    """Carry out a step of a cup: its stock, its row, its fact, and what follows (rules 7, 11, 15, 27)."""
    if step.unchanged:
        return Taken(await shown(ctx, cup.order.id, unchanged=True))
    await check_version(ctx, cup.order, version)
    order, previous, old_station = cup.order, cup.order.status, cup.order.station_id
    depleted = await _move_stock(ctx, cup, step, at)
    for column, value in step.values.items():
        setattr(order, column, value)
    await ctx.save(order)
    if previous == "pending":
        await check_late(ctx, old_station)
    complete = await _follow(ctx, cup, previous)
    await tell_soon(ctx, old_station, order.station_id)
    view = await emit_updated(ctx, order, previous, change, moved_from=old_station, at=at)
    return Taken(view, depleted, complete)


async def emit_updated(
    ctx: Ctx,
    order: Order,
    previous: Any,
    change: Change,
    *,
    moved_from: int | None = None,
    at: datetime | None = None,
    floor: Floor | None = None,
) -> OrderView:
    """Tell that a cup changed; return it as it stands."""
    view = await shown(ctx, order.id, floor)
    told = OrderUpdated(
        actor=by(ctx),
        order=view,
        order_id=order.id,
        status=view.status,
        previous_status=previous,
        station_id=order.station_id,
        change=change,
        moved_from=moved_from if moved_from != order.station_id else None,
        occurred_at=at,
    )
    ctx.emit(told)
    return view


async def _move_stock(ctx: Ctx, cup: Held, step: Step, at: datetime | None) -> list[Depleted]:
    """Do what a step asks of the stock, at the station that it is about."""
    if not step.stock:
        return []
    menu, order = await read_menu(ctx), cup.order
    depleted: list[Depleted] = []
    here = order.station_id
    there = step.values.get("station_id", here)
    for word in step.stock:
        at_station = there if word in ("reserve", "deplete_former") else here
        station = await ctx.find(Station, at_station)
        if station is None:
            continue
        shelves = await read_shelves(ctx, station, menu)
        shelves.occurred_at = at
        depleted += await _do(ctx, cup, word, shelves)
        await shelves.finish(ctx)
    if depleted:
        told = there if "deplete_former" in step.stock else here
        ctx.emit(InventoryDepleted(actor=by(ctx), station_id=told or 0, order_id=order.id, items=depleted))
    return depleted


async def _do(ctx: Ctx, cup: Held, word: str, shelves: Shelves) -> list[Depleted]:
    order, needs = cup.order, cup.needs
    match word:
        case "reserve":
            await shelves.promise(ctx, needs)
        case "free" | "free_here":
            if is_promised(order):
                await shelves.release(ctx, needs)
        case "deplete" | "deplete_former":
            return await shelves.use(
                ctx, needs, "deplete", order_id=order.id, cycle=order.depletion_cycle, promised=word == "deplete"
            )
        case "waste":
            return await shelves.use(ctx, needs, "waste", order_id=order.id, cycle=order.depletion_cycle)
        case "reverse":
            taken = await ctx.all(TAKEN_IN_CYCLE, order_id=order.id, cycle=order.depletion_cycle)
            await shelves.put_back(ctx, taken, needs)
            codes = sorted(needs.keys() & shelves.shelves.keys())
            rows = await shelves.rows(ctx, codes)
            ctx.emit(InventoryUpdated(actor=by(ctx), station_id=shelves.station.id, items=rows, reason="undo"))
    return []


# -- what follows ---------------------------------------------------------------------------------------------------


async def _follow(ctx: Ctx, cup: Held, previous: str) -> bool:
    """Do what a new state means for ticket, texts and the station; tell whether the whole ticket is ready."""
    order, ticket = cup.order, cup.ticket
    floor = await read_floor(ctx)
    if order.status == "pending":
        await watch_lateness(ctx, order, ticket, floor)
    elif previous == "pending":
        await ctx.cancel(look_again, order_id=order.id)
    if order.status == "completed":
        if previous != "picked_up":
            await _learn(ctx, order, floor)
        await watch_uncollected(ctx, order, floor)
    elif previous == "completed":
        await ctx.cancel(expire_cup, order_id=order.id)
    if previous == "completed" and order.status == "in_progress":
        await untell_ready(ctx, ticket)
    others = await ctx.all(CUPS_OF_TICKET, ticket_id=ticket.id)
    complete = _is_ready(others)
    if complete and order.status in ("completed", "cancelled") and previous != "picked_up":
        await tell_ready(ctx, ticket)
    if order.status == "picked_up" and not any(each.status == "completed" for each in others):
        await tell_picked_up(ctx, ticket)
    return complete


def _is_ready(cups_of_ticket: Sequence[Order]) -> bool:
    """Tell whether all cups of a ticket that are not cancelled are made, and one at least waits to be fetched."""
    states = {order.status for order in cups_of_ticket} - {"cancelled"}
    return "completed" in states and states <= MADE


async def _learn(ctx: Ctx, order: Order, floor: Floor) -> None:
    """Learn the speed of a station from a completion (rule 7)."""
    station = floor.stations.get(order.station_id or 0)
    if station is None or order.completed_at is None:
        return
    factor = making.learned_speed(
        station.speed_factor,
        now=order.completed_at,
        previous_completion=station.last_completed_at,
        queued_at=order.queued_at,
        hands=floor.pace(station.id).hands,
        base_work=order.prep_seconds,
    )
    moment = max(order.completed_at, station.last_completed_at or order.completed_at)
    await ctx.run(LEARN, of_station=station.id, factor=factor, moment=moment)


async def watch_uncollected(ctx: Ctx, order: Order, floor: Floor) -> None:
    """Look at a made cup again when nobody came for it."""
    assert order.completed_at is not None
    after = timedelta(minutes=floor.settings.uncollected_minutes)
    await ctx.schedule(expire_cup, order.completed_at + after, order_id=order.id)


@cups.timer()
async def expire_cup(ctx: Ctx, order_id: str) -> None:
    """Call a cup uncollected that nobody came for (section 4)."""
    if await ctx.find(Order, order_id) is None:
        return
    cup, floor = await held(ctx, order_id), await read_floor(ctx)
    after = timedelta(minutes=floor.settings.uncollected_minutes)
    step = steps.expire(cup.cup, ctx.now, after)
    if not step.unchanged:
        await take(ctx, cup, step)
    elif cup.order.status == "completed":
        await watch_uncollected(ctx, cup.order, floor)


def check_present(floor: Floor, station_id: int | None, user_id: str) -> None:
    """Refuse a barista who is not checked in at a station. Raises Forbidden."""
    if not any(person.id == user_id for person in floor.present.get(station_id or 0, ())):
        raise Forbidden("not_your_station", "This barista is not checked in at this station.")
