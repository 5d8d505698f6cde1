"""What a guest does without an account: order by web, follow the own ticket, cancel, add a phone, rate (section 5.11)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field
from sqlalchemy import select, update

from livefloor import (
    GET,
    POST,
    PUBLIC,
    Announced,
    Conflict,
    Ctx,
    Input,
    Invalid,
    Look,
    NotFound,
    Part,
    Stored,
    View,
    bindparam,
)
from livefloor.systems.coffee.cups import CUPS_OF_TICKET, emit_updated
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.floor import hold, read_floor
from livefloor.systems.coffee.guests import check_appetite, guest_of, knows_word
from livefloor.systems.coffee.making import Cancel, cancel
from livefloor.systems.coffee.models import Order, Station, Ticket
from livefloor.systems.coffee.occasions import ACTIVE
from livefloor.systems.coffee.order_views import (
    MilkView,
    OrderCreated,
    OrderUpdated,
    OrderView,
    QueueEta,
    shown_of_ticket,
)
from livefloor.systems.coffee.ordering import place
from livefloor.systems.coffee.orders import TicketView, ticket_view
from livefloor.systems.coffee.recipes import Menu, read_menu
from livefloor.systems.coffee.rooms import StationFact
from livefloor.systems.coffee.rules.order_states import EDITABLE, MADE, OrderStatus
from livefloor.systems.coffee.rules.phones import e164, masked
from livefloor.systems.coffee.rules.texts import clean, shown_name, without_vip_word
from livefloor.systems.coffee.telling import catch_up
from livefloor.systems.coffee.wishes import GuestCup, GuestName, Moment, Wish

BY_TOKEN = select(Ticket).where(Ticket.token == bindparam("of_token"))
RATE = (
    update(Order)
    .where(Order.id == bindparam("of_id"), Order.rating.is_(None))
    .values(rating=bindparam("stars"), comment=bindparam("said"))
)
RATED_WITHIN = timedelta(hours=24)

Token = Annotated[str, Field(max_length=64)]


class WebOrder(Input):
    """A ticket of one to six cups, ordered on the guest's own phone."""

    event_code: Annotated[str, Field(min_length=1, max_length=12)]
    customer_name: GuestName
    phone: Annotated[str | None, Field(max_length=40)] = None
    station_id: int | None = None
    items: Annotated[list[GuestCup], Field(min_length=1, max_length=6)]
    requested_for: Moment | None = None
    client_id: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    vip_word: Annotated[str | None, Field(max_length=40)] = None


class TicketCancel(Input):
    """Which cup; without it all of the ticket that nobody has begun."""

    order_id: Annotated[str | None, Field(max_length=36)] = None


