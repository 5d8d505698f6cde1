"""What is erased of guests: some days after an event, or when one of them asks for it (rule 78, section 5.12)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field
from sqlalchemy import exists, or_, select, update

from livefloor import POST, Conflict, Ctx, Event, Flow, Input, Look, Part, UtcTime, bindparam
from livefloor.parts.retention import erase_from_log
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.guests import BY_PHONE, UNMADE
from livefloor.systems.coffee.models import (
    Customer,
    GroupOrder,
    Occasion,
    Order,
    SmsConversation,
    SmsMessage,
    Ticket,
)
from livefloor.systems.coffee.rooms import LEADS, Fact
from livefloor.systems.coffee.rules.phones import e164

ERASED = "Guest"
"""How somebody is called whose name is gone."""
AT_ONCE = 40
"""How many tickets are erased in one change, so that nothing else waits for long."""
KEPT_DAYS = 7
PERSONAL: dict[str, Any] = {
    "customer_name": ERASED,
    "called": ERASED,
    "contact_name": ERASED,
    "phone_masked": None,
    "contact_phone_masked": None,
    "body": "",
    "notes": "",
    "comment": "",
    "allergies": [],
}
"""What stands in the log in the place of what was personal."""

OVER: Any = select(Occasion).where(Occasion.ends_at < bindparam("moment", type_=UtcTime())).order_by(Occasion.ends_at)
TO_ERASE: Any = (
    select(Ticket.id)
    .where(Ticket.event_id == bindparam("of_event"), or_(Ticket.phone.is_not(None), Ticket.customer_name != ERASED))
    .order_by(Ticket.id)
)
GROUPS_TO_ERASE: Any = select(GroupOrder.id).where(
    GroupOrder.event_id == bindparam("of_event"),
    or_(GroupOrder.contact_phone.is_not(None), GroupOrder.contact_name != ERASED),
)
GUESTS_TO_ERASE: Any = select(Customer.id).where(
    Customer.phone.is_not(None),
    Customer.created_at < bindparam("until", type_=UtcTime()),
    ~exists().where(
        SmsConversation.customer_id == Customer.id,
        SmsConversation.last_message_at >= bindparam("until", type_=UtcTime()),
    ),
    ~exists().where(Ticket.customer_id == Customer.id, Ticket.phone.is_not(None)),
)
CUPS = select(Order.id).where(Order.ticket_id == bindparam("of_ticket"))
EMPTY_TICKET = update(Ticket).where(Ticket.id == bindparam("of_ticket")).values(phone=None, customer_name=ERASED)
EMPTY_CUPS = update(Order).where(Order.ticket_id == bindparam("of_ticket")).values(notes="", allergies=[], comment=None)
EMPTY_TEXTS = (
    update(SmsMessage).where(SmsMessage.conversation_id == bindparam("of_talk")).values(body="", client_id=None)
)
TALK = select(SmsConversation).where(SmsConversation.customer_id == bindparam("of_guest")).with_for_update()
TICKETS_OF: Any = select(Ticket.id).where(
    or_(Ticket.customer_id == bindparam("of_guest"), Ticket.phone == bindparam("of_phone"))
)
GROUPS_OF: Any = select(GroupOrder.id).where(GroupOrder.contact_phone == bindparam("of_phone"))
STILL_OPEN: Any = (
    select(Order.id)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Ticket.phone == bindparam("of_phone"), Order.status.in_((*UNMADE, "completed")))
)


class Forget(Input):
    """Whose number, name and texts are erased."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]


class CustomerForgotten(Fact):
    """All that was personal of a guest is gone."""

    name: ClassVar[str] = "customer_forgotten"
    customer_id: str

    def subject(self) -> str:
        """Name the guest by what is left."""
        return f"customer:{self.customer_id}"


EVENTS: tuple[type[Event], ...] = (CustomerForgotten,)

forgetting = Part("forgetting")


def redacted(data: Any) -> Any:
    """Return what the log says of an order or a text without what is personal; of `guest` the name goes too."""
    if isinstance(data, list):
        return [redacted(each) for each in data]
    if not isinstance(data, dict):
        return data
    kept = {key: PERSONAL[key] if key in PERSONAL and value else redacted(value) for key, value in data.items()}
    if isinstance(kept.get("guest"), dict):
        kept["guest"] = {**kept["guest"], "name": None}
    return kept


