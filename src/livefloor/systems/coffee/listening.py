"""Texts that come in: from Twilio, signed, or from the simulator's phone (section 5.9, rules 49, 59, 61)."""

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field
from sqlalchemy import func, select

from livefloor import (
    GET,
    POST,
    PUBLIC,
    Ctx,
    Forbidden,
    FromHeader,
    Input,
    Invalid,
    Look,
    NotFound,
    Part,
    Raw,
    UtcTime,
    View,
    bindparam,
    is_twilio_signed,
    new_id,
)
from livefloor.systems.coffee.conversing import converse
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.guests import BY_PHONE, guest_of
from livefloor.systems.coffee.message_views import (
    MessageView,
    SmsReceived,
    SmsSent,
    conversation_view,
    message_view,
    stations_of,
)
from livefloor.systems.coffee.models import SmsConversation, SmsMessage
from livefloor.systems.coffee.rooms import LEADS
from livefloor.systems.coffee.rules.gsm7 import size
from livefloor.systems.coffee.rules.phones import e164
from livefloor.systems.coffee.rules.vocabulary import keyword
from livefloor.systems.coffee.sending import report
from livefloor.systems.coffee.texting import conversation_of, wording, write

INBOUND, STATUS = "/api/sms/inbound", "/api/sms/status"
MOST_A_MINUTE, SILENT = 10, timedelta(minutes=5)
LENGTH = 1600
LATELY = (
    select(func.count())
    .select_from(SmsMessage)
    .where(
        SmsMessage.conversation_id == bindparam("of_talk"),
        SmsMessage.direction == "in",
        SmsMessage.created_at > bindparam("since", type_=UtcTime()),
    )
)
THREAD = (
    select(SmsMessage)
    .join(SmsConversation, SmsConversation.id == SmsMessage.conversation_id)
    .where(SmsConversation.customer_id == bindparam("of_guest"))
    .order_by(SmsMessage.created_at, SmsMessage.id)
)

Signature = Annotated[str | None, FromHeader("x-twilio-signature")]


class TwilioForm(Input):
    """What Twilio posts: open, for it adds fields as it likes, and all of them are signed."""

    model_config = ConfigDict(extra="allow")
    form: ClassVar[bool] = True


class InboundSms(TwilioForm):
    """A text that came in."""

    MessageSid: Annotated[str, Field(max_length=64)] = ""
    From: Annotated[str, Field(max_length=40)] = ""
    Body: str = ""
    NumMedia: str = "0"


class SmsReport(TwilioForm):
    """What became of a text."""

    MessageSid: Annotated[str, Field(max_length=64)] = ""
    MessageStatus: Annotated[str, Field(max_length=20)] = ""
    ErrorCode: Annotated[str | None, Field(max_length=10)] = None


class SimulatedSms(Input):
    """A text of the simulator's phone."""

    from_: Annotated[str, Field(alias="from", min_length=1, max_length=40)]
    body: Annotated[str, Field(max_length=LENGTH)]


class Replies(View):
    """What was answered."""

    replies: list[str]


class Thread(View):
    """The texts of one phone."""

    messages: list[MessageView]


class Xml(Raw):
    """A document in XML."""

    documented = "text/xml"


listening = Part("listening")


def check_signature(look: Look, signature: str | None, path: str, form: TwilioForm) -> None:
    """Refuse what Twilio has not signed with the present token or the one before (rule 49). Raises Forbidden."""
    own = look.settings
    fields = {name: str(value) for name, value in form.model_dump(exclude_unset=True).items()}
    tokens = (own.twilio_auth_token, own.twilio_auth_token_previous)
    if not is_twilio_signed(signature, own.public_url.rstrip("/") + path, fields, tokens):
        raise Forbidden("bad_signature", "The signature is not that of this account.")


@listening.command(POST(INBOUND), allow=PUBLIC, refuses=(403,), limit="inbound_sms", replay=False)
async def take_sms(ctx: Ctx, body: InboundSms, signature: Signature = None) -> Xml:
    """Take a text that came in; the answer goes through the outbox."""
    check_signature(ctx, signature, INBOUND, body)
    for name, value in (("MessageSid", body.MessageSid), ("From", body.From)):
        if not value:
            raise Invalid.field(name, "is missing")
    country = (await event_settings(ctx)).default_country
    await receive(ctx, body.MessageSid, e164(body.From, country), body.Body, media=body.NumMedia not in ("", "0"))
    return Xml(b"<?xml version='1.0' encoding='UTF-8'?><Response></Response>", "text/xml; charset=utf-8")


