"""Cups that are ordered together: taken as a list, or joined one by one and handed in (section 5.6, rules 64 to 66)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from livefloor import Conflict, Ctx, Part, bindparam
from livefloor.systems.coffee.cups import emit_updated, needs_of, read_cup
from livefloor.systems.coffee.floor import Floor, hold, read_floor
from livefloor.systems.coffee.group_views import CUPS_OF_GROUP, GroupOrderUpdated, group_view
from livefloor.systems.coffee.guests import guest_of
from livefloor.systems.coffee.kitchen import Kitchen, read_kitchen
from livefloor.systems.coffee.models import GroupOrder, Order, Ticket
from livefloor.systems.coffee.occasions import OccasionUpdated
from livefloor.systems.coffee.order_views import OrderUpdated
from livefloor.systems.coffee.ordering import check_open
from livefloor.systems.coffee.recipes import Planned
from livefloor.systems.coffee.releasing import watch_release
from livefloor.systems.coffee.rooms import by
from livefloor.systems.coffee.rules import groups, routing, stock
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules.groups import Share
from livefloor.systems.coffee.rules.routing import Estimate
from livefloor.systems.coffee.texting import wording, write
from livefloor.systems.coffee.waiting import tell_soon, watch_lateness

BY_CODE = select(GroupOrder).where(GroupOrder.code == bindparam("of_code"))
HELD = BY_CODE.with_for_update()
"""Held while its cups are counted: of two last cups at two stations one sees the other."""
JOIN = (
    update(GroupOrder)
    .where(GroupOrder.id == bindparam("of_id"), GroupOrder.status == "open", GroupOrder.joined < GroupOrder.max_orders)
    .values(joined=GroupOrder.joined + 1, version=GroupOrder.version + 1)
)
"""The last place has one winner (rule 66)."""
LEAVE = (
    update(GroupOrder)
    .where(GroupOrder.id == bindparam("of_id"), GroupOrder.status == "open", GroupOrder.joined > 0)
    .values(joined=GroupOrder.joined - 1, version=GroupOrder.version + 1)
)
OPEN_AT_EVENT = select(GroupOrder).where(
    GroupOrder.event_id == bindparam("event_id"), GroupOrder.status.in_(("open", "submitted"))
)
EARLIEST = timedelta(minutes=5)
MAY_SHARE = (None, "queue_full", "out_of_stock")

group_orders = Part("group_orders")


async def tell_group(ctx: Ctx, group: GroupOrder, floor: Floor | None = None) -> None:
    """Tell how a group stands now."""
    cups = await ctx.all(CUPS_OF_GROUP, group_id=group.id)
    stations = {cup.station_id for cup in cups} | {group.station_id}
    told = GroupOrderUpdated(
        actor=by(ctx),
        group_order=group_view(group, floor or await read_floor(ctx)),
        stations=sorted(number for number in stations if number is not None),
    )
    ctx.emit(told)


# -- which station ----------------------------------------------------------------------------------------------------


def allot(
    kitchen: Kitchen, cups: Sequence[Planned], station_id: int | None, now: datetime, *, later: bool
) -> tuple[Estimate, list[int]]:
    """Return the station of pick-up with its promise, and the station of each cup (rule 65).

    Up to 12 cups stay together; more are shared so that the last finishes soonest. Raises Conflict no_station_open,
    station_unavailable, or out_of_stock with all that is missing.
    """
    if len(cups) > groups.SPLIT_ABOVE:
        shared = _shared(kitchen, cups, station_id, now, later=later)
        if shared is not None:
            return shared
    chosen = kitchen.assign(cups, station_id, now, at_work=later)
    return chosen, [chosen.station_id] * len(cups)


def _shared(
    kitchen: Kitchen, cups: Sequence[Planned], station_id: int | None, now: datetime, *, later: bool
) -> tuple[Estimate, list[int]] | None:
    """Return the shares of a large group; None where the shares could not be made, so that one must make it all."""
    floor = kitchen.floor
    offers = [offer for offer in kitchen.offers(cups, now, at_work=later) if offer.reason in MAY_SHARE]
    wanted = [offer for offer in offers if station_id in (None, offer.station_id)]
    if not wanted:
        return None
    first = routing.best(wanted) or min(wanted, key=lambda offer: (offer.wait_seconds, offer.station_id))
    shares = [
        Share(
            offer.station_id,
            floor.wait_seconds(offer.station_id, now),
            floor.pace(offer.station_id).hands,
            int(floor.set_for(offer.station_id, "max_queue") or floor.stations[offer.station_id].max_queue)
            - len(floor.cups_at(offer.station_id)),
            floor.stations[offer.station_id].speed_factor,
        )
        for offer in offers
    ]
    split = groups.split([cup.base_work for cup in cups], shares, pickup_station=first.station_id)
    if split is None:
        return None
    stations = [0] * len(cups)
    for number, places in split.items():
        if kitchen.shelves[number].missing(stock.total(cups[place].recipe for place in places)):
            return None
        for place in places:
            stations[place] = number
    return first, stations


def check_pickup(pickup_at: datetime | None, chosen: Estimate, now: datetime) -> None:
    """Refuse a time at which the cups cannot be made. Raises Conflict pickup_too_soon with the earliest."""
    earliest = now + max(EARLIEST, timedelta(seconds=chosen.quoted_wait_seconds))
    if pickup_at is not None and pickup_at < earliest:
        raise Conflict("pickup_too_soon", "The cups cannot be made until then.", earliest=earliest.isoformat())


# -- handing in -------------------------------------------------------------------------------------------------------


async def submit(ctx: Ctx, group: GroupOrder) -> None:
    """Queue the cups of an open group, or set them for the time of pick-up (rule 65); all stations are held.

    Raises Conflict not_open, group_empty, and what stands against the cups.
    """
    status = groups.after(group.status, "submit")  # type: ignore[arg-type]
    orders = [order for order in await ctx.all(CUPS_OF_GROUP, group_id=group.id) if order.status == "scheduled"]
    if not orders:
        raise Conflict("group_empty", "Nobody has joined yet.")
    kitchen, later = await read_kitchen(ctx), group.pickup_at is not None
    check_open(kitchen.floor, ctx.now, for_later=later)
    for order in orders:
        # What they hold themselves must not stand in their way; it is promised anew where they go.
        await kitchen.shelves[order.station_id or 0].release(ctx, needs_of(order))
    planned = [kitchen.menu.planned(order) for order in orders]
    chosen, stations = allot(kitchen, planned, group.station_id, ctx.now, later=later)
    check_pickup(group.pickup_at, chosen, ctx.now)
    for order, station_id in zip(orders, stations, strict=True):
        await _submit_cup(ctx, kitchen, order, station_id, group.pickup_at, chosen.quoted_wait_seconds)
    for shelves in kitchen.shelves.values():
        await shelves.finish(ctx)
    group.status, group.station_id = status, chosen.station_id
    await ctx.save(group)
    floor = await read_floor(ctx)
    for order in orders:
        ticket = await ctx.find(Ticket, order.ticket_id)
        assert ticket is not None
        if order.status == "pending":
            await watch_lateness(ctx, order, ticket, floor)
        else:
            await watch_release(ctx, order, floor)
        await emit_updated(ctx, order, "scheduled", "status", floor=floor)
    await tell_soon(ctx, *stations)
    await tell_group(ctx, group, floor)


async def _submit_cup(
    ctx: Ctx, kitchen: Kitchen, order: Order, station_id: int, pickup_at: datetime | None, quoted: int
) -> None:
    await kitchen.shelves[station_id].promise(ctx, needs_of(order))
    step = steps.submit(await read_cup(ctx, order), ctx.now, station_id, pickup_at)
    for column, value in step.values.items():
        setattr(order, column, value)
    await ctx.save(order)
    ticket = await ctx.find(Ticket, order.ticket_id)
    assert ticket is not None
    ticket.station_id, ticket.quoted_wait_seconds = station_id, None if pickup_at else quoted
    await ctx.save(ticket)


# -- how it goes on ---------------------------------------------------------------------------------------------------


async def settle(ctx: Ctx, group: GroupOrder) -> None:
    """Bring a group to the state that its cups have: ready when all are made, collected when all are fetched."""
    before = group.status
    states = {cup.status for cup in await ctx.all(CUPS_OF_GROUP, group_id=group.id)}
    if group.status == "submitted" and groups.is_ready(states):
        group.status = groups.after("submitted", "make_ready")
        await _tell_contact(ctx, group)
    elif group.status == "submitted" and states <= {"cancelled"}:
        group.status = groups.after("submitted", "cancel")
    if group.status == "ready" and states <= {"picked_up", "cancelled"}:
        group.status = groups.after("ready", "collect")
    if group.status != before:
        await ctx.save(group)
        await tell_group(ctx, group)


async def _tell_contact(ctx: Ctx, group: GroupOrder) -> None:
    """Write to whoever ordered for the group that all of it is ready."""
    if group.contact_phone is None:
        return
    floor = await read_floor(ctx)
    station = floor.stations.get(group.station_id or 0)
    made = [cup for cup in await ctx.all(CUPS_OF_GROUP, group_id=group.id) if cup.status != "cancelled"]
    said: dict[str, str | int] = {
        "name": group.contact_name,
        "number": group.code,
        "n": len(made),
        "station": station.name if station is not None else "",
    }
    guest = await guest_of(ctx, group.contact_phone, group.contact_name)
    await write(ctx, guest, "group", await wording(ctx, "ready_many", said))


@group_orders.within(OrderUpdated)
async def follow_cup(ctx: Ctx, told: OrderUpdated) -> None:
    """Let a group follow its cups; who leaves an open one makes room for another."""
    if told.order.group_code is None or told.status == told.previous_status:
        return
    if told.status not in ("completed", "picked_up", "cancelled"):
        return
    group = await ctx.one(HELD, of_code=told.order.group_code)
    assert group is not None
    if told.status == "cancelled" and await ctx.run(LEAVE, of_id=group.id):
        group = await ctx.one(BY_CODE, of_code=told.order.group_code)
        assert group is not None
        await tell_group(ctx, group)
    else:
        await settle(ctx, group)


@group_orders.within(OccasionUpdated)
async def close_groups(ctx: Ctx, told: OccasionUpdated) -> None:
    """Call open groups off when their event is closed."""
    if told.change != "closed":
        return
    await hold(ctx)
    for group in await ctx.all(OPEN_AT_EVENT, event_id=told.event_id):
        if group.status == "open":
            group.status = groups.after("open", "cancel")
            await ctx.save(group)
            await tell_group(ctx, group)


async def watch_closing(ctx: Ctx, group: GroupOrder) -> None:
    """Look at a group again when nobody can join any more."""
    if group.closes_at is not None:
        await ctx.schedule(expire_group, group.closes_at, group_id=group.id)


@group_orders.timer()
async def expire_group(ctx: Ctx, group_id: str) -> None:
    """Let a group expire that nobody has joined in time."""
    await hold(ctx)
    group = await ctx.find(GroupOrder, group_id)
    if group is None or group.status != "open" or group.joined or group.closes_at is None:
        return
    if group.closes_at > ctx.now:
        await watch_closing(ctx, group)
        return
    group.status = groups.after("open", "expire")
    await ctx.save(group)
    await tell_group(ctx, group)
