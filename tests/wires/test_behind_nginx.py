"""A real nginx with deploy/nginx/livefloor.conf before a real server: live connections pass, stay open and come back."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from livefloor import SSE, Actor, System, WebSocketJSON
from livefloor.serve import App, make_server
from livefloor.testing.server import free_port, served
from livefloor.testing.world import World
from tests.outside import outside
from tests.platform.conftest import People
from tests.platform.shop import system as shop

PATIENCE_S = 30
CONF = Path(__file__).parents[2] / "deploy" / "nginx" / "livefloor.conf"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"

AROUND = """
daemon off;
worker_processes 1;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/livefloor.conf;
}}
"""
"""What Debian's own nginx.conf is around the file, for an account that may write nowhere else."""


@pytest.fixture
def system() -> System:
    """Let the shop give signs of life so often that a short patience of nginx can be tried."""
    return replace(shop, wires=[WebSocketJSON("/api/ws", heartbeat_s=1), SSE("/api/stream", heartbeat_s=1)])


@pytest.fixture
def database_url() -> str:
    """One database is enough: what is tried here is the way there."""
    return ""


@pytest.fixture
async def people(world: World) -> AsyncIterator[People]:
    """Give the people of this world."""
    async with AsyncExitStack() as stack:
        yield People(world, stack)


@contextmanager
def nginx(folder: Path, *ports: int, idle_s: int | None = None) -> Iterator[int]:
    """Run nginx before servers at these ports; give its own port. `idle_s` is how long it bears a silent line."""
    at = free_port()
    text = CONF.read_text()
    assert text.count("    server 127.0.0.1:8000;\n") == 2
    text = text.replace("    server 127.0.0.1:8000;\n", "".join(f"    server 127.0.0.1:{port};\n" for port in ports))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{at};").replace("/var/log/nginx/", f"{folder}/")
    if idle_s is not None:
        text, many = re.subn(r"proxy_read_timeout \w+;", f"proxy_read_timeout {idle_s}s;", text)
        assert many == 1
    (folder / "livefloor.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    program = shutil.which("nginx", path=PATH)
    assert program is not None, "run scripts/get-servers"
    log = (folder / "error.log").open("ab")
    with log:
        process = subprocess.Popen([program, "-c", folder / "nginx.conf", "-p", folder], stderr=log)
    try:
        while True:
            with suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{at}/", trust_env=False, timeout=PATIENCE_S)
                break
            assert process.poll() is None, (folder / "error.log").read_text()
        yield at
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
async def port(world: World, tmp_path: Path) -> AsyncIterator[int]:
    """Give the port of an nginx that bears a silent line for two seconds, with the shop behind it."""
    async with served(world.runtime) as behind:
        with nginx_in_thread(tmp_path, behind) as at:
            yield await at


@contextmanager
def nginx_in_thread(folder: Path, *ports: int) -> Iterator[asyncio.Future[int]]:
    """Start nginx beside the loop, on which the server that it is to reach must answer meanwhile."""
    running = nginx(folder, *ports, idle_s=2)
    try:
        yield asyncio.get_running_loop().run_in_executor(None, running.__enter__)
    finally:
        running.__exit__(None, None, None)


async def said(socket: Any) -> Any:
    """Return the next message."""
    async with asyncio.timeout(PATIENCE_S):
        return json.loads(await socket.recv())


async def test_websocket_passes_with_its_origin(world: World, people: People, port: int) -> None:
    """A page's own origin, port and all, is let in through nginx; another is not; frames pass at once."""
    token, mechanic = await people.token(), await people.client()
    url = f"ws://127.0.0.1:{port}/api/ws"
    async with connect(url, proxy=None, origin=f"http://127.0.0.1:{port}") as socket:  # type: ignore[arg-type]
        await socket.send(json.dumps({"type": "auth", "token": token}))
        assert (await said(socket))["event"] == "connected"
        await mechanic.post("/api/tickets", json={"bike": "red"})
        assert (await said(socket))["data"]["ticket"]["bike"] == "red"
    async with connect(url, proxy=None, origin="http://elsewhere.example") as foreign:  # type: ignore[arg-type]
        with pytest.raises(ConnectionClosed) as closed:
            await said(foreign)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


async def stream_lines(stack: AsyncExitStack, port: int, token: str, **headers: str) -> AsyncIterator[str]:
    """Open a stream through nginx; return its lines."""
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False))
    said = {"Authorization": f"Bearer {token}", **headers}
    response = await stack.enter_async_context(
        client.stream("GET", f"http://127.0.0.1:{port}/api/stream", headers=said)
    )
    assert response.status_code == 200
    return response.aiter_lines()


