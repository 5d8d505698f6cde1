"""How a cup is shown, and the facts that tell of it (sections 5.7 and 6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import select

from livefloor import Address, Announced, Frame, Look, Told, View, bindparam
from livefloor.systems.coffee.floor import Floor, read_floor
from livefloor.systems.coffee.models import GroupOrder, MenuItem, Milk, Order, Station, Ticket, User
from livefloor.systems.coffee.rooms import (
    DISPLAY_ALL,
    DISPLAY_OF,
    ORGANIZERS,
    SUPPORT_ROOM,
    TICKET,
    Fact,
    StationFact,
    station_room,
)
from livefloor.systems.coffee.rules.order_states import Attention, OrderStatus, Priority
from livefloor.systems.coffee.rules.phones import masked
from livefloor.systems.coffee.rules.texts import shown_name

Change = Literal["status", "edited", "moved", "priority", "attention"]

SHOWN: Any = (
    select(Order, Ticket, MenuItem.code, MenuItem.name, Milk, Station.name, GroupOrder.code, User.display_name)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .join(MenuItem, MenuItem.id == Order.menu_item_id)
    .outerjoin(Milk, Milk.id == Order.milk_id)
    .outerjoin(Station, Station.id == Order.station_id)
    .outerjoin(GroupOrder, GroupOrder.id == Ticket.group_order_id)
    .outerjoin(User, User.id == Order.barista_id)
)
ONE_SHOWN = SHOWN.where(Order.id == bindparam("order_id"))
OF_TICKET = SHOWN.where(Order.ticket_id == bindparam("ticket_id")).order_by(Order.cup_no)


class MilkView(View):
    """What tells a milk from the others (rule 21)."""

    code: str
    letter: str
    color: str
    text_color: str
    pattern: str


class OrderView(View):
    """One cup as staff see it."""

    collection: ClassVar[str] = "orders"
    id: str
    ticket_id: str
    number: str
    station_id: int | None
    station_name: str | None
    customer_name: str
    called: str
    """The name as guests and boards see it (rule 25)."""
    phone_masked: str | None
    channel: str
    group_code: str | None
    menu_item: str
    drink_name: str
    size: str
    milk: MilkView | None
    options: dict[str, int]
    allergies: list[str]
    allergen_ack_by: str | None
    notes: str
    status: OrderStatus
    priority: Priority
    attention: Attention | None
    position: int | None
    eta_at: datetime | None
    quoted_wait_seconds: int | None
    barista_id: str | None
    barista_name: str | None
    remake_of: str | None
    requested_for: datetime | None
    queued_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    picked_up_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    rating: int | None
    ready_sms_state: str
    version: int
    unchanged: bool = Field(default=False, exclude_if=lambda value: not value)


class GuestOrderView(View):
    """One cup as its guest and the boards may know it."""

    id: str
    number: str
    name: str
    status: OrderStatus
    station_id: int | None
    station_name: str | None
    position: int | None
    eta_at: datetime | None
    completed_at: datetime | None


class GuestOrderCreated(Frame):
    """A cup was ordered, as guest and boards are told."""

    event: ClassVar[str] = "order_created"
    order: GuestOrderView


class GuestOrderUpdated(Frame):
    """A cup changed, as guest and boards are told."""

    event: ClassVar[str] = "order_updated"
    order_id: str
    status: OrderStatus
    previous_status: OrderStatus
    station_id: int | None
    change: Change
    order: GuestOrderView


def guest_view(order: OrderView) -> GuestOrderView:
    """Return what of a cup may leave the crew."""
    return GuestOrderView(
        id=order.id,
        number=order.number,
        name=order.called,
        status=order.status,
        station_id=order.station_id,
        station_name=order.station_name,
        position=order.position,
        eta_at=order.eta_at,
        completed_at=order.completed_at,
    )


class OrderFact(Fact):
    """A fact about one cup: in full for the crew, without phone, notes and allergies for its guest and the boards."""

    rank = 30
    order: OrderView
    moved_from: int | None = Field(default=None, exclude_if=lambda value: value is None)
    """The station that it left."""

    def subject(self) -> str:
        """Name the cup."""
        return f"order:{self.order.id}"

    def stations(self) -> list[int]:
        """Return the stations that it is told at; on a move both."""
        found = {self.order.station_id, self.moved_from} - {None}
        return sorted(number for number in found if number is not None)

    def rooms(self) -> Sequence[Address]:
        """Return the stations' rooms, the organizers' and the front of house's."""
        return [*(station_room(number) for number in self.stations()), ORGANIZERS(), SUPPORT_ROOM()]

    def for_guests(self) -> Frame:
        """Return the frame with fewer fields."""
        raise NotImplementedError

    def frames(self) -> Sequence[Told]:
        """Return itself for the crew, and the frame with fewer fields for the guest and the boards."""
        frame = self.for_guests()
        boards = [DISPLAY_OF(id=str(number)) for number in self.stations()]
        outside = [TICKET(id=self.order.ticket_id), *boards, DISPLAY_ALL()]
        return [*(Told(room, self) for room in self.rooms()), *(Told(room, frame) for room in outside)]


