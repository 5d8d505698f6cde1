"""Guests and their cups: customers, tickets, orders (one row is one cup), moves, and group orders."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Json, Resource, new_id, one_of
from livefloor.systems.coffee.models.base import Tables

CHANNELS = ("walk_up", "sms", "web", "group")
STATUSES = ("scheduled", "pending", "in_progress", "completed", "picked_up", "uncollected", "cancelled")


class Customer(Resource, Tables):
    """A guest known by phone number."""

    __tablename__ = "customers"
    phone: Mapped[str | None] = mapped_column(String(16), unique=True)
    """None once it was forgotten (rule 78)."""
    name: Mapped[str | None] = mapped_column(String(24))
    vip: Mapped[bool] = mapped_column(default=False)
    opted_out_at: Mapped[datetime | None]
    usual: Mapped[dict[str, Any] | None] = mapped_column(Json)
    allergies: Mapped[list[str]] = mapped_column(Json, default=list)
    blocked: Mapped[bool] = mapped_column(default=False)
    number_is_bad: Mapped[bool] = mapped_column(default=False)
    """Whether the provider says that there is no such number."""
    orders_count: Mapped[int] = mapped_column(default=0)
    last_order_at: Mapped[datetime | None]


class Ticket(Resource, Tables):
    """One to six cups of one guest: one number, one token, one ready text (rule 1)."""

    __tablename__ = "tickets"
    event_id: Mapped[str] = mapped_column(ForeignKey("occasions.id"))
    number: Mapped[str] = mapped_column(String(3))
    service_day: Mapped[date]
    token: Mapped[str] = mapped_column(String(22), unique=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    customer_name: Mapped[str] = mapped_column(String(24))
    phone: Mapped[str | None] = mapped_column(String(16))
    channel: Mapped[str]
    group_order_id: Mapped[str | None] = mapped_column(ForeignKey("group_orders.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"))
    quoted_wait_seconds: Mapped[int | None]
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    ready_sms_state: Mapped[str] = mapped_column(default="none")
    vip_by_word: Mapped[bool] = mapped_column(default=False)
    """Whether the guest knew the VIP word; its uses are counted (rule 62)."""
    __table_args__ = (
        UniqueConstraint("event_id", "service_day", "number"),
        one_of("channel", *CHANNELS),
        one_of("ready_sms_state", "none", "waiting", "sent", "suppressed", "failed"),
        Index(None, "customer_id"),
        Index(None, "phone"),
        Index(None, "group_order_id"),
        Index(None, "event_id", "created_at"),
    )


class Order(Resource, Tables):
    """One cup, with its recipe as it was when it was ordered."""

    __tablename__ = "orders"
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"))
    cup_no: Mapped[int]
    number: Mapped[str] = mapped_column(String(6))
    event_id: Mapped[str] = mapped_column(ForeignKey("occasions.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"))
    menu_item_id: Mapped[str] = mapped_column(ForeignKey("menu_items.id"))
    size: Mapped[str]
    milk_id: Mapped[str | None] = mapped_column(ForeignKey("milks.id"))
    options: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    notes: Mapped[str] = mapped_column(String(120), default="")
    allergies: Mapped[list[str]] = mapped_column(Json, default=list)
    allergen_ack_by: Mapped[str | None]
    status: Mapped[str]
    priority: Mapped[str] = mapped_column(default="normal")
    attention: Mapped[str | None]
    remake_of: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    remake_reason: Mapped[str | None]
    barista_id: Mapped[str | None]
    prep_seconds: Mapped[int]
    recipe: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    requested_for: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    picked_up_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    cancelled_by: Mapped[str | None]
    """`guest`, `staff` or `system`: what a guest gives up while waiting is a figure of its own."""
    depletion_cycle: Mapped[int] = mapped_column(default=0)
    rating: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(String(280))
    __table_args__ = (
        UniqueConstraint("ticket_id", "cup_no"),
        one_of("size", "small", "regular", "large"),
        one_of("status", *STATUSES),
        one_of("priority", "normal", "vip", "remake"),
        one_of("attention", "no_station", "out_of_stock", "substitute_asked", "late", "restarted"),
        one_of("cancelled_by", "guest", "staff", "system"),
        CheckConstraint("length(notes) <= 120", name="notes"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("status <> 'in_progress' OR started_at IS NOT NULL", name="started"),
        CheckConstraint("status NOT IN ('completed', 'picked_up') OR completed_at IS NOT NULL", name="completed"),
        Index(None, "station_id", "status", "queued_at"),
        Index(None, "event_id", "status"),
        Index(None, "barista_id", "completed_at"),
        Index(None, "remake_of"),
    )


class OrderMove(Tables):
    """A cup went from one station to another."""

    __tablename__ = "order_moves"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    from_station: Mapped[int | None]
    to_station: Mapped[int | None]
    reason: Mapped[str]
    actor_id: Mapped[str | None]
    at: Mapped[datetime]
    __table_args__ = (one_of("reason", "manual", "failover", "offline", "out_of_stock", "rebalance", "closed"),)


class GroupOrder(Resource, Tables):
    """Cups that are ordered together under a code; the code is unique for ever (rule 64)."""

    __tablename__ = "group_orders"
    event_id: Mapped[str] = mapped_column(ForeignKey("occasions.id"))
    code: Mapped[str] = mapped_column(String(6), unique=True)
    group_name: Mapped[str] = mapped_column(String(60))
    contact_name: Mapped[str]
    contact_phone: Mapped[str | None] = mapped_column(String(16))
    mode: Mapped[str]
    pickup_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id"))
    max_orders: Mapped[int] = mapped_column(default=20)
    joined: Mapped[int] = mapped_column(default=0)
    """How many cups are in it; raised under the condition that there is room, so that the last place has one winner."""
    status: Mapped[str] = mapped_column(default="open")
    manage_token: Mapped[str] = mapped_column(unique=True)
    notes: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("length(code) = 6", name="code"),
        CheckConstraint("length(group_name) BETWEEN 1 AND 60", name="group_name"),
        one_of("mode", "list", "open"),
        CheckConstraint("max_orders BETWEEN 1 AND 60", name="max_orders"),
        CheckConstraint("joined BETWEEN 0 AND max_orders", name="joined"),
        one_of("status", "open", "submitted", "ready", "collected", "cancelled", "expired"),
        Index(None, "event_id", "status"),
        Index(None, "status", "closes_at"),
    )
