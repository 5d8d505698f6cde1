"""The room full of people: students and staff who are signed in, each with a client of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from livefloor import Recorded
from livefloor.systems.laundry.models import User
from livefloor.testing import people
from livefloor.testing.people import Entered, Place, good, refused
from livefloor.testing.world import World

__all__ = ["Person", "Room", "good", "refused"]


class Person(people.Person):
    """Somebody who is signed in, and what they do in the room."""

    below = "/api/v1"

    def __init__(self, room: Room, entered: Entered, student_id: str) -> None:
        super().__init__(entered)
        self.room = room
        self.student_id = student_id

    async def ask(self, verb: str, number: int | None = None, kind: str = "washer", **said: Any) -> httpx.Response:
        """Do something to a machine (`start`, `end`, …), or to a list when no number is given (`join`, …)."""
        if number is None:
            return await self.do("POST", f"waitlist/{verb}", {"machine_type": kind, **said})
        return await self.do("POST", f"machines/{verb}", {"machine_type": kind, "machine_id": number, **said})

    async def start(self, number: int, kind: str = "washer", category: str = "normal", **said: Any) -> dict[str, Any]:
        """Start a machine; it works."""
        return good(await self.ask("start", number, kind, category=category, **said), 201)

    async def join(self, kind: str = "washer") -> dict[str, Any]:
        """Join a list; it works."""
        return good(await self.ask("join", None, kind), 201)

    async def report(self, number: int, kind: str = "washer", fault: str = "other", **said: Any) -> httpx.Response:
        """Report a fault."""
        body = {"machine_type": kind, "machine_id": number, "kind": fault, "description": "It is broken", **said}
        return await self.do("POST", "faults/report", body)

    async def machine(self, number: int, kind: str = "washer") -> dict[str, Any]:
        """Return a machine as it stands."""
        found: dict[str, Any] = await self.get(f"machines/{kind}/{number}")
        return found

    async def list(self, kind: str = "washer") -> list[dict[str, Any]]:
        """Return a list."""
        found: list[dict[str, Any]] = (await self.get(f"waitlist/{kind}"))["items"]
        return found

    async def notices(self) -> list[str]:
        """Return the kinds of one's notifications, oldest first."""
        return [item["notification_type"] for item in reversed((await self.get("notifications/", limit=200))["items"])]


class Room(Place):
    """The room, and how people come into it."""

    _count = 0

    async def student(self, student_id: str | None = None, **columns: Any) -> Person:
        """Bring in a student."""
        self._count += 1
        return await self._person("student", student_id or f"{100000 + self._count}", **columns)

    async def students(self, count: int) -> list[Person]:
        """Bring in so many students."""
        return [await self.student() for _ in range(count)]

    async def staff(self, staff_id: str = "900001") -> Person:
        """Bring in a member of the staff."""
        return await self._person("staff", staff_id, display_name="Sam")

    async def admin(self, staff_id: str = "900000") -> Person:
        """Bring in an admin."""
        return await self._person("admin", staff_id, display_name="Ada")

    async def _person(self, role: str, student_id: str, **columns: Any) -> Person:
        columns = {"display_name": None, **columns}
        entered = await self.enter(User(role=role, student_id=student_id, **columns))
        return Person(self, entered, student_id)

    async def settings(self, admin: Person, **changed: Any) -> None:
        """Let an admin change settings of the room."""
        version = (await admin.get("admin/settings"))["version"]
        good(await admin.do("PATCH", "admin/settings", {"version": version, **changed}))

    async def fill(self, people: Sequence[Person], kind: str = "washer", category: str = "normal") -> None:
        """Let each of these people start the machine of their number."""
        for number, person in enumerate(people, start=1):
            await person.start(number, kind, category)

    async def names(self, after: int = 0) -> list[str]:
        """Return the names of the events after a number, without those of the feed and the notifications."""
        return [found.event.name for found in await self.told(after)]

    async def told(self, after: int = 0) -> list[Recorded]:
        """Return the events after a number that are about machines, lists and faults."""
        kinds = ("machine.", "waitlist.", "fault.")
        return [found for found in await self.world.events(after) if found.event.name.startswith(kinds)]


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    """Give the room with twelve machines and nobody in it yet."""
    async with Room(world) as room:
        yield room
