"""Schemathesis over every route of coffee, as an admin and as a barista; boards and guests ask what is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from livefloor import System
from livefloor.systems.coffee import system as coffee
from livefloor.systems.coffee.models import InventoryItem, MenuItem
from tests.conftest import Run
from tests.contracts import fuzzing
from tests.systems.coffee.asking import cup, wish
from tests.systems.coffee.conftest import Cafe, Person, cafe, good  # noqa: F401 (the fixture)

EXAMPLES = 3
SHARED = {"orders": "cups", "public": "cups", "inventory": "stock", "menu": "stock", "stations": "stock"}


def group_of(path: str) -> str:
    """Return one of three groups, so that few worlds are made."""
    return SHARED.get(path.removeprefix("/api/").split("/")[0], "rest")


ROUTES = fuzzing.Routes(coffee, ("admin", "barista"), group_of)


@pytest.fixture
def system() -> System:
    """Give the system under test."""
    return coffee


class Stage(fuzzing.Stage):
    """A service in the middle of its work."""

    def __init__(self, cafe: Cafe, role: str) -> None:  # noqa: F811
        super().__init__(role)
        self.cafe = cafe
        self.person: Person

    async def set_up(self) -> None:
        """Let cups wait, be in hand and be made; let there be a shift, a device, an alert, somebody to be changed."""
        await self.renew()
        ada, bea = await self.cafe.admin("Setting Up"), await self.cafe.barista(1, "Bea Holm")
        phones = ("0491 570 156", None, "0491 570 157", None, None, None)
        tickets = [
            await ada.post("orders/", wish(cup(milk="full"), station_id=1, phone=phone), 201) for phone in phones
        ]
        cups = [ticket["orders"][0]["id"] for ticket in tickets]
        await bea.post(f"orders/{cups[0]}/start")
        for made in cups[1:3]:
            await bea.post(f"orders/{made}/complete")
        await ada.post(f"orders/{cups[2]}/pick-up")
        now = self.cafe.now
        times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=2)).isoformat(), "station_id": 1}
        shift = await ada.post("schedules/", {"user_id": bea.id, **times}, 201)
        own = await ada.post("schedules/", {"user_id": self.person.id, **times}, 201)
        device = await ada.post("display/devices", {"name": "TV"}, 201)
        await ada.post("inventory/run-out", {"station_id": 2, "code": "chai_syrup"})
        asked = await bea.post("inventory/restock-requests", {"station_id": 1, "code": "sugar"}, 201)
        draft = {
            "name": "Next",
            "timezone": "Europe/Oslo",
            "starts_at": times["starts_at"],
            "ends_at": times["ends_at"],
        }
        occasion = await ada.post("events/", draft, 201)
        opened = await ada.get("alerts/")
        said = await ada.post("chat/messages", {"room": "all", "message": "Hello"}, 201)
        items, drinks = await self.cafe.ids(InventoryItem), await self.cafe.ids(MenuItem)
        soon = [(now + timedelta(minutes=minutes)).isoformat() for minutes in (-5, 20)]
        hook = await ada.post("webhooks", {"url": "https://hooks.example.org/"}, 201)
        self.ids = {"webhooks": [hook["id"]]}
        self.known = {
            "order_id": cups,
            "order_ids": [cups[3:], cups[:2]],
            "token": [ticket["ticket"]["token"] for ticket in tickets],
            "station_id": [1, 2, 3, 9],
            "from_station_id": [1, 9],
            "to_station_id": [2, 3],
            "source_station_id": [1, None],
            "user_id": [bea.id, self.person.id],
            "barista_id": [bea.id],
            "schedule_id": [shift["id"], own["id"]],
            "device_id": [device["id"]],
            "pair_code": [device["pair_code"]],
            "request_id": [asked["id"]],
            "event_id": [occasion["id"]],
            "alert_id": [alert["id"] for alert in opened["items"]] or ["none"],
            "item_id": [items["sugar"], items["ice"]],
            "menu_item_id": [drinks["mocha"]],
            "last_read_id": [said["id"]],
            "room": ["all", "station_1", "organizers"],
            "code": ["milk_oat", "sugar", "oat"],
            "menu_item": ["latte", "espresso"],
            "milk": ["oat", "full", None],
            "option": ["decaf"],
            "items": [[cup(milk="full")], [cup("espresso", "small", None)], [{"code": "sugar", "quantity": 3}]],
            "inventory": [[{"code": "sugar", "delta": 3}], [{"code": "ice", "quantity": 900, "version": 1}]],
            "url": ["https://hooks.example.org/"],
            "events": [["order"], ["*"]],
            "event_code": ["HARBOUR"],
            "timezone": ["Europe/Oslo"],
            "requested_for": [soon[1], None],
            "occurred_at": [soon[0], None],
            "starts_at": [soon[0]],
            "ends_at": [soon[1]],
            "phone": ["0491 570 158", "+61491570159"],
            "version": [1, 2, 3],
            "operations": [[{"key": "k", "path": f"/api/orders/{cups[3]}/start", "body": {}}]],
            "settings": [{"late_minutes": 7}, {"layout": "list"}, {"sound": {"on": True, "volume": 3}}],
            "milk_colors": [[{"code": "oat", "sort": 2}], [{"code": "oat", "color": "#000001"}]],
        }

    async def renew(self) -> None:
        """Sign in somebody of the role."""
        self.person = await self.cafe.person(self.role, "Asking", 1)
        self.client = self.person.client


@pytest.mark.line_only
@pytest.mark.parametrize(("group", "role"), ROUTES.params)
def test_every_answer_is_described(run: Run[Any], cafe: Cafe, group: str, role: str) -> None:  # noqa: F811
    """Whatever a route is asked, it answers as the document says it may."""
    failures = ROUTES.failures(run, Stage(cafe, role), group, EXAMPLES)
    assert not failures, "\n\n".join(failures)


def test_every_route_is_asked() -> None:
    """The routes of the document are those of the declaration."""
    ROUTES.check_complete()
