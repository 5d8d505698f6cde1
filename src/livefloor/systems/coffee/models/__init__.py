"""The tables of the coffee service, one module for each noun."""

from livefloor.systems.coffee.models.base import Tables
from livefloor.systems.coffee.models.menu import AvailabilityBlock, MenuItem, MenuOption, MenuVariant, RecipeLine
from livefloor.systems.coffee.models.messages import ChatMessage, ChatRead, SmsConversation, SmsMessage
from livefloor.systems.coffee.models.occasions import Occasion
from livefloor.systems.coffee.models.orders import Customer, GroupOrder, Order, OrderMove, Ticket
from livefloor.systems.coffee.models.people import NEVER, DisplayDevice, User, UserDay
from livefloor.systems.coffee.models.shifts import Schedule, ScheduleBreak
from livefloor.systems.coffee.models.stations import Alert, Station, StationHour, StationSettings
from livefloor.systems.coffee.models.stock import (
    InventoryItem,
    InventoryMovement,
    Milk,
    RestockRequest,
    StationInventory,
)

__all__ = [
    "NEVER",
    "Alert",
    "AvailabilityBlock",
    "ChatMessage",
    "ChatRead",
    "Customer",
    "DisplayDevice",
    "GroupOrder",
    "InventoryItem",
    "InventoryMovement",
    "MenuItem",
    "MenuOption",
    "MenuVariant",
    "Milk",
    "Occasion",
    "Order",
    "OrderMove",
    "RecipeLine",
    "RestockRequest",
    "Schedule",
    "ScheduleBreak",
    "SmsConversation",
    "SmsMessage",
    "Station",
    "StationHour",
    "StationInventory",
    "StationSettings",
    "Tables",
    "Ticket",
    "User",
    "UserDay",
]
