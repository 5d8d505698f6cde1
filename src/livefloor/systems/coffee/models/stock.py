"""What there is: the catalogue of items, the stock of each station, every movement, what was asked for, and the milks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Json, Resource, Versioned, new_id, one_of, unique_while
from livefloor.systems.coffee.models.base import Tables


class InventoryItem(Resource, Tables):
    """Something that is used up, counted in its base unit."""

    __tablename__ = "inventory_items"
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    category: Mapped[str]
    unit: Mapped[str]
    pack_size: Mapped[int]
    default_low: Mapped[int]
    default_critical: Mapped[int]
    default_capacity: Mapped[int]
    blocks: Mapped[bool] = mapped_column(default=True)
    """Whether ordering stops without it."""
    allergens: Mapped[list[str]] = mapped_column(Json, default=list)
    enabled: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (
        CheckConstraint("code = lower(code) AND length(code) BETWEEN 2 AND 32", name="code"),
        one_of("category", "coffee", "milk", "cup", "lid", "syrup", "sweetener", "powder", "tea", "ice", "other"),
        one_of("unit", "g", "ml", "pcs"),
        CheckConstraint("pack_size > 0", name="pack_size"),
        CheckConstraint("default_critical BETWEEN 0 AND default_low", name="default_critical"),
        CheckConstraint("default_capacity >= 0", name="default_capacity"),
    )


class StationInventory(Versioned, Tables):
    """How much of an item a station has, and how much of it is promised to cups."""

    __tablename__ = "station_inventory"
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("inventory_items.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    low_threshold: Mapped[int]
    critical_threshold: Mapped[int]
    capacity: Mapped[int]
    enabled: Mapped[bool] = mapped_column(default=True)
    alert_level: Mapped[str] = mapped_column(default="ok")
    alerted_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("critical_threshold BETWEEN 0 AND low_threshold", name="critical_threshold"),
        CheckConstraint("capacity >= 0", name="capacity"),
        one_of("alert_level", "ok", "low", "critical", "out"),
        Index(None, "item_id"),
    )


class InventoryMovement(Tables):
    """One change of a quantity; never changed itself. `shortfall` is what was poured and not in the books (rule 29)."""

    __tablename__ = "inventory_movements"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("inventory_items.id"))
    kind: Mapped[str]
    delta: Mapped[int]
    quantity_after: Mapped[int]
    order_id: Mapped[str | None]
    cycle: Mapped[int] = mapped_column(default=0)
    transfer_id: Mapped[str | None]
    shortfall: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    actor_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    at: Mapped[datetime]
    __table_args__ = (
        one_of(
            "kind",
            "deplete",
            "count",
            "restock",
            "waste",
            "transfer_in",
            "transfer_out",
            "run_out",
            "undo",
            "adjust",
        ),
        # A cup that finds nothing at all leaves a row that says so: all of it is shortfall.
        CheckConstraint("delta <> 0 OR shortfall > 0", name="delta"),
        CheckConstraint("quantity_after >= 0", name="quantity_after"),
        CheckConstraint("shortfall >= 0", name="shortfall"),
        unique_while(
            "uq_inventory_movements_once",
            "kind IN ('deplete', 'undo') AND order_id IS NOT NULL",
            "order_id",
            "item_id",
            "kind",
            "cycle",
        ),
        Index(None, "station_id", "at"),
        Index(None, "item_id", "at"),
    )


class RestockRequest(Resource, Tables):
    """A station asks the runner for an item; one is open for an item at a time."""

    __tablename__ = "restock_requests"
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="CASCADE"))
    item_id: Mapped[str] = mapped_column(ForeignKey("inventory_items.id"))
    quantity: Mapped[int | None]
    urgency: Mapped[str] = mapped_column(default="normal")
    status: Mapped[str] = mapped_column(default="open")
    requested_by: Mapped[str | None]
    accepted_by: Mapped[str | None]
    delivered_quantity: Mapped[int | None]
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        one_of("urgency", "normal", "urgent"),
        one_of("status", "open", "accepted", "delivered", "cancelled"),
        CheckConstraint("(status = 'delivered') = (delivered_quantity IS NOT NULL)", name="delivered_whole"),
        unique_while("uq_restock_requests_open", "status IN ('open', 'accepted')", "station_id", "item_id"),
        Index(None, "status", "created_at"),
    )


class Milk(Resource, Tables):
    """A milk with all that tells it from the others: colour, letter and pattern (rule 21)."""

    __tablename__ = "milks"
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    inventory_item_id: Mapped[str] = mapped_column(ForeignKey("inventory_items.id"), unique=True)
    color: Mapped[str] = mapped_column(String(7))
    text_color: Mapped[str] = mapped_column(String(7))
    letter: Mapped[str] = mapped_column(String(2))
    pattern: Mapped[str]
    allergens: Mapped[list[str]] = mapped_column(Json, default=list)
    dairy: Mapped[bool]
    enabled: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint("length(color) = 7 AND color LIKE '#%'", name="color"),
        CheckConstraint("length(text_color) = 7 AND text_color LIKE '#%'", name="text_color"),
        CheckConstraint("length(letter) BETWEEN 1 AND 2", name="letter"),
        one_of("pattern", "solid", "stripe", "dot", "ring", "check"),
        unique_while("uq_milks_enabled_letter", "enabled", "letter"),
    )
