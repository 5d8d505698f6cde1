"""Texts as they are written: in whose conversation, whether they may go at all, until when (rules 54, 56 to 58, 61)."""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from livefloor import Ctx, Look, bindparam
from livefloor.systems.coffee.event_settings import EventSettings, event_settings
from livefloor.systems.coffee.message_views import (
    ConversationUpdated,
    MessageKind,
    MessageStatus,
    SmsSent,
    SmsStatus,
    conversation_view,
    message_view,
    stations_of,
)
from livefloor.systems.coffee.models import Customer, SmsConversation, SmsMessage
from livefloor.systems.coffee.occasions import event_timezone
from livefloor.systems.coffee.rooms import by
from livefloor.systems.coffee.rules.gsm7 import size
from livefloor.systems.coffee.rules.texts import NOT_AFTER, NOT_AFTER_ELSE, TextKind, automatic

OF_GUEST = select(SmsConversation).where(SmsConversation.customer_id == bindparam("of_guest")).with_for_update()
OF_CLIENT = select(SmsMessage).where(SmsMessage.client_id == bindparam("of_client"))
ANSWERS = frozenset({"reply", "confirm", "staff"})
"""Texts that answer what a guest wrote; they go at any hour."""


async def wording(look: Look, kind: TextKind, values: Mapping[str, str | int]) -> str:
    """Return an automatic text as the event words it."""
    return automatic(kind, values, (await event_settings(look)).sms_wordings)


async def conversation_of(ctx: Ctx, guest: Customer) -> SmsConversation:
    """Return the conversation with a guest, held until the end of the change; a new one begins idle."""
    found = await ctx.one(OF_GUEST, of_guest=guest.id)
    if found is None:
        await ctx.try_add(SmsConversation(customer_id=guest.id))
        found = await ctx.one(OF_GUEST, of_guest=guest.id)
    assert found is not None
    return found


async def fate(look: Look, guest: Customer, kind: MessageKind) -> tuple[MessageStatus, str | None]:
    """Return with which status a text to a guest begins, and why it does not go."""
    if look.settings.sms == "off":
        return "not_sent", "sms_disabled"
    if guest.phone is None or guest.number_is_bad:
        return "failed", "bad_number"
    if guest.opted_out_at is not None:
        return "suppressed", "opted_out"
    if guest.blocked:
        return "suppressed", "blocked"
    if kind not in ANSWERS and await is_quiet(look, await event_settings(look)):
        return "suppressed", "quiet_hours"
    return "queued", None


async def is_quiet(look: Look, settings: EventSettings) -> bool:
    """Tell whether it is an hour in which guests are not written to unless they wrote."""
    hours = settings.quiet_sms_hours
    if hours is None:
        return False
    local = look.now.astimezone(ZoneInfo(await event_timezone(look))).time()
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    return start <= local < end if start <= end else local >= start or local < end


async def write(
    ctx: Ctx,
    guest: Customer,
    kind: MessageKind,
    body: str,
    *,
    ticket_id: str | None = None,
    client_id: str | None = None,
    not_after: datetime | None = None,
) -> SmsMessage | None:
    """Write a text to a guest, to go at once if it may; None where one of its kind was written before (rule 55)."""
    conversation = await conversation_of(ctx, guest)
    status, why = await fate(ctx, guest, kind)
    message = SmsMessage(
        conversation_id=conversation.id,
        direction="out",
        body=body,
        kind=kind,
        ticket_id=ticket_id,
        sender_id=ctx.actor.id if kind in ("staff", "broadcast") else None,
        client_id=client_id,
        status=status,
        error_code=why,
        segments=size(body).segments,
        next_attempt_at=ctx.woken_at if status == "queued" else None,
        not_after=not_after or ctx.woken_at + NOT_AFTER.get(kind, NOT_AFTER_ELSE),
    )
    if not await ctx.try_add(message):
        return None
    conversation.last_message_at = ctx.now
    await ctx.save(conversation)
    stations = await stations_of(ctx, guest.id)
    ctx.emit(SmsSent(actor=by(ctx), conversation_id=conversation.id, stations=stations, message=message_view(message)))
    return message


async def change_status(ctx: Ctx, message: SmsMessage, status: MessageStatus, why: str | None = None) -> None:
    """Give a text another status and tell of it."""
    message.status, message.error_code = status, why
    if status != "queued":
        message.next_attempt_at = None
    await ctx.save(message)
    conversation = await ctx.find(SmsConversation, message.conversation_id)
    assert conversation is not None
    stations = await stations_of(ctx, conversation.customer_id)
    ctx.emit(
        SmsStatus(actor=by(ctx), conversation_id=conversation.id, stations=stations, message=message_view(message))
    )


async def tell_conversation(ctx: Ctx, conversation: SmsConversation, guest: Customer, *, rings: bool = False) -> None:
    """Tell where a conversation stands now."""
    ctx.emit(
        ConversationUpdated(
            actor=by(ctx),
            conversation_id=conversation.id,
            stations=await stations_of(ctx, guest.id),
            conversation=conversation_view(conversation, guest),
            rings=rings,
        )
    )
