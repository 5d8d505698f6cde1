"""The shop in a world, and people signed in to it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import httpx
import pytest

from livefloor import Ctx, System
from livefloor.identity.sessions import Session
from livefloor.identity.tokens import Tokens
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World
from tests.platform.shop import User
from tests.platform.shop import system as shop


@pytest.fixture
def system() -> System:
    """Let the platform's tests run on the shop."""
    return shop


class People:
    """Makes accounts of the shop and clients that act for them."""

    def __init__(self, world: World, stack: AsyncExitStack) -> None:
        self.world = world
        self._stack = stack

    async def account(self, role: str = "mechanic") -> Session:
        """Return the session of a new account."""

        async def make(ctx: Ctx) -> Session:
            user = await ctx.add(User(role=role, display_name=role))
            return (await sign_in(ctx, user))[0]

        return await self.world.change(make)

    def signed(self, session: Session, role: str = "mechanic") -> str:
        """Return an access token of a session, good for a day."""
        tokens = Tokens(self.world.runtime.means.secrets["secret_key"])
        return tokens.issue(session.user_id, session.id, role, self.world.clock.now(), timedelta(hours=24))

    async def token(self, role: str = "mechanic") -> str:
        """Return an access token of a new account."""
        return self.signed(await self.account(role), role)

    async def client(self, role: str = "mechanic") -> httpx.AsyncClient:
        """Return a client of a new account."""
        return await self.with_token(await self.token(role))

    async def with_token(self, token: str) -> httpx.AsyncClient:
        """Return a client that holds this token."""
        return await self._stack.enter_async_context(self.world.client(token))

    async def anonymous(self) -> httpx.AsyncClient:
        """Return a client without an account."""
        return await self._stack.enter_async_context(self.world.client())


@pytest.fixture
async def people(world: World) -> AsyncIterator[People]:
    """Give the people of this world."""
    async with AsyncExitStack() as stack:
        yield People(world, stack)
