"""The same refresh token used many times at once, within the grace and after it (section 3 of the spec)."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
from sqlalchemy import bindparam, select

from livefloor.identity.sessions import Session
from tests.systems.laundry.conftest import Room

SESSIONS = select(Session).where(Session.user_id == bindparam("user_id"))


async def registered(room: Room) -> dict[str, Any]:
    """Register somebody over HTTP."""
    async with room.world.client() as client:
        body = {"student_id": "100001", "pin": "7305", "phone_number": "5551234567"}
        answer = await client.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def refresh(room: Room, token: str) -> httpx.Response:
    """Use a refresh token."""
    async with room.world.client() as client:
        return await client.post("/api/v1/auth/refresh", json={"refresh_token": token})


async def test_two_tabs_refresh_at_once(room: Room) -> None:
    """Within the grace each use gives a valid pair of the same session."""
    first = await registered(room)
    answers = await room.world.race([partial(refresh, room, first["refresh_token"])] * 10)
    assert [answer.status_code for answer in answers] == [200] * 10
    assert len({answer.json()["refresh_token"] for answer in answers}) == 10
    for answer in answers:
        async with room.world.client(answer.json()["access_token"]) as client:
            assert (await client.get("/api/v1/profile/me")).status_code == 200
    assert len(await room.world.look(lambda look: look.all(SESSIONS, user_id=first["user"]["id"]))) == 1
    assert "session.revoked" not in [one.event.name for one in await room.world.events()]


async def test_a_used_token_at_once_ends_the_session_once(room: Room) -> None:
    """After the grace every use is refused, the session ends once and its owner is told once."""
    first = await registered(room)
    second = (await refresh(room, first["refresh_token"])).json()
    await room.world.advance(seconds=31)
    answers = await room.world.race([partial(refresh, room, first["refresh_token"])] * 10)
    assert {answer.status_code for answer in answers} == {401}
    codes = [answer.json()["code"] for answer in answers]
    assert codes.count("refresh_reused") == 1
    assert set(codes) == {"refresh_reused", "session_revoked"}
    revoked = [one.event for one in await room.world.events() if one.event.name == "session.revoked"]
    assert [event.cause for event in revoked] == ["reuse"]  # type: ignore[attr-defined]
    assert (await refresh(room, second["refresh_token"])).json()["code"] == "session_revoked"
    async with room.world.client(second["access_token"]) as client:
        assert (await client.get("/api/v1/profile/me")).status_code == 401


async def test_the_thief_and_the_owner_refresh_at_once_after_the_grace(room: Room) -> None:
    """An old token and the current one at the same moment: whichever comes first, the session ends."""
    first = await registered(room)
    second = (await refresh(room, first["refresh_token"])).json()
    await room.world.advance(seconds=31)
    old, new = await room.world.race(
        [partial(refresh, room, first["refresh_token"]), partial(refresh, room, second["refresh_token"])]
    )
    assert (old.status_code, old.json()["code"]) == (401, "refresh_reused")
    assert new.status_code in (200, 401)
    found = await room.world.look(lambda look: look.all(SESSIONS, user_id=first["user"]["id"]))
    assert [session.revoke_cause for session in found] == ["reuse"]
    if new.status_code == 200:
        assert (await refresh(room, new.json()["refresh_token"])).json()["code"] == "session_revoked"
