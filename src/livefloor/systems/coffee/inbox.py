"""The crew's side of the texts: the inbox, taking a conversation over, answering, writing to all (section 5.9)."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlalchemy import func, or_, select, update

from livefloor import (
    GET,
    POST,
    Conflict,
    Ctx,
    Cursor,
    Forbidden,
    Input,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    View,
    bindparam,
    page,
    where_given,
)
from livefloor.systems.coffee.conversing import expire
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.message_views import (
    UNCOLLECTED,
    ConversationView,
    MessageKind,
    MessageStatus,
    MessageView,
    conversation_view,
    message_view,
)
from livefloor.systems.coffee.models import Customer, Order, SmsConversation, SmsMessage, Ticket, User
from livefloor.systems.coffee.order_views import OrderView, shown_of_ticket
from livefloor.systems.coffee.rooms import BARISTA, FRONT, LEADS, STAFF
from livefloor.systems.coffee.rules.conversation import SILENT_MINUTES, State
from livefloor.systems.coffee.rules.gsm7 import transliterate
from livefloor.systems.coffee.rules.texts import NOT_AFTER_ELSE
from livefloor.systems.coffee.sending import LOCKED
from livefloor.systems.coffee.staffing import own_station
from livefloor.systems.coffee.texting import (
    OF_CLIENT,
    change_status,
    conversation_of,
    tell_conversation,
    write,
)

BROADCAST_EVERY = timedelta(minutes=5)
TAKE = (
    update(SmsConversation)
    .where(
        SmsConversation.id == bindparam("of_id"),
        or_(SmsConversation.taken_by.is_(None), SmsConversation.taken_by == bindparam("me")),
    )
    .values(taken_by=bindparam("me"))
)
LAST_BROADCAST = select(func.max(SmsMessage.created_at)).where(SmsMessage.kind == "broadcast")
OPEN_CUPS = (
    select(Ticket.id)
    .join(Order, Order.ticket_id == Ticket.id)
    .where(Ticket.customer_id == bindparam("of_guest"), Order.status.in_(UNCOLLECTED))
    .distinct()
    .order_by(Ticket.id)
)
WITH_OPEN_ORDERS: Any = (
    select(Customer)
    .join(Ticket, Ticket.customer_id == Customer.id)
    .join(Order, Order.ticket_id == Ticket.id)
    .where(Order.status.in_(UNCOLLECTED), Customer.phone.is_not(None))
    .distinct()
    .order_by(Customer.id)
)


def _plain(text: str) -> str:
    kept = "".join(character for character in text.strip() if character.isprintable() or character == "\n")
    if not kept:
        raise ValueError("is empty")
    return kept


class Reply(Input):
    """What somebody of the crew writes to a guest."""

    body: Annotated[str, Field(min_length=1, max_length=480), AfterValidator(_plain)]
    client_id: Annotated[str | None, Field(min_length=1, max_length=64)] = None


class Broadcast(Input):
    """What all guests with an open order are told, or those of one station."""

    body: Annotated[str, Field(min_length=1, max_length=160), AfterValidator(_plain)]
    station_id: int | None = None
    audience: Annotated[str, Field(pattern="^open_orders$")] = "open_orders"


class Written(View):
    """A text that was written."""

    message: MessageView


class Recipients(View):
    """How many were written to."""

    recipients: int


class ConversationPage(View):
    """A conversation with its texts, newest first, and the guest's open cups."""

    conversation: ConversationView
    open_orders: list[OrderView]
    messages: list[MessageView]
    next_cursor: str | None
    total: int


class ConversationLine(ConversationView):
    """A conversation in the inbox."""

    last_message: MessageView | None
    open_cups: int


inbox = Part("inbox")

LAST_OF: Any = (
    select(SmsMessage)
    .where(SmsMessage.conversation_id == bindparam("of_talk"))
    .order_by(SmsMessage.created_at.desc(), SmsMessage.id.desc())
    .limit(1)
)
CUPS_OPEN = (
    select(func.count())
    .select_from(Order)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Ticket.customer_id == bindparam("of_guest"), Order.status.in_(UNCOLLECTED))
)


async def _here(look: Look) -> Any:
    """Return the condition on whose conversations the caller may see; a barista those of guests of the own station."""
    if not look.actor.is_in(BARISTA):
        return None
    return (
        select(Order.id)
        .join(Ticket, Ticket.id == Order.ticket_id)
        .where(
            Ticket.customer_id == SmsConversation.customer_id,
            Order.status.in_(UNCOLLECTED),
            Order.station_id == (await own_station(look, look.actor) or 0),
        )
        .exists()
    )