async def test_streams_pass_at_once_and_go_on_from_their_last_id(world: World, people: People, port: int) -> None:
    """Nothing is kept back in a buffer; `Last-Event-ID` reaches the server, and what was missed comes first."""
    token, mechanic = await people.token("customer"), await people.client()
    async with AsyncExitStack() as stack:
        lines = await stream_lines(stack, port, token)
        assert await next_of(lines, "event") == "event: connected"
        for number in (1, 2, 3):
            await mechanic.post("/api/tickets", json={"bike": "red"})
            assert await next_of(lines, f"id: {number}") == f"id: {number}.0"
    async with AsyncExitStack() as stack:
        lines = await stream_lines(stack, port, token, **{"Last-Event-ID": "1.0"})
        assert [await next_of(lines, "id: ") for _ in range(2)] == ["id: 2.0", "id: 3.0"]


async def test_tickets_stand_in_no_log(world: World, people: People, tmp_path: Path) -> None:
    """A ticket opens its stream through nginx; its logs name the path alone, also when the server is away."""
    async with AsyncExitStack() as stack, httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        async with served(world.runtime) as behind:
            port = await stack.enter_context(nginx_in_thread(tmp_path, behind))
            page = await people.client()
            ticket = (await page.post("/api/stream/ticket")).json()["ticket"]
            url = f"http://127.0.0.1:{port}/api/stream?ticket={ticket}"
            async with client.stream("GET", url) as response:
                assert await next_of(response.aiter_lines(), "event") == "event: connected"
        assert (await client.get(url)).status_code == 502
    logs = {path.name: path.read_text() for path in tmp_path.glob("*.log")}
    assert "GET /api/stream HTTP/1.1" in logs["access.log"]
    assert not [name for name, text in logs.items() if ticket in text]


async def next_of(lines: AsyncIterator[str], start: str) -> str | None:
    """Return the next line that starts so, or None when there is none any more."""
    async with asyncio.timeout(PATIENCE_S):
        async for line in lines:
            if line.startswith(start):
                return line
    return None


async def test_quiet_lines_outlive_the_patience_of_nginx(world: World, people: People, port: int) -> None:
    """With signs of life each second both wires stay open under an idle time of two: five of them, then a frame."""
    token, mechanic = await people.token("customer"), await people.client()
    async with AsyncExitStack() as stack:
        socket = await stack.enter_async_context(
            connect(f"ws://127.0.0.1:{port}/api/ws", proxy=None, ping_interval=None)
        )
        await socket.send(json.dumps({"type": "auth", "token": token}))
        await said(socket)
        lines = await stream_lines(stack, port, token)
        assert await next_of(lines, "event") == "event: connected"
        assert [await next_of(lines, ":") for _ in range(5)] == [":"] * 5
        await mechanic.post("/api/tickets", json={"bike": "red"})
        assert await next_of(lines, "id: 1") == "id: 1.0"
        assert (await said(socket))["event"] == "ticket_update"


