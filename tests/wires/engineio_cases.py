"""The cases that the public suites of Engine.IO 4 and of Socket.IO 5 have in common, in our own words.

Each takes a running server; `talks` shows that a WebSocket of it is alive in the protocol under test.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.wires.echo import PATIENCE_S, Server, at, hear

Talks = Callable[[ClientConnection], Awaitable[None]]


def announced(packet: str | bytes, upgrades: list[str]) -> None:
    """Check the first packet of a session: its five keys, and the times of the server under test."""
    assert isinstance(packet, str)
    assert packet.startswith("0")
    said: dict[str, Any] = json.loads(packet[1:])
    assert isinstance(said.pop("sid"), str)
    assert said == {"upgrades": upgrades, "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


async def refused(server: Server, query: str) -> int:
    """Return the status with which a WebSocket is refused."""
    try:
        async with server.socket(query):
            raise AssertionError("a socket was opened")
    except InvalidStatus as error:
        return error.response.status_code


async def ended(socket: ClientConnection) -> None:
    """Wait until the server closes a WebSocket, whatever it says before."""
    async with asyncio.timeout(PATIENCE_S):
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()


# -- handshake ------------------------------------------------------------------------------------------------------


async def polling_opens_a_session(server: Server) -> None:
    async with server.http() as client:
        answer = await client.get("/socket.io/?EIO=4&transport=polling")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=UTF-8")
    announced(answer.text, ["websocket"])


async def polling_with_a_bad_version_is_refused(server: Server) -> None:
    async with server.http() as client:
        for query in ("transport=polling", "transport=polling&EIO=abc"):
            answer = await client.get(f"/socket.io/?{query}")
            assert (answer.status_code, answer.json()["code"]) == (400, 5)


async def polling_with_a_bad_transport_is_refused(server: Server) -> None:
    async with server.http() as client:
        for query in ("EIO=4", "EIO=4&transport=abc"):
            answer = await client.get(f"/socket.io/?{query}")
            assert (answer.status_code, answer.json()["code"]) == (400, 0)


async def polling_with_a_bad_method_is_refused(server: Server) -> None:
    async with server.http() as client:
        for method in ("POST", "PUT"):
            answer = await client.request(method, "/socket.io/?EIO=4&transport=polling")
            assert (answer.status_code, answer.json()["code"]) == (400, 2)


async def websocket_opens_a_session(server: Server) -> None:
    async with server.socket() as socket:
        announced(await hear(socket), [])


async def websocket_with_a_bad_version_is_refused(server: Server) -> None:
    assert await refused(server, "transport=websocket") == 400
    assert await refused(server, "transport=websocket&EIO=abc") == 400


async def websocket_with_a_bad_transport_is_refused(server: Server) -> None:
    assert await refused(server, "EIO=4") == 400
    assert await refused(server, "EIO=4&transport=abc") == 400


HANDSHAKE = (
    polling_opens_a_session,
    polling_with_a_bad_version_is_refused,
    polling_with_a_bad_transport_is_refused,
    polling_with_a_bad_method_is_refused,
    websocket_opens_a_session,
    websocket_with_a_bad_version_is_refused,
    websocket_with_a_bad_transport_is_refused,
)


# -- heartbeat ------------------------------------------------------------------------------------------------------


async def polling_pings_go_on_while_they_are_answered(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        for _ in range(3):
            assert (await client.get(at(sid))).text == "2"
            assert (await client.post(at(sid), content="3")).status_code == 200


async def websocket_pings_go_on_while_they_are_answered(server: Server) -> None:
    async with server.socket() as socket:
        await hear(socket)
        for _ in range(3):
            assert await hear(socket) == "2"
            await socket.send("3")


PINGS = (polling_pings_go_on_while_they_are_answered, websocket_pings_go_on_while_they_are_answered)


async def polling_without_a_pong_ends(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        await server.gone(sid)
        assert (await client.get(at(sid))).status_code == 400


async def websocket_without_a_pong_ends(server: Server) -> None:
    async with server.socket() as socket:
        await ended(socket)


TIMEOUTS = (polling_without_a_pong_ends, websocket_without_a_pong_ends)


# -- close ----------------------------------------------------------------------------------------------------------


async def polling_ends_by_the_clients_close(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        waits = asyncio.create_task(client.get(at(sid)))
        while server.engine.sessions[sid].is_full():
            await asyncio.sleep(0)
        assert (await client.post(at(sid), content="1")).status_code == 200
        answer = await waits
        assert (answer.status_code, answer.text) == (200, "6")
        assert (await client.get(at(sid))).status_code == 400


async def websocket_ends_by_the_clients_close(server: Server) -> None:
    async with server.socket() as socket:
        await hear(socket)
        await socket.send("1")
        await ended(socket)


CLOSES = (polling_ends_by_the_clients_close, websocket_ends_by_the_clients_close)


# -- upgrade --------------------------------------------------------------------------------------------------------


async def polling_goes_over_to_a_websocket(server: Server, talks: Talks) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        async with server.socket(f"EIO=4&transport=websocket&sid={sid}") as socket:
            await socket.send("2probe")
            assert await hear(socket) == "3probe"
            answer = await client.get(at(sid))
            assert (answer.status_code, answer.text) == (200, "6")
            await socket.send("5")
            await talks(socket)


async def requests_after_the_upgrade_are_refused(server: Server, talks: Talks) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        async with server.socket(f"EIO=4&transport=websocket&sid={sid}") as socket:
            await socket.send("2probe")
            await hear(socket)
            await socket.send("5")
            while server.engine.sessions[sid].socket is None:
                await asyncio.sleep(0)
            assert (await client.get(at(sid))).status_code == 400
            assert (await client.post(at(sid), content="4hello")).status_code == 400
            await talks(socket)


async def websockets_after_the_upgrade_are_refused(server: Server, talks: Talks) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        query = f"EIO=4&transport=websocket&sid={sid}"
        async with server.socket(query) as socket:
            await socket.send("2probe")
            await hear(socket)
            assert await refused(server, query) == 400
            await socket.send("5")
            assert await refused(server, query) == 400
            await talks(socket)


UPGRADES = (
    polling_goes_over_to_a_websocket,
    requests_after_the_upgrade_are_refused,
    websockets_after_the_upgrade_are_refused,
)


def name(case: Any) -> str:
    """Return the id of a case."""
    return str(case.__name__)