class NewPhone(Input):
    """Where the ready text goes."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]


class Feedback(Input):
    """How a cup was."""

    order_id: Annotated[str, Field(max_length=36)]
    rating: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=280), AfterValidator(lambda text: clean(text, 280))] = ""


class TicketCup(View):
    """A cup as its guest sees it."""

    id: str
    number: str
    drink_name: str
    size: str
    milk: MilkView | None
    options: dict[str, int]
    status: OrderStatus
    attention: str | None
    position: int | None
    eta_at: datetime | None
    completed_at: datetime | None
    allergens: list[str]
    can_cancel: bool
    rating: int | None


class TicketStation(View):
    """Where to come."""

    id: int
    name: str
    location: str
    status: str


class TicketPage(View):
    """A ticket as its guest sees it."""

    id: str
    number: str
    name: str
    station: TicketStation | None
    minutes: int | None
    quoted_wait_seconds: int | None
    phone_masked: str | None
    ready_sms_state: str
    cups: list[TicketCup]
    seq: int


class WebPlaced(View):
    """A ticket and its cups as the guest sees them."""

    ticket: TicketView
    orders: list[TicketCup]


class Rated(View):
    """A rating that was given."""

    order_id: str
    rating: int
    comment: str


class OrderRated(StationFact):
    """A guest said how a cup was."""

    name: ClassVar[str] = "order_rated"
    order_id: str
    rating: int
    comment: str

    def subject(self) -> str:
        """Name the cup."""
        return f"order:{self.order_id}"


EVENTS: tuple[type[Announced], ...] = (OrderRated,)

public_orders = Part("public_orders")


def _allergens(frozen: Sequence[dict[str, Any]], menu: Menu) -> list[str]:
    inside = menu.allergens
    return sorted({each for line in frozen for each in inside.get(line["code"], ())})


async def _cups(look: Look, ticket: Ticket, views: Sequence[OrderView]) -> list[TicketCup]:
    menu = await read_menu(look)
    recipes = {row.id: row.recipe for row in await look.all(CUPS_OF_TICKET, ticket_id=ticket.id)}
    return [
        TicketCup.model_validate(
            {
                **view.model_dump(),
                "allergens": _allergens(recipes[view.id], menu),
                "can_cancel": view.status in EDITABLE,
            }
        )
        for view in views
    ]


async def _of_token(look: Look, token: str) -> Ticket:
    ticket = await look.one(BY_TOKEN, of_token=token)
    if ticket is None:
        raise NotFound("not_found", "There is no such order.")
    return ticket


async def ticket_page(look: Look, ticket: Ticket) -> TicketPage:
    """Return a ticket as its guest sees it: nothing of staff, of other guests, or of what was noted."""
    floor = await read_floor(look)
    views = await shown_of_ticket(look, ticket.id, floor)
    station = floor.stations.get(ticket.station_id or 0)
    etas = [view.eta_at for view in views if view.eta_at is not None]
    minutes = floor.quoted((max(etas) - look.now).total_seconds()) // 60 if etas else None
    return TicketPage(
        id=ticket.id,
        number=ticket.number,
        name=shown_name(ticket.customer_name, ticket.number, name_filter=floor.settings.name_filter),
        station=TicketStation.model_validate(station) if station else None,
        minutes=minutes,
        quoted_wait_seconds=ticket.quoted_wait_seconds,
        phone_masked=masked(ticket.phone),
        ready_sms_state=ticket.ready_sms_state,
        cups=await _cups(look, ticket, views),
        seq=await look.head(),
    )


@public_orders.command(POST("/api/public/orders", 201), allow=PUBLIC, refuses=(409,), limit="public_orders")
async def order_by_web(ctx: Ctx, body: WebOrder) -> WebPlaced:
    """Take an order from a guest's own phone (rules 20, 58, 59, 62)."""
    await hold(ctx)
    settings, occasion = await event_settings(ctx), await ctx.one(ACTIVE)
    if occasion is not None and body.event_code.upper() != occasion.code:
        raise Invalid.field("event_code", "This is not the event that is on.", "unknown_event")
    if not settings.web_ordering:
        raise Conflict("web_ordering_off", "Orders are taken at the stations only.")
    phone = e164(body.phone, settings.default_country) if body.phone and body.phone.strip() else None
    if phone is not None and not await _is_repeat(ctx, body.client_id):
        await check_appetite(ctx, settings, phone, len(body.items))
    vip = await knows_word(ctx, settings, occasion, body.vip_word or "", *(cup.notes for cup in body.items))
    cups = [
        cup.model_copy(update={"notes": without_vip_word(cup.notes, settings.vip_word)[0]}).wanted(vip=vip)
        for cup in body.items
    ]
    wish = Wish(
        body.customer_name,
        cups,
        channel="web",
        phone=phone,
        station_id=body.station_id,
        requested_for=body.requested_for,
        client_id=body.client_id,
        vip_by_word=vip,
    )
    placed = await place(ctx, wish)
    orders = await _cups(ctx, placed.ticket, placed.orders)
    return WebPlaced(ticket=ticket_view(ctx, placed.ticket), orders=orders)


