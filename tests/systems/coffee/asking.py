"""What the tests of orders and stock ask for again and again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from livefloor import Ctx, Look
from livefloor.systems.coffee.models import Occasion, Order, Station, StationInventory
from tests.systems.coffee.conftest import Cafe, Person


def cup(menu_item: str = "latte", size: str = "small", milk: str | None = "oat", **more: Any) -> dict[str, Any]:
    """Return a cup as a request says it."""
    return {"menu_item": menu_item, "size": size, "milk": milk, **more}


def wish(*cups: dict[str, Any], name: str = "Mina", **more: Any) -> dict[str, Any]:
    """Return an order as a request says it: one small oat latte unless told."""
    return {"customer_name": name, "items": list(cups) or [cup()], **more}


async def order(person: Person, *cups: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Order; return the first cup."""
    placed = await person.post("orders/", wish(*cups, **more), 201)
    first: dict[str, Any] = placed["orders"][0]
    return first


async def row(cafe: Cafe, order_id: str) -> Order:
    """Return a cup as it is stored."""
    found = await cafe.world.look(lambda look: look.find(Order, order_id))
    assert found is not None
    return found


async def set_event(cafe: Cafe, **settings: Any) -> None:
    """Set something for the event."""

    async def put(ctx: Ctx) -> None:
        await ctx.run(update(Occasion).values(settings=settings))

    await cafe.world.change(put)


async def set_station(cafe: Cafe, station_id: int, **columns: Any) -> None:
    """Change columns of a station."""

    async def put(ctx: Ctx) -> None:
        await ctx.run(update(Station).where(Station.id == station_id).values(**columns))

    await cafe.world.change(put)


async def books(cafe: Cafe, station_id: int, *codes: str) -> dict[str, tuple[int, int]]:
    """Return quantity and what is promised of some items."""
    found = {}
    for code in codes:
        stock: StationInventory = await cafe.stock(station_id, code)
        found[code] = (stock.quantity, stock.reserved)
    return found


async def facts(cafe: Cafe, name: str, after: int = 0) -> list[Any]:
    """Return the facts of a name after a number."""
    return [found.event for found in await cafe.world.events(after) if found.event.name == name]


async def head(cafe: Cafe) -> int:
    """Return the number of the last fact."""

    async def read(look: Look) -> int:
        return await look.head()

    return await cafe.world.look(read)


async def alerts(person: Person, kind: str) -> list[tuple[int | None, str]]:
    """Return station and level of the open alerts of a kind."""
    found = (await person.get("alerts/", open=True))["items"]
    return sorted((alert["station_id"], alert["level"]) for alert in found if alert["kind"] == kind)
