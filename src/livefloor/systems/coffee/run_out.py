"""Something ran out: the cups that need it go elsewhere, their guests are asked, or staff are told (rules 30, 36)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from livefloor import Conflict, Ctx, Part
from livefloor.systems.coffee.carrying import Carrying, begin
from livefloor.systems.coffee.cups import held, is_promised, needs_of
from livefloor.systems.coffee.editing import Edit, edit
from livefloor.systems.coffee.making import Cancel, cancel
from livefloor.systems.coffee.models import Milk, Order, Ticket
from livefloor.systems.coffee.rules import routing, stock
from livefloor.systems.coffee.telling import ask_substitute

run_out = Part("run_out")


@dataclass(slots=True)
class Outcome:
    """What became of the cups: moved, asked, or left to staff."""

    moved: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)


def needing(carrying: Carrying, station_id: int, code: str) -> list[Order]:
    """Return the waiting cups of a station that need an item and hold a promise of it, oldest first."""
    found = [
        order
        for order in carrying.orders.values()
        if order.station_id == station_id
        and order.status == "pending"
        and code in needs_of(order)
        and is_promised(order)
    ]
    return sorted(found, key=lambda order: (order.queued_at, order.id))


def uncovered(carrying: Carrying, station_id: int, code: str) -> list[Order]:
    """Return the waiting cups whose promise a count has taken away: the newest, oldest of them first (rule 30)."""
    shelf = carrying.kitchen.shelves[station_id].shelves[code]
    waiting = needing(carrying, station_id, code)
    others = shelf.row.reserved - sum(needs_of(order)[code] for order in waiting)
    left = max(0, shelf.row.quantity - max(0, others))
    lost = set(stock.uncovered([(order.id, order.queued_at, needs_of(order)[code]) for order in waiting], left))
    return [order for order in waiting if order.id in lost]


async def treat(ctx: Ctx, carrying: Carrying, orders: Iterable[Order], code: str) -> Outcome:
    """Help cups whose stock is gone, each in turn (rule 36): (a) elsewhere, (b) ask the guest, (c) staff."""
    outcome = Outcome()
    for order in orders:
        if order.id in carrying.moved:
            outcome.moved.append(order.id)
            continue
        unit = carrying.unit(order)
        chosen = routing.best(carrying.offers(ctx, unit))
        if chosen is not None:
            await carrying.carry(ctx, unit, chosen.station_id, "out_of_stock")
            outcome.moved.append(order.id)
        elif await _ask(ctx, carrying, order, code):
            outcome.asked.append(order.id)
        else:
            await _hold(ctx, carrying, order, "out_of_stock")
            outcome.held.append(order.id)
    return outcome


async def _hold(ctx: Ctx, carrying: Carrying, order: Order, attention: str) -> None:
    """Let a cup keep its place without stock."""
    shelves = carrying.shelves(order.station_id)
    if shelves is not None and is_promised(order):
        await shelves.release(ctx, needs_of(order))
    await carrying.mark(ctx, order, attention)


def in_stock_instead(carrying: Carrying, order: Order) -> list[Milk]:
    """Return up to three milks with which a cup could be made at its own station (rule 36 b)."""
    menu, shelves = carrying.kitchen.menu, carrying.shelves(order.station_id)
    gone = menu.every_milk.get(order.milk_id or "")
    if gone is None or shelves is None:
        return []
    item, needs, free = menu.milk_item(gone) or "", needs_of(order), shelves.free
    could = [milk for milk in menu.milks.values() if free.get(menu.milk_item(milk) or "", 0) >= needs.get(item, 0)]
    offered = [stock.Substitute(milk.code, milk.dairy, milk.sort) for milk in could]
    codes = stock.substitutes(stock.Substitute(gone.code, gone.dairy, gone.sort), offered)
    return [menu.milks[code] for code in codes]


async def _ask(ctx: Ctx, carrying: Carrying, order: Order, code: str) -> bool:
    """Ask the guest for another milk; not where allergies are declared or there is nobody to ask (rule 24)."""
    menu = carrying.kitchen.menu
    milk = menu.every_milk.get(order.milk_id or "")
    ticket = await ctx.find(Ticket, order.ticket_id)
    if milk is None or menu.milk_item(milk) != code or ticket is None or ticket.phone is None or order.allergies:
        return False
    choices = in_stock_instead(carrying, order)
    if not choices:
        return False
    await _hold(ctx, carrying, order, "substitute_asked")
    await ask_substitute(ctx, ticket, order, [choice.code for choice in choices])
    await ctx.schedule(stop_asking, _answer_by(ctx.now, carrying), order_id=order.id)
    return True


def _answer_by(now: datetime, carrying: Carrying) -> datetime:
    return now + timedelta(seconds=carrying.kitchen.floor.settings.substitute_wait_seconds)


@run_out.timer()
async def stop_asking(ctx: Ctx, order_id: str) -> None:
    """Hand a cup to staff whose guest did not answer (rule 36 c)."""
    carrying = await begin(ctx)
    order = carrying.orders.get(order_id)
    if order is not None and order.attention == "substitute_asked":
        await carrying.mark(ctx, order, "out_of_stock")
        await carrying.finish(ctx)


async def answer(ctx: Ctx, order_id: str, milk: str | None) -> Literal["changed", "dropped", "asked", "over"]:
    """Take the answer of a guest who was asked for another milk; None drops the cup (rule 36 b).

    A milk that has gone meanwhile is asked for again once; `over` when nobody waits for the answer any more.
    """
    carrying = await begin(ctx)
    order = carrying.orders.get(order_id)
    if order is None or order.attention != "substitute_asked":
        return "over"
    if milk is None:
        await cancel(ctx, order_id, Cancel(reason="out_of_stock", notify=False), guest=True)
        return "dropped"
    try:
        await edit(ctx, await held(ctx, order_id), Edit(milk=milk))
    except Conflict as refusal:
        if refusal.code != "out_of_stock":
            raise
        asked = await _ask(ctx, carrying, order, needs_item(carrying, order))
        if not asked:
            await carrying.mark(ctx, order, "out_of_stock")
        await carrying.finish(ctx)
        return "asked" if asked else "over"
    await ctx.cancel(stop_asking, order_id=order_id)
    return "changed"


def needs_item(carrying: Carrying, order: Order) -> str:
    """Return the item that the milk of a cup is."""
    menu = carrying.kitchen.menu
    return menu.milk_item(menu.every_milk.get(order.milk_id or "")) or ""
