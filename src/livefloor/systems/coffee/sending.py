"""The outbox: texts go to the provider at once, again after a while, or not at all (rules 54, 57, section 11)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from livefloor import Ctx, Flow, Part, SmsRefused, UtcTime, bindparam
from livefloor.systems.coffee.alerts import close_alert, open_alert
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.message_views import MessageStatus, SmsSent, SmsStatus, TextFact
from livefloor.systems.coffee.models import Alert, Customer, Order, SmsConversation, SmsMessage, Ticket
from livefloor.systems.coffee.telling import note_ready
from livefloor.systems.coffee.texting import change_status, fate

RETRIES = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60))
RETRY_EVERY = timedelta(seconds=300)
MOST_WAIT_S = 86_400.0
PROBE_EVERY = timedelta(seconds=60)
"""How often sending is tried while the provider does not take our keys."""
OPTED_OUT_CODE, BAD_NUMBER_CODES = 21610, (21211, 21614)
REFUSED_KEYS = "SMS credentials refused"
FAILING, FAILING_WITHIN = 5, timedelta(minutes=5)
ABOUT_MEETING = frozenset({"ready", "reminder"})
"""Texts that call a guest: they go only while a made cup waits."""
RANK: dict[str, int] = {"queued": 0, "sending": 1, "sent": 2, "delivered": 3, "undelivered": 3, "failed": 3}
"""How far a text is; what the provider reports late never takes it back."""

LOCKED = select(SmsMessage).where(SmsMessage.id == bindparam("of_id")).with_for_update()
BY_SID = select(SmsMessage).where(SmsMessage.provider_sid == bindparam("of_sid")).with_for_update()
STOPPED = (
    select(Alert)
    .where(Alert.kind == "sms_failing", Alert.subject == REFUSED_KEYS, Alert.closed_at.is_(None))
    .with_for_update()
)
HELD_BACK = select(SmsMessage.id, SmsMessage.conversation_id).where(
    SmsMessage.status == "queued", SmsMessage.next_attempt_at <= bindparam("moment", type_=UtcTime())
)
WAITS: Any = select(func.count()).where(Order.ticket_id == bindparam("ticket_id"), Order.status == "completed")
FAILED_LATELY = (
    select(func.count())
    .select_from(SmsMessage)
    .where(
        SmsMessage.direction == "out",
        SmsMessage.error_code.is_not(None),
        SmsMessage.status.in_(("queued", "failed", "undelivered")),
        SmsMessage.updated_at >= bindparam("since", type_=UtcTime()),
    )
)

sending = Part("sending")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A text that is ready to go."""

    phone: str
    body: str
    report_to: str


@sending.within(SmsSent, SmsStatus)
async def go(ctx: Ctx, told: TextFact) -> None:
    """Let a text go that was written or is tried again, at its time."""
    assert isinstance(told, SmsSent | SmsStatus)
    if told.message.status == "queued" and told.message.next_attempt_at is not None:
        message, at = told.message, told.message.next_attempt_at
        await ctx.schedule(send_text, at, message_id=message.id, conversation_id=message.conversation_id)


@sending.errand(lane="conversation_id")
async def send_text(flow: Flow, message_id: str, conversation_id: str) -> None:
    """Hand one text to the provider, after those before it in its conversation; whatever comes of it is kept."""
    parcel = await flow.execute(_take, message_id)
    if parcel is None:
        return
    try:
        sid = await flow.ports.sms.send(parcel.phone, parcel.body, report_to=parcel.report_to)
    except SmsRefused as refused:
        await flow.execute(_refused, message_id, refused)
    except Exception as error:  # noqa: BLE001 - whatever the line does, the text is accounted for and tried again
        await flow.execute(_unreached, message_id, type(error).__name__)
    else:
        # Nobody reports what becomes of a text that the stand-in takes: the simulator's phone has it.
        await flow.execute(_sent, message_id, sid, "delivered" if flow.ports.sms.stands_in else "sent")


async def _found(ctx: Ctx, message_id: str) -> tuple[SmsMessage, Customer] | None:
    """Return a text with whom it goes to, held: after the stations of its ticket, as everything that follows a tap."""
    message = await ctx.find(SmsMessage, message_id)
    if message is not None and message.kind in ABOUT_MEETING:
        await hold(ctx)
    message = await ctx.one(LOCKED, of_id=message_id)
    conversation = await ctx.find(SmsConversation, message.conversation_id) if message is not None else None
    guest = await ctx.find(Customer, conversation.customer_id) if conversation is not None else None
    return (message, guest) if message is not None and guest is not None else None


