"""Schemathesis over every route, as a student, as staff and as an admin: no 500, and no answer that is not described."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from livefloor.http.openapi import document
from livefloor.kernel.settings import read_settings
from livefloor.parts.notifications import notify
from livefloor.systems.laundry import system as laundry
from livefloor.testing.world import World
from tests.conftest import Run
from tests.systems.laundry.conftest import Person, Room
from tests.systems.laundry.test_matrix import KEYS
from tests.systems.laundry.visitors import QUICK

EXAMPLES, ON_POSTGRES = 8, 3
"""For each route, role and kind of data: what keeps to the description, and what breaks it. The same again, but fewer, on PostgreSQL."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ROLES = ("student", "staff", "admin")

SCHEMA = schemathesis.openapi.from_dict(
    document(laundry, read_settings(laundry.settings, laundry.name, {"LIVEFLOOR_TEST_CLOCK": "1"}, alone=True))
)
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


def group_of(operation: APIOperation[Any]) -> str:
    """Return the first words of a path, by which the routes are shared out among the workers."""
    words = operation.path.removeprefix("/api/v1").strip("/").split("/")
    return "/".join(words[:2]) if words[0] == "admin" else words[0]


GROUPS: dict[str, list[APIOperation[Any]]] = defaultdict(list)
for _operation in OPERATIONS:
    GROUPS[group_of(_operation)].append(_operation)

ALLOWED = {(verb.route.method, verb.route.path): verb.allow.names for verb in laundry.verbs()}
ASKED = [
    pytest.param(group, role, id=f"{group}-{role}")
    for group, operations in GROUPS.items()
    for role in ROLES
    if any(role in ALLOWED[operation.method.upper(), operation.path] for operation in operations)
    or (
        role == "student"
        and any("public" in ALLOWED[operation.method.upper(), operation.path] for operation in operations)
    )
]
"""Who asks what: refusals of roles that may not are the matrix's (tests/systems/laundry/test_matrix.py)."""


class Stage:
    """A room in which something is going on, and the person in whose name all is asked."""

    def __init__(self, room: Room, role: str) -> None:
        self.room = room
        self.role = role
        self.known: dict[str, list[Any]] = {}
        self.ids: dict[str, list[str]] = {}
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
        self.ids = {
            "notifications": [item["id"] for item in notices["items"]],
            "users": [own, people[0].id, people[6].id, staff.id],
            "user": [own, people[0].id],
            "waitlist": [entry["id"] for entry in joined],
            "faults": [answer.json()["id"] for answer in reported],
            "sessions": [item["id"] for item in sessions["items"]],
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
            "after": ["0.0", notices_position(await self.room.world.head())],
        }

    async def renew(self) -> None:
        """Sign in somebody of the role: the one before may have signed out, or be blocked."""
        self._count += 1
        make = {"student": self.room.student, "staff": self.room.staff, "admin": self.room.admin}[self.role]
        self.person = await make(f"{900100 + self._count}")

    def aim(self, case: Case, chance: Random) -> None:
        """Put what is there in place of some of what was made up."""
        body = case.body if isinstance(case.body, dict) else {}
        for given_values in (case.path_parameters, case.query, body):
            for name in given_values or ():
                if name in self.known and chance.random() < 0.6:
                    given_values[name] = chance.choice(self.known[name])
        there = [ids for word, ids in self.ids.items() if word in case.operation.path.split("/")]
        if there and "id" in (case.path_parameters or ()) and chance.random() < 0.8:
            case.path_parameters["id"] = chance.choice(there[0])
        for name in case.path_parameters or ():
            case.path_parameters[name] = quote(str(case.path_parameters[name]), safe="") or "_"

    async def send(self, case: Case) -> httpx.Response:
        """Send a case in the person's name."""
        sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
        headers = {name: value for name, value in sent.headers.items() if name.lower() != "authorization"}
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body
        answer = await self.person.client.request(sent.method, sent.url, headers=headers, content=body)
        if answer.status_code == 401:
            await self.renew()
        return answer


def notices_position(head: int) -> str:
    """Return a position near the end of the log."""
    return f"{max(0, head - 3)}.0"


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    """Give the room."""
    async with Room(world) as room:
        yield room


@pytest.mark.world(environ=QUICK)
@pytest.mark.parametrize(("group", "role"), ASKED)
def test_every_answer_is_described(run: Run[Any], room: Room, group: str, role: str) -> None:
    """Whatever a route is asked, it answers as the document says it may."""
    stage = Stage(room, role)
    run(stage.set_up())
    failures = [failure for operation in GROUPS[group] for failure in failures_of(run, stage, operation)]
    assert not failures, "\n\n".join(failures)


def failures_of(run: Run[Any], stage: Stage, operation: APIOperation[Any]) -> Iterator[str]:
    """Ask a route many things; yield what it answered that it should not have."""
    takes_something = bool(operation.body) or any(True for _ in operation.iter_parameters())
    for mode in GenerationMode if takes_something else (GenerationMode.POSITIVE,):
        try:
            cases = operation.as_strategy(generation_mode=mode)
            ask(run, stage, cases)
        except (Exception, FailureGroup) as error:
            yield f"{operation.label} as {stage.role}, {mode.value} data: {error}"


def ask(run: Run[Any], stage: Stage, cases: Any) -> None:
    """Ask what a strategy makes up."""

    @settings(
        max_examples=ON_POSTGRES if stage.room.world.settings.is_postgres else EXAMPLES, deadline=None, database=None, derandomize=True,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases, seed=st.integers(0, 2**32))
    def one(case: Case, seed: int) -> None:
        stage.aim(case, Random(seed))
        case.validate_response(run(stage.send(case)), checks=CHECKS)

    one()


def test_every_route_is_asked() -> None:
    """The routes of the document are those of the declaration."""
    asked = {
        (one.method.upper(), one.path) for group, _ in (param.values for param in ASKED) for one in GROUPS[str(group)]
    }
    assert asked == {(verb.route.method, verb.route.path) for verb in laundry.verbs()}
