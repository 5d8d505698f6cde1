"""What the parts of the demo share: the event, the crew, the menu, and how a cup is written down."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from livefloor import Ctx, new_id
from livefloor.systems.coffee.models import Occasion, Order, Ticket, User
from livefloor.systems.coffee.recipes import Menu, Planned, Wanted
from livefloor.systems.coffee.rules import tickets

ZONE = ZoneInfo("Australia/Sydney")
BARISTAS = {1: ("barista", "barista2"), 2: ("barista3",), 3: ("barista4",)}


@dataclass(slots=True)
class Stage:
    """All that the acts of the demo share."""

    ctx: Ctx
    occasion: Occasion
    users: dict[str, User]
    menu: Menu
    _planned: dict[str, Planned] = field(default_factory=dict)

    def ago(self, minutes: float) -> datetime:
        """Return a moment before now."""
        return self.ctx.now - timedelta(minutes=minutes)

    def barista(self, station_id: int, place: int) -> str:
        """Return the id of one of those who make coffee at a station."""
        names = BARISTAS[station_id]
        return self.users[names[place % len(names)]].id

    def plan(self, words: str) -> Planned:
        """Return the cup that some words ask for: `latte regular oat sugar=2 !milk vip`; no milk is `-`."""
        if words not in self._planned:
            self._planned[words] = self.menu.plan(read_wanted(words))
        return self._planned[words]


@cache
def read_wanted(words: str) -> Wanted:
    """Return the cup of a line of the demo's tables."""
    drink, size, milk, *rest = words.split()
    options = {code: int(count) for code, _, count in (word.partition("=") for word in rest) if count}
    allergies = tuple(word.removeprefix("!") for word in rest if word.startswith("!"))
    return Wanted(drink, size, None if milk == "-" else milk, options, "", allergies, "vip" in rest)


def new_ticket(occasion: Occasion, place: int, at: datetime, *, name: str, channel: str, **more: Any) -> Ticket:
    """Return the ticket at a place of the day, ordered at a moment."""
    return Ticket(
        id=new_id(),
        event_id=occasion.id,
        number=tickets.number_at(place),
        service_day=tickets.service_day(at, ZONE),
        token=tickets.order_token(secrets.token_bytes(16)),
        customer_name=name,
        channel=channel,
        created_at=at,
        updated_at=at,
        **more,
    )


def new_cups(ticket: Ticket, cups: Sequence[Planned], at: datetime, first: int = 1) -> list[Order]:
    """Return the waiting cups of a ticket; `first` is the place of the first among all of the ticket."""
    return [
        Order(
            id=new_id(),
            ticket_id=ticket.id,
            cup_no=cup_no,
            number=tickets.cup_number(ticket.number, cup_no, first - 1 + len(cups)),
            event_id=ticket.event_id,
            station_id=ticket.station_id,
            menu_item_id=cup.drink.id,
            size=cup.size,
            milk_id=cup.milk.id if cup.milk else None,
            options=cup.options,
            notes=cup.notes,
            allergies=cup.allergies,
            status="pending",
            priority="vip" if cup.vip else "normal",
            prep_seconds=cup.base_work,
            recipe=cup.frozen(),
            queued_at=at,
            created_at=at,
            updated_at=at,
        )
        for cup_no, cup in enumerate(cups, first)
    ]
