"""The demo data of section 12, and that production wants none of it."""

from datetime import UTC, datetime

import pytest

from livefloor import SettingError
from livefloor.systems.coffee.demo import PASSWORD, demo, refuse_demo
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, good


@pytest.mark.world(start=datetime(2025, 3, 11, 23, 40, tzinfo=UTC))
async def test_demo(world: World) -> None:
    """Feature row 1: the seed's login works with the demo's password; stock and stations are as told; twice is once."""
    await world.change(demo)
    await world.change(demo)
    async with Cafe(world) as cafe:
        guest = await cafe.client()
        said = {"username": "barista", "password": PASSWORD}
        body = good(await guest.post("/api/auth/login", json=said))
        assert (body["user"]["display_name"], body["user"]["station_id"]) == ("Bea Holm", 1)
        mine = await cafe.client(body["access_token"])
        stations = {one["name"]: one for one in good(await mine.get("/api/stations/"))["items"]}
        assert {name: one["status"] for name, one in stations.items()} == {
            "Foyer": "open",
            "Garden": "open",
            "Hall": "open",
            "Rooftop": "closed",
            "Storeroom": "closed",
        }
        assert stations["Foyer"]["out_items"] == ["milk_almond"]
        assert (await cafe.stock(2, "milk_oat")).alert_level == "low"
        assert (await cafe.stock(3, "cup_small")).alert_level == "critical"
        assert good(await mine.get("/api/users/"))["total"] == 8
        windows = (await world.look(event_settings)).service_windows
        assert [(window.start, window.end) for window in windows] == [("08:00", "18:00")]
        foyer = good(await mine.get("/api/orders/queue/station/1"))
        assert {name: len(foyer[name]) for name in ("in_progress", "pending", "completed")} == {
            "in_progress": 3,
            "pending": 6,
            "completed": 2,
        }
        assert foyer["pending"][0]["priority"] == "normal"  # who waits for long comes first (rule 8)


@pytest.mark.world(start=datetime(2025, 3, 11, 16, 5, tzinfo=UTC))
async def test_the_demo_can_be_tried_at_night(world: World) -> None:
    """In Sydney it is three in the morning: the event is on all the same."""
    await world.change(demo)
    async with Cafe(world) as cafe:
        guest = await cafe.client()
        body = good(await guest.post("/api/auth/login", json={"username": "support", "password": PASSWORD}))
        support = await cafe.client(body["access_token"])
        cup = {"menu_item": "espresso", "size": "small"}
        good(await support.post("/api/orders/", json={"customer_name": "Mina", "items": [cup]}), 201)


@pytest.mark.world(environ={"ENV": "production", "JWT_SECRET": "k" * 40, "LIVEFLOOR_TEST_CLOCK": ""})
async def test_no_demo_in_production(world: World) -> None:
    """A database with demo accounts is not served in production."""
    await world.look(refuse_demo)
    await world.change(demo)
    with pytest.raises(SettingError, match="demo accounts"):
        await world.look(refuse_demo)