async def erase_tickets(ctx: Ctx, ticket_ids: Iterable[str]) -> None:
    """Erase what is personal of some tickets and of their cups; what they were stays for the figures."""
    for ticket_id in ticket_ids:
        await ctx.run(EMPTY_TICKET, of_ticket=ticket_id)
        await ctx.run(EMPTY_CUPS, of_ticket=ticket_id)
        for order_id in await ctx.all(CUPS, of_ticket=ticket_id):
            await erase_from_log(ctx, f"order:{order_id}", redacted)


async def erase_groups(ctx: Ctx, group_ids: Iterable[str]) -> None:
    """Erase who ordered for some groups."""
    for group_id in group_ids:
        gone = {"contact_name": ERASED, "contact_phone": None, "notes": ""}
        await ctx.run(update(GroupOrder).where(GroupOrder.id == group_id).values(**gone))
        await erase_from_log(ctx, f"group_order:{group_id}", redacted)


async def erase_guests(ctx: Ctx, guest_ids: Iterable[str]) -> None:
    """Erase number, name, habits and texts of some guests."""
    for guest_id in guest_ids:
        gone: dict[str, Any] = {"phone": None, "name": None, "usual": None, "allergies": []}
        await ctx.run(update(Customer).where(Customer.id == guest_id).values(**gone))
        talk = await ctx.one(TALK, of_guest=guest_id)
        if talk is not None:
            talk.state, talk.draft, talk.unread, talk.taken_by, talk.expires_at = "idle", None, 0, None, None
            await ctx.save(talk)
            await ctx.run(EMPTY_TEXTS, of_talk=talk.id)
            await erase_from_log(ctx, f"conversation:{talk.id}", redacted)


@forgetting.command(POST("/api/customers/forget", 204), allow=LEADS, refuses=(409,))
async def forget_customer(ctx: Ctx, body: Forget) -> None:
    """Erase number, name and texts of a guest, in the log as well; one who is not known is forgotten already."""
    phone = e164(body.phone, (await event_settings(ctx)).default_country)
    await hold(ctx)
    if await ctx.one(STILL_OPEN, of_phone=phone) is not None:
        raise Conflict("open_orders", "This guest has an order open.")
    guest = await ctx.one(BY_PHONE, of_phone=phone)
    guest_id = guest.id if guest is not None else ""
    await erase_tickets(ctx, await ctx.all(TICKETS_OF, of_guest=guest_id, of_phone=phone))
    await erase_groups(ctx, await ctx.all(GROUPS_OF, of_phone=phone))
    if guest is not None:
        await erase_guests(ctx, [guest.id])
        ctx.emit(CustomerForgotten(customer_id=guest.id))


@forgetting.every("30 3 * * *", flow=True)
async def erase_old(flow: Flow) -> None:
    """Erase what is personal of events that ended long enough ago (rule 78); safe to run twice."""
    for event_id, until in await flow.look(_ended, flow.now):
        for statement, erase in ((TO_ERASE, erase_tickets), (GROUPS_TO_ERASE, erase_groups)):
            ids = await flow.look(_ids, statement, of_event=event_id)
            for start in range(0, len(ids), AT_ONCE):
                await flow.execute(erase, ids[start : start + AT_ONCE])
        ids = await flow.look(_ids, GUESTS_TO_ERASE, until=until)
        for start in range(0, len(ids), AT_ONCE):
            await flow.execute(erase_guests, ids[start : start + AT_ONCE])


async def _ended(look: Look, now: datetime) -> list[tuple[str, datetime]]:
    """Return the events whose guests are to be forgotten, with the moment since which that is so."""
    found = []
    for occasion in await look.all(OVER, moment=now):
        until = occasion.ends_at + timedelta(days=occasion.settings.get("retention_days", KEPT_DAYS))
        if until <= now:
            found.append((occasion.id, until))
    return found


async def _ids(look: Look, statement: Any, /, **values: Any) -> list[str]:
    return list(await look.all(statement, **values))