async def _take(ctx: Ctx, message_id: str) -> Parcel | None:
    """Take a text out to send it; None when it does not go, now or ever."""
    found = await _found(ctx, message_id)
    if found is None:
        return None
    message, guest = found
    if message.status == "sending":
        # The process ended between sending and knowing: twice is worse than a name that is called (section 1).
        await end(ctx, message, "failed", "outcome_unknown")
    if message.status != "queued":
        return None
    status, why = await fate(ctx, guest, message.kind)  # type: ignore[arg-type]
    if status == "queued" and message.not_after is not None and ctx.woken_at > message.not_after:
        status, why = "not_sent", "too_late"
    if status == "queued" and message.kind in ABOUT_MEETING and not await ctx.one(WAITS, ticket_id=message.ticket_id):
        status, why = "suppressed", "picked_up"
    if status != "queued":
        await end(ctx, message, status, why)
        return None
    stopped = await ctx.one(STOPPED)
    if stopped is not None:
        at = stopped.updated_at + PROBE_EVERY
        if at > ctx.woken_at:
            await ctx.schedule(send_text, at, message_id=message_id, conversation_id=message.conversation_id)
            return None
        # This text is the one that is tried; those that go at the same moment wait for what comes of it.
        stopped.updated_at = ctx.woken_at
        await ctx.save(stopped)
    message.status, message.attempts, message.next_attempt_at = "sending", message.attempts + 1, None
    await ctx.save(message)
    assert guest.phone is not None
    return Parcel(
        guest.phone, message.body, f"{ctx.settings.public_url.rstrip('/')}/api/sms/status?message_id={message_id}"
    )


async def _sent(ctx: Ctx, message_id: str, sid: str, status: MessageStatus) -> None:
    found = await _found(ctx, message_id)
    if found is None:
        return
    message, _ = found
    message.provider_sid, message.sent_at = sid or None, ctx.now
    if message.status == "sending":
        await end(ctx, message, status)
    else:
        await ctx.save(message)  # the provider's report was quicker
    if await ctx.one(STOPPED) is not None:
        await close_alert(ctx, "sms_failing", subject=REFUSED_KEYS)
        for other_id, talk_id in await ctx.tuples(HELD_BACK, moment=ctx.woken_at):
            await ctx.schedule(send_text, ctx.woken_at, message_id=other_id, conversation_id=talk_id)
    await check_failing(ctx)


async def _refused(ctx: Ctx, message_id: str, refused: SmsRefused) -> None:
    found = await _found(ctx, message_id)
    if found is None:
        return
    message, guest = found
    why = str(refused.code or refused.status)
    if refused.is_passing:
        await _later(ctx, message, why, refused.retry_after or 0.0)
    elif refused.is_about_keys:
        await _stop(ctx)
        message.next_attempt_at = ctx.now + PROBE_EVERY
        await change_status(ctx, message, "queued", why)
    else:
        await mark_guest(ctx, guest, refused.code)
        await end(ctx, message, "failed", why)
    await check_failing(ctx)


async def _stop(ctx: Ctx) -> None:
    """Stop sending: the provider does not take our keys; each refusal puts the next try off (section 11)."""
    await open_alert(ctx, "sms_failing", "critical", subject=REFUSED_KEYS)
    alert = await ctx.one(STOPPED)
    assert alert is not None
    alert.level, alert.updated_at = "critical", ctx.now
    await ctx.save(alert)


async def mark_guest(ctx: Ctx, guest: Customer, code: int | None) -> None:
    """Keep what the provider knows of a number: that it wants no texts, or that there is none."""
    if code == OPTED_OUT_CODE and guest.opted_out_at is None:
        guest.opted_out_at = ctx.now
    if code in BAD_NUMBER_CODES:
        guest.number_is_bad = True
    await ctx.save(guest)


async def _unreached(ctx: Ctx, message_id: str, why: str) -> None:
    found = await _found(ctx, message_id)
    if found is not None:
        await _later(ctx, found[0], why, 0.0)
        await check_failing(ctx)


async def _later(ctx: Ctx, message: SmsMessage, why: str, retry_after: float) -> None:
    """Put a text off: 5, 20, 60 s, then every 300 s, or as long as the provider says, until it is of no use."""
    tries = message.attempts - 1
    wait = max(
        RETRIES[tries] if tries < len(RETRIES) else RETRY_EVERY, timedelta(seconds=min(retry_after, MOST_WAIT_S))
    )
    if message.not_after is not None and ctx.now + wait > message.not_after:
        await end(ctx, message, "not_sent", why)
        return
    message.next_attempt_at = ctx.now + wait
    await change_status(ctx, message, "queued", why)


async def end(ctx: Ctx, message: SmsMessage, status: MessageStatus, why: str | None = None) -> None:
    """Keep what became of a text, on its ticket too when it is the ready text."""
    await change_status(ctx, message, status, why)
    ticket = await ctx.find(Ticket, message.ticket_id) if message.kind == "ready" else None
    if ticket is not None:
        await note_ready(ctx, ticket, status)


async def check_failing(ctx: Ctx) -> None:
    """Open the alert of five failures in five minutes, or close it."""
    if (await ctx.one(FAILED_LATELY, since=ctx.now - FAILING_WITHIN) or 0) >= FAILING:
        await open_alert(ctx, "sms_failing", "warn")
    else:
        await close_alert(ctx, "sms_failing")


async def report(ctx: Ctx, message_id: str | None, sid: str, status: str, code: str | None) -> None:
    """Take what the provider says became of a text; what is late or out of order never takes it back."""
    found = None
    if message_id is not None:
        found = await _found(ctx, message_id)
    elif (message := await ctx.one(BY_SID, of_sid=sid)) is not None:
        found = await _found(ctx, message.id)
    if found is None or RANK.get(status, 0) <= RANK.get(found[0].status, 9):
        return
    message, guest = found
    message.provider_sid = message.provider_sid or sid
    if code is not None and code.isdigit():
        await mark_guest(ctx, guest, int(code))
    await end(ctx, message, status, code if status in ("failed", "undelivered") else None)  # type: ignore[arg-type]
    await check_failing(ctx)
