"""Every route of coffee by every role and by nobody, each with a target that is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from livefloor import Ctx, hash_password, new_id
from livefloor.store.readers import DeadLetter
from livefloor.store.webhooks import WebhookDelivery
from livefloor.systems.coffee.models import Alert, MenuItem, Occasion, SmsMessage, Station
from livefloor.testing.matrix import ANONYMOUS, Cell, Request, Sent, broken, outcomes, plain
from livefloor.testing.world import World
from tests.systems.coffee.asking import cup, order, wish
from tests.systems.coffee.conftest import Cafe, Person, good

PASSWORD = "crema-demo-2024"
HASH = hash_password(PASSWORD)
FULL = cup(milk="full")


class Standing:
    """What is there for all cells: who prepares their targets, a board, a guest, and a cup for those who may not touch it."""

    def __init__(self, cafe: Cafe) -> None:
        self.cafe = cafe
        self.people: dict[str, Person] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.cup: dict[str, Any] = {}
        self.shift: dict[str, Any] = {}
        self.drinks: dict[str, str] = {}
        self.event_id = ""

    async def set_up(self) -> None:
        """Bring them in."""
        cafe = self.cafe
        self.people = {"support": await cafe.support("Standing"), "admin": await cafe.admin("Standing")}
        placed = await self.people["support"].post("orders/", wish(FULL, station_id=1, phone=PHONE), 201)
        self.cup = placed["orders"][0]
        self.clients = {ANONYMOUS: await cafe.client(), "customer": await cafe.client(placed["ticket"]["token"])}
        self.event_id = await cafe.event_id()
        self.drinks = await cafe.ids(MenuItem)
        self.shift = await self.people["admin"].post("schedules/", await self.hours(self.people["support"].id), 201)

    async def board(self) -> httpx.AsyncClient:
        """Return the client of a board of all stations."""
        device = await self.people["admin"].post("display/devices", {"name": "TV"}, 201)
        paired = await self.clients[ANONYMOUS].post("/api/display/pair", json={"pair_code": device["pair_code"]})
        return await self.cafe.client(good(paired)["device_token"])

    async def hours(self, user_id: str) -> dict[str, Any]:
        """Return a shift that may begin now."""
        now = self.cafe.now
        ends = (now + timedelta(hours=2)).isoformat()
        return {"user_id": user_id, "station_id": 1, "starts_at": now.isoformat(), "ends_at": ends}

    async def reopen(self) -> None:
        """Let the event go on, and its stations be open, whatever the cell before did to them."""

        async def change(ctx: Ctx) -> None:
            others = update(Occasion).where(Occasion.id != self.event_id, Occasion.status == "active")
            await ctx.run(others.values(status="closed"))
            await ctx.run(update(Occasion).where(Occasion.id == self.event_id).values(status="active", settings={}))
            await ctx.run(update(Station).where(Station.id < 4).values(status="open", connection="live", max_queue=99))

        await self.cafe.world.change(change)


class Scene:
    """The service for one cell, and who acts in it."""

    def __init__(self, standing: Standing, cell: Cell, number: int) -> None:
        self.standing = standing
        self.cell = cell
        self.number = number
        self.cafe = standing.cafe
        self.actor: Person | None = None

    async def arrive(self) -> Scene:
        """Bring in who acts; the crew is of the first station."""
        if self.cell.role == "display":
            self.standing.clients["display"] = await self.standing.board()
        elif self.cell.role not in self.standing.clients:
            self.actor = await self.cafe.person(self.cell.role, "Actor", 1, password_hash=HASH)
        return self

    @property
    def client(self) -> httpx.AsyncClient:
        """Return the client of who acts."""
        return self.actor.client if self.actor is not None else self.standing.clients[self.cell.role]

    @property
    def lead(self) -> Person:
        """Return who may do all that prepares a cell."""
        return self.standing.people["admin"]

    async def cup(self, *steps: str) -> dict[str, Any]:
        """Have a cup of this cell alone at the first station, with steps done by who acts, where who acts may go on."""
        if not self.cell.allowed:
            return self.standing.cup
        made = await order(self.standing.people["support"], FULL, station_id=1)
        maker = self.actor if self.actor is not None and self.cell.role != "support" else self.lead
        for step in steps:
            await maker.post(f"orders/{made['id']}/{step}")
        return made

    async def shift(self, *steps: str) -> dict[str, Any]:
        """Have a shift of who acts."""
        if not self.cell.allowed or self.actor is None:
            return self.standing.shift
        made: dict[str, Any] = await self.lead.post("schedules/", await self.standing.hours(self.actor.id), 201)
        for step in steps:
            await self.lead.post("schedules/" + step.format(made["id"]))
        return made


Ask = Request[Scene]


def of_cup(*steps: str, **body: Any) -> Ask:
    """Return a request about a cup with which these steps were taken."""

    async def request(scene: Scene) -> Sent:
        return Sent({"order_id": (await scene.cup(*steps))["id"]}, body=body)

    return request


def of_shift(*steps: str, body: dict[str, Any] | None = None) -> Ask:
    """Return a request about a shift with which these steps were taken."""

    async def request(scene: Scene) -> Sent:
        return Sent({"schedule_id": (await scene.shift(*steps))["id"]}, body=body)

    return request


async def sign_in(scene: Scene) -> Sent:
    said = {"username": f"visitor{scene.number}", "password": PASSWORD}
    made = await scene.lead.post("users/", {**said, "display_name": "Visitor", "role": "barista"}, 201)
    assert made["username"] == said["username"]
    return Sent(body=said)


async def fresh_pair(scene: Scene) -> Sent:
    answer = await (await scene.cafe.client()).post("/api/auth/login", json=(await sign_in(scene)).body)
    return Sent(body={"refresh_token": good(answer)["refresh_token"]})


async def new_user(scene: Scene) -> Sent:
    return Sent(body={"username": f"new{scene.number}", "display_name": "New", "role": "barista", "password": PASSWORD})


async def of_own(scene: Scene) -> Sent:
    return Sent({"user_id": scene.actor.id if scene.actor else "none"}, body={"display_name": "Other"})


async def of_barista(scene: Scene) -> Sent:
    return Sent({"user_id": (await scene.cafe.barista(1, "Of Cell")).id})


async def an_event(scene: Scene) -> Sent:
    now = scene.cafe.now
    span = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=5)).isoformat(), "timezone": "Europe/Oslo"}
    return Sent(body={"name": f"Event {scene.number}", "venue": "Hall", "code": f"EV{scene.number}", **span})


async def of_event(scene: Scene) -> Sent:
    """Put in an event; the cups of the one that is on would keep it from being closed."""
    made = await scene.lead.post("events/", (await an_event(scene)).body, 201)

    async def finish(ctx: Ctx) -> None:
        await ctx.run(update(Occasion).where(Occasion.id == scene.standing.event_id).values(status="closed"))

    if scene.cell.allowed:
        await scene.cafe.world.change(finish)
    return Sent({"event_id": made["id"]}, body={"force": True})


async def of_new_station(scene: Scene) -> Sent:
    made = await scene.lead.post("stations/", {"name": f"Cart {scene.number}", "kind": "service"}, 201)
    return Sent({"station_id": made["id"]})


async def new_station(scene: Scene) -> Sent:
    return Sent(body={"name": f"Cart {scene.number}", "kind": "storage"})


async def new_drink(scene: Scene) -> Sent:
    variant = {"size": "small", "volume_ml": 240, "prep_seconds": 30, "recipe": [{"role": "beans", "quantity": 18}]}
    kind = {"category": "coffee", "needs_milk": "none", "variants": [variant]}
    return Sent(body={"code": f"drink_{scene.number}", "name": f"Drink {scene.number}", **kind})


async def of_new_drink(scene: Scene) -> Sent:
    return Sent({"menu_item_id": (await scene.lead.post("menu/", (await new_drink(scene)).body, 201))["id"]})


async def of_drink(scene: Scene) -> Sent:
    return Sent({"menu_item_id": scene.standing.drinks["latte"]}, body={"sort": 3})


async def of_recipe(scene: Scene) -> Sent:
    recipe = [{"role": "beans", "quantity": 18}, {"role": "milk", "quantity": 180}]
    return Sent({"menu_item_id": scene.standing.drinks["macchiato"]}, body={"size": "small", "recipe": recipe})


async def new_item(scene: Scene) -> Sent:
    return Sent(body={"code": f"item_{scene.number}", "name": f"Item {scene.number}", "category": "other", "unit": "g"})


async def of_new_item(scene: Scene) -> Sent:
    made = await scene.lead.post("inventory/items", (await new_item(scene)).body, 201)
    return Sent({"item_id": made["id"]}, body={"name": f"Other {scene.number}"})


async def set_aside(scene: Scene) -> Sent:
    """Set an event aside that can be taken now."""
    letter = DeadLetter(id=new_id(), kind="event", name="none", seq=1, args=None, error="Gone", at=scene.cafe.now)
    await scene.cafe.world.change(lambda ctx: ctx.add(letter))
    return Sent({"id": letter.id})


def of_webhook(**body: Any) -> Request[Scene]:
    """Ask about a webhook, which is there for who may see it."""

    async def request(scene: Scene) -> Sent:
        if scene.cell.role != "admin":
            return Sent({"id": "none"}, body=body or None)
        made = await scene.lead.post("webhooks", {"url": "https://127.1/"}, 201)  # led inside, and so not called
        return Sent({"id": made["id"]}, body=body or None)

    return request


async def of_delivery(scene: Scene) -> Sent:
    """Ask about a try to deliver the first event."""
    path = (await of_webhook()(scene)).path or {}
    if scene.cell.role != "admin":
        return Sent({**path, "delivery_id": "none"})
    sent: dict[str, Any] = {"webhook_id": path["id"], "seq": 1, "event_id": "1", "name": "first", "attempt": 1}
    came: dict[str, Any] = {"status": None, "answer": None, "error": "Gone", "ms": 1, "at": scene.cafe.now}
    row = WebhookDelivery(id=new_id(), **sent, **came)
    await scene.cafe.world.change(lambda ctx: ctx.add(row))
    return Sent({**path, "delivery_id": row.id})


async def of_alert(scene: Scene) -> Sent:
    alert = Alert(id=new_id(), kind="help", subject=f"cell {scene.number}", level="info", opened_at=scene.cafe.now)
    await scene.cafe.world.change(lambda ctx: ctx.add(alert))
    return Sent({"alert_id": alert.id})


async def restock(scene: Scene) -> Sent:
    """Ask for stock of an item for which nobody of the other cells asks."""
    code = (await scene.lead.post("inventory/items", (await new_item(scene)).body, 201))["code"]
    return Sent(body={"station_id": 1, "code": code, "quantity": 5})


def of_restock(*steps: str, body: dict[str, Any] | None = None) -> Ask:
    """Return a request about stock that who acts asked for."""

    async def request(scene: Scene) -> Sent:
        asking = scene.actor or scene.lead
        asked = await asking.post("inventory/restock-requests", (await restock(scene)).body, 201)
        for step in steps:
            await scene.lead.post(f"inventory/restock-requests/{asked['id']}/{step}")
        return Sent({"request_id": asked["id"]}, body=body)

    return request


async def new_shift(scene: Scene) -> Sent:
    return Sent(body=await scene.standing.hours((await scene.cafe.barista(1, "Of Cell")).id))


async def read_chat(scene: Scene) -> Sent:
    said = await scene.lead.post("chat/messages", {"room": "all", "message": f"Cell {scene.number}"}, 201)
    return Sent(body={"room": "all", "last_read_id": said["id"]})


async def of_device(scene: Scene) -> Sent:
    return Sent({"device_id": (await scene.lead.post("display/devices", {"name": "Of Cell"}, 201))["id"]})


async def pairing(scene: Scene) -> Sent:
    return Sent(body={"pair_code": (await scene.lead.post("display/devices", {"name": "Of Cell"}, 201))["pair_code"]})


async def some_cups(scene: Scene) -> Sent:
    return Sent(body={"order_ids": [(await scene.cup())["id"]], "station_id": 2})


async def offline(scene: Scene) -> Sent:
    operation = {"key": new_id(), "path": "/api/chat/messages", "body": {"room": "all", "message": "Back"}}
    return Sent(body={"device_id": "tablet", "operations": [operation]})


def of_ticket(*steps: str, phone: str | None = None, rating: int | None = None, body: Any = None) -> Ask:
    """Return a request by a guest's own link."""

    async def request(scene: Scene) -> Sent:
        placed = await scene.standing.people["support"].post("orders/", wish(FULL, station_id=1), 201)
        id = placed["orders"][0]["id"]
        for step in steps:
            await scene.lead.post(f"orders/{id}/{step}")
        said = {"phone": phone} if phone else {"order_id": id, "rating": rating} if rating else body
        return Sent({"token": placed["ticket"]["token"]}, body=said)

    return request


