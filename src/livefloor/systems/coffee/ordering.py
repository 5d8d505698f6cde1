"""Ordering: where a ticket is made, what it is promised, and that its stock is its own (rules 1 to 6, 18, 20, 23, 26).

`place` is the one way in: the crew's page, the public page, texts and groups all call it inside their own change.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from livefloor import Conflict, Ctx, Invalid, bindparam
from livefloor.systems.coffee.alerts import open_alert
from livefloor.systems.coffee.floor import Floor, hold, read_floor
from livefloor.systems.coffee.kitchen import Kitchen, read_kitchen
from livefloor.systems.coffee.models import Customer, Occasion, Order, Ticket
from livefloor.systems.coffee.order_views import OrderCreated, OrderView, shown, shown_of_ticket
from livefloor.systems.coffee.recipes import Planned
from livefloor.systems.coffee.releasing import watch_release
from livefloor.systems.coffee.rooms import by
from livefloor.systems.coffee.rules import orders as steps
from livefloor.systems.coffee.rules import routing, stock, tickets
from livefloor.systems.coffee.rules.hours import Window, next_opening, takes_orders
from livefloor.systems.coffee.rules.phones import e164
from livefloor.systems.coffee.rules.routing import Estimate
from livefloor.systems.coffee.telling import tell_ordered
from livefloor.systems.coffee.waiting import tell_soon, watch_lateness
from livefloor.systems.coffee.wishes import Wish

LAST_NUMBER = (
    select(Ticket.number)
    .where(Ticket.event_id == bindparam("event_id"), Ticket.service_day == bindparam("day"))
    .order_by(Ticket.number.desc())
    .limit(1)
)
NUMBERS_IN_USE = (
    select(Ticket.number)
    .join(Order, Order.ticket_id == Ticket.id)
    .where(
        Ticket.event_id == bindparam("event_id"),
        Order.status.in_(("scheduled", "pending", "in_progress", "completed")),
    )
    .distinct()
)
CUPS_OF_EVENT = select(func.count()).where(Order.event_id == bindparam("event_id"), Order.status != "cancelled")
BY_CLIENT_ID = select(Ticket).where(Ticket.client_id == bindparam("client_id"))
BY_PHONE = select(Customer).where(Customer.phone == bindparam("phone"))
CAP_NEAR = 0.9


@dataclass(frozen=True, slots=True)
class Placed:
    """A ticket with its cups; `again` when it was there already."""

    ticket: Ticket
    orders: list[OrderView]
    again: bool = False


def check_open(floor: Floor, now: datetime, *, for_later: bool) -> Occasion:
    """Return the event when it takes orders now (rule 20). Raises Conflict service_closed with the next opening."""
    occasion, settings = floor.occasion, floor.settings
    if occasion is None:
        raise Conflict("service_closed", "No event is on.", next_opening=None)
    zone = ZoneInfo(occasion.timezone)
    windows = [
        Window(time.fromisoformat(window.start), time.fromisoformat(window.end)) for window in settings.service_windows
    ]
    span = {"starts_at": occasion.starts_at, "ends_at": occasion.ends_at}
    if not for_later and not takes_orders(now, windows, zone, last_orders=settings.last_orders_minutes, **span):
        opens = next_opening(now, windows, zone, **span)
        raise Conflict("service_closed", "No orders are taken now.", next_opening=opens.isoformat() if opens else None)
    return occasion


async def check_cap(ctx: Ctx, floor: Floor, occasion: Occasion, cups: int) -> None:
    """Refuse cups over the event's cap. Raises Conflict cap_reached."""
    cap = floor.settings.cup_cap
    if cap is None:
        return
    ordered = (await ctx.one(CUPS_OF_EVENT, event_id=occasion.id) or 0) + cups
    if ordered > cap:
        raise Conflict("cap_reached", "The cups of this event are all ordered.", cap=cap)
    if ordered >= cap * CAP_NEAR:
        await open_alert(ctx, "cap_near", "warn")


async def place(ctx: Ctx, wish: Wish) -> Placed:
    """Take an order: find the station, promise the stock, give the number (rules 1 to 6, 18, 20, 23, 26).

    Raises Conflict out_of_stock (missing, alternatives), no_station_open, station_unavailable (reason), service_closed,
    cap_reached, milk_required; Invalid for what is not on the menu, allergen_conflict, bad_phone. Nothing is kept then.
    """
    await hold(ctx)
    if wish.client_id is not None:
        first = await ctx.one(BY_CLIENT_ID, client_id=wish.client_id)
        if first is not None:
            return Placed(first, await shown_of_ticket(ctx, first.id), again=True)
    kitchen = await read_kitchen(ctx)
    floor, later = kitchen.floor, wish.requested_for is not None or wish.held
    occasion = check_open(floor, ctx.now, for_later=later)
    if len(wish.cups) > floor.settings.max_cups_per_ticket:
        raise Invalid.field("items", f"At most {floor.settings.max_cups_per_ticket} cups.", "too_many_cups")
    cups = [kitchen.menu.plan(cup, f"items.{n}.") for n, cup in enumerate(wish.cups)]
    status = steps.opening(ctx.now, wish.requested_for, ends_at=occasion.ends_at, in_open_group=wish.held)
    await check_cap(ctx, floor, occasion, len(cups))
    chosen = _station_for(kitchen, cups, wish.station_id, ctx.now, later=status == "scheduled")
    shelves = kitchen.shelves[chosen.station_id]
    await shelves.promise(ctx, stock.total(cup.recipe for cup in cups))
    ticket = await _ticket(ctx, wish, floor, occasion, chosen)
    made = await _cups(ctx, wish, ticket, cups, status)
    await shelves.finish(ctx)
    floor = await read_floor(ctx)
    views = [await shown(ctx, order.id, floor) for order in made]
    for order, view in zip(made, views, strict=True):
        ctx.emit(OrderCreated(actor=by(ctx), order=view))
        await _watch(ctx, order, ticket, floor)
    await tell_soon(ctx, chosen.station_id)
    await tell_ordered(ctx, ticket)
    return Placed(ticket, views)


