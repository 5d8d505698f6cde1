"""The demo data of section 12, every figure of it, and that production wants none of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from livefloor import SettingError
from livefloor.systems.coffee.demo import CREW, PASSWORD, demo, hours, refuse_demo
from livefloor.systems.coffee.demo_stage import ZONE
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.models import Customer, User
from livefloor.systems.coffee.tablets import listen_again
from livefloor.testing.people import Entered
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, Person, good

MORNING = datetime(2025, 3, 11, 23, 40, tzinfo=UTC)
"""Twenty to eleven in Sydney."""


async def enter(cafe: Cafe, username: str) -> Person:
    """Sign somebody of the demo's crew in."""
    guest = await cafe.client()
    body = good(await guest.post("/api/auth/login", json={"username": username, "password": PASSWORD}))
    token = body["access_token"]
    return Person(cafe, Entered(body["user"]["id"], token, await cafe.client(token)), username)


async def every(person: Person, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return a list whole, page after page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        body = await person.get(path, limit=100, **query, **({"cursor": cursor} if cursor else {}))
        found += body["items"]
        cursor = body["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.world(start=MORNING)
async def test_stations_crew_and_stock(world: World) -> None:
    """Feature row 1: the seed's login works with the demo's password; stations, crew and stock are as told; twice is once."""
    await world.change(demo)
    await world.change(demo)
    async with Cafe(world) as cafe:
        lead = await enter(cafe, "organizer")
        stations = {one["id"]: one for one in (await lead.get("stations/"))["items"]}
        assert {id: (one["name"], one["kind"], one["status"]) for id, one in stations.items()} == {
            1: ("Foyer", "service", "open"),
            2: ("Garden", "service", "open"),
            3: ("Hall", "service", "open"),
            4: ("Rooftop", "service", "closed"),
            9: ("Storeroom", "storage", "closed"),
        }
        assert [stations[id]["machine_positions"] for id in (1, 2, 3, 4)] == [2, 1, 1, 1]
        for username, name, role, station_id, *_ in CREW:
            me = (await (await enter(cafe, username)).get("auth/me"))["user"]
            assert (me["display_name"], me["role"], me["station_id"]) == (name, role, station_id)
        not_well = {
            (id, row["code"]): row["status"]
            for id in stations
            for row in (await lead.get(f"inventory/station/{id}"))["inventory"]
            if row["status"] != "ok"
        }
        assert not_well == {(2, "milk_oat"): "low", (3, "cup_small"): "critical", (1, "milk_almond"): "out"}
        # Every quantity is explained by its movements, every promise by a cup that waits.
        for station in (await lead.post("inventory/sync", {"dry_run": True}))["stations"]:
            assert not any(station[name] for name in ("added", "changed", "reserved_fixed", "ledger_difference"))
        assert len(await every(lead, "inventory/restock-requests")) == 3
        alerts = {(one["kind"], one["station_id"], one["subject"]) for one in (await lead.get("alerts/"))["items"]}
        assert alerts == {
            ("out_of_stock", 1, "milk_almond"),
            ("low_stock", 2, "milk_oat"),
            ("low_stock", 3, "cup_small"),
            ("late_orders", 1, ""),
        }


@pytest.mark.world(start=MORNING)
async def test_sixty_cups(world: World) -> None:
    """The cups with their states and channels, and the two groups; a minute later nothing else has happened to them."""
    await world.change(demo)
    async with Cafe(world) as cafe:
        lead = await enter(cafe, "organizer")
        for _ in range(2):
            cups = await every(lead, "orders/", **{"from": "2025-03-11T20:00:00Z"})
            assert Counter(cup["status"] for cup in cups) == {
                "in_progress": 6,
                "pending": 14,
                "completed": 5,
                "scheduled": 3,
                "picked_up": 27,
                "cancelled": 3,
                "uncollected": 2,
            }
            assert Counter(cup["channel"] for cup in cups) == {"sms": 25, "web": 13, "walk_up": 16, "group": 6}
            waiting = [cup for cup in cups if cup["status"] == "pending"]
            assert Counter(cup["priority"] for cup in waiting) == {"normal": 11, "vip": 2, "remake": 1}
            assert [cup["allergies"] for cup in waiting if cup["allergies"]] == [["milk"]]
            assert [cup["station_id"] for cup in waiting if cup["attention"] == "late"] == [1, 1, 1]
            await world.advance(minutes=1)
        ready, still_open = await lead.get("group-orders/by-code/K7PQ2M"), await lead.get("group-orders/by-code/R4TX8B")
        assert (ready["group_order"]["mode"], ready["group_order"]["status"]) == ("list", "ready")
        assert (len(ready["orders"]), ready["progress_pct"]) == (6, 100)
        assert (still_open["group_order"]["mode"], still_open["group_order"]["status"]) == ("open", "open")
        assert (still_open["group_order"]["joined"], still_open["counts"]["scheduled"]) == (3, 3)
        assert (await lead.get("group-orders/"))["total"] == 2
        assert len((await lead.get("alerts/"))["items"]) == 4
        # All of it goes on: what is in hand is made, the group is collected, who joined is made coffee.
        made = next(cup for cup in cups if cup["status"] == "in_progress")
        await lead.post(f"orders/{made['id']}/complete")
        collected = await lead.post("group-orders/K7PQ2M/collect")
        assert collected["group_order"]["status"] == "collected"
        submitted = await lead.post("group-orders/R4TX8B/submit")
        assert submitted["group_order"]["status"] == "submitted"


@pytest.mark.world(start=MORNING)
async def test_what_was_said(world: World) -> None:
    """Twelve conversations, one for a person, two unread, one opted out; twenty messages of the crew; fictional numbers."""
    await world.change(demo)
    async with Cafe(world) as cafe:
        support, lead = await enter(cafe, "support"), await enter(cafe, "organizer")
        talks = await every(support, "messages/conversations")
        assert len(talks) == 12
        assert [talk["state"] for talk in talks].count("human") == 1
        assert sum(talk["unread"] > 0 for talk in talks) == 2
        assert [talk["guest"]["opted_out"] for talk in talks].count(True) == 1
        rooms = ("all", "organizers", "station_1", "station_2", "station_3")
        chat = [await lead.get("chat/messages", room=room, limit=100) for room in rooms]
        assert sum(len(room["items"]) for room in chat) == 20
        for phones in (select(Customer.phone), select(User.phone)):
            for phone in await world.look(lambda look, phones=phones: look.all(phones)):  # type: ignore[misc]
                assert phone is None or phone.startswith("+61491570")
        # A text from one of them is understood as ever.
        told = await lead.post("sms/simulator/inbound", {"from": "+61491570301", "body": "status"})
        assert "Foyer" in told["replies"][0]


@pytest.mark.world(start=MORNING)
async def test_shifts_and_figures(world: World) -> None:
    """Nine shifts over the week, with a gap, a no-show and tomorrow; the closed event with the figures of 640 cups."""
    await world.change(demo)
    async with Cafe(world) as cafe:
        lead = await enter(cafe, "organizer")
        windows = (await world.look(event_settings)).service_windows
        assert [(window.start, window.end) for window in windows] == [("08:00", "18:00")]
        today = await lead.get("schedules/today")
        assert {one["user_name"]: one["status"] for one in today["schedules"]} == {
            "Bea Holm": "checked_in",
            "Tom Aster": "checked_in",
            "Lio Penn": "checked_in",
            "Kit Marlo": "checked_in",
            "Sue Fenn": "planned",
        }
        assert [(one["station_id"], len(one["gaps"])) for one in today["coverage"]] == [(4, 1)]
        assert len((await lead.get("schedules/week"))["schedules"]) == 9
        week = {"from": "2025-03-08", "to": "2025-03-15"}
        shifts = await every(lead, "schedules/", **week)
        assert len(shifts) == 9
        assert [one["starts_at"][:10] for one in shifts if one["status"] == "no_show"] == ["2025-03-10"]
        assert [one["starts_at"][:10] for one in shifts if one["status"] == "planned"] == ["2025-03-12", "2025-03-12"]
        admin = await enter(cafe, "admin")
        events = {one["name"]: one for one in (await admin.get("events/"))["items"]}
        assert {name: (one["status"], one["code"]) for name, one in events.items()} == {
            "Harbour Dev Days": ("active", "HARBOUR"),
            "Spring Makers Fair": ("closed", "SPRING"),
        }
        assert {one["timezone"] for one in events.values()} == {"Australia/Sydney"}
        fair = events["Spring Makers Fair"]
        found = await lead.get("stats/overview", **{"from": fair["starts_at"], "to": fair["ends_at"]})
        assert found["figures"]["ordered"] == 640
        used = await lead.get("stats/inventory-usage", **{"from": fair["starts_at"], "to": fair["ends_at"]})
        beans = next(row for row in used["items"] if row["code"] == "beans")
        assert beans["used"] > 18 * 500
        people = await lead.get("stats/performance", **{"from": fair["starts_at"], "to": fair["ends_at"]})
        assert all(one["orders_per_hour"] for one in people["items"])


@pytest.mark.world(start=datetime(2025, 3, 11, 9, 5, tzinfo=UTC))
async def test_the_demo_can_be_tried_at_night(world: World) -> None:
    """In Sydney it is eight in the evening: the event is on all the same, past midnight; yesterday's shifts are over."""
    await world.change(demo)
    async with Cafe(world) as cafe:
        today = await (await enter(cafe, "organizer")).get("schedules/today")
        assert len(today["schedules"]) == 5
        support = await enter(cafe, "support")
        cup = {"menu_item": "espresso", "size": "small"}
        await support.post("orders/", {"customer_name": "Mina", "items": [cup]}, 201)


@pytest.mark.parametrize("day", [(3, 12), (4, 6), (10, 5)])
def test_the_event_of_the_demo_is_on_whenever_it_is_tried(day: tuple[int, int]) -> None:
    """Also on the days on which Sydney's clocks are changed: ten hours, of which all that the demo tells of has gone by."""
    for hour in range(24):
        now = datetime(2025, *day, hour, 59, tzinfo=ZONE).astimezone(UTC)
        opens, closes = (moment.astimezone(UTC) for moment in hours(now))
        assert closes - opens == timedelta(hours=10)
        assert opens + timedelta(hours=2) <= now < closes - timedelta(hours=1)


async def test_the_demo_takes_orders_without_a_tablet(world: World) -> None:
    """Nobody has opened a barista's page: guests find open stations all the same, also after the minute of rule 45."""
    await world.change(demo)
    await world.change(listen_again)
    await world.advance(minutes=4)
    async with Cafe(world) as cafe:
        menu = good(await (await cafe.client()).get("/api/public/menu"))
        assert [station["name"] for station in menu["stations"]] == ["Foyer", "Garden", "Hall"]


@pytest.mark.world(environ={"ENV": "production", "JWT_SECRET": "k" * 40, "LIVEFLOOR_TEST_CLOCK": ""})
async def test_no_demo_in_production(world: World) -> None:
    """A database with demo accounts is not served in production."""
    await world.look(refuse_demo)
    await world.change(demo)
    with pytest.raises(SettingError, match="demo accounts"):
        await world.look(refuse_demo)
