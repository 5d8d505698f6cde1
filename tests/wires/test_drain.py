"""The end of a server: it says that it is not ready, then sends its clients away one after the other, and takes no new ones."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from livefloor.serve import App
from livefloor.server import spread
from livefloor.testing.server import Process, free_port, process, served
from livefloor.testing.world import World
from tests.conftest import Postgres, Run
from tests.platform.conftest import People
from tests.platform.shop import system as shop
from tests.wires.lines import PATIENCE_S, opened
from tests.wires.test_authority_live import KEY, SETTINGS, tell

WINDOW_S = 5
WIRES = ("websocket", "sse", "socketio", "pusher", "polling")
CODES = {"websocket": 1001, "socketio": 1001, "pusher": 4200}


@pytest.fixture
def database_url(postgres: Postgres, run: Run[str]) -> str:
    """Give a database that the test may write beside the server."""
    return postgres.url(run(postgres.create(shop)))


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Give a process that only writes, with the clock of the server."""
    async with World(shop, database_url=database_url, environ=SETTINGS, start=datetime.now(UTC)) as world:
        yield world


@pytest.fixture(params=[(), ("--workers", "2")], ids=["one", "workers"])
def server(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Process:
    """Give the server."""
    said = {**SETTINGS, "LIVEFLOOR_DATABASE_URL": database_url, "LIVEFLOOR_DRAIN_SECONDS": str(WINDOW_S)}
    arguments = ("tests.platform.shop:system", *request.param)
    with process(*arguments, data=tmp_path, port=free_port(), wait=False, **said) as server:
        server.wait_until_ready("/readyz", within_s=120)
        yield server


async def test_a_server_that_is_ended_drains(world: World, people: People, server: Process) -> None:
    """`/readyz` says 503 while clients are still served; they are sent away in turn, none new is taken; the status is 0."""
    async with AsyncExitStack() as stack:
        tokens = [await people.token() for _ in range(2)]
        lines = [await opened(stack, wire, server.port, token, key=KEY) for token in tokens for wire in WIRES]
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S))
        os.kill(server.pid, signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            while (answer := await client.get("/readyz")).status_code == 200:
                pass
        assert (answer.status_code, answer.json()) == (503, {"status": "draining"})
        assert (await client.get("/healthz")).json() == {"status": "alive"}
        assert not all(line.ended for line in lines)
        await tell(world, "late")
        assert (await client.get("/api/count")).status_code == 200
        await refused(client, server, tokens[0])
        ends = [asyncio.create_task(line.until_ended()) for line in lines]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        await tell(world, "later")  # while the others wait for their turn
        await asyncio.gather(*ends)
        assert await asyncio.to_thread(server.wait, PATIENCE_S) == 0
    assert [line.code for line in lines] == [CODES.get(line.wire) for line in lines]
    assert any(b"<later@board>" in line.heard for line in lines)
    assert "rror" not in server.log.read_text()


async def refused(client: httpx.AsyncClient, server: Process, token: str) -> None:
    """Try to begin something live: each wire's client is sent away so that it comes again."""
    for path in ("/api/ws", f"/app/{KEY}?protocol=7", "/socket.io/?EIO=4&transport=websocket"):
        with pytest.raises(InvalidStatus) as problem:
            async with connect(f"ws://127.0.0.1:{server.port}{path}", proxy=None):
                pass
        assert (problem.value.response.status_code, problem.value.response.headers["retry-after"]) == (503, "2")
    polling = await client.get("/socket.io/?EIO=4&transport=polling")
    assert (polling.status_code, polling.headers["retry-after"]) == (503, "2")
    # Any other status would end EventSource for good.
    stream = await client.get("/api/stream", headers={"Authorization": f"Bearer {token}"})
    assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert stream.text.startswith("retry: ")
    assert "data" not in stream.text


def test_closings_are_spread() -> None:
    """Of any number each has an equal share of the window to itself, all lie within it."""
    for many in (1, 7, 1000):
        moments = spread(many, 10)
        assert [int(moment / 10 * many) for moment in moments] == list(range(many))
    assert spread(3, 0) == [0, 0, 0]
    assert spread(0, 10) == []


async def test_readiness_follows_the_store(world: World) -> None:
    """200 at the root and below each mount, for anybody; 503 while the database does not answer, and before the start."""
    app = App([world.runtime])
    several = App([world.runtime])
    several._alone = None
    for asked, paths in ((app, ["/readyz"]), (several, ["/readyz", "/shop/readyz"])):
        transport = httpx.ASGITransport(asked)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            for path in paths:
                answer = await client.get(path)
                assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
                assert (await client.head(path)).content == b""
                assert (await client.post(path)).status_code in (404, 405)
    assert (await world.client().get("/readyz")).status_code == 404
    await world.runtime.store.close()
    transport = httpx.ASGITransport(several)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for path in ("/readyz", "/shop/readyz"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
        alive = await client.get("/healthz")
        assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    await world.runtime.store.open()


async def test_a_stream_that_comes_while_the_database_is_away_comes_again(world: World, people: People) -> None:
    """EventSource is told to wait; by a ticket too."""
    token = await people.token()
    async with served(world.runtime) as port:
        await world.runtime.store.close()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
            by_token = await client.get("/api/stream", headers={"Authorization": f"Bearer {token}"})
            by_ticket = await client.get("/api/stream", params={"ticket": "whatever"})
        await world.runtime.store.open()
    for answer in (by_token, by_ticket):
        assert answer.status_code == 200
        assert answer.text.startswith("retry: ")
