"""A running system in a test and the people in it, each signed in with a client of their own; and what they are answered."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, Self

import httpx

from livefloor.identity.sessions import Session
from livefloor.store.models import Account
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World
from livefloor.work.ctx import Ctx

LONG = timedelta(days=400)


class Entered(NamedTuple):
    """Whoever has been signed in: the id, a token, and a client that holds it."""

    id: str
    token: str
    client: httpx.AsyncClient


class Place:
    """A running system, and how people come into it; all their clients are closed when it is left."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    @property
    def now(self) -> datetime:
        """Return the time there."""
        return self.world.clock.now()

    async def client(self, token: str | None = None, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        """Return a client, of nobody unless it is given a token."""
        return await self._stack.enter_async_context(self.world.client(token, address, **headers))

    async def enter(self, user: Account) -> Entered:
        """Keep an account and sign it in for so long that tests need not think of it."""

        async def bring_in(ctx: Ctx) -> tuple[Session, str]:
            return await sign_in(ctx, await ctx.add(user), LONG)

        session, token = await self.world.change(bring_in)
        return Entered(session.user_id, token, await self.client(token))


class Person:
    """Somebody who is signed in, and what they ask below one path."""

    below: ClassVar[str] = "/api"

    def __init__(self, entered: Entered) -> None:
        self.id, self.token, self.client = entered

    async def get(self, path: str, **query: Any) -> Any:
        """Return what a path shows."""
        return good(await self.client.get(f"{self.below}/{path}", params=query))

    async def do(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request to a path; `If_Match` in headers is If-Match."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, f"{self.below}/{path}", json=body, headers=given)

    async def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """Send a POST that works; return the body."""
        return good(await self.do("POST", path, body, **headers), status)

    async def put(self, path: str, body: Any = None) -> Any:
        """Send a PUT that works; return the body."""
        return good(await self.do("PUT", path, body))


def good(answer: httpx.Response, status: int = 200) -> Any:
    """Return the body of an answer that is as it should be."""
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return the body of a refusal that is as it should be."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    body: dict[str, Any] = answer.json()
    return body
