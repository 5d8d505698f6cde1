"""Schemathesis over every route of the laundry, as a student, as staff and as an admin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from livefloor.parts.notifications import notify
from livefloor.systems.laundry import system as laundry
from livefloor.testing.world import World
from tests.conftest import Run
from tests.contracts import fuzzing
from tests.systems.laundry.conftest import Person, Room
from tests.systems.laundry.test_matrix import KEYS
from tests.systems.laundry.visitors import QUICK

EXAMPLES, ON_POSTGRES = 3, 1
"""For each route, role and kind of data: what keeps to the description, and what breaks it. The same again, but fewer, on PostgreSQL."""


def group_of(path: str) -> str:
    """Return the first words of a path."""
    words = path.removeprefix("/api/v1").strip("/").split("/")
    return "/".join(words[:2]) if words[0] == "admin" else words[0]


ROUTES = fuzzing.Routes(laundry, ("student", "staff", "admin"), group_of)


class Stage(fuzzing.Stage):
    """A room in which something is going on."""

    def __init__(self, room: Room, role: str) -> None:
        super().__init__(role)
        self.room = room
        self.person: Person
        self._count = 0

    async def set_up(self) -> None:
        """Fill the room, so that what is asked meets something."""
        await self.renew()
        people = await self.room.students(7)
        staff = await self.room.staff()
        await self.room.fill(people[:5])
        await people[0].ask("end", 1)
        await people[1].ask("end", 2, collected=True)
        joined = [await one.join() for one in people[4:]]
        reported = [await one.report(number, "dryer", "noise") for number, one in enumerate(people[:5], start=1)]
        await self.room.world.advance(minutes=11)
        own = self.person.id
        said = {"user_id": own, "kind": "security", "title": "Title", "message": "Message", "link": "/"}
        await self.room.world.change(lambda ctx: notify(ctx, **said))
        notices = await self.person.get("notifications/")
        machine = await people[0].machine(1)
        sessions = await self.person.get("auth/sessions")
        boss = await self.room.admin("900099")
        hook = (await boss.client.post("/api/v1/admin/webhooks", json={"url": "https://hooks.example.org/"})).json()
        self.ids = {
            "notifications": [item["id"] for item in notices["items"]],
            "users": [own, people[0].id, people[6].id, staff.id],
            "user": [own, people[0].id],
            "waitlist": [entry["id"] for entry in joined],
            "faults": [answer.json()["id"] for answer in reported],
            "sessions": [item["id"] for item in sessions["items"]],
            "webhooks": [hook["id"]],
        }
        self.known = {
            "machine_type": ["washer", "dryer"],
            "machine_id": [1, 2, 3, 4, 5, 6],
            "cycle_id": [machine["cycle_id"], (await people[2].machine(3))["cycle_id"]],
            "category": ["normal", "extra_5"],
            "code": ["normal", "extra_5"],
            "student_id": [people[0].student_id, "100999", "123450"],
            "user_id": [own, people[0].id],
            "place": ["Basket shelf"],
            "version": [1, 2, 3],
            "pin": ["7305"],
            "new_pin": ["8264"],
            "phone_number": ["5551234567"],
            "endpoint": ["https://push.example.org/1"],
            "keys": [KEYS["keys"]],
            "url": ["https://hooks.example.org/"],
            "events": [["machine"], ["*"]],
            "after": ["0.0", notices_position(await self.room.world.head())],
        }

    async def renew(self) -> None:
        """Sign in somebody of the role: the one before may have signed out, or be blocked."""
        self._count += 1
        make = {"student": self.room.student, "staff": self.room.staff, "admin": self.room.admin}[self.role]
        self.person = await make(f"{900100 + self._count}")
        self.client = self.person.client


def notices_position(head: int) -> str:
    """Return a position near the end of the log."""
    return f"{max(0, head - 3)}.0"


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    """Give the room."""
    async with Room(world) as room:
        yield room


@pytest.mark.world(environ=QUICK)
@pytest.mark.parametrize(("group", "role"), ROUTES.params)
def test_every_answer_is_described(run: Run[Any], room: Room, group: str, role: str) -> None:
    """Whatever a route is asked, it answers as the document says it may."""
    examples = ON_POSTGRES if room.world.settings.is_postgres else EXAMPLES
    failures = ROUTES.failures(run, Stage(room, role), group, examples)
    assert not failures, "\n\n".join(failures)


def test_every_route_is_asked() -> None:
    """The routes of the document are those of the declaration."""
    ROUTES.check_complete()
