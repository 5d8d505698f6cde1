"""Guests by their phone numbers: who they are, how much they may have open at once, and the VIP word (rules 58, 59, 62)."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from livefloor import Conflict, Ctx, Look, bindparam
from livefloor.systems.coffee.event_settings import EventSettings
from livefloor.systems.coffee.models import Customer, Occasion, Order, Ticket
from livefloor.systems.coffee.occasions import ACTIVE
from livefloor.systems.coffee.rules import tickets
from livefloor.systems.coffee.rules.texts import without_vip_word

UNMADE = ("scheduled", "pending", "in_progress")
BY_PHONE = select(Customer).where(Customer.phone == bindparam("of_phone"))
OPEN_TICKETS: Any = (
    select(Ticket)
    .where(
        Ticket.phone == bindparam("of_phone"),
        select(Order.id).where(Order.ticket_id == Ticket.id, Order.status.in_(UNMADE)).exists(),
    )
    .order_by(Ticket.created_at, Ticket.id)
)
CUPS_OF_DAY = (
    select(func.count())
    .select_from(Order)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Ticket.phone == bindparam("of_phone"), Ticket.service_day == bindparam("day"), Order.status != "cancelled")
)
USES_OF_WORD = select(func.count()).where(Ticket.event_id == bindparam("of_event"), Ticket.vip_by_word)


async def guest_of(ctx: Ctx, phone: str, name: str | None = None) -> Customer:
    """Return the guest of an E.164 number, known from now on."""
    known = await ctx.one(BY_PHONE, of_phone=phone)
    if known is None:
        await ctx.try_add(Customer(phone=phone, name=name))
        known = await ctx.one(BY_PHONE, of_phone=phone)
    assert known is not None
    return known


async def check_appetite(ctx: Ctx, settings: EventSettings, phone: str, cups: int) -> None:
    """Refuse what one number has too much of (rule 59); all stations are held, so that two orders at once are counted.

    Raises Conflict too_many_open with `n`, the orders that are open, and `limit`: `open` or `day`.
    """
    n = len(await ctx.all(OPEN_TICKETS, of_phone=phone))
    if n >= settings.max_open_tickets_per_phone:
        raise Conflict("too_many_open", f"There are {n} open orders for this number.", n=n, limit="open")
    most = settings.max_cups_per_phone_per_day
    occasion = await ctx.one(ACTIVE)
    if not most or occasion is None:
        return
    day = tickets.service_day(ctx.now, ZoneInfo(occasion.timezone))
    if (await ctx.one(CUPS_OF_DAY, of_phone=phone, day=day) or 0) + cups > most:
        raise Conflict("too_many_open", f"A number gets {most} cups a day.", n=n, limit="day")


async def knows_word(look: Look, settings: EventSettings, occasion: Occasion | None, *texts: str) -> bool:
    """Tell whether one of these texts has the VIP word, and it counts still (rule 62); a wrong one gives no hint.

    In a change all stations are held, so that the last use has one winner.
    """
    if occasion is None or not any(without_vip_word(text, settings.vip_word)[1] for text in texts):
        return False
    return (await look.one(USES_OF_WORD, of_event=occasion.id) or 0) < settings.vip_word_max_uses
