"""How stock is shown, and the facts that tell of it (sections 5.2 and 6)."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from livefloor import Address, Announced, View
from livefloor.systems.coffee.rooms import (
    ORGANIZERS,
    SUPPORT_ROOM,
    StationFact,
    station_room,
)

Status = Literal["ok", "low", "critical", "out"]


class MilkMark(View):
    """What tells the milk in a row."""

    code: str
    color: str
    letter: str


class InventoryRow(View):
    """An item at a station."""

    collection: ClassVar[str] = "inventory"
    item_id: str
    code: str
    name: str
    category: str
    unit: str
    quantity: int
    reserved: int
    available: int
    capacity: int
    low_threshold: int
    critical_threshold: int
    status: Status
    cups_left: int | None
    runs_out_at: datetime | None
    milk: MilkMark | None
    enabled: bool
    version: int


class Depleted(View):
    """What was taken of an item, and what the books lacked (rule 29); `version` is the row's since then."""

    code: str
    quantity: int
    quantity_after: int
    shortfall: int
    version: int | None = Field(default=None, exclude_if=lambda value: value is None)


class ItemBrief(View):
    """An item by its names."""

    code: str
    name: str
    unit: str


class InventoryUpdated(StationFact):
    """The books of a station changed."""

    name: ClassVar[str] = "inventory_updated"
    items: list[InventoryRow]
    reason: str


class InventoryDepleted(StationFact):
    """Something was used up at a station."""

    name: ClassVar[str] = "inventory_depleted"
    order_id: str | None
    items: list[Depleted]


class LowStockAlert(StationFact):
    """An item fell to a level at which somebody should act (rule 32)."""

    name: ClassVar[str] = "low_stock_alert"
    station_name: str
    item: ItemBrief
    available: int
    threshold: int
    level: Literal["low", "critical", "out"]
    cups_left: int | None
    runs_out_at: datetime | None

    def rooms(self) -> list[Address]:
        """Return the station's room, the organizers' and the front of house's."""
        return [station_room(self.station_id), ORGANIZERS(), SUPPORT_ROOM()]


EVENTS: tuple[type[Announced], ...] = (InventoryUpdated, InventoryDepleted, LowStockAlert)