def of_group(status: str = "open", **sent: Any) -> Ask:
    """Return a request about a group; guests manage their own by its token."""

    async def request(scene: Scene) -> Sent:
        said = {"group_name": "Team Kestrel", "contact_name": "Mina", "mode": "open", "contact_phone": PHONE}
        made = (await scene.lead.post("group-orders/", said, 201))["group_order"]
        code = made["code"]
        await scene.lead.post(f"group-orders/{code}/orders", {"name": "Ann", **FULL}, 201)
        if status == "ready":
            await scene.lead.post(f"group-orders/{code}/submit")
            cups = (await scene.lead.get(f"group-orders/by-code/{code}"))["orders"]
            for each in cups:
                await scene.lead.post(f"orders/{each['id']}/complete")
        return Sent({"code": code}, headers={"X-Manage-Token": made["manage_token"]}, **sent)

    return request


def of_conversation(**sent: Any) -> Ask:
    """Return a request about the conversation with a guest who has a cup at the first station."""

    async def request(scene: Scene) -> Sent:
        talk = (await scene.lead.get("messages/conversations", q=PHONE[-4:]))["items"][0]["id"]
        await scene.lead.post(f"messages/conversations/{talk}/release")
        return Sent({"conversation_id": talk}, **sent)

    return request


async def of_failed_text(scene: Scene) -> Sent:
    """Put in a text that did not go."""
    talk = (await scene.lead.get("messages/conversations"))["items"][0]["id"]
    text = SmsMessage(conversation_id=talk, direction="out", body="Hello", kind="staff", status="failed", segments=1)
    text.not_after = scene.cafe.now + timedelta(minutes=30)
    await scene.cafe.world.change(lambda ctx: ctx.add(text))
    return Sent({"message_id": text.id})


