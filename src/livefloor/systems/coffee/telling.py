"""What a guest is owed a text about: ordered, ready, still waiting, moved, delayed, cancelled, out of a milk (rules 36 to 57)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from livefloor import Ctx, Look, Part, bindparam
from livefloor.systems.coffee.floor import Floor, hold, read_floor
from livefloor.systems.coffee.guests import guest_of
from livefloor.systems.coffee.message_views import MessageKind
from livefloor.systems.coffee.models import Customer, MenuItem, Milk, Order, SmsMessage, Ticket
from livefloor.systems.coffee.rules.conversation import SILENT_MINUTES, Draft, choices_text
from livefloor.systems.coffee.rules.order_states import MADE
from livefloor.systems.coffee.rules.texts import TextKind, shown_name
from livefloor.systems.coffee.texting import change_status, conversation_of, tell_conversation, wording, write

CUPS: Any = (
    select(Order, MenuItem.name)
    .join(MenuItem, MenuItem.id == Order.menu_item_id)
    .where(Order.ticket_id == bindparam("ticket_id"))
    .order_by(Order.cup_no)
)
ABOUT_TICKET = select(SmsMessage).where(
    SmsMessage.ticket_id == bindparam("ticket_id"), SmsMessage.kind == bindparam("of_kind")
)
MILK_NAMES = select(Milk.code, Milk.name).order_by(Milk.sort, Milk.code)
READY_WITHIN = timedelta(minutes=20)
REMIND_WITHIN = timedelta(minutes=15)
CONFIRMED_BY_TEXT = frozenset({"sms", "walk_up"})
"""Orders whose guest has no page open that says the same."""

telling = Part("telling")


async def guest_of_ticket(ctx: Ctx, ticket: Ticket) -> Customer | None:
    """Return whom texts about a ticket go to: whoever has its number, which the crew may have changed; None without one."""
    return await guest_of(ctx, ticket.phone, ticket.customer_name) if ticket.phone else None


async def words(look: Look, ticket: Ticket, floor: Floor | None = None) -> dict[str, str | int]:
    """Return what may stand in the braces of a text about a ticket."""
    floor = floor or await read_floor(look)
    cups = [(cup, drink) for cup, drink in await look.tuples(CUPS, ticket_id=ticket.id) if cup.status != "cancelled"]
    station = floor.stations.get(ticket.station_id or 0)
    places = floor.places(station.id, look.now) if station is not None else {}
    waits = [places[cup.id] for cup, _ in cups if cup.id in places]
    wait = max(((place.eta_at - look.now).total_seconds() for place in waits), default=0.0)
    drink = f"{cups[0][0].size} {cups[0][1].lower()}" if len(cups) == 1 else f"{len(cups)} drinks"
    return {
        "name": shown_name(ticket.customer_name, ticket.number, name_filter=floor.settings.name_filter),
        "number": ticket.number,
        "drink": drink,
        "n": len(cups),
        "station": station.name if station is not None else "",
        "minutes": floor.quoted(wait) // 60,
        "position": min((place.position for place in waits), default=1),
        "link": f"{look.settings.public_url.rstrip('/')}/o/{ticket.token}",
    }


async def _tell(ctx: Ctx, ticket: Ticket, kind: MessageKind, text: TextKind, **more: str) -> SmsMessage | None:
    guest = await guest_of_ticket(ctx, ticket)
    if guest is None:
        return None
    body = await wording(ctx, text, {**await words(ctx, ticket), **more})
    return await write(ctx, guest, kind, body, ticket_id=ticket.id)


async def tell_ordered(ctx: Ctx, ticket: Ticket) -> None:
    """Confirm an order to a guest who has no page of it open (rule 55)."""
    if ticket.channel in CONFIRMED_BY_TEXT and ticket.quoted_wait_seconds is not None:
        await _tell(ctx, ticket, "reply", "ordered", minutes=str(ticket.quoted_wait_seconds // 60))


# -- ready ------------------------------------------------------------------------------------------------------------


async def tell_ready(ctx: Ctx, ticket: Ticket) -> None:
    """Owe the guest the ready text, when the ticket has a phone and no text went before (rules 15, 55)."""
    if ticket.phone is None or ticket.ready_sms_state != "none":
        return
    settings = (await read_floor(ctx)).settings
    if settings.ready_sms:
        ticket.ready_sms_state = "waiting"
        await ctx.save(ticket)
        await ctx.schedule(
            send_ready, ctx.now + timedelta(seconds=settings.ready_sms_delay_seconds), ticket_id=ticket.id
        )


async def catch_up(ctx: Ctx, ticket: Ticket) -> None:
    """Owe a guest the ready text who gave the number only now; another number is told anew."""
    if ticket.ready_sms_state in ("sent", "failed", "suppressed"):
        return
    if await _is_ready(ctx, ticket):
        await tell_ready(ctx, ticket)


async def _is_ready(look: Look, ticket: Ticket) -> bool:
    states = {cup.status for cup, _ in await look.tuples(CUPS, ticket_id=ticket.id)} - {"cancelled"}
    return "completed" in states and states <= MADE


@telling.timer()
async def send_ready(ctx: Ctx, ticket_id: str) -> None:
    """Write the ready text, if the ticket is ready still and it is not too late (rules 55, 57)."""
    found = await _held(ctx, ticket_id)
    if found is None or found.ready_sms_state != "waiting":
        return
    ticket = found
    if not await _is_ready(ctx, ticket):
        ticket.ready_sms_state = "none"
        await ctx.save(ticket)
        return
    guest = await guest_of_ticket(ctx, ticket)
    if guest is None or ctx.woken_at - ctx.now > READY_WITHIN:
        ticket.ready_sms_state = "suppressed"
        await ctx.save(ticket)
        return
    said = await words(ctx, ticket)
    body = await wording(ctx, "ready_many" if int(said["n"]) > 1 else "ready", said)
    message = await write(ctx, guest, "ready", body, ticket_id=ticket.id, not_after=ctx.now + READY_WITHIN)
    if message is None:
        message = await _again(ctx, ticket, body)
    await note_ready(ctx, ticket, message.status)
    floor = await read_floor(ctx)
    minutes = floor.set_for(ticket.station_id or 0, "reminder_minutes")
    if minutes:
        await ctx.schedule(remind, ctx.now + timedelta(minutes=minutes), ticket_id=ticket.id)


async def _again(ctx: Ctx, ticket: Ticket, body: str) -> SmsMessage:
    """Let the one ready text of a ticket go that was stopped before it went (rule 15)."""
    message = await ctx.one(ABOUT_TICKET, ticket_id=ticket.id, of_kind="ready")
    assert message is not None
    if message.status in ("suppressed", "not_sent") and message.provider_sid is None:
        message.body, message.not_after, message.next_attempt_at = body, ctx.now + READY_WITHIN, ctx.woken_at
        await change_status(ctx, message, "queued")
    return message


async def note_ready(ctx: Ctx, ticket: Ticket, status: str) -> None:
    """Keep on the ticket what became of its ready text; what did not go means that the name is called (rule 58)."""
    state = {"queued": "waiting", "sending": "waiting", "sent": "sent", "delivered": "sent"}.get(status, "failed")
    state = "suppressed" if status == "suppressed" else state
    if ticket.ready_sms_state != state:
        ticket.ready_sms_state = state
        await ctx.save(ticket)


@telling.timer()
async def remind(ctx: Ctx, ticket_id: str) -> None:
    """Write to a guest once more who has not come (section 8)."""
    ticket = await _held(ctx, ticket_id)
    late = ctx.woken_at - ctx.now > REMIND_WITHIN
    if ticket is not None and not late and ticket.ready_sms_state == "sent" and await _is_ready(ctx, ticket):
        await _tell(ctx, ticket, "reminder", "reminder")


async def _held(ctx: Ctx, ticket_id: str) -> Ticket | None:
    """Return a ticket, held with the stations of its cups, so that no tap overtakes what is said of it."""
    cups = await ctx.tuples(CUPS, ticket_id=ticket_id)
    stations = {cup.station_id for cup, _ in cups} - {None}
    if stations:
        await hold(ctx, *stations)
    return await ctx.find(Ticket, ticket_id)


async def untell_ready(ctx: Ctx, ticket: Ticket) -> None:
    """Stop the ready text if it has not gone (rule 15)."""
    if ticket.ready_sms_state in ("waiting", "suppressed"):
        await _stop_ready(ctx, ticket, "none")


async def tell_picked_up(ctx: Ctx, ticket: Ticket) -> None:
    """Suppress a ready text that has not gone: the guest was here (rule 57)."""
    if ticket.ready_sms_state == "waiting":
        await _stop_ready(ctx, ticket, "suppressed")


async def _stop_ready(ctx: Ctx, ticket: Ticket, state: str) -> None:
    await ctx.cancel(send_ready, ticket_id=ticket.id)
    message = await ctx.one(ABOUT_TICKET, ticket_id=ticket.id, of_kind="ready")
    if message is not None and message.status == "sending":
        return  # it is on its way and is called sent when it is
    if message is not None and message.status == "queued":
        await change_status(ctx, message, "suppressed")
    ticket.ready_sms_state = state
    await ctx.save(ticket)


# -- what happens on the way ------------------------------------------------------------------------------------------


async def tell_moved(ctx: Ctx, ticket: Ticket, station_id: int) -> None:
    """Tell the guest of the new station, once for the ticket and the move (rule 43)."""
    await _tell(ctx, ticket, "moved", "moved")


async def tell_delayed(ctx: Ctx, ticket: Ticket) -> None:
    """Tell the guest once that nobody can make the order now (rule 42)."""
    if await ctx.one(ABOUT_TICKET, ticket_id=ticket.id, of_kind="delayed") is None:
        await _tell(ctx, ticket, "delayed", "delayed")


async def tell_cancelled(ctx: Ctx, ticket: Ticket, order: Order) -> None:
    """Tell the guest that a cup is cancelled."""
    await _tell(ctx, ticket, "cancelled", "cancelled", number=order.number)


async def ask_substitute(ctx: Ctx, ticket: Ticket, order: Order, milks: Sequence[str]) -> None:
    """Ask the guest which of these milks it may be instead (rule 36 b); one in staff's hands is asked there (rule 60)."""
    guest = await guest_of_ticket(ctx, ticket)
    if guest is None:
        return
    gone = await ctx.find(Milk, order.milk_id)
    assert gone is not None
    choices = choices_text(milks, dict(await ctx.tuples(MILK_NAMES)))
    said = {"milk": gone.name.lower(), "number": order.number, "choices": choices}
    await write(ctx, guest, "substitute", await wording(ctx, "substitute", said), ticket_id=ticket.id)
    conversation = await conversation_of(ctx, guest)
    if conversation.taken_by is None:
        conversation.state, conversation.misses = "ask_substitute", 0
        conversation.draft = {"draft": asdict(Draft(choices=tuple(milks))), "order_id": order.id}
        conversation.expires_at = ctx.now + timedelta(minutes=SILENT_MINUTES["ask_substitute"])
        await ctx.save(conversation)
        await tell_conversation(ctx, conversation, guest)
