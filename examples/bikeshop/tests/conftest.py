"""The system in a world of its own, with a clock that the test moves, and people in it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from bikeshop import User, system

from livefloor import Ctx
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World(system) as world:
        yield world


Somebody = Callable[[str, str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
def somebody(world: World) -> Somebody:
    """Give what makes an account and returns a client that acts for it."""

    async def somebody(username: str, role: str) -> httpx.AsyncClient:
        async def make(ctx: Ctx) -> str:
            user = await ctx.add(User(username=username, role=role, display_name=username))
            return (await sign_in(ctx, user))[1]

        return world.client(await world.change(make))

    return somebody
