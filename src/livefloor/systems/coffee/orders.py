"""The routes by which the crew orders and sees orders (section 5.7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import or_, select

from livefloor import (
    GET,
    POST,
    Ctx,
    Cursor,
    Forbidden,
    Input,
    Items,
    LoggedEvent,
    Look,
    NotFound,
    PageLimit,
    Part,
    View,
    bindparam,
    page,
    where_given,
)
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.floor import read_floor, service_station
from livefloor.systems.coffee.kitchen import read_kitchen
from livefloor.systems.coffee.models import (
    InventoryMovement,
    Order,
    OrderMove,
    SmsMessage,
    Ticket,
)
from livefloor.systems.coffee.order_views import ONE_SHOWN, SHOWN, OrderView, view_of
from livefloor.systems.coffee.ordering import place
from livefloor.systems.coffee.rooms import BARISTA, STAFF
from livefloor.systems.coffee.rules import making, routing
from livefloor.systems.coffee.rules.order_states import Attention, OrderStatus, Priority
from livefloor.systems.coffee.wishes import CupInput, GuestName, Moment, Wish

Count = Annotated[int | None, Field(ge=1, le=99)]

MOVES = select(OrderMove).where(OrderMove.order_id == bindparam("order_id")).order_by(OrderMove.at, OrderMove.id)
MOVEMENTS = (
    select(InventoryMovement)
    .where(InventoryMovement.order_id == bindparam("order_id"))
    .order_by(InventoryMovement.at, InventoryMovement.id)
)
MESSAGES = select(SmsMessage).where(SmsMessage.ticket_id == bindparam("ticket_id")).order_by(SmsMessage.created_at)
HISTORY = (
    select(LoggedEvent).where(LoggedEvent.subject == bindparam("about")).order_by(LoggedEvent.seq.desc()).limit(100)
)
AT_STATION = SHOWN.where(
    Order.station_id == bindparam("station_id"),
    Order.status.in_(("scheduled", "pending", "in_progress", "completed")),
).order_by(Order.queued_at, Order.number)


class NewOrder(Input):
    """A ticket with one to six cups."""

    customer_name: GuestName
    phone: Annotated[str | None, Field(max_length=40)] = None
    station_id: int | None = None
    items: Annotated[list[CupInput], Field(min_length=1, max_length=6)]
    requested_for: Moment | None = None
    client_id: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    created_offline_at: Moment | None = None


class WantedOrder(Input):
    """Cups whose wait somebody asks for."""

    items: Annotated[list[CupInput], Field(min_length=1, max_length=6)]
    station_id: int | None = None


class TicketView(View):
    """A ticket as it is handed out."""

    id: str
    number: str
    token: str
    track_url: str
    station_id: int | None
    quoted_wait_seconds: int | None


class PlacedView(View):
    """A ticket and its cups."""

    ticket: TicketView
    orders: list[OrderView]


class EstimateView(View):
    """What a station would promise."""

    station_id: int
    wait_seconds: int
    minutes: int
    position: int
    ok: bool
    reason: str | None


class EstimatesView(View):
    """What every station would promise, and the best of them."""

    best_station_id: int | None
    stations: list[EstimateView]


class QueuedView(OrderView):
    """A waiting cup; cups with the same `batch` are steamed in one jug (rule 19)."""

    batch: int | None


class DrinkCount(View):
    """How many of a drink with a milk are waiting."""

    drink: str
    milk: str | None
    n: int


class StationHead(View):
    """A station above its queue."""

    id: int
    name: str
    status: str
    connection: str
    hands: int
    wait_seconds: int
    minutes: int


class QueueView(View):
    """The queue of a station, waiting cups in making order."""

    station: StationHead
    in_progress: list[OrderView]
    pending: list[QueuedView]
    completed: list[OrderView]
    scheduled: list[OrderView]
    all_day: list[DrinkCount]
    seq: int


class MoveView(View):
    """A cup went from one station to another."""

    from_station: int | None
    to_station: int | None
    reason: str
    actor_id: str | None
    at: datetime


class MovementView(View):
    """A change of stock by a cup."""

    item_id: str
    kind: str
    delta: int
    shortfall: int
    cycle: int
    at: datetime


class MessageView(View):
    """A text about a ticket."""

    id: str
    direction: str
    kind: str | None
    body: str
    status: str
    created_at: datetime


class HistoryEntry(View):
    """A fact about a cup."""

    seq: int
    name: str
    at: datetime
    actor: dict[str, Any]
    data: dict[str, Any]


class OrderPage(OrderView):
    """A cup with all that happened to it."""

    moves: list[MoveView]
    movements: list[MovementView]
    messages: list[MessageView]
    history: list[HistoryEntry]


PHONE_END = 3
"""How many digits of a guest's number baristas see (section 2)."""

orders = Part("orders")


def ticket_view(look: Look, ticket: Ticket) -> TicketView:
    """Return a ticket with the link of its guest."""
    url = f"{look.settings.public_url.rstrip('/')}/o/{ticket.token}"
    return TicketView.model_validate({**vars(ticket), "track_url": url})


@orders.command(POST("/api/orders/", 201), allow=STAFF, refuses=(403, 409))
async def create_order(ctx: Ctx, body: NewOrder) -> PlacedView:
    """Take an order at the cart."""
    settings = await event_settings(ctx)
    if ctx.actor.is_in(BARISTA) and not settings.vip_by_barista and any(cup.priority == "vip" for cup in body.items):
        raise Forbidden("forbidden", "Baristas do not mark VIPs at this event.")
    wish = Wish(
        body.customer_name,
        [cup.wanted() for cup in body.items],
        phone=body.phone,
        station_id=body.station_id,
        requested_for=body.requested_for,
        client_id=body.client_id,
        created_offline_at=body.created_offline_at,
    )
    placed = await place(ctx, wish)
    return PlacedView(ticket=ticket_view(ctx, placed.ticket), orders=placed.orders)