async def _found(look: Look, conversation_id: str) -> tuple[SmsConversation, Customer]:
    """Return a conversation that the caller may see, with its guest. Raises NotFound, Forbidden."""
    talk = await look.find(SmsConversation, conversation_id)
    guest = await look.find(Customer, talk.customer_id) if talk is not None else None
    if talk is None or guest is None:
        raise NotFound("not_found", "There is no such conversation.")
    here = await _here(look)
    if (
        here is not None
        and await look.one(select(SmsConversation.id).where(SmsConversation.id == talk.id, here)) is None
    ):
        raise Forbidden("not_your_station", "This guest has no order at your station.")
    return talk, guest


@inbox.query(GET("/api/messages/conversations"), allow=STAFF)
async def list_conversations(
    look: Look,
    state: State | None = None,
    unread: bool | None = None,
    q: Annotated[str | None, Field(max_length=40)] = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[ConversationLine]:
    """List the conversations, newest first; `q` looks in the name and the end of the number."""
    statement: Any = (
        select(SmsConversation, Customer)
        .join(Customer, Customer.id == SmsConversation.customer_id)
        .where(SmsConversation.last_message_at.is_not(None))
    )
    if (here := await _here(look)) is not None:
        statement = statement.where(here)
    if state is not None:
        statement = statement.where(SmsConversation.state == state)
    if unread is not None:
        statement = statement.where(SmsConversation.unread > 0 if unread else SmsConversation.unread == 0)
    if q:
        by_name = Customer.name.icontains(q, autoescape=True)
        statement = statement.where(or_(by_name, Customer.phone.endswith(q, autoescape=True)))
    order = (SmsConversation.last_message_at.desc(), SmsConversation.id.desc())
    found = await page(look, statement, order=order, cursor=cursor, limit=limit)
    return Items[ConversationLine](items=[await _line(look, *row) for row in found.rows], **found.place())


async def _line(look: Look, talk: SmsConversation, guest: Customer) -> ConversationLine:
    last = await look.one(LAST_OF, of_talk=talk.id)
    return ConversationLine(
        **conversation_view(talk, guest).model_dump(),
        last_message=message_view(last) if last is not None else None,
        open_cups=await look.one(CUPS_OPEN, of_guest=guest.id) or 0,
    )


@inbox.query(GET("/api/messages/conversations/{conversation_id}"), allow=STAFF, refuses=(403,))
async def show_conversation(
    look: Look, conversation_id: str, cursor: Cursor = None, limit: PageLimit = 50
) -> ConversationPage:
    """Show a conversation with its texts, newest first."""
    talk, guest = await _found(look, conversation_id)
    statement = select(SmsMessage).where(SmsMessage.conversation_id == talk.id)
    order = (SmsMessage.created_at.desc(), SmsMessage.id.desc())
    found = await page(look, statement, order=order, cursor=cursor, limit=limit)
    orders = [
        view
        for ticket_id in await look.all(OPEN_CUPS, of_guest=guest.id)
        for view in await shown_of_ticket(look, ticket_id)
        if view.status in UNCOLLECTED
    ]
    return ConversationPage(
        conversation=conversation_view(talk, guest),
        open_orders=orders,
        messages=[message_view(row) for row in found.rows],
        **found.place(),
    )


@inbox.command(POST("/api/messages/conversations/{conversation_id}/messages", 201), allow=STAFF, refuses=(403, 409))
async def write_to_guest(ctx: Ctx, conversation_id: str, body: Reply) -> Written:
    """Write to a guest; the same client_id again gives the first text."""
    _, guest = await _found(ctx, conversation_id)
    if ctx.settings.sms == "off":
        raise Conflict("sms_disabled", "No texts are sent.")
    if guest.opted_out_at is not None:
        raise Conflict("opted_out", "This guest wants no texts.")
    if guest.blocked:
        raise Conflict("customer_blocked", "This number is blocked.")
    message = await write(ctx, guest, "staff", transliterate(body.body), client_id=body.client_id)
    message = message or await ctx.one(OF_CLIENT, of_client=body.client_id)
    assert message is not None
    return Written(message=message_view(message))


@inbox.command(POST("/api/messages/conversations/{conversation_id}/take-over"), allow=STAFF, refuses=(403, 409))
async def take_conversation_over(ctx: Ctx, conversation_id: str) -> ConversationView:
    """Answer a guest by hand from now on; of two who take it one has it (rule 60)."""
    talk, guest = await _found(ctx, conversation_id)
    if not await ctx.run(TAKE, of_id=talk.id, me=ctx.actor.id):
        now = await ctx.find(SmsConversation, talk.id)
        holder = await ctx.find(User, now.taken_by) if now is not None else None
        by = {"id": holder.id, "name": holder.display_name} if holder is not None else None
        raise Conflict("taken", "Somebody else answers this guest.", by=by)
    talk = await conversation_of(ctx, guest)
    talk.state, talk.misses = "human", 0
    talk.expires_at = ctx.now + timedelta(minutes=SILENT_MINUTES["human"])
    return await _handed(ctx, talk, guest)


@inbox.command(POST("/api/messages/conversations/{conversation_id}/release"), allow=STAFF, refuses=(403,))
async def release_conversation(ctx: Ctx, conversation_id: str) -> ConversationView:
    """Let a guest be answered by the words again."""
    _, guest = await _found(ctx, conversation_id)
    talk = await conversation_of(ctx, guest)
    talk.state, talk.draft, talk.misses, talk.taken_by, talk.expires_at = "idle", None, 0, None, None
    return await _handed(ctx, talk, guest)


async def _handed(ctx: Ctx, talk: SmsConversation, guest: Customer) -> ConversationView:
    await ctx.save(talk)
    if talk.expires_at is not None:
        await ctx.schedule(expire, talk.expires_at, conversation_id=talk.id)
    await tell_conversation(ctx, talk, guest)
    return conversation_view(talk, guest)


@inbox.command(POST("/api/messages/conversations/{conversation_id}/read", 204), allow=STAFF, refuses=(403,))
async def read_conversation(ctx: Ctx, conversation_id: str) -> None:
    """Say that the texts of a guest were read."""
    _, guest = await _found(ctx, conversation_id)
    talk = await conversation_of(ctx, guest)
    if talk.unread:
        talk.unread = 0
        await ctx.save(talk)
        await tell_conversation(ctx, talk, guest)


@inbox.query(GET("/api/messages/"), allow=FRONT)
async def list_messages(
    look: Look,
    status: MessageStatus | None = None,
    kind: MessageKind | None = None,
    ticket_id: str | None = None,
    direction: Annotated[str | None, Field(pattern="^(in|out)$")] = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[MessageView]:
    """List all texts, newest first, with what became of them."""
    statement = where_given(
        select(SmsMessage),
        (SmsMessage.status, status),
        (SmsMessage.kind, kind),
        (SmsMessage.ticket_id, ticket_id),
        (SmsMessage.direction, direction),
    )
    order = (SmsMessage.created_at.desc(), SmsMessage.id.desc())
    found = await page(look, statement, order=order, cursor=cursor, limit=limit)
    return Items[MessageView](items=[message_view(row) for row in found.rows], **found.place())


@inbox.command(POST("/api/messages/{message_id}/retry", 202), allow=FRONT, refuses=(409,))
async def retry_message(ctx: Ctx, message_id: str) -> Written:
    """Send a text once more that did not go."""
    message = await ctx.one(LOCKED, of_id=message_id)
    if message is None:
        raise NotFound("not_found", "There is no such text.")
    if message.status not in ("failed", "undelivered", "not_sent"):
        raise Conflict("not_failed", "This text did not fail.", status=message.status)
    if ctx.now > (message.not_after or message.created_at + NOT_AFTER_ELSE):
        raise Conflict("too_old", "This text is of no use any more.")
    message.next_attempt_at, message.attempts = ctx.now, 0
    await change_status(ctx, message, "queued")
    return Written(message=message_view(message))


@inbox.command(POST("/api/messages/broadcast", 202), allow=LEADS, refuses=(409,))
async def broadcast(ctx: Ctx, body: Broadcast) -> Recipients:
    """Write to all guests with an open order, or to those of one station; once in five minutes."""
    await ctx.lock("broadcast")
    last = await ctx.one(LAST_BROADCAST)
    if last is not None and ctx.now < last + BROADCAST_EVERY:
        wait = (last + BROADCAST_EVERY - ctx.now).total_seconds()
        raise Conflict("broadcast_too_soon", "All were written to within the last 5 minutes.", retry_after=round(wait))
    await hold(ctx)
    statement = WITH_OPEN_ORDERS
    if body.station_id is not None:
        statement = statement.where(Order.station_id == body.station_id)
    count = 0
    for guest in await ctx.all(statement):
        if guest.opted_out_at is None and not guest.blocked and not guest.number_is_bad:
            await write(ctx, guest, "broadcast", transliterate(body.body))
            count += 1
    return Recipients(recipients=count)