async def test_without_signs_of_life_nginx_would_have_ended_them(world: World, people: People, tmp_path: Path) -> None:
    """The patience of the test above is one that a silent line does not survive."""
    silent = replace(world.system, wires=[WebSocketJSON("/api/ws"), SSE("/api/stream")])
    async with World(silent) as quiet, served(quiet.runtime) as behind, AsyncExitStack() as stack:
        with nginx_in_thread(tmp_path, behind) as at:
            port = await at
            lines = await stream_lines(stack, port, await People(quiet, stack).token("customer"))
            with suppress(httpx.RemoteProtocolError):
                assert await next_of(lines, ":") is None


@pytest.mark.world(environ={"LIVEFLOOR_TRUSTED_PROXIES": "127.0.0.1"})
async def test_the_client_s_address_is_the_forwarded_one(world: World, people: People, port: int) -> None:
    """Behind a trusted nginx the address is the last that no trusted hop has, over HTTP and WebSocket alike."""
    seen: list[str] = []
    access = world.runtime.access
    original = access.of_token

    async def of_token(token: str, **given: str) -> Actor:
        seen.append(given["address"])
        return await original(token, **given)

    access.of_token = of_token  # type: ignore[method-assign]
    token = await people.token()
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE_S) as client:
        answer = await client.get("/api/tickets", headers={"Authorization": f"Bearer {token}", **forwarded})
        assert answer.status_code == 200
    async with connect(f"ws://127.0.0.1:{port}/api/ws", proxy=None, additional_headers=forwarded) as socket:
        await socket.send(json.dumps({"type": "auth", "token": token}))
        await said(socket)
    # nginx appends 127.0.0.1, from where the test calls and which is trusted too: the hop before it counts.
    assert seen == ["203.0.113.9", "203.0.113.9"]


async def test_mounted_systems_pass_unchanged(world: World, people: People, tmp_path: Path) -> None:
    """Several systems under /<name>/ are reached by the same lines: WebSocket, stream and requests."""
    token = await people.token()
    app = Mounted([world.runtime])
    behind = free_port()
    server = make_server(app, "127.0.0.1", behind, 0)
    task = asyncio.create_task(server._serve())
    try:
        with nginx_in_thread(tmp_path, behind) as at:
            port = await at
            async with connect(f"ws://127.0.0.1:{port}/shop/api/ws", proxy=None) as socket:
                await socket.send(json.dumps({"type": "auth", "token": token}))
                assert (await said(socket))["event"] == "connected"
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S, headers=headers) as client:
                assert (await client.get(f"http://127.0.0.1:{port}/shop/api/tickets")).status_code == 200
                async with client.stream("GET", f"http://127.0.0.1:{port}/shop/api/stream") as response:
                    assert await next_of(response.aiter_lines(), "event") == "event: connected"
    finally:
        server.should_exit = True
        await task


class Mounted(App):
    """Several systems by name, though there is one, which the test has opened."""

    def __init__(self, runtimes: Any) -> None:
        super().__init__(runtimes)
        self._alone = None

    async def _live(self, receive: Any, send: Any) -> None:
        for done in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{done}.complete"})


async def test_a_session_that_polls_stays_at_one_server(tmp_path: Path) -> None:
    """All polling requests of a client and its upgrade reach one server; WebSockets from the start are spread."""
    async with outside() as one, outside() as two:
        ports = [int(there.url.rpartition(":")[2]) for there in (one, two)]
        with nginx_in_thread(tmp_path, *ports) as at:
            port = await at
            for there in (one, two):
                there.requests.clear()
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                for query in (
                    "EIO=4&transport=polling",
                    "EIO=4&transport=polling&sid=a",
                    "EIO=4&transport=websocket&sid=a",
                ) * 4:
                    await client.get(f"/socket.io/?{query}")
                assert sorted(len(there.requests) for there in (one, two)) == [0, 12]
                for there in (one, two):
                    there.requests.clear()
                for _ in range(40):
                    await client.get("/shop/socket.io/?EIO=4&transport=websocket")
                assert min(len(there.requests) for there in (one, two)) > 0
