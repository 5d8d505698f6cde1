"""People at the door: who registers, signs in, or only tries to."""

from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import select

from livefloor import SYSTEM, Flow
from livefloor.identity.lockout import LoginAttempt
from livefloor.systems.laundry.signin import create_admin
from livefloor.testing.world import World

PIN, WRONG, PASSWORD = "7305", "8264", "rinse-and-spin-42"
PHONE = "5551234567"

QUICK = {"LIVEFLOOR_BCRYPT_ROUNDS": "4"}
PRODUCTION = {"LIVEFLOOR_ENV": "production"}


async def post(
    world: World, path: str, body: dict[str, Any] | None, address: str = "10.0.0.1", token: str | None = None
) -> httpx.Response:
    """Post to a path below /api/v1 from an address."""
    async with world.client(token, address) as client:
        return await client.post(f"/api/v1/{path}", json=body)


async def call(
    world: World, method: str, path: str, token: str | None, body: Any = None, address: str = "10.0.0.1"
) -> httpx.Response:
    """Call a path below /api/v1."""
    async with world.client(token, address) as client:
        return await client.request(method, f"/api/v1/{path}", json=body)


async def register(world: World, student_id: str = "100001", address: str = "127.0.0.1", **said: Any) -> dict[str, Any]:
    """Register a student; return the answer."""
    body = {"student_id": student_id, "pin": PIN, "phone_number": PHONE, **said}
    answer = await post(world, "auth/register", body, address)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def login(
    world: World, student_id: str = "100001", pin: str = PIN, address: str = "10.0.0.1", **said: Any
) -> httpx.Response:
    """Sign in, or try to."""
    return await post(world, "auth/login", {"student_id": student_id, "pin": pin, **said}, address)


async def admin(world: World, staff_id: str = "900000") -> dict[str, Any]:
    """Make an admin by the command line's function and sign in."""
    flow = Flow(world.runtime.executor, SYSTEM, world.clock.now())
    await create_admin(flow, staff_id, PASSWORD, "Ada")
    return await staff_login(world, staff_id)


async def staff_login(world: World, staff_id: str, address: str = "10.9.9.9", **said: Any) -> dict[str, Any]:
    """Sign in a member of the staff; return the answer."""
    answer = await post(world, "auth/staff/login", {"staff_id": staff_id, "password": PASSWORD, **said}, address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def staff(world: World, by: dict[str, Any], staff_id: str = "900001", role: str = "staff") -> dict[str, Any]:
    """Let an admin make a member of the staff, and sign that one in."""
    body = {"staff_id": staff_id, "password": PASSWORD, "display_name": "Sam", "role": role}
    answer = await post(world, "admin/staff", body, token=by["access_token"])
    assert answer.status_code == 201, answer.text
    return await staff_login(world, staff_id)


async def attempts(world: World, **where: Any) -> Sequence[LoginAttempt]:
    """Return the tries that were written down, oldest first."""
    statement = select(LoginAttempt).where(LoginAttempt.kind != "register").order_by(LoginAttempt.at, LoginAttempt.id)
    for name, value in where.items():
        statement = statement.where(getattr(LoginAttempt, name) == value)
    return await world.look(lambda look: look.all(statement))


def codes_of(answers: Sequence[httpx.Response]) -> list[tuple[int, str | None]]:
    """Return the status of answers, and the code of refusals."""
    return [(answer.status_code, answer.json()["code"] if answer.is_error else None) for answer in answers]
