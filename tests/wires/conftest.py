"""The shop on a real server, with people signed in to it."""

from collections.abc import AsyncIterator

import pytest

from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import people, system

__all__ = ["people", "port", "system"]


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    """Give the port of a real server."""
    async with served(world.runtime) as port:
        yield port