@listening.command(POST(STATUS, 204), allow=PUBLIC, refuses=(403,), limit="sms_reports", replay=False)
async def take_sms_report(
    ctx: Ctx, body: SmsReport, message_id: str | None = None, signature: Signature = None
) -> None:
    """Take what became of a text; what is late or out of order changes nothing."""
    check_signature(ctx, signature, f"{STATUS}?message_id={message_id}" if message_id else STATUS, body)
    await report(ctx, message_id, body.MessageSid, body.MessageStatus, body.ErrorCode)


async def receive(ctx: Ctx, sid: str, phone: str, text: str, *, media: bool = False) -> None:
    """Keep a text that came in, once for each id of the provider, and answer it (rules 49, 59 to 61)."""
    await hold(ctx)
    guest = await guest_of(ctx, phone)
    talk = await conversation_of(ctx, guest)
    body = text[:LENGTH]
    message = SmsMessage(
        conversation_id=talk.id,
        direction="in",
        body=body,
        provider_sid=sid,
        status="received",
        segments=size(body).segments,
    )
    if not await ctx.try_add(message):
        return
    consent = keyword(text, opted_out=guest.opted_out_at is not None) in ("stop", "start")
    silent = talk.muted_until is not None and talk.muted_until > ctx.now
    since = ctx.now - timedelta(minutes=1)
    warned = not silent and (await ctx.one(LATELY, of_talk=talk.id, since=since) or 0) > MOST_A_MINUTE
    if warned:
        talk.muted_until = ctx.now + SILENT
    talk.last_inbound_at = talk.last_message_at = ctx.now
    await ctx.save(talk)
    if consent or not (silent or warned or guest.blocked):
        await converse(ctx, guest, body, media=media)
    elif warned and not guest.blocked:
        await write(ctx, guest, "reply", await wording(ctx, "slow_down", {}))
    talk = await conversation_of(ctx, guest)
    if talk.state == "human" or guest.blocked:
        # What the words alone could answer is no work for anybody.
        talk.unread += 1
        await ctx.save(talk)
    ctx.emit(
        SmsReceived(
            conversation_id=talk.id,
            stations=await stations_of(ctx, guest.id),
            message=message_view(message),
            conversation=conversation_view(talk, guest),
        )
    )


# -- the simulator ----------------------------------------------------------------------------------------------------


def check_simulator(look: Look) -> None:
    """Refuse where texts really go, and in production to all but leads. Raises NotFound, Forbidden."""
    if look.settings.sms != "simulator":
        raise NotFound("not_found", "There is no simulator here.")
    if not look.settings.debug and not look.actor.is_in(LEADS):
        raise Forbidden("forbidden", "In production this is for organizers.")


@listening.command(POST("/api/sms/simulator/inbound"), allow=PUBLIC | LEADS, refuses=(403, 404))
async def simulate_sms(ctx: Ctx, body: SimulatedSms) -> Replies:
    """Write a text as a guest would; answered at once."""
    check_simulator(ctx)
    phone = e164(body.from_, (await event_settings(ctx)).default_country)
    await receive(ctx, f"local-{new_id()}", phone, body.body)
    return Replies(replies=[told.message.body for told in ctx.events if isinstance(told, SmsSent)])


@listening.query(GET("/api/sms/simulator/messages"), allow=PUBLIC | LEADS, refuses=(403, 404))
async def show_simulated_phone(look: Look, phone: Annotated[str, Field(max_length=40)]) -> Thread:
    """Show what a phone has sent and got."""
    check_simulator(look)
    number = e164(phone, (await event_settings(look)).default_country)
    guest = await look.one(BY_PHONE, of_phone=number)
    messages = await look.all(THREAD, of_guest=guest.id) if guest is not None else []
    return Thread(messages=[message_view(each) for each in messages])
