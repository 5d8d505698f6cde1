"""The commands that the seed of laundry prints, as they stand there, against a server started by its own command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect

from livefloor.testing.server import Process, process
from tests.acceptance import printed

HEALTH = "curl http://localhost:8000/api/health"
REGISTER = (
    'curl -X POST http://localhost:8000/api/v1/auth/register -H "Content-Type: application/json"'
    """ -d '{"student_id":"123456","pin":"1234","phone_number":"5551234567"}'"""
)
MACHINES = 'curl http://localhost:8000/api/v1/machines/ -H "Authorization: Bearer TOKEN"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give `livefloor serve laundry` on an empty folder, with no setting but its port."""
    with process("laundry", data=tmp_path_factory.mktemp("seed")) as server:
        yield server


@pytest.fixture(scope="module")
def token(server: Process) -> str:
    """Give the token of whom the seed's second command registers."""
    registered: str = said(server, REGISTER)["access_token"]
    return registered


def said(server: Process, command: str) -> Any:
    """Run a command as it is printed, but for the port, and return the JSON that it prints."""
    return printed.said(command.replace(":8000", f":{server.port}"))


def test_health(server: Process) -> None:
    """The first command."""
    health = said(server, HEALTH)
    assert (health["status"], health["database"]) == ("ok", "ok")
    assert {"timestamp", "version", "active_connections"} <= set(health)


def test_register(server: Process, token: str) -> None:
    """The second command: its PIN is a weak one, which the quick start takes and says so."""
    mine = httpx.get(f"{server.url}/api/v1/profile/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (mine["student_id"], mine["role"], mine["pin_weak"]) == ("123456", "student", True)


def test_machines(server: Process, token: str) -> None:
    """The third command, with the token of the second."""
    board = said(server, MACHINES.replace("TOKEN", token))
    assert (len(board["washers"]), len(board["dryers"])) == (6, 6)


def test_docs(server: Process) -> None:
    """The docs are where the seed says, and describe every route with more than thirty schemas."""
    page = httpx.get(f"{server.url}/api/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    described = httpx.get(f"{server.url}/api/openapi.json").json()
    assert "/api/v1/machines/start" in described["paths"]
    assert len(described["components"]["schemas"]) > 30


async def test_live_updates(server: Process, token: str) -> None:
    """The socket is where the seed says."""
    async with connect(f"ws://127.0.0.1:{server.port}/api/ws", proxy=None) as socket:
        await socket.send(orjson.dumps({"type": "auth", "token": token}).decode())
        assert orjson.loads(await socket.recv())["event"] == "connected"