async def _is_repeat(ctx: Ctx, client_id: str | None) -> bool:
    known = select(Ticket.id).where(Ticket.client_id == client_id)
    return client_id is not None and await ctx.one(known) is not None


@public_orders.query(
    GET("/api/public/orders/{token}"), allow=PUBLIC, stored=Stored((OrderCreated, OrderUpdated, QueueEta, OrderRated))
)
async def show_ticket(look: Look, token: Token) -> TicketPage:
    """Show a guest the own order; with the tag of what the guest has, only what is new."""
    return await ticket_page(look, await _of_token(look, token))


@public_orders.command(POST("/api/public/orders/{token}/cancel"), allow=PUBLIC, refuses=(409,))
async def cancel_ticket(ctx: Ctx, token: Token, body: TicketCancel | None = None) -> TicketPage:
    """Call off what nobody has begun, all of it or one cup (rule 12)."""
    ticket = await _of_token(ctx, token)
    await hold(ctx)
    cups = await ctx.all(CUPS_OF_TICKET, ticket_id=ticket.id)
    if body is not None and body.order_id is not None:
        cups = [cup for cup in cups if cup.id == body.order_id]
        if not cups:
            raise NotFound("not_found", "There is no such cup in this order.")
    unmade = [cup for cup in cups if cup.status in EDITABLE]
    # Where none can be called off any more, the first says why.
    for cup in unmade or [cup for cup in cups if cup.status != "cancelled"][:1]:
        await cancel(ctx, cup.id, Cancel(reason="customer"), guest=True)
    return await ticket_page(ctx, await _of_token(ctx, token))


@public_orders.command(POST("/api/public/orders/{token}/phone"), allow=PUBLIC, refuses=(409,))
async def add_phone(ctx: Ctx, token: Token, body: NewPhone) -> TicketPage:
    """Let a guest be texted when the order is ready."""
    await _of_token(ctx, token)
    await hold(ctx)
    ticket, settings = await _of_token(ctx, token), await event_settings(ctx)
    phone = e164(body.phone, settings.default_country)
    if ctx.settings.sms == "off" or not settings.ready_sms:
        raise Conflict("sms_disabled", "No texts are sent now; the name is called.")
    guest = await guest_of(ctx, phone, ticket.customer_name)
    if guest.opted_out_at is not None:
        raise Conflict("opted_out", "This number wants no texts; START sent from it changes that.")
    if ticket.phone != phone:
        ticket.phone, ticket.customer_id = phone, guest.id
        await ctx.save(ticket)
        await catch_up(ctx, ticket)
        for cup in await ctx.all(CUPS_OF_TICKET, ticket_id=ticket.id):
            await emit_updated(ctx, cup, cup.status, "edited")
    return await ticket_page(ctx, ticket)


@public_orders.command(POST("/api/public/orders/{token}/feedback", 201), allow=PUBLIC, refuses=(409,))
async def rate_order(ctx: Ctx, token: Token, body: Feedback) -> Rated:
    """Say how a cup was: once for each, within a day."""
    ticket = await _of_token(ctx, token)
    cup = await ctx.find(Order, body.order_id)
    if cup is None or cup.ticket_id != ticket.id:
        raise Invalid.field("order_id", "There is no such cup in this order.")
    if cup.status not in MADE or cup.completed_at is None or ctx.now - cup.completed_at > RATED_WITHIN:
        raise Conflict("not_ready", "A cup is rated within a day after it was made.", status=cup.status)
    if not await ctx.run(RATE, of_id=cup.id, stars=body.rating, said=body.comment or None):
        raise Conflict("already_rated", "This cup was rated already.")
    station = await ctx.find(Station, cup.station_id)
    assert station is not None
    ctx.emit(OrderRated(station_id=station.id, order_id=cup.id, rating=body.rating, comment=body.comment))
    return Rated(order_id=cup.id, rating=body.rating, comment=body.comment)
