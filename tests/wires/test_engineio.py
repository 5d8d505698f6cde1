"""Engine.IO 4: the 25 cases of its public suite in our own words, and the attacks that the suite does not know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from livefloor.declare.system import SocketIO
from livefloor.realtime.wires import engineio
from livefloor.realtime.wires.engineio_session import MAX_PACKETS, binary_frame, packets_of, unframed
from livefloor.realtime.wires.socketio_packets import BadPacket
from livefloor.realtime.wires.websocket import text_frame
from tests.wires.echo import CALM, PATIENCE_S, WIRE, EngineEcho, Server, at, hear, serving
from tests.wires.engineio_cases import CLOSES, HANDSHAKE, PINGS, TIMEOUTS, UPGRADES, ended, name, refused

pytestmark = pytest.mark.line_only


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Give the echo without a heartbeat in between."""
    async with serving(CALM, EngineEcho) as server:
        yield server


async def talks(socket: ClientConnection) -> None:
    """Show that a socket is alive."""
    await socket.send("4hello")
    assert await hear(socket) == "4hello"


# -- the public suite -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", HANDSHAKE, ids=name)
async def test_handshake(case: Any) -> None:
    async with serving(WIRE, EngineEcho) as server:
        await case(server)


async def test_polling_carries_one_text(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        answer = await client.post(at(sid), content="4hello")
        assert (answer.status_code, answer.text) == (200, "ok")
        answer = await client.get(at(sid))
        assert (answer.status_code, answer.text) == (200, "4hello")


async def test_polling_carries_several_texts(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        assert (await client.post(at(sid), content="4test1\x1e4test2\x1e4test3")).text == "ok"
        assert (await client.get(at(sid))).text == "4test1\x1e4test2\x1e4test3"


async def test_polling_carries_text_and_bytes(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        assert (await client.post(at(sid), content="4hello\x1ebAQIDBA==")).text == "ok"
        assert (await client.get(at(sid))).text == "4hello\x1ebAQIDBA=="


async def test_polling_ends_by_a_bad_packet(server: Server) -> None:
    async with server.http() as client:
        for body in ("abc", "", "4ok\x1e", "b?!", "bé", "2", "3", "5", "6", b"\xff"):
            sid = await server.sid(client)
            answer = await client.post(at(sid), content=body)
            assert (answer.status_code, answer.json()["code"]) == (400, 3)
            assert (await client.get(at(sid))).json()["code"] == 1


async def test_polling_ends_by_a_second_request_for_messages(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        first = asyncio.create_task(client.get(at(sid)))
        while server.engine.sessions[sid].is_full():
            await asyncio.sleep(0)
        second = await client.get(at(sid))
        assert second.status_code == 400
        answer = await first
        assert (answer.status_code, answer.text) == (200, "1")
        assert (await client.get(at(sid))).status_code == 400


async def test_polling_ends_by_a_request_that_is_broken_off(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        waits = asyncio.create_task(client.get(at(sid)))
        while server.engine.sessions[sid].is_full():
            await asyncio.sleep(0)
        waits.cancel()
        await server.gone(sid)
        assert (await client.get(at(sid))).status_code == 400


async def test_websocket_carries_text(server: Server) -> None:
    async with server.socket() as socket:
        await hear(socket)
        await talks(socket)


async def test_websocket_carries_bytes(server: Server) -> None:
    async with server.socket() as socket:
        await hear(socket)
        await socket.send(b"\x01\x02\x03\x04")
        assert await hear(socket) == b"\x01\x02\x03\x04"


async def test_websocket_ends_by_a_bad_packet(server: Server) -> None:
    for packet in ("abc", "", "2", "2probe", "3", "5", "6"):
        async with server.socket() as socket:
            await hear(socket)
            await socket.send(packet)
            await ended(socket)
            assert socket.close_code == 4400


@pytest.mark.parametrize("case", PINGS, ids=name)
async def test_heartbeat(case: Any) -> None:
    async with serving(SocketIO(ping_interval_s=0.02), EngineEcho) as server:
        await case(server)


@pytest.mark.parametrize("case", TIMEOUTS, ids=name)
async def test_heartbeat_missed(case: Any) -> None:
    async with serving(WIRE, EngineEcho) as server:
        await case(server)


@pytest.mark.parametrize("case", CLOSES, ids=name)
async def test_close(case: Any, server: Server) -> None:
    await case(server)


@pytest.mark.parametrize("case", UPGRADES, ids=name)
async def test_upgrade(case: Any, server: Server) -> None:
    await case(server, talks)


# -- beyond it ------------------------------------------------------------------------------------------------------


async def test_nothing_is_lost_or_turned_round_by_the_upgrade(server: Server) -> None:
    """What waits for a poll goes over the socket first; a poll that waits is let go."""
    async with server.http() as client:
        sid = await server.sid(client)
        waits = asyncio.create_task(client.get(at(sid)))
        while server.engine.sessions[sid].is_full():
            await asyncio.sleep(0)
        async with server.socket(f"EIO=4&transport=websocket&sid={sid}") as socket:
            await socket.send("2probe")
            assert await hear(socket) == "3probe"
            assert (await waits).text == "6"
            await client.post(at(sid), content="4a\x1e4b")
            await socket.send("5")
            await socket.send("4c")
            assert [await hear(socket) for _ in range(3)] == ["4a", "4b", "4c"]


async def test_polling_goes_on_after_an_upgrade_that_fails(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        for wrong in (["4hello"], ["2probe", "4hello"], ["2probe"], []):
            async with server.socket(f"EIO=4&transport=websocket&sid={sid}") as socket:
                for packet in wrong:
                    await socket.send(packet)
                    if packet == "2probe":
                        assert await hear(socket) == "3probe"
                if wrong and wrong[-1] == "4hello":
                    await ended(socket)
            async with asyncio.timeout(PATIENCE_S):
                while server.engine.sessions[sid].is_probing:
                    await asyncio.sleep(0)
        await client.post(at(sid), content="4hello")
        assert (await client.get(at(sid))).text == "4hello"


async def test_a_probe_that_does_nothing_is_closed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engineio, "UPGRADE_WITHIN_S", 0.01)
    async with server.http() as client:
        sid = await server.sid(client)
        async with server.socket(f"EIO=4&transport=websocket&sid={sid}") as socket:
            await ended(socket)
        assert sid in server.engine.sessions


async def test_what_is_too_large_ends_the_session() -> None:
    async with serving(SocketIO(max_payload=1000), EngineEcho) as server, server.http() as client:
        sid = await server.sid(client)
        assert (await client.post(at(sid), content="4" * 1000)).status_code == 200
        assert (await client.post(at(sid), content="4" * 1001)).status_code == 413
        assert (await client.get(at(sid))).json()["code"] == 1
        async with server.socket() as socket:
            await hear(socket)
            await socket.send("4" * 1000)
            await hear(socket)
            with pytest.raises(ConnectionClosed) as closed:
                await socket.send("4" * 1001)
                await hear(socket)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009


async def test_two_requests_that_bring_messages_end_the_session(server: Server) -> None:
    """The second finds the first at it; what the first brings is not followed any more."""
    async with server.http() as client:
        sid = await server.sid(client)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"POST {at(sid)} HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n4he".encode())
        async with asyncio.timeout(PATIENCE_S):
            while not server.engine.sessions[sid].is_posting:
                await asyncio.sleep(0)
        assert (await client.post(at(sid), content="4hello")).status_code == 400
        assert sid not in server.engine.sessions
        writer.close()
        await writer.wait_closed()
        assert (await reader.read())[:12] in (b"", b"HTTP/1.1 200")


async def test_a_request_that_breaks_off_is_not_followed(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"POST {at(sid)} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n4he".encode())
        async with asyncio.timeout(PATIENCE_S):
            while not server.engine.sessions[sid].is_posting:
                await asyncio.sleep(0)
        writer.transport.abort()
        await server.gone(sid)


async def test_other_peoples_pages_are_refused() -> None:
    """Only pages of our own origin, or of a listed one, reach a session."""
    async with serving(CALM, EngineEcho) as server:
        server.engine._origins = ["*"]
        async with server.http() as client:
            anyone = {"Origin": "https://anyone.example"}
            assert (await client.get("/socket.io/?EIO=4&transport=polling", headers=anyone)).status_code == 200
        server.engine._origins = ["https://cafe.example"]
        own = f"http://127.0.0.1:{server.port}"
        async with server.http() as client:
            for origin, status in ((own, 200), ("https://cafe.example", 200), ("https://evil.example", 403)):
                answer = await client.get("/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})
                assert answer.status_code == status
            assert answer.json() == {"code": 4, "message": "Forbidden"}
            sid = await server.sid(client)
            evil = {"Origin": "https://evil.example"}
            assert (await client.post(at(sid), content="4hello", headers=evil)).status_code == 403
        with pytest.raises(InvalidStatus) as refusal:
            await server.socket(origin=Origin("https://evil.example"))
        assert refusal.value.response.status_code == 403


async def test_there_is_room_for_so_many_strangers_only(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens session after session ends its own oldest ones; those who were let in stay."""
    monkeypatch.setattr(engineio, "STRANGERS", 3)
    async with server.http() as client:
        known = await server.sid(client)
        server.engine.sessions[known].let_in()
        sids = [await server.sid(client) for _ in range(10)]
        assert list(server.engine.sessions) == [known, *sids[-3:]]


async def test_an_end_leaves_nothing_behind(server: Server) -> None:
    """Sessions of all kinds are forgotten, whichever side ends them."""
    async with server.http() as client:
        sid = await server.sid(client)
        await client.post(at(sid), content="1")
        async with server.socket() as socket:
            await hear(socket)
        async with server.socket() as socket:
            await hear(socket)
            socket.transport.abort()
        async with asyncio.timeout(PATIENCE_S):
            while server.engine.sessions or server.engine.strangers:
                await asyncio.sleep(0)


async def test_a_stop_ends_polls_and_sockets() -> None:
    """When the server stops, a poll that waits is answered and a socket closed: clients come back elsewhere."""
    async with serving(CALM, EngineEcho) as server:
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=PATIENCE_S)
        sid = await server.sid(client)
        waits = asyncio.create_task(client.get(at(sid)))
        while server.engine.sessions[sid].is_full():
            await asyncio.sleep(0)
        socket = await server.socket()
        await hear(socket)
    assert (await waits).text == "1"
    await ended(socket)
    assert socket.close_code == 1001
    await client.aclose()


def test_frames_and_packets_of_every_size() -> None:
    """Polling takes the header off the same bytes that a WebSocket carries."""
    for size in (0, 1, 125, 126, 65535, 65536, 200_000):
        payload = b"x" * size
        assert list(unframed(text_frame(payload) + binary_frame(b"\x00\xff") + text_frame(b"4"))) == [
            payload,
            b"bAP8=",
            b"4",
        ]
    assert packets_of(b"4a\x1ebAP8=") == ["4a", b"\x00\xff"]
    with pytest.raises(BadPacket):
        packets_of(b"\x1e".join([b"3"] * (MAX_PACKETS + 1)))


async def test_a_socket_with_an_unknown_sid_is_refused(server: Server) -> None:
    assert await refused(server, "EIO=4&transport=websocket&sid=nobody") == 400
    assert await refused(server, "EIO=4&transport=polling") == 400