@orders.command(POST("/api/orders/estimate"), allow=STAFF)
async def estimate_order(ctx: Ctx, body: WantedOrder) -> EstimatesView:
    """Tell how long some cups would take at each station, and where they are ready first."""
    return await estimate(ctx, body)


async def estimate(look: Look, body: WantedOrder) -> EstimatesView:
    """Return what every station, or the one named, would promise for some cups."""
    kitchen = await read_kitchen(look)
    cups = [kitchen.menu.plan(cup.wanted(), f"items.{n}.") for n, cup in enumerate(body.items)]
    offers = kitchen.offers(cups, look.now)
    best = routing.best(offers)
    return EstimatesView(
        best_station_id=best.station_id if best else None,
        stations=[
            EstimateView(
                station_id=offer.station_id,
                wait_seconds=round(offer.wait_seconds),
                minutes=offer.minutes,
                position=offer.position,
                ok=offer.reason is None,
                reason=offer.reason,
            )
            for offer in offers
            if body.station_id in (None, offer.station_id)
        ],
    )


@orders.query(GET("/api/orders/"), allow=STAFF)
async def list_orders(
    look: Look,
    status: OrderStatus | None = None,
    station_id: int | None = None,
    barista_id: str | None = None,
    channel: Literal["walk_up", "sms", "web", "group"] | None = None,
    priority: Priority | None = None,
    attention: Attention | None = None,
    q: Annotated[str | None, Field(max_length=40)] = None,
    from_: Annotated[Moment | None, Field(alias="from")] = None,
    to: Moment | None = None,
    sort: Literal["queued_at", "completed_at"] = "queued_at",
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[OrderView]:
    """List cups, newest first; `q` looks in number, name and the end of the phone number."""
    column = Order.completed_at if sort == "completed_at" else Order.queued_at
    statement: Any = where_given(
        SHOWN.where(column.is_not(None)),
        (Order.status, status),
        (Order.station_id, station_id),
        (Order.barista_id, barista_id),
        (Ticket.channel, channel),
        (Order.priority, priority),
        (Order.attention, attention),
    )
    if from_ is not None:
        statement = statement.where(column >= from_)
    if to is not None:
        statement = statement.where(column < to)
    if q:
        found_by = [Order.number.istartswith(q, autoescape=True), Ticket.customer_name.icontains(q, autoescape=True)]
        # A longer end would let baristas find, digit by digit, the number of which they see three.
        if len(q) <= PHONE_END or not look.actor.is_in(BARISTA):
            found_by.append(Ticket.phone.endswith(q, autoescape=True))
        statement = statement.where(or_(*found_by))
    found = await page(look, statement, order=(column.desc(), Order.id.desc()), cursor=cursor, limit=limit)
    floor = await read_floor(look)
    return Items[OrderView](items=[view_of(row, floor, look.now) for row in found.rows], **found.place())


@orders.query(GET("/api/orders/queue/station/{station_id}"), allow=STAFF)
async def show_queue(look: Look, station_id: int) -> QueueView:
    """Show the queue of a station: what is in hand, what is next in making order, what is ready, what is for later."""
    station = await service_station(look, station_id)
    floor = await read_floor(look)
    views = [view_of(row, floor, look.now) for row in await look.tuples(AT_STATION, station_id=station_id)]
    pending = sorted((view for view in views if view.status == "pending"), key=lambda view: view.position or 0)
    waiting = making.making_order(floor.cups_at(station_id), look.now, floor.settings.starvation_minutes)
    jug = set(making.one_jug(waiting)) if floor.set_for(station_id, "batch_hints") is not False else set()
    counts: dict[tuple[str, str | None], int] = {}
    for view in pending:
        key = (view.menu_item, view.milk.code if view.milk else None)
        counts[key] = counts.get(key, 0) + 1
    wait = floor.wait_seconds(station_id, look.now)
    head = StationHead(
        id=station.id,
        name=station.name,
        status=station.status,
        connection=station.connection,
        hands=floor.pace(station_id).hands,
        wait_seconds=round(wait),
        minutes=floor.quoted(wait) // 60,
    )
    return QueueView(
        station=head,
        in_progress=[view for view in views if view.status == "in_progress"],
        pending=[QueuedView(**view.model_dump(), batch=1 if view.id in jug else None) for view in pending],
        completed=[view for view in views if view.status == "completed"],
        scheduled=[view for view in views if view.status == "scheduled"],
        all_day=[DrinkCount(drink=drink, milk=milk, n=n) for (drink, milk), n in sorted(counts.items(), key=str)],
        seq=await look.head(),
    )


@orders.query(GET("/api/orders/{order_id}"), allow=STAFF)
async def get_order(look: Look, order_id: str) -> OrderPage:
    """Show a cup with its moves, its stock, its texts and its history."""
    row = await look.one(ONE_SHOWN, order_id=order_id)
    if row is None:
        raise NotFound("not_found", "There is no such cup.")
    view = view_of(row, await read_floor(look), look.now)
    history: Sequence[LoggedEvent] = await look.all(HISTORY, about=f"order:{order_id}")
    return OrderPage(
        **view.model_dump(),
        moves=[MoveView.model_validate(each) for each in await look.all(MOVES, order_id=order_id)],
        movements=[MovementView.model_validate(each) for each in await look.all(MOVEMENTS, order_id=order_id)],
        messages=[MessageView.model_validate(each) for each in await look.all(MESSAGES, ticket_id=view.ticket_id)],
        history=[HistoryEntry.model_validate(each) for each in history],
    )