async def a_broadcast(scene: Scene) -> Sent:
    """Let the five minutes since the one before go by."""
    if scene.cell.allowed:
        scene.cafe.world.clock.advance(timedelta(minutes=6))
    return Sent(body={"body": "Short wait", "audience": "open_orders"})


PHONE = "+61491570156"
STATION = {"station_id": 1}
DELTA = {"inventory": [{"code": "sugar", "delta": -1}]}
WEB = {"event_code": "HARBOUR", **wish(FULL)}

REQUESTS: dict[str, Ask] = {
    "GET /api/health": plain(),
    "GET /api/metrics": plain(),
    "GET /api/openapi.json": plain(),
    "GET /api/docs": plain(),
    "GET /api/redoc": plain(),
    "POST /api/auth/login": sign_in,
    "POST /api/auth/refresh": fresh_pair,
    "POST /api/auth/logout": plain(),
    "GET /api/auth/me": plain(),
    "POST /api/auth/change-password": plain(body={"current_password": PASSWORD, "new_password": "Crema-other-2025"}),
    "GET /api/users/": plain(),
    "GET /api/users/{user_id}": of_own,
    "POST /api/users/": new_user,
    "PUT /api/users/{user_id}": of_own,
    "POST /api/users/{user_id}/reset-password": of_barista,
    "GET /api/users/{user_id}/stats": of_own,
    "GET /api/events/": plain(),
    "POST /api/events/": an_event,
    "POST /api/events/{event_id}/activate": of_event,
    "POST /api/events/{event_id}/close": of_event,
    "GET /api/settings/event": plain(),
    "POST /api/settings/event": plain(body={"settings": {"late_minutes": 9}}),
    "GET /api/settings/station/{station_id}": plain(path=STATION),
    "POST /api/settings/station/{station_id}": plain(path=STATION, body={"settings": {"layout": "list"}}),
    "GET /api/settings/milk-colors": plain(),
    "POST /api/settings/milk-colors": plain(body={"milk_colors": [{"code": "oat", "sort": 3}]}),
    "GET /api/stations/": plain(),
    "GET /api/stations/{station_id}": plain(path=STATION),
    "POST /api/stations/": new_station,
    "PUT /api/stations/{station_id}": plain(path=STATION, body={"location": "By the door"}),
    "DELETE /api/stations/{station_id}": of_new_station,
    "POST /api/stations/{station_id}/status": plain(path=STATION, body={"status": "paused"}),
    "POST /api/stations/{station_id}/heartbeat": plain(path=STATION, body={"queue_seq": 1, "pending_local": 0}),
    "GET /api/menu/": plain(),
    "GET /api/menu/options": plain(),
    "POST /api/menu/": new_drink,
    "PUT /api/menu/{menu_item_id}": of_drink,
    "DELETE /api/menu/{menu_item_id}": of_new_drink,
    "PUT /api/menu/{menu_item_id}/recipe": of_recipe,
    "POST /api/menu/options": plain(body={"code": "extra_hot", "name": "Extra hot", "kind": "flag"}),
    "POST /api/menu/availability": plain(body={"station_id": 1, "milk": "almond", "available": False}),
    "GET /api/menu/availability": plain(),
    "GET /api/alerts/": plain(),
    "POST /api/alerts/{alert_id}/ack": of_alert,
    "POST /api/orders/": plain(body=wish(FULL)),
    "POST /api/orders/estimate": plain(body={"items": [FULL]}),
    "GET /api/orders/": plain(),
    "GET /api/orders/queue/station/{station_id}": plain(path=STATION),
    "GET /api/orders/{order_id}": of_cup(),
    "POST /api/orders/{order_id}/status": of_cup(status="in_progress"),
    "POST /api/orders/{order_id}/start": of_cup(),
    "POST /api/orders/{order_id}/put-back": of_cup("start"),
    "POST /api/orders/{order_id}/complete": of_cup("start"),
    "POST /api/orders/{order_id}/pick-up": of_cup("complete"),
    "POST /api/orders/{order_id}/undo": of_cup("complete"),
    "POST /api/orders/{order_id}/cancel": of_cup(reason="test"),
    "POST /api/orders/{order_id}/remake": of_cup("complete", reason="cold"),
    "POST /api/orders/{order_id}/move": of_cup(station_id=2),
    "POST /api/orders/move-batch": some_cups,
    "POST /api/orders/rebalance": plain(body={}),
    "PUT /api/orders/{order_id}": of_cup(notes="hot"),
    "POST /api/orders/{order_id}/priority": of_cup(priority="vip"),
    "GET /api/orders/{order_id}/label": of_cup(),
    "GET /api/inventory/station/{station_id}": plain(path=STATION),
    "POST /api/inventory/station/{station_id}": plain(path=STATION, body=DELTA),
    "POST /api/inventory/deplete": plain(
        body={"station_id": 1, "items": [{"code": "sugar", "quantity": 1}], "reason": "waste"}
    ),
    "POST /api/inventory/run-out": plain(body={"station_id": 1, "code": "chai_syrup"}),
    "GET /api/inventory/items": plain(),
    "POST /api/inventory/items": new_item,
    "PUT /api/inventory/items/{item_id}": of_new_item,
    "DELETE /api/inventory/items/{item_id}": of_new_item,
    "GET /api/inventory/movements": plain(),
    "POST /api/inventory/transfer": plain(
        body={"from_station_id": 1, "to_station_id": 2, "items": [{"code": "sugar", "quantity": 1}]}
    ),
    "POST /api/inventory/sync": plain(body={"dry_run": True}),
    "GET /api/inventory/": plain(),
    "GET /api/inventory/forecast": plain(),
    "GET /api/inventory/restock-requests": plain(),
    "POST /api/inventory/restock-requests": restock,
    "POST /api/inventory/restock-requests/{request_id}/accept": of_restock(),
    "POST /api/inventory/restock-requests/{request_id}/deliver": of_restock("accept", body={"quantity": 5}),
    "POST /api/inventory/restock-requests/{request_id}/cancel": of_restock(),
    "GET /api/schedules/today": plain(),
    "GET /api/schedules/week": plain(),
    "GET /api/schedules/": plain(),
    "GET /api/schedules/{schedule_id}": of_shift(),
    "POST /api/schedules/": new_shift,
    "PUT /api/schedules/{schedule_id}": of_shift(body={"notes": "Bring oat"}),
    "DELETE /api/schedules/{schedule_id}": of_shift(),
    "POST /api/schedules/check-in/{schedule_id}": of_shift(),
    "POST /api/schedules/check-out/{schedule_id}": of_shift("check-in/{}"),
    "POST /api/schedules/{schedule_id}/break/start": of_shift("check-in/{}"),
    "POST /api/schedules/{schedule_id}/break/end": of_shift("check-in/{}", "{}/break/start?force=true"),
    "GET /api/chat/messages": plain(query={"room": "all"}),
    "POST /api/chat/read": read_chat,
    "POST /api/chat/messages": plain(body={"room": "all", "message": "Hello"}),
    "POST /api/display/devices": plain(body={"name": "TV"}),
    "GET /api/display/devices": plain(),
    "POST /api/display/pair": pairing,
    "DELETE /api/display/devices/{device_id}": of_device,
    "GET /api/display/station/{station_id}": plain(path=STATION),
    "GET /api/display/all": plain(),
    "GET /api/sync/changes": plain(query={"since": 0}),
    "GET /api/sync/snapshot": plain(query=STATION),
    "POST /api/sync/batch": offline,
    "GET /api/stats/overview": plain(),
    "GET /api/stats/stations": plain(),
    "GET /api/stats/timeline": plain(query={"bucket": "15m"}),
    "GET /api/stats/inventory-usage": plain(),
    "GET /api/stats/performance": plain(),
    "GET /api/stats/export.csv": plain(query={"what": "orders"}),
    "GET /api/audit/": plain(),
    "GET /api/running": plain(),
    "GET /api/running/dead-letters": plain(),
    "POST /api/running/dead-letters/{id}/retry": set_aside,
    "GET /api/webhooks": plain(),
    "POST /api/webhooks": plain(body={"url": "https://hooks.example.org/"}),
    "GET /api/webhooks/events": plain(),
    "GET /api/webhooks/{id}": of_webhook(),
    "PATCH /api/webhooks/{id}": of_webhook(enabled=False),
    "DELETE /api/webhooks/{id}": of_webhook(),
    "POST /api/webhooks/{id}/secret": of_webhook(overlap_hours=1),
    "POST /api/webhooks/{id}/replay": of_webhook(after=0),
    "POST /api/webhooks/{id}/test": of_webhook(),
    "GET /api/webhooks/{id}/deliveries": of_webhook(),
    "GET /api/webhooks/{id}/deliveries/{delivery_id}": of_delivery,
    "POST /api/webhooks/{id}/deliveries/{delivery_id}/replay": of_delivery,
    "GET /api/public/menu": plain(),
    "GET /api/public/stations": plain(),
    "POST /api/public/orders": plain(body=WEB),
    "GET /api/public/orders/{token}": of_ticket(),
    "POST /api/public/orders/{token}/cancel": of_ticket(body={}),
    "POST /api/public/orders/{token}/phone": of_ticket(phone="+61491570006"),
    "POST /api/public/orders/{token}/feedback": of_ticket("complete", rating=5),
    "POST /api/sms/inbound": plain(body={}),
    "POST /api/sms/status": plain(body={}),
    "POST /api/sms/simulator/inbound": plain(body={"from": "+61491570157", "body": "MENU"}),
    "GET /api/sms/simulator/messages": plain(query={"phone": PHONE}),
    "GET /api/messages/conversations": plain(),
    "GET /api/messages/conversations/{conversation_id}": of_conversation(),
    "POST /api/messages/conversations/{conversation_id}/messages": of_conversation(body={"body": "Soon"}),
    "POST /api/messages/conversations/{conversation_id}/take-over": of_conversation(),
    "POST /api/messages/conversations/{conversation_id}/release": of_conversation(),
    "POST /api/messages/conversations/{conversation_id}/read": of_conversation(),
    "GET /api/messages/": plain(),
    "POST /api/messages/{message_id}/retry": of_failed_text,
    "POST /api/messages/broadcast": a_broadcast,
    "GET /api/settings/sms": plain(),
    "POST /api/settings/sms/test": plain(body={"to": PHONE}),
    "POST /api/group-orders/": plain(
        body={"group_name": "Kestrel", "contact_name": "Mina", "mode": "open", "contact_phone": PHONE}
    ),
    "GET /api/group-orders/validate-code/{code}": of_group(),
    "GET /api/group-orders/by-code/{code}": of_group(),
    "GET /api/group-orders/": plain(),
    "POST /api/group-orders/{code}/orders": of_group(body={"name": "Ben", **FULL}),
    "POST /api/group-orders/{code}/submit": of_group(),
    "POST /api/group-orders/{code}/cancel": of_group(),
    "PUT /api/group-orders/{code}": of_group(body={"notes": "By the stage"}),
    "POST /api/group-orders/{code}/collect": of_group("ready"),
    "POST /api/customers/forget": plain(body={"phone": "+61491570199"}),
    "GET /health": plain(),
    "GET /health/ready": plain(),
}
"""What each route is asked, so that whoever may call it comes as far as its rules."""

SIGNED = ("POST /api/sms/inbound", "POST /api/sms/status")
"""Routes that believe a signature alone."""
GUARDED: dict[str, list[str]] = {"take_sms": ["bad_signature"], "take_sms_report": ["bad_signature"]}


@pytest.mark.line_only
async def test_every_route_by_every_role(cafe: Cafe, world: World) -> None:
    """Who may call a route is let in; who may not gets 401 or 403, and nothing is told of it. All of them are called."""
    standing = Standing(cafe)
    await standing.set_up()

    async def scene(cell: Cell, number: int) -> Scene:
        await standing.reopen()
        return await Scene(standing, cell, number).arrive()

    found = await outcomes(world, REQUESTS, scene)
    assert "\n".join(broken(found, GUARDED, unsigned="not_signed_in")) == ""
    # A verb that answers each of its roles with a refusal of its rules would have been asked for nothing.
    said = [f"{one.cell}: {one.status} {one.code}" for one in found if one.cell.allowed and one.status >= 300]
    assert [each for each in said if not each.startswith(SIGNED)] == []
