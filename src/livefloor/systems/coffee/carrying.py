"""Cups that go from one station to another: their stock, their row, their ticket, and what is told (rules 41 to 45).

All stations are held by the caller, so that what is chosen here is still so when it is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import select

from livefloor import Ctx
from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.systems.coffee.cups import emit_updated, is_promised, needs_of, read_cup
from livefloor.systems.coffee.floor import hold, read_floor
from livefloor.systems.coffee.kitchen import Kitchen, read_kitchen
from livefloor.systems.coffee.models import Order, OrderMove, Ticket
from livefloor.systems.coffee.rooms import by
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules import routing, stock
from livefloor.systems.coffee.rules.making import Queued
from livefloor.systems.coffee.rules.routing import Estimate
from livefloor.systems.coffee.shelves import Shelves
from livefloor.systems.coffee.stock_views import Depleted, InventoryDepleted
from livefloor.systems.coffee.telling import tell_delayed, tell_moved
from livefloor.systems.coffee.waiting import check_late, tell_soon, watch_lateness

Reason = Literal["manual", "failover", "offline", "out_of_stock", "rebalance", "closed"]

OPEN_ORDERS = select(Order).where(Order.status.in_(("pending", "in_progress")))


@dataclass(slots=True)
class Changed:
    """A cup that is written and still to be told of."""

    order: Order
    previous: str
    moved_from: int | None
    change: Literal["moved", "attention"]


@dataclass(slots=True)
class Carrying:
    """Moves of cups within one change."""

    kitchen: Kitchen
    orders: dict[str, Order]
    """Every cup that waits or is in hand, by id."""
    changed: list[Changed] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    stranded: list[str] = field(default_factory=list)
    notify: bool = True

    def unit(self, order: Order, *, in_hand: bool = False) -> list[Order]:
        """Return the cups that go with one: those of its ticket that wait at the same station (rule 43)."""
        states = ("pending", "in_progress") if in_hand else ("pending",)
        return [
            each
            for each in self.orders.values()
            if each.ticket_id == order.ticket_id and each.station_id == order.station_id and each.status in states
        ]

    def queued(self, order: Order) -> Queued:
        """Return a cup as the queue sees it."""
        here = self.kitchen.floor.cups_at(order.station_id or 0)
        return next(cup for cup in here if cup.id == order.id)

    def offers(self, ctx: Ctx, unit: Sequence[Order]) -> list[Estimate]:
        """Return what the other stations would promise for some cups."""
        planned = [self.kitchen.menu.planned(order) for order in unit]
        waiting = [replace(self.queued(order), status="pending", started_at=None) for order in unit]
        found = self.kitchen.offers(planned, ctx.now, waiting=waiting)
        return [offer for offer in found if offer.station_id != unit[0].station_id]

    def shelves(self, station_id: int | None) -> Shelves | None:
        """Return the stock of a station that makes coffee."""
        return self.kitchen.shelves.get(station_id or 0)

    async def carry(self, ctx: Ctx, unit: Sequence[Order], to: int, reason: Reason) -> None:
        """Take cups to a station: promised there and free here in one change (rule 44). Raises Conflict out_of_stock."""
        there, source = self.kitchen.shelves[to], unit[0].station_id
        needs = stock.total(tuple(stock.Line(*line) for line in needs_of(order).items()) for order in unit)
        if missing := there.missing(needs):
            raise there.out_of_stock(missing)
        await there.promise(ctx, needs)
        floor = self.kitchen.floor
        ids = {order.id for order in unit}
        cups = [cup for cup in floor.cups_at(source or 0) if cup.id in ids]
        floor.put(source or 0, [cup for cup in floor.cups_at(source or 0) if cup.id not in ids])
        floor.put(to, [*floor.cups_at(to), *(replace(cup, status="pending", started_at=None) for cup in cups)])
        for order in unit:
            previous, kept = order.status, order.attention if order.attention == "late" else None
            if previous == "in_progress":
                await self._restart(ctx, order, to)
            else:
                await self._free(ctx, order)
                order.attention, order.station_id = kept, to
            await self._write(ctx, order, previous, source, "moved")
            await ctx.add(
                OrderMove(
                    order_id=order.id,
                    from_station=source,
                    to_station=to,
                    reason=reason,
                    actor_id=ctx.actor.id,
                    at=ctx.now,
                )
            )
            self.moved.append(order.id)
        await self._tell_guest(ctx, unit[0], to)

    async def _free(self, ctx: Ctx, order: Order) -> None:
        """Free what a waiting cup holds at its station."""
        here = self.shelves(order.station_id)
        if here is not None and is_promised(order):
            await here.release(ctx, needs_of(order))

    async def _restart(self, ctx: Ctx, order: Order, to: int | None) -> None:
        """Take a cup out of the hands of its station: what is in it is lost there (rule 41); without `to` it stays."""
        step, here = steps.restart(await read_cup(ctx, order), to), self.shelves(order.station_id)
        if here is not None:
            lost = await here.use(ctx, needs_of(order), "waste", order_id=order.id, cycle=order.depletion_cycle)
            self._tell_lost(ctx, order, lost)
        for column, value in step.values.items():
            setattr(order, column, value)

    def _tell_lost(self, ctx: Ctx, order: Order, lost: list[Depleted]) -> None:
        ctx.emit(InventoryDepleted(actor=by(ctx), station_id=order.station_id or 0, order_id=order.id, items=lost))

    async def _write(
        self, ctx: Ctx, order: Order, previous: str, source: int | None, change: Literal["moved", "attention"]
    ) -> None:
        await ctx.save(order)
        self.changed.append(Changed(order, previous, source, change))

    async def _tell_guest(self, ctx: Ctx, order: Order, to: int) -> None:
        ticket = await ctx.find(Ticket, order.ticket_id)
        if ticket is not None:
            ticket.station_id = to
            await ctx.save(ticket)
            if self.notify:
                await tell_moved(ctx, ticket, to)

    async def strand(self, ctx: Ctx, unit: Sequence[Order]) -> None:
        """Leave cups that nobody else can make where they are, marked, with an alert; guests are told once (rule 42)."""
        fresh = [order for order in unit if order.status == "in_progress" or order.attention != "no_station"]
        self.stranded += [order.id for order in unit]
        for order in fresh:
            previous = order.status
            if previous == "in_progress":
                await self._restart_here(ctx, order)
            elif is_promised(order):
                order.attention = "no_station"
            else:
                continue
            await self._write(ctx, order, previous, order.station_id, "attention")
        await open_alert(ctx, "stranded", "critical", station_id=unit[0].station_id)
        ticket = await ctx.find(Ticket, unit[0].ticket_id)
        if ticket is not None and fresh:
            await tell_delayed(ctx, ticket)

    async def _restart_here(self, ctx: Ctx, order: Order) -> None:
        """Put a cup in hand back into its own queue: what is in it is lost, its lines are promised anew if they are there."""
        here, needs = self.shelves(order.station_id), needs_of(order)
        await self._restart(ctx, order, None)
        if here is not None and here.missing(needs):
            order.attention = "out_of_stock"
        elif here is not None:
            await here.promise(ctx, needs)

    async def tell(self, ctx: Ctx, order: Order) -> None:
        """Tell of a cup that keeps its station and got another place."""
        self.changed.append(Changed(order, order.status, order.station_id, "moved"))

    async def mark(self, ctx: Ctx, order: Order, attention: str | None) -> None:
        """Give a cup another mark."""
        if order.attention != attention:
            order.attention = attention
            await self._write(ctx, order, order.status, order.station_id, "attention")

    async def finish(self, ctx: Ctx) -> None:
        """Store the stock, tell of all that changed, and what it means for waits and lateness."""
        for shelves in self.kitchen.shelves.values():
            await shelves.finish(ctx)
        stations = {each.moved_from for each in self.changed} | {each.order.station_id for each in self.changed}
        floor = await read_floor(ctx)
        for each in self.changed:
            await emit_updated(ctx, each.order, each.previous, each.change, moved_from=each.moved_from, floor=floor)
            ticket = await ctx.find(Ticket, each.order.ticket_id)
            if ticket is not None:
                await watch_lateness(ctx, each.order, ticket, floor)
        for station_id in sorted(number for number in stations if number is not None):
            await check_late(ctx, station_id)
        await tell_soon(ctx, *stations)


async def begin(ctx: Ctx, *, notify: bool = True) -> Carrying:
    """Return what is needed to move cups, with all stations held."""
    await hold(ctx)
    kitchen = await read_kitchen(ctx)
    return Carrying(kitchen, {order.id: order for order in await ctx.all(OPEN_ORDERS)}, notify=notify)


async def empty(ctx: Ctx, carrying: Carrying, station_id: int, reason: Reason, *, keep: int = 0, in_hand: bool) -> None:
    """Move the queue of a station away in making order, each ticket to its best candidate (rules 41, 42, 45).

    The first `keep` waiting cups stay; cups in hand go only with `in_hand`.
    """
    floor = carrying.kitchen.floor
    minutes = floor.settings.starvation_minutes
    waiting = floor.cups_at(station_id)
    _, leaving = routing.failover_split(waiting, ctx.now, starvation_minutes=minutes, keep=keep)
    ids = [cup.id for cup in waiting if in_hand and cup.status == "in_progress"] + [cup.id for cup in leaving]
    done: set[str] = set()
    for order_id in ids:
        if order_id in done:
            continue
        unit = [order for order in carrying.unit(carrying.orders[order_id], in_hand=in_hand) if order.id in ids]
        done |= {order.id for order in unit}
        chosen = routing.best(carrying.offers(ctx, unit))
        if chosen is not None:
            await carrying.carry(ctx, unit, chosen.station_id, reason)
        elif reason in ("offline", "closed"):
            await carrying.strand(ctx, unit)


async def rescue(ctx: Ctx) -> None:
    """Try again to find a station for stranded cups; called when a station or its stock changed (rule 42)."""
    carrying = await begin(ctx)
    stranded = [order for order in carrying.orders.values() if order.attention == "no_station"]
    stations, done = {order.station_id for order in stranded}, set[str]()
    for order in sorted(stranded, key=lambda each: each.queued_at):
        if order.id in done:
            continue
        unit = [each for each in carrying.unit(order) if each.attention == "no_station"]
        done |= {each.id for each in unit}
        station = carrying.kitchen.floor.stations.get(order.station_id or 0)
        chosen = routing.best(carrying.offers(ctx, unit))
        if station is not None and station.status in ("open", "paused"):
            for each in unit:
                await carrying.mark(ctx, each, None)
        elif chosen is not None:
            await carrying.carry(ctx, unit, chosen.station_id, "offline")
    for station_id in stations:
        left = [each for each in carrying.orders.values() if each.attention == "no_station"]
        if not any(each.station_id == station_id for each in left):
            await close_alert(ctx, "stranded", station_id=station_id)
    await carrying.finish(ctx)