def _station_for(
    kitchen: Kitchen, cups: Sequence[Planned], station_id: int | None, now: datetime, *, later: bool
) -> Estimate:
    """Return the station; cups for later are taken when all are closed, by one that would have the stock (rule 18)."""
    if not later:
        return kitchen.assign(cups, station_id, now)
    offers = kitchen.offers(cups, now)
    chosen = routing.best([offer for offer in offers if station_id in (None, offer.station_id)])
    return chosen or kitchen.assign(cups, station_id, now, at_work=True)


async def _ticket(ctx: Ctx, wish: Wish, floor: Floor, occasion: Occasion, chosen: Estimate) -> Ticket:
    phone = e164(wish.phone, floor.settings.default_country) if wish.phone and wish.phone.strip() else None
    customer_id = wish.customer_id or await _customer(ctx, phone, wish.customer_name)
    day = tickets.service_day(ctx.now, ZoneInfo(occasion.timezone))
    last = await ctx.one(LAST_NUMBER, event_id=occasion.id, day=day)
    number = tickets.next_number(last, set(await ctx.all(NUMBERS_IN_USE, event_id=occasion.id)))
    if number is None or (last is not None and number <= last):
        raise Conflict("cap_reached", "The numbers of this day are used up.")
    ticket = Ticket(
        event_id=occasion.id,
        number=number,
        service_day=day,
        token=tickets.order_token(secrets.token_bytes(16)),
        customer_id=customer_id,
        customer_name=wish.customer_name,
        phone=phone,
        channel=wish.channel,
        group_order_id=wish.group_order_id,
        station_id=chosen.station_id,
        quoted_wait_seconds=None if wish.held or wish.requested_for else chosen.quoted_wait_seconds,
        client_id=wish.client_id,
        vip_by_word=wish.vip_by_word,
    )
    return await ctx.add(ticket)


async def _customer(ctx: Ctx, phone: str | None, name: str) -> str | None:
    """Return the guest of a number, known from now on."""
    if phone is None:
        return None
    await ctx.try_add(Customer(phone=phone, name=name))
    known = await ctx.one(BY_PHONE, phone=phone)
    return known.id if known is not None else None


async def _watch(ctx: Ctx, order: Order, ticket: Ticket, floor: Floor) -> None:
    if order.status == "pending":
        await watch_lateness(ctx, order, ticket, floor)
    elif order.requested_for is not None:
        await watch_release(ctx, order, floor)


async def _cups(ctx: Ctx, wish: Wish, ticket: Ticket, cups: Sequence[Planned], status: Any) -> list[Order]:
    queued_at = steps.counted_moment(wish.created_offline_at, ctx.now, None)
    made = []
    for cup_no, cup in enumerate(cups, 1):
        order = Order(
            ticket_id=ticket.id,
            cup_no=cup_no,
            number=tickets.cup_number(ticket.number, cup_no, len(cups)),
            event_id=ticket.event_id,
            station_id=ticket.station_id,
            menu_item_id=cup.drink.id,
            size=cup.size,
            milk_id=cup.milk.id if cup.milk else None,
            options=cup.options,
            notes=cup.notes,
            allergies=cup.allergies,
            status=status,
            priority="vip" if cup.vip else "normal",
            prep_seconds=cup.base_work,
            recipe=cup.frozen(),
            requested_for=wish.requested_for,
            queued_at=min(queued_at, ctx.now),
        )
        made.append(await ctx.add(order))
    if ticket.customer_id is not None:
        await _remember(ctx, ticket.customer_id, wish)
    return made


async def _remember(ctx: Ctx, customer_id: str, wish: Wish) -> None:
    """Keep what a guest ordered last, for `USUAL` (rule 53)."""
    customer = await ctx.find(Customer, customer_id)
    if customer is not None:
        customer.orders_count += len(wish.cups)
        customer.last_order_at = ctx.now
        first = wish.cups[0]
        customer.usual = {
            "menu_item": first.menu_item,
            "size": first.size,
            "milk": first.milk,
            "options": dict(first.options),
        }
        customer.name = wish.customer_name
        await ctx.save(customer)
