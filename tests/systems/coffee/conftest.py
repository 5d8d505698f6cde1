"""The café: stations with stock, a menu, an event that runs, and people of each role with a client of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
import pytest
from sqlalchemy import select

from livefloor import Ctx, Look, System
from livefloor.identity.sessions import Session
from livefloor.systems.coffee.models import InventoryItem, Occasion, Station, StationInventory, StationSettings, User
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World

LONG = timedelta(days=400)
STATIONS = (
    # id, name, kind, status, positions
    (1, "Foyer", "service", "open", 2),
    (2, "Garden", "service", "open", 1),
    (3, "Hall", "service", "open", 1),
    (4, "Rooftop", "service", "closed", 1),
    (9, "Storeroom", "storage", "closed", 1),
)


class Person:
    """Somebody who is signed in, and what they do."""

    def __init__(self, cafe: Cafe, client: httpx.AsyncClient, id: str, name: str, token: str) -> None:
        self.cafe = cafe
        self.client = client
        self.id = id
        self.name = name
        self.token = token

    async def get(self, path: str, **query: Any) -> Any:
        """Return what a path below /api shows."""
        return good(await self.client.get(f"/api/{path}", params=query))

    async def do(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request to a path below /api; `If_Match` in headers is If-Match."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, f"/api/{path}", json=body, headers=given)

    async def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """Send a POST that works; return the body."""
        return good(await self.do("POST", path, body, **headers), status)

    async def put(self, path: str, body: Any = None) -> Any:
        """Send a PUT that works; return the body."""
        return good(await self.do("PUT", path, body))


class Cafe:
    """The running service, and how people come into it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._stack = AsyncExitStack()
        self._count = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    @property
    def now(self) -> datetime:
        """Return the time at the event."""
        return self.world.clock.now()

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

        async def bring_in(ctx: Ctx) -> tuple[Session, str]:
            return await sign_in(ctx, await ctx.add(User(role=role, username=f"{role}{self._count}", **made)), LONG)

        session, token = await self.world.change(bring_in)
        return Person(self, await self.client(token), session.user_id, name, token)

    async def client(self, token: str | None = None, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        """Return a client that is closed at the end."""
        return await self._stack.enter_async_context(self.world.client(token, address, **headers))

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


def good(answer: httpx.Response, status: int = 200) -> Any:
    """Return the body of an answer that is as it should be."""
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return the body of a refusal that is as it should be."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    body: dict[str, Any] = answer.json()
    return body


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
