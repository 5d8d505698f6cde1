"""The sixty cups of the demo, and whose they are: gone, ready, in hand, waiting, called off, for later (section 12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from livefloor import new_id, new_secret
from livefloor.systems.coffee.cups import watch_uncollected
from livefloor.systems.coffee.demo_stage import Stage, new_cups, new_ticket
from livefloor.systems.coffee.floor import read_floor
from livefloor.systems.coffee.group_orders import watch_closing
from livefloor.systems.coffee.models import Customer, GroupOrder, Order, Ticket
from livefloor.systems.coffee.waiting import watch_lateness

How = Literal["gone", "forgotten", "ready", "made", "waits", "late", "again", "off", "joined"]
LIST, OPEN = "K7PQ2M", "R4TX8B"
PHONES = {
    name: f"+614915703{place:02}"
    for place, name in enumerate(("Mina", "Chen", "Eli", "Hana", "Kai", "Ravi", "Lena", "Jo", "Noa", "Sam", "Vik"), 1)
}
"""Numbers of the range kept for fiction: those who order by text."""
OPTED_OUT = "Vik"

TICKETS: tuple[tuple[str, int, str, How, float, tuple[str, ...]], ...] = (
    # channel or group, station, whose, how far, ordered so many minutes ago, cups
    ("sms", 1, "Mina", "gone", 104, ("flat_white small oat",)),
    ("walk_up", 1, "Amir", "gone", 101, ("flat_white small full",)),
    ("sms", 2, "Chen", "gone", 97, ("cappuccino large full", "latte regular full")),
    ("web", 3, "Bo", "gone", 94, ("latte regular oat sugar=1",)),
    ("walk_up", 3, "Dana", "gone", 91, ("long_black regular -",)),
    ("sms", 1, "Eli", "gone", 88, ("flat_white small soy", "flat_white small full")),
    ("web", 1, "Fay", "gone", 83, ("espresso small -",)),
    ("sms", 3, "Hana", "gone", 76, ("mocha regular full",)),
    ("walk_up", 2, "Ivo", "gone", 71, ("latte regular skim extra_shot=1", "tea regular -")),
    ("sms", 2, "Kai", "gone", 66, ("latte regular oat", "latte regular almond")),
    ("web", 2, "Pia", "gone", 61, ("hot_chocolate small full",)),
    ("walk_up", 1, "Otto", "gone", 57, ("cappuccino regular full decaf=1",)),
    ("sms", 3, "Ravi", "gone", 52, ("long_black regular -", "cappuccino regular full")),
    ("sms", 1, "Sam", "forgotten", 48, ("latte small full",)),
    ("web", 1, "Nell", "gone", 46, ("chai_latte regular soy",)),
    ("walk_up", 2, "Ugo", "forgotten", 44, ("macchiato small full",)),
    ("sms", 1, "Lena", "gone", 41, ("latte regular almond",)),
    ("web", 3, "Yara", "off", 38, ("iced_latte large oat",)),
    ("web", 2, "Zoe", "gone", 36, ("filter regular -",)),
    ("sms", 3, "Jo", "gone", 33, ("hot_chocolate small full",)),
    ("walk_up", 1, "Abe", "gone", 31, ("flat_white regular full",)),
    ("sms", 2, "Noa", "off", 30, ("latte large soy",)),
    (LIST, 2, "Ruth", "gone", 27, ("latte regular full",)),
    (LIST, 2, "Carl", "gone", 27, ("flat_white small full",)),
    (LIST, 2, "Ines", "gone", 27, ("long_black regular -",)),
    (LIST, 2, "Max", "ready", 27, ("cappuccino regular full",)),
    (LIST, 2, "Lou", "ready", 27, ("latte regular lactose_free",)),
    (LIST, 2, "Ben", "ready", 27, ("piccolo small full",)),
    ("walk_up", 3, "Wim", "gone", 19, ("latte regular full",)),
    ("walk_up", 2, "Cleo", "off", 17, ("tea regular full",)),
    ("sms", 1, "Lena", "late", 15, ("cappuccino large full",)),
    ("walk_up", 1, "Quinn", "late", 14, ("iced_latte regular oat",)),
    (OPEN, 3, "Anja", "joined", 13, ("latte regular oat",)),
    ("web", 1, "Rosa", "late", 12, ("flat_white small skim",)),
    (OPEN, 3, "Timo", "joined", 11, ("espresso small -",)),
    ("sms", 1, "Eli", "ready", 9, ("latte regular full",)),
    ("walk_up", 3, "Ola", "ready", 8, ("latte regular skim",)),
    (OPEN, 3, "Mei", "joined", 7, ("tea large -",)),
    ("sms", 1, "Mina", "made", 6, ("flat_white small full",)),
    ("web", 1, "Oona", "made", 6, ("chai_latte regular oat",)),
    ("sms", 2, "Chen", "made", 5, ("cappuccino large full",)),
    ("walk_up", 2, "Nils", "made", 5, ("hot_chocolate regular full",)),
    ("sms", 3, "Hana", "made", 5, ("latte regular lactose_free",)),
    ("walk_up", 3, "Gus", "made", 4, ("long_black large -",)),
    ("sms", 1, "Sam", "waits", 4, ("latte regular full",)),
    ("walk_up", 1, "Dr Tan", "waits", 3, ("flat_white small full vip",)),
    ("sms", 2, "Kai", "waits", 3, ("piccolo small full",)),
    ("walk_up", 3, "Wim", "again", 3, ("latte regular full",)),
    ("web", 1, "Uma", "waits", 2, ("latte regular oat !milk",)),
    ("web", 2, "Prof Xu", "waits", 2, ("long_black large - vip",)),
    ("sms", 2, "Vik", "waits", 2, ("latte regular full sugar=2", "macchiato small full")),
    ("walk_up", 3, "Wen", "waits", 1.5, ("cappuccino large soy",)),
    ("sms", 3, "Ravi", "waits", 1, ("latte regular full", "tea regular -")),
)


@dataclass(frozen=True, slots=True)
class Served:
    """One cup with its ticket."""

    order: Order
    ticket: Ticket


async def serve_cups(stage: Stage) -> list[Served]:
    """Put the guests, groups, tickets and cups in, and set the timers of those that are not over."""
    guests = {
        name: Customer(id=new_id(), phone=phone, name=name, orders_count=0, created_at=stage.ago(120))
        for name, phone in PHONES.items()
    }
    guests[OPTED_OUT].opted_out_at = stage.ago(1)
    groups = _groups(stage)
    served = list(_tickets(stage, guests, groups))
    for one in served:
        if one.ticket.customer_id is not None:
            _remember(guests[one.ticket.customer_name], one.order, stage)
    tickets = {one.ticket.id: one.ticket for one in served}
    await stage.ctx.add_all([*guests.values(), *groups.values(), *tickets.values(), *(one.order for one in served)])
    await _watch(stage, served, groups[OPEN])
    return served


def _groups(stage: Stage) -> dict[str, GroupOrder]:
    """Return a group whose cups are made, and one that can be joined."""
    soon = timedelta(minutes=40)
    ready = GroupOrder(code=LIST, group_name="Team Kestrel", contact_name="Ruth", mode="list", status="ready", joined=6)
    ready.station_id, ready.created_at = 2, stage.ago(27)
    open_to_all = GroupOrder(
        code=OPEN, group_name="Data room", contact_name="Anja", mode="open", status="open", joined=3
    )
    open_to_all.closes_at, open_to_all.pickup_at = stage.ctx.now + soon / 2, stage.ctx.now + soon
    open_to_all.created_at = stage.ago(20)
    for group in (ready, open_to_all):
        group.id, group.event_id, group.manage_token = new_id(), stage.occasion.id, new_secret()
    return {LIST: ready, OPEN: open_to_all}


def _tickets(stage: Stage, guests: dict[str, Customer], groups: dict[str, GroupOrder]) -> Iterator[Served]:
    """Return all cups in the order in which they were ordered."""
    first_of: dict[str, Served] = {}
    number = 0
    for place, (how_ordered, station_id, name, how, minutes, cups) in enumerate(TICKETS):
        at, planned = stage.ago(minutes), [stage.plan(words) for words in cups]
        if how == "again":
            spoilt = first_of[name]
            again = new_cups(spoilt.ticket, planned, at, first=2)[0]
            again.priority, again.remake_of, again.remake_reason = "remake", spoilt.order.id, "wrong_milk"
            yield Served(again, spoilt.ticket)
            continue
        group, guest = groups.get(how_ordered), guests[name] if how_ordered == "sms" else None
        # Who joins a group by its link orders on the web.
        channel = "web" if how == "joined" else "group" if group else how_ordered
        ticket = new_ticket(
            stage.occasion,
            number,
            at,
            name=name,
            channel=channel,
            station_id=station_id,
            customer_id=guest.id if guest else None,
            phone=guest.phone if guest else None,
            group_order_id=group.id if group else None,
            quoted_wait_seconds=None if how == "joined" else 60 * (3 + place % 4),
            ready_sms_state="sent" if guest and how in ("gone", "forgotten", "ready") else "none",
        )
        number += 1
        for order in new_cups(ticket, planned, at):
            _bring_to(order, how, stage, place)
            one = Served(order, ticket)
            first_of.setdefault(name, one)
            yield one


def _bring_to(order: Order, how: How, stage: Stage, place: int) -> None:
    """Let a cup be as far as its line says."""
    begun = order.queued_at + timedelta(seconds=70 + place * 37 % 80 + 60 * (order.cup_no - 1))
    if how in ("gone", "forgotten", "ready"):
        order.status = {"gone": "picked_up", "forgotten": "uncollected", "ready": "completed"}[how]
        if order.queued_at < stage.ago(25) and how == "ready":
            begun = stage.ago(8 - place % 4)
        _make(order, begun, stage, place)
    if how == "gone":
        assert order.completed_at is not None
        order.picked_up_at = order.completed_at + timedelta(seconds=45 + place * 29 % 130)
        order.rating = (None, 5, None, 4)[place % 4]
    elif how == "made":
        order.status, order.started_at = "in_progress", stage.ctx.now - timedelta(seconds=8 + place * 11 % 30)
        order.barista_id = stage.barista(order.station_id or 0, place)
    elif how == "late":
        order.attention = "late"
    elif how == "joined":
        order.status = "scheduled"
    elif how == "off":
        order.status, order.cancelled_at = "cancelled", order.queued_at + timedelta(seconds=100)
        staff = place % 2 == 0
        order.cancelled_by, order.cancel_reason = ("staff", "duplicate") if staff else ("guest", "customer")


def _make(order: Order, begun: datetime, stage: Stage, place: int) -> None:
    order.started_at = begun
    order.completed_at = begun + timedelta(seconds=order.prep_seconds + place * 13 % 25)
    order.barista_id = stage.barista(order.station_id or 0, place)


def _remember(guest: Customer, order: Order, stage: Stage) -> None:
    """Keep what a guest of texts ordered last, for `USUAL` (rule 53)."""
    milk = stage.menu.every_milk[order.milk_id].code if order.milk_id else None
    drink = stage.menu.every_drink[order.menu_item_id].code
    guest.usual = {"menu_item": drink, "size": order.size, "milk": milk, "options": order.options}
    guest.orders_count += 1
    guest.last_order_at = order.queued_at


async def _watch(stage: Stage, served: list[Served], group: GroupOrder) -> None:
    """Set the timers that these cups would have."""
    ctx, floor = stage.ctx, await read_floor(stage.ctx)
    for one in served:
        if one.order.status == "pending":
            await watch_lateness(ctx, one.order, one.ticket, floor)
        elif one.order.status == "completed":
            await watch_uncollected(ctx, one.order, floor)
    await watch_closing(ctx, group)