class OrderCreated(OrderFact):
    """A cup was ordered."""

    name: ClassVar[str] = "order_created"

    def for_guests(self) -> Frame:
        """Return the frame with fewer fields."""
        return GuestOrderCreated(order=guest_view(self.order))


class OrderUpdated(OrderFact):
    """A cup took a step, was changed, or moved."""

    name: ClassVar[str] = "order_updated"
    order_id: str
    status: OrderStatus
    previous_status: OrderStatus
    station_id: int | None
    change: Change
    occurred_at: datetime | None = Field(default=None, exclude_if=lambda value: value is None)

    def for_guests(self) -> Frame:
        """Return the frame with fewer fields."""
        return GuestOrderUpdated(
            order_id=self.order_id,
            status=self.status,
            previous_status=self.previous_status,
            station_id=self.station_id,
            change=self.change,
            order=guest_view(self.order),
        )


class QueuePlace(View):
    """Where a cup stands and when it is ready."""

    position: int
    eta_at: datetime


class TicketEta(Frame):
    """Where the cups of a ticket stand, as their guest is told."""

    event: ClassVar[str] = "queue_eta"
    station_id: int
    positions: dict[str, QueuePlace]


class QueueEta(StationFact):
    """How long it takes at a station now, and where each of its cups stands; at most once in 2 s."""

    name: ClassVar[str] = "queue_eta"
    wait_seconds: int
    minutes: int
    positions: dict[str, QueuePlace]
    tickets: dict[str, list[str]] = Field(default_factory=dict)
    """The cups of each ticket, so that each guest is told of the own ones."""

    def frames(self) -> Sequence[Told]:
        """Return itself for the crew, and for each guest the own places."""
        own = [
            Told(
                TICKET(id=ticket),
                TicketEta(station_id=self.station_id, positions={id: self.positions[id] for id in ids}),
            )
            for ticket, ids in self.tickets.items()
        ]
        return [*(Told(room, self) for room in self.rooms()), *own]


def view_of(row: Any, floor: Floor, now: datetime, *, unchanged: bool = False) -> OrderView:
    """Return the view of a row of `SHOWN`."""
    order, ticket, drink, drink_name, milk, station_name, group_code, barista_name = row
    place = None
    if order.status == "pending" and order.station_id in floor.stations:
        place = floor.places(order.station_id, now).get(order.id)
    return OrderView.model_validate(
        {
            **vars(order),
            "station_name": station_name,
            "customer_name": ticket.customer_name,
            "called": shown_name(ticket.customer_name, order.number, name_filter=floor.settings.name_filter),
            "phone_masked": masked(ticket.phone),
            "channel": ticket.channel,
            "group_code": group_code,
            "menu_item": drink,
            "drink_name": drink_name,
            "milk": MilkView.model_validate(milk) if milk.id is not None else None,
            "position": place.position if place else None,
            "eta_at": place.eta_at if place else None,
            "quoted_wait_seconds": ticket.quoted_wait_seconds,
            "barista_name": barista_name,
            "ready_sms_state": ticket.ready_sms_state,
            "unchanged": unchanged,
        }
    )


async def shown(look: Look, order_id: str, floor: Floor | None = None, *, unchanged: bool = False) -> OrderView:
    """Return a cup as it stands now."""
    row = await look.one(ONE_SHOWN, order_id=order_id)
    return view_of(row, floor or await read_floor(look), look.now, unchanged=unchanged)


async def shown_of_ticket(look: Look, ticket_id: str, floor: Floor | None = None) -> list[OrderView]:
    """Return the cups of a ticket as they stand now."""
    floor = floor or await read_floor(look)
    return [view_of(row, floor, look.now) for row in await look.tuples(OF_TICKET, ticket_id=ticket_id)]


EVENTS: tuple[type[Announced], ...] = (OrderCreated, OrderUpdated, QueueEta)
