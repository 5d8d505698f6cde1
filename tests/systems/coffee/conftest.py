"""The café: stations with stock, a menu, an event that runs, and people of each role with a client of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import limits.storage.memory
import limits.strategies
import pytest
from sqlalchemy import select

from livefloor import Ctx, Look, System
from livefloor.systems.coffee.models import InventoryItem, Occasion, Station, StationInventory, StationSettings, User
from livefloor.testing import people
from livefloor.testing.people import Entered, Place, good, refused
from livefloor.testing.world import World

__all__ = ["Cafe", "Person", "furnish", "good", "refused"]
STATIONS = (
    # id, name, kind, status, positions
    (1, "Foyer", "service", "open", 2),
    (2, "Garden", "service", "open", 1),
    (3, "Hall", "service", "open", 1),
    (4, "Rooftop", "service", "closed", 1),
    (9, "Storeroom", "storage", "closed", 1),
)


class Person(people.Person):
    """Somebody who is signed in at the café, and what they do."""

    def __init__(self, cafe: Cafe, entered: Entered, name: str) -> None:
        super().__init__(entered)
        self.cafe = cafe
        self.name = name


class Cafe(Place):
    """The running service, and how people come into it."""

    _count = 0

    async def admin(self, name: str = "Ada Brookes") -> Person:
        """Bring in an admin."""
        return await self.person("admin", name)

    async def organizer(self, name: str = "Oren Vale") -> Person:
        """Bring in an organizer."""
        return await self.person("organizer", name)

    async def barista(self, station_id: int | None = 1, name: str = "Bea Holm") -> Person:
        """Bring in a barista of a station."""
        return await self.person("barista", name, station_id)

    async def support(self, name: str = "Sue Fenn") -> Person:
        """Bring in somebody of the front of house."""
        return await self.person("support", name)

    async def person(self, role: str, name: str, station_id: int | None = None, **columns: Any) -> Person:
        """Bring in somebody who is signed in; the user name is the role and a number."""
        self._count += 1
        made = {"password_hash": "", "display_name": name, "station_id": station_id, **columns}
        entered = await self.enter(User(role=role, username=f"{role}{self._count}", **made))
        return Person(self, entered, name)

    async def stock(self, station_id: int, code: str) -> StationInventory:
        """Return how much of an item a station has."""

        async def read(look: Look) -> StationInventory | None:
            of_code = select(StationInventory).join(InventoryItem, InventoryItem.id == StationInventory.item_id)
            return await look.one(of_code.where(InventoryItem.code == code, StationInventory.station_id == station_id))

        found = await self.world.look(read)
        assert found is not None
        return found

    async def set_stock(self, station_id: int, code: str, quantity: int) -> None:
        """Put so much of an item at a station, without a movement."""
        row = await self.stock(station_id, code)
        row.quantity = quantity

        async def put(ctx: Ctx) -> None:
            await ctx.save(row)

        await self.world.change(put)

    async def ids(self, model: type[Any]) -> dict[str, str]:
        """Return the ids of items, milks, drinks or options by their codes."""
        return dict(await self.world.look(lambda look: look.tuples(select(model.code, model.id))))

    async def event_id(self) -> str:
        """Return the id of the active event."""
        found = await self.world.look(lambda look: look.one(select(Occasion.id).where(Occasion.status == "active")))
        assert found is not None
        return found

    async def told(self, after: int = 0) -> list[str]:
        """Return the names of the facts after a number."""
        return [found.event.name for found in await self.world.events(after)]


async def furnish(ctx: Ctx) -> None:
    """Put in the stations with full stock, and an event that runs from three hours ago for ten hours."""
    starts = ctx.now - timedelta(hours=3)
    occasion = Occasion(name="Harbour Dev Days", venue="Harbour Hall", timezone="Australia/Sydney", code="HARBOUR")
    occasion.starts_at, occasion.ends_at, occasion.status = starts, starts + timedelta(hours=10), "active"
    await ctx.add(occasion)
    items = await ctx.all(select(InventoryItem))
    for number, name, kind, status, positions in STATIONS:
        station = Station(id=number, name=name, kind=kind, status=status, machine_positions=positions, sort=number)
        station.connection = "live" if status == "open" else "never"
        await ctx.add(station)
        await ctx.add(StationSettings(station_id=number))
        for item in items:
            row = StationInventory(station_id=number, item_id=item.id, quantity=item.default_capacity)
            row.low_threshold, row.critical_threshold = item.default_low, item.default_critical
            row.capacity = item.default_capacity
            await ctx.add(row)


@pytest.fixture
def system() -> System:
    """Give the system under test."""
    from livefloor.systems.coffee import system

    return system


@pytest.fixture
async def cafe(world: World) -> AsyncIterator[Cafe]:
    """Give the service with its stations open and nobody signed in yet."""
    await world.change(furnish)
    async with Cafe(world) as cafe:
        yield cafe


@pytest.fixture
def within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the minute not end by which limits count: theirs is the real clock's, and it may end in the midst of a test."""
    stopped = SimpleNamespace(time=lambda: 1_800_000_000.0)
    for module in (limits.storage.memory, limits.strategies):
        monkeypatch.setattr(module, "time", stopped)
