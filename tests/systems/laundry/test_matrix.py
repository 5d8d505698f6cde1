"""Every route of the laundry by every role and by nobody, each with a target that is there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import bcrypt
import httpx
import pytest

from livefloor.testing.matrix import ANONYMOUS, Cell, Request, Sent, broken, outcomes, plain
from tests.systems.laundry.conftest import Person, Room
from tests.systems.laundry.visitors import PASSWORD, PIN, QUICK, admin, register

PIN_HASH = bcrypt.hashpw(PIN.encode(), bcrypt.gensalt(4)).decode()


class Scene:
    """The room for one cell, and who acts in it."""

    def __init__(self, room: Room, actor: Person | None, number: int) -> None:
        self.room = room
        self.actor = actor
        self.number = number

    @property
    def client(self) -> httpx.AsyncClient:
        """Return the client of who acts."""
        return self.actor.client if self.actor is not None else self.room.world.client()

    async def somebody(self) -> Person:
        """Bring in a student to whom it is done."""
        return await self.room.student(f"{200000 + self.number}")

    async def load(self, *, done: bool = False) -> dict[str, Any]:
        """Have a load of who acts, or of somebody else where staff act, in a machine of this cell alone."""
        owner = (
            self.actor if self.actor is not None and self.actor.student_id.startswith("7") else await self.somebody()
        )
        cycle = await owner.start(self.number % 88 + 10)
        if done:
            assert (await owner.ask("end", cycle["machine_id"])).status_code == 200
        return {name: cycle[name] for name in ("machine_type", "machine_id", "cycle_id")}

    @property
    def own_id(self) -> str:
        """Return the id of who acts."""
        return self.actor.id if self.actor is not None else "nobody"


async def to_somebody(scene: Scene) -> Sent:
    return Sent({"id": (await scene.somebody()).id})


async def of_own(scene: Scene) -> Sent:
    return Sent({"id": scene.own_id})


async def start(scene: Scene) -> Sent:
    return Sent(body={"machine_type": "dryer", "machine_id": scene.number % 88 + 10, "category": "normal"})


async def extend(scene: Scene) -> Sent:
    return Sent(body={**await scene.load(), "category": "extra_5"})


async def stop(scene: Scene) -> Sent:
    return Sent(body={**await scene.load(), "reason": "for the test"})


async def release(scene: Scene) -> Sent:
    return Sent(body={**await scene.load(done=True), "reason": "empty"})


async def nudge(scene: Scene) -> Sent:
    load = await scene.load(done=True)
    return Sent(body={"machine_type": "washer", "machine_id": load["machine_id"]})


async def report_status(scene: Scene) -> Sent:
    return Sent(body={"machine_type": "dryer", "machine_id": scene.number % 88 + 10, "seen": "running"})


async def clear(scene: Scene) -> Sent:
    load = await scene.load(done=True)
    return Sent({"machine_type": "washer", "machine_id": load["machine_id"]}, body={"place": "Basket shelf"})


async def enable(scene: Scene) -> Sent:
    """Let a danger be reported, so that a machine is out of order."""
    number = scene.number % 88 + 10
    assert (await (await scene.somebody()).report(number, fault="water_leak")).json()["is_disabled"]
    return Sent({"machine_type": "washer", "machine_id": number}, body={"resolution": "mended"})


async def own_entry(scene: Scene) -> Sent:
    """Let who acts join a list, where that is for them."""
    if scene.actor is not None:
        await scene.actor.ask("join", None, "dryer")
    return Sent(body={"machine_type": "dryer"})


async def suspended(scene: Scene) -> Sent:
    until = scene.room.now + timedelta(hours=3)
    return Sent({"id": (await scene.room.student(f"{200000 + scene.number}", waitlist_suspended_until=until)).id})


async def notification(scene: Scene) -> Sent:
    """Give who acts a notification."""
    from livefloor.parts.notifications import notify

    if scene.actor is None:
        return Sent({"id": "none"})
    user_id = scene.actor.id
    said = {"user_id": user_id, "kind": "security", "title": "Title", "message": "Message", "link": "/"}
    await scene.room.world.change(lambda ctx: notify(ctx, **said))
    return Sent({"id": (await scene.actor.get("notifications/"))["items"][0]["id"]})


async def change_user(scene: Scene) -> Sent:
    return Sent({"id": (await scene.somebody()).id}, body={"status": "blocked", "version": 1})


async def issue_code(scene: Scene) -> Sent:
    return Sent({"id": (await scene.somebody()).id}, body={"purpose": "pin_reset"})


async def registration(scene: Scene) -> Sent:
    return Sent(body={"student_id": f"{300000 + scene.number}", "pin": PIN, "phone_number": f"5550{scene.number:06}"})


async def fresh_pair(scene: Scene) -> Sent:
    made = await register(scene.room.world, f"{400000 + scene.number}", phone_number=f"5551{scene.number:06}")
    return Sent(body={"refresh_token": made["refresh_token"]})


async def sign_in(scene: Scene) -> Sent:
    student_id = f"{500000 + scene.number}"
    await register(scene.room.world, student_id, phone_number=f"5552{scene.number:06}")
    return Sent(body={"student_id": student_id, "pin": PIN})


async def new_staff(scene: Scene) -> Sent:
    body = {"staff_id": f"{600000 + scene.number}", "password": PASSWORD, "display_name": "New", "role": "staff"}
    return Sent(body=body)


async def a_fault(scene: Scene) -> Sent:
    """Let somebody report a fault that is to be handled."""
    reported = await (await scene.somebody()).report(5, fault="noise")
    return Sent({"id": reported.json()["id"]}, body={"status": "acknowledged", "version": 1})


async def an_entry(scene: Scene) -> Sent:
    """Let somebody join a list from which they are to be taken."""
    entry = await (await scene.somebody()).join()
    return Sent({"id": entry["id"]}, {"reason": "for the test"})


def of_webhook(**body: Any) -> Request[Scene]:
    """Ask about a webhook, which is there for who may see it."""

    async def request(scene: Scene) -> Sent:
        path = "/api/v1/admin/webhooks"
        made = await scene.client.post(path, json={"url": "https://127.1/"})  # led inside, and so not called
        return Sent({"id": made.json().get("id", "none")}, body=body or None)

    return request


MACHINE = {"machine_type": "washer", "machine_id": "6"}
CATEGORY = {"label": "Quick", "minutes": 15, "enabled": True, "sort": 9}
POINT = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
"""A point on the curve that push services use; nobody holds its key."""
KEYS = {"endpoint": "https://push.example.org/1", "keys": {"p256dh": POINT, "auth": "tBHItJI5svbpez7KI4CCXg"}}

REQUESTS: dict[str, Request[Scene]] = {
    "GET /api/health": plain(),
    "GET /api/metrics": plain(),
    "GET /api/openapi.json": plain(),
    "GET /api/docs": plain(),
    "GET /api/redoc": plain(),
    "GET /outbox": plain(),
    "GET /outbox/messages": plain(),
    "GET /api/v1/meta": plain(),
    "GET /api/v1/events": plain(),
    "POST /api/v1/debug/clock": plain(body={"advance_seconds": 0}),
    "POST /api/v1/auth/register": registration,
    "POST /api/v1/auth/login": sign_in,
    "POST /api/v1/auth/staff/login": plain(body={"staff_id": "900000", "password": PASSWORD}),
    "POST /api/v1/auth/refresh": fresh_pair,
    "POST /api/v1/auth/logout": plain(),
    "POST /api/v1/auth/pin/forgot": plain(body={"student_id": "100001"}),
    "POST /api/v1/auth/pin/reset": plain(body={"student_id": "100001", "code": "00000000", "new_pin": PIN}),
    "GET /api/v1/auth/sessions": plain(),
    "DELETE /api/v1/auth/sessions/{id}": plain(path={"id": "none"}),
    "GET /api/v1/machines/": plain(),
    "GET /api/v1/machines/{machine_type}/{machine_id}": plain(path=MACHINE),
    "POST /api/v1/machines/start": start,
    "POST /api/v1/machines/extend": extend,
    "POST /api/v1/machines/cancel": stop,
    "POST /api/v1/machines/end": stop,
    "POST /api/v1/machines/release": release,
    "POST /api/v1/machines/nudge": nudge,
    "POST /api/v1/machines/report-status": report_status,
    "GET /api/v1/cycles/": plain(),
    "GET /api/v1/waitlist/{machine_type}": plain(path={"machine_type": "washer"}),
    "POST /api/v1/waitlist/join": plain(body={"machine_type": "dryer"}),
    "POST /api/v1/waitlist/leave": own_entry,
    "POST /api/v1/waitlist/pass": own_entry,
    "POST /api/v1/faults/report": plain(body={"machine_type": "washer", "machine_id": 4, "description": "It hums"}),
    "GET /api/v1/faults/{machine_type}/{machine_id}": plain(path=MACHINE),
    "GET /api/v1/faults/": plain(),
    "PATCH /api/v1/faults/{id}": a_fault,
    "GET /api/v1/fault-photos/{id}": plain(path={"id": "none"}),
    "GET /api/v1/activities/": plain(),
    "GET /api/v1/activities/user/{id}": of_own,
    "GET /api/v1/profile/me": plain(),
    "PUT /api/v1/profile/update": plain(body={"display_name": "Otter"}),
    "PUT /api/v1/profile/pin": plain(body={"current_pin": PIN, "new_pin": "8264"}),
    "DELETE /api/v1/profile/me": plain(body={"pin": PIN}),
    "GET /api/v1/notifications/": plain(),
    "PUT /api/v1/notifications/read-all": plain(),
    "PUT /api/v1/notifications/{id}/read": notification,
    "DELETE /api/v1/notifications/{id}": notification,
    "POST /api/v1/notifications/push-subscriptions": plain(body=KEYS),
    "DELETE /api/v1/notifications/push-subscriptions/{id}": plain(path={"id": "none"}),
    "POST /api/v1/admin/machines/{machine_type}/{machine_id}/disable": plain(
        path=MACHINE, body={"reason": "for the test"}
    ),
    "POST /api/v1/admin/machines/{machine_type}/{machine_id}/enable": enable,
    "POST /api/v1/admin/machines/{machine_type}/{machine_id}/clear": clear,
    "POST /api/v1/admin/machines": plain(body={"machine_type": "dryer"}),
    "PATCH /api/v1/admin/machines/{machine_type}/{machine_id}": plain(
        path=MACHINE, body={"label": "Six", "version": 1}
    ),
    "DELETE /api/v1/admin/machines/{machine_type}/{machine_id}": plain(
        path={"machine_type": "washer", "machine_id": "3"}
    ),
    "DELETE /api/v1/admin/waitlist/{id}": an_entry,
    "GET /api/v1/admin/users": plain(),
    "GET /api/v1/admin/users/{id}": to_somebody,
    "PATCH /api/v1/admin/users/{id}": change_user,
    "POST /api/v1/admin/users/{id}/unlock": to_somebody,
    "POST /api/v1/admin/users/{id}/reset-code": issue_code,
    "POST /api/v1/admin/users/{id}/revoke-sessions": to_somebody,
    "POST /api/v1/admin/users/{id}/lift-suspension": suspended,
    "POST /api/v1/admin/staff": new_staff,
    "GET /api/v1/admin/categories": plain(),
    "PUT /api/v1/admin/categories/{machine_type}/{code}": plain(
        path={"machine_type": "washer", "code": "quick"}, body=CATEGORY
    ),
    "GET /api/v1/admin/settings": plain(),
    "PATCH /api/v1/admin/settings": plain(body={"waitlist_max": 40, "version": 1}),
    "GET /api/v1/admin/roster": plain(),
    "POST /api/v1/admin/roster": plain(body={"student_ids": ["123456"]}),
    "DELETE /api/v1/admin/roster/{student_id}": plain(path={"student_id": "123456"}),
    "GET /api/v1/admin/guard": plain(),
    "PUT /api/v1/admin/guard": plain(body={"mode": "auto"}),
    "GET /api/v1/admin/audit": plain(),
    "GET /api/v1/admin/running": plain(),
    "GET /api/v1/admin/running/dead-letters": plain(),
    "POST /api/v1/admin/running/dead-letters/{id}/retry": plain(path={"id": "none"}),
    "GET /api/v1/admin/webhooks": plain(),
    "POST /api/v1/admin/webhooks": plain(body={"url": "https://hooks.example.org/"}),
    "GET /api/v1/admin/webhooks/events": plain(),
    "GET /api/v1/admin/webhooks/{id}": of_webhook(),
    "POST /api/v1/admin/webhooks/{id}/test": of_webhook(),
    "GET /api/v1/admin/webhooks/{id}/deliveries/{delivery_id}": plain(path={"id": "none", "delivery_id": "none"}),
    "POST /api/v1/admin/webhooks/{id}/deliveries/{delivery_id}/replay": plain(
        path={"id": "none", "delivery_id": "none"}
    ),
    "PATCH /api/v1/admin/webhooks/{id}": of_webhook(enabled=False),
    "DELETE /api/v1/admin/webhooks/{id}": of_webhook(),
    "POST /api/v1/admin/webhooks/{id}/secret": of_webhook(overlap_hours=1),
    "POST /api/v1/admin/webhooks/{id}/replay": of_webhook(after=0),
    "GET /api/v1/admin/webhooks/{id}/deliveries": of_webhook(),
    "GET /api/v1/insights/quiet-times": plain(),
    "GET /api/v1/admin/insights": plain(),
}
"""What each route is asked, so that whoever may call it comes as far as its rules."""


@pytest.mark.world(environ={**QUICK, "LIVEFLOOR_LAUNDRY_MACHINES_PER_TYPE": "98"})
async def test_every_route_by_every_role(room: Room) -> None:
    """Who may call a route is let in; who may not gets 401 or 403, and nothing is told of it. All of them are called."""
    world = room.world
    await admin(world)

    async def scene(cell: Cell, number: int) -> Scene:
        return Scene(room, await person(room, cell.role, number), number)

    found = await outcomes(world, REQUESTS, scene)
    assert broken(found) == []
    verbs = len(world.system.verbs())
    assert len(found) == verbs * 4
    assert Counter(one.cell.role for one in found) == dict.fromkeys((ANONYMOUS, "student", "staff", "admin"), verbs)
    # A verb that answers each of its roles with a refusal of its rules would have been asked for nothing.
    good = {one.cell.verb.route.path for one in found if one.status < 300}
    assert {one.cell.verb.route.path for one in found} - good == {
        "/api/v1/auth/pin/reset", "/api/v1/auth/sessions/{id}", "/api/v1/fault-photos/{id}",
        "/api/v1/notifications/push-subscriptions/{id}", "/api/v1/waitlist/pass", "/api/v1/admin/running/dead-letters/{id}/retry",
        "/api/v1/admin/webhooks/{id}/deliveries/{delivery_id}", "/api/v1/admin/webhooks/{id}/deliveries/{delivery_id}/replay",
    }  # fmt: skip


async def person(room: Room, role: str, number: int) -> Person | None:
    """Bring in somebody of a role."""
    if role == ANONYMOUS:
        return None
    if role == "student":
        return await room.student(f"{700000 + number}", pin_hash=PIN_HASH, pin_scheme="bcrypt")
    return await (room.staff if role == "staff" else room.admin)(f"{800000 + number}")
