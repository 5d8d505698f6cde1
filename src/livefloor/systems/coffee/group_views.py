"""How orders of a group are shown, and the facts that tell of them (sections 5.6 and 6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import select

from livefloor import Address, Announced, Look, View, bindparam
from livefloor.systems.coffee.floor import Floor, read_floor
from livefloor.systems.coffee.models import GroupOrder, Order, Ticket
from livefloor.systems.coffee.order_views import SHOWN, OrderView, view_of
from livefloor.systems.coffee.rooms import ORGANIZERS, SUPPORT_ROOM, Fact, station_room
from livefloor.systems.coffee.rules.groups import GroupStatus, Reason, progress_pct
from livefloor.systems.coffee.rules.order_states import OrderStatus
from livefloor.systems.coffee.rules.phones import masked

CUPS_OF_GROUP: Any = (
    select(Order)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Ticket.group_order_id == bindparam("group_id"))
    .order_by(Order.id)
)
SHOWN_OF_GROUP: Any = SHOWN.where(Ticket.group_order_id == bindparam("group_id")).order_by(Order.id)
STATUSES = ("scheduled", "pending", "in_progress", "completed", "picked_up", "uncollected", "cancelled")


class GroupView(View):
    """An order of a group."""

    collection: ClassVar[str] = "group_orders"
    id: str
    code: str
    group_name: str
    contact_name: str
    contact_phone_masked: str | None
    mode: Literal["list", "open"]
    status: GroupStatus
    pickup_at: datetime | None
    closes_at: datetime | None
    station_id: int | None
    station_name: str | None
    max_orders: int
    joined: int
    notes: str
    version: int


class NewGroupView(GroupView):
    """A new group with what manages it, told once, and where guests join."""

    manage_token: str
    join_url: str


class GroupPlaced(View):
    """A group that was taken."""

    group_order: NewGroupView
    orders: list[OrderView]
    station_id: int | None
    ready_by: datetime | None


class JoinableGroup(View):
    """A group as somebody with its code may know it."""

    group_name: str
    mode: str
    status: GroupStatus
    closes_at: datetime | None
    pickup_at: datetime | None
    joined: int
    max_orders: int
    station: str | None


class CodeCheck(View):
    """Whether a code lets somebody join, and else why not."""

    valid: bool
    group: JoinableGroup | None = Field(default=None, exclude_if=lambda value: value is None)
    reason: Reason | None = Field(default=None, exclude_if=lambda value: value is None)


class GroupCupView(View):
    """A cup of a group as other guests may know it."""

    name: str
    drink_name: str
    status: OrderStatus


class GroupPage(View):
    """A group with its cups and how far they are."""

    group_order: GroupView | JoinableGroup
    orders: list[OrderView] | list[GroupCupView]
    counts: dict[str, int]
    progress_pct: int


class GroupFact(Fact):
    """A fact about a group, told to the front of house and at its stations."""

    group_order: GroupView
    stations: list[int]

    def subject(self) -> str:
        """Name the group."""
        return f"group_order:{self.group_order.id}"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms of the front of house and of the group's stations."""
        return [ORGANIZERS(), SUPPORT_ROOM(), *(station_room(number) for number in self.stations)]


class GroupOrderCreated(GroupFact):
    """A group began."""

    name: ClassVar[str] = "group_order_created"
    orders: list[OrderView]


class GroupOrderUpdated(GroupFact):
    """A group was joined, changed, handed in, made ready, collected, called off, or ran out of time."""

    name: ClassVar[str] = "group_order_updated"


EVENTS: tuple[type[Announced], ...] = (GroupOrderCreated, GroupOrderUpdated)


def group_view(group: GroupOrder, floor: Floor) -> GroupView:
    """Return a group as the crew sees it."""
    station = floor.stations.get(group.station_id or 0)
    more = {
        "contact_phone_masked": masked(group.contact_phone),
        "station_name": station.name if station is not None else None,
    }
    return GroupView.model_validate({**vars(group), **more})


def joinable(group: GroupOrder, floor: Floor) -> JoinableGroup:
    """Return a group as somebody with its code sees it."""
    station = floor.stations.get(group.station_id or 0)
    return JoinableGroup.model_validate({**vars(group), "station": station.name if station is not None else None})


async def shown_of_group(look: Look, group_id: str, floor: Floor | None = None) -> list[OrderView]:
    """Return the cups of a group as they stand now."""
    floor = floor or await read_floor(look)
    return [view_of(row, floor, look.now) for row in await look.tuples(SHOWN_OF_GROUP, group_id=group_id)]


def counted(orders: Sequence[OrderView]) -> tuple[dict[str, int], int]:
    """Return how many cups are in each state, and how much of the group is made in percent."""
    counts = {status: sum(order.status == status for order in orders) for status in STATUSES}
    return counts, progress_pct(counts)
