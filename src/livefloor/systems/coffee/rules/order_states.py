"""The states of a cup and the one table of the steps between them (section 4)."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from livefloor.kernel.problems import Conflict

OrderStatus = Literal["scheduled", "pending", "in_progress", "completed", "picked_up", "uncollected", "cancelled"]
OrderEvent = Literal[
    "create",
    "schedule",
    "release",
    "submit",
    "start",
    "put_back",
    "restart",
    "complete",
    "complete_at_former",
    "pick_up",
    "undo",
    "cancel",
    "expire",
    "remake",
]
Attention = Literal["no_station", "out_of_stock", "substitute_asked", "late", "restarted"]
Priority = Literal["normal", "vip", "remake"]
RemakeReason = Literal["wrong_milk", "wrong_drink", "spilled", "quality", "cold", "not_found"]
Stock = Literal["reserve", "free", "deplete", "reverse", "waste", "free_here", "deplete_former"]
"""What a step asks of the stock; `free_here` at the cup's station of now, `deplete_former` at the one it was made at."""

STATUSES: tuple[OrderStatus, ...] = (
    "scheduled",
    "pending",
    "in_progress",
    "completed",
    "picked_up",
    "uncollected",
    "cancelled",
)
OPEN: frozenset[OrderStatus] = frozenset({"pending", "in_progress"})
"""The states in which a cup takes a place at its station (rule 3)."""
EDITABLE: frozenset[OrderStatus] = frozenset({"scheduled", "pending"})
MADE: frozenset[OrderStatus] = frozenset({"completed", "picked_up", "uncollected"})


class Row(NamedTuple):
    """One row of the table: from where, by what, to where, and the events that are written."""

    from_status: OrderStatus | None
    event: OrderEvent
    to_status: OrderStatus
    written: tuple[str, ...] = ("order_updated",)


TABLE: tuple[Row, ...] = (
    Row(None, "create", "pending", ("order_created",)),
    Row(None, "schedule", "scheduled", ("order_created",)),
    Row("scheduled", "release", "pending"),
    Row("scheduled", "submit", "pending"),
    Row("scheduled", "submit", "scheduled"),
    Row("pending", "start", "in_progress"),
    Row("in_progress", "put_back", "pending"),
    Row("in_progress", "restart", "pending"),
    Row("pending", "complete_at_former", "completed", ("order_updated", "inventory_depleted")),
    Row("pending", "complete", "completed", ("order_updated", "inventory_depleted")),
    Row("in_progress", "complete", "completed", ("order_updated", "inventory_depleted")),
    Row("completed", "pick_up", "picked_up"),
    Row("completed", "undo", "in_progress", ("order_updated", "inventory_updated")),
    Row("picked_up", "undo", "completed"),
    Row("scheduled", "cancel", "cancelled"),
    Row("pending", "cancel", "cancelled"),
    Row("in_progress", "cancel", "cancelled", ("order_updated", "inventory_depleted")),
    Row("completed", "expire", "uncollected"),
    Row("uncollected", "pick_up", "picked_up"),
    Row(None, "remake", "pending", ("order_created",)),
)
BY_HAND: frozenset[OrderEvent] = frozenset({"release", "start", "put_back", "complete", "pick_up", "undo", "cancel"})
"""The events that a person may ask for with the general form, `POST /api/orders/{order_id}/status`."""
LEADS_TO: Mapping[OrderStatus, OrderEvent] = {
    "scheduled": "schedule",
    "pending": "release",
    "in_progress": "start",
    "completed": "complete",
    "picked_up": "pick_up",
    "uncollected": "expire",
    "cancelled": "cancel",
}


def allowed(status: OrderStatus) -> list[OrderStatus]:
    """Return the states that a person may bring the cup to from here, in the order of life."""
    reached = {row.to_status for row in TABLE if row.from_status == status and row.event in BY_HAND}
    return [each for each in STATUSES if each in reached]


def event_for(status: OrderStatus, to: OrderStatus) -> OrderEvent:
    """Return the event that brings a cup from one state to the other. Raises Conflict `bad_transition`.

    A state asked for again gives the event that led there, which then is `unchanged` or tells who was first; a
    cancelled cup keeps its own word (rule 12).
    """
    if status == to:
        return LEADS_TO[to]
    for row in TABLE:
        if row.from_status == status and row.to_status == to and row.event in BY_HAND:
            return row.event
    if status == "cancelled" and to in ("in_progress", "completed"):
        return LEADS_TO[to]
    raise refusal("bad_transition", status, to)


def refusal(code: str, status: OrderStatus, to: OrderStatus, **extra: Any) -> Conflict:
    """Return the 409 of a step that cannot be taken from here, with `from`, `to` and `allowed`."""
    detail = f"A cup that is {_said(status)} cannot become {_said(to)}."
    return Conflict(code, detail, **{"from": status, "to": to, "allowed": allowed(status)}, **extra)


def _said(status: OrderStatus) -> str:
    return status.replace("_", " ")
