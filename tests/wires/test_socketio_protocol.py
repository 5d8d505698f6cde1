"""Socket.IO 5: the 32 cases of its public suite in our own words, and its packets read and written."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection

from livefloor.declare.system import SocketIO
from livefloor.realtime.wires.engineio_session import Session
from livefloor.realtime.wires.socketio import Line
from livefloor.realtime.wires.socketio_packets import (
    MAX_ATTACHMENTS,
    MAX_DEPTH,
    Assembler,
    BadPacket,
    Kind,
    Packet,
    decode,
    encode,
)
from tests.wires.echo import CALM, WIRE, MemberEcho, Server, hear, serving
from tests.wires.engineio_cases import CLOSES, HANDSHAKE, PINGS, TIMEOUTS, UPGRADES, ended, name

pytestmark = pytest.mark.line_only


@asynccontextmanager
async def echo(wire: SocketIO = CALM) -> AsyncIterator[Server]:
    """Serve an echo in both namespaces."""

    def opened(session: Session) -> Line:
        return Line(session, wire, MemberEcho)

    async with serving(wire, opened) as server:
        yield server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Give the echo without a heartbeat in between."""
    async with echo() as server:
        yield server


@asynccontextmanager
async def joined(server: Server) -> AsyncIterator[ClientConnection]:
    """Connect to the main namespace."""
    async with server.socket() as socket:
        await hear(socket)
        await socket.send("40")
        assert str(await hear(socket)).startswith('40{"sid":')
        assert await hear(socket) == '42["auth",{}]'
        yield socket


async def talks(socket: ClientConnection) -> None:
    """Show that a socket is alive."""
    await socket.send("40")
    assert str(await hear(socket)).startswith('40{"sid":')


# -- the public suite: what it asks of Engine.IO --------------------------------------------------------------------


@pytest.mark.parametrize("case", HANDSHAKE, ids=name)
async def test_handshake(case: Any) -> None:
    async with echo(WIRE) as server:
        await case(server)


@pytest.mark.parametrize("case", PINGS, ids=name)
async def test_heartbeat(case: Any) -> None:
    async with echo(SocketIO(ping_interval_s=0.02)) as server:
        await case(server)


@pytest.mark.parametrize("case", TIMEOUTS, ids=name)
async def test_heartbeat_missed(case: Any) -> None:
    async with echo(WIRE) as server:
        await case(server)


@pytest.mark.parametrize("case", CLOSES, ids=name)
async def test_close(case: Any, server: Server) -> None:
    await case(server)


@pytest.mark.parametrize("case", UPGRADES, ids=name)
async def test_upgrade(case: Any, server: Server) -> None:
    await case(server, talks)


# -- the public suite: connect --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "answered", "told"),
    [
        pytest.param("40", "40", '42["auth",{}]', id="main namespace"),
        pytest.param('40{"token":"123"}', "40", '42["auth",{"token":"123"}]', id="main namespace with a payload"),
        pytest.param("40/custom,", "40/custom,", '42/custom,["auth",{}]', id="custom namespace"),
        pytest.param(
            '40/custom,{"token":"abc"}',
            "40/custom,",
            '42/custom,["auth",{"token":"abc"}]',
            id="custom namespace with a payload",
        ),
    ],
)
async def test_connect(server: Server, said: str, answered: str, told: str) -> None:
    async with server.socket() as socket:
        await hear(socket)
        await socket.send(said)
        answer = str(await hear(socket))
        assert answer.startswith(answered)
        found = json.loads(answer.removeprefix(answered))
        assert list(found) == ["sid"]
        assert isinstance(found["sid"], str)
        assert await hear(socket) == told


async def test_connect_to_an_unknown_namespace_is_refused(server: Server) -> None:
    async with server.socket() as socket:
        await hear(socket)
        await socket.send("40/random")
        assert await hear(socket) == '44/random,{"message":"Invalid namespace"}'


async def test_connect_with_a_bad_packet_ends_the_session(server: Server) -> None:
    async with server.socket() as socket:
        await hear(socket)
        await socket.send("4abc")
        await ended(socket)


async def test_a_session_that_connects_to_nothing_ends() -> None:
    async with echo(SocketIO(connect_timeout_s=0.05)) as server, server.socket() as socket:
        await ended(socket)
        assert socket.close_code == 4408


# -- the public suite: disconnect -----------------------------------------------------------------------------------


async def test_disconnect_from_the_main_namespace_leaves_the_session() -> None:
    async with echo(SocketIO(ping_interval_s=0.2)) as server, joined(server) as socket:
        await socket.send("41")
        assert await hear(socket) == "2"


async def test_disconnect_from_a_custom_namespace_leaves_the_main_one(server: Server) -> None:
    async with joined(server) as socket:
        await socket.send("40/custom")
        await hear(socket)
        await hear(socket)
        await socket.send("41/custom")
        await socket.send('42["message","message to main namespace"]')
        assert await hear(socket) == '42["message-back","message to main namespace"]'


# -- the public suite: messages -------------------------------------------------------------------------------------


async def test_message_of_text(server: Server) -> None:
    async with joined(server) as socket:
        await socket.send('42["message",1,"2",{"3":[true]}]')
        assert await hear(socket) == '42["message-back",1,"2",{"3":[true]}]'


async def test_message_with_attachments(server: Server) -> None:
    async with joined(server) as socket:
        await socket.send('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
        await socket.send(b"\x01\x02\x03")
        await socket.send(b"\x04\x05\x06")
        assert [await hear(socket) for _ in range(3)] == [
            '452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
            b"\x01\x02\x03",
            b"\x04\x05\x06",
        ]


async def test_message_of_text_with_an_ack(server: Server) -> None:
    async with joined(server) as socket:
        await socket.send('42456["message-with-ack",1,"2",{"3":[false]}]')
        assert await hear(socket) == '43456[1,"2",{"3":[false]}]'


async def test_message_with_attachments_and_an_ack(server: Server) -> None:
    async with joined(server) as socket:
        await socket.send('452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
        await socket.send(b"\x01\x02\x03")
        await socket.send(b"\x04\x05\x06")
        assert [await hear(socket) for _ in range(3)] == [
            '462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
            b"\x01\x02\x03",
            b"\x04\x05\x06",
        ]


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param("4abc", id="unknown type of packet"),
        pytest.param("42{}", id="data that is not an event's"),
        pytest.param('42abc["message-with-ack",1,"2",{"3":[false]}]', id="ack id that is no number"),
    ],
)
async def test_message_with_a_bad_packet_ends_the_session(server: Server, packet: str) -> None:
    async with joined(server) as socket:
        await socket.send(packet)
        await ended(socket)
        assert socket.close_code == 4400


# -- beyond it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "packets",
    [
        ['42["message"]'],
        ["41"],
        ["430[]"],
        ['44{"message":"x"}'],
        ["40", "40"],
        ["40", "44{}"],
        ["40", '42/custom,["message"]'],
        ["40", "41", '42["message"]'],
        ["40", b"\x00"],
        ["40", '451-["x",{"_placeholder":true,"num":0}]', '42["message"]'],
        ["40", '451-["x",{"_placeholder":true,"num":1}]', b"\x00"],
        ["40", '451-["x"]', b"\x00" * 1001],
    ],
    ids=str,
)
async def test_out_of_turn(packets: list[str | bytes]) -> None:
    """Whoever does not keep to the protocol loses the session."""
    async with echo(SocketIO(max_payload=1000)) as server, server.socket() as socket:
        await hear(socket)
        for packet in packets:
            await socket.send(packet)
        await ended(socket)
        assert socket.close_code in (4400, 1009)


async def test_one_session_carries_both_namespaces_over_polling(server: Server) -> None:
    async with server.http() as client:
        sid = await server.sid(client)
        address = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
        await client.post(address, content="40\x1e40/custom,")
        found = (await client.get(address)).text.split("\x1e")
        assert [packet[:9] for packet in found] == ['40{"sid":', '42["auth"', "40/custom", "42/custom"]
        await client.post(address, content='451-/custom,["message",{"_placeholder":true,"num":0}]\x1ebAQID')
        found = (await client.get(address)).text.split("\x1e")
        assert found == ['451-/custom,["message-back",{"_placeholder":true,"num":0}]', "bAQID"]


async def test_who_was_let_in_may_stay_and_who_leaves_has_to_connect_again() -> None:
    async with echo(SocketIO(connect_timeout_s=0.5)) as server, joined(server) as socket:
        assert (len(server.engine.sessions), len(server.engine.strangers)) == (1, 0)
        async with server.socket() as stranger:
            await ended(stranger)
        await socket.send('42["message"]')
        assert await hear(socket) == '42["message-back"]'
        await socket.send("41")
        await ended(socket)
        assert socket.close_code == 4408


async def test_too_many_messages_end_the_session(server: Server) -> None:
    async with joined(server) as socket:
        for _ in range(25):
            await socket.send('42["message"]')
        await ended(socket)
        assert socket.close_code == 4429


# -- packets --------------------------------------------------------------------------------------------------------

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.binary()
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text().filter("_placeholder".__ne__), inner, max_size=3)
    ),
    max_leaves=MAX_ATTACHMENTS,
)
ARGUMENTS = st.lists(VALUES, max_size=1)
NAMESPACES = st.just("/") | st.text(st.characters(blacklist_characters=",", codec="utf-8"), max_size=8).map("/".__add__)
IDS = st.integers(0, 10**15 - 1)
EVENTS = st.builds(
    lambda event, arguments, namespace, number: Packet(Kind.EVENT, namespace, [event, *arguments], number),
    st.text().filter(lambda event: event not in SocketIO.RESERVED) | st.integers(0, 99),
    ARGUMENTS,
    NAMESPACES,
    st.none() | IDS,
)
ACKS = st.builds(
    lambda arguments, namespace, number: Packet(Kind.ACK, namespace, arguments, number), ARGUMENTS, NAMESPACES, IDS
)
OTHERS = st.builds(
    lambda kind, namespace, data: Packet(kind, namespace, data if kind is Kind.CONNECT else None),
    st.sampled_from([Kind.CONNECT, Kind.DISCONNECT]),
    NAMESPACES,
    st.none() | st.dictionaries(st.text(), st.text(), max_size=3),
)


@given(EVENTS | ACKS | OTHERS)
def test_what_is_written_is_read_again(packet: Packet) -> None:
    text, *attachments = encode(packet)
    assembler = Assembler(10**9)
    found = assembler.add(text)
    for attachment in attachments:
        assert found is None
        found = assembler.add(attachment)
    assert found == packet


@given(st.text() | st.text(alphabet='0123456789-/,[]{}"x_', max_size=12))
def test_whatever_comes_is_a_packet_or_refused(text: str) -> None:
    try:
        packet, _ = decode(text)
    except BadPacket:
        return
    assert packet.kind in Kind
    assert packet.namespace.startswith("/")


@pytest.mark.parametrize(
    "text",
    [
        *("", "7", "9", "a", "-1", " 0"),
        *("0[]", '0"x"', "0null", "01{}", "1{}", "10"),
        *("2", "2[]", "2{}", "2[null]", "2[true]", "2[1.5]", "2[[]]", '2["x"', "2[NaN]", '21-["x"]'),
        *(f'2["{event}"]' for event in sorted(SocketIO.RESERVED)),
        *("3[]", "30", "30{}", "4", "4[]", "41{}"),
        *('5["x"]', '5-["x"]', f'5{MAX_ATTACHMENTS + 1}-["x"]', '599999-["x"]', '6["x"]', "61-[]"),
        '2["x",' + "[" * 2000 + "]" * 2000 + "]",
    ],
)
def test_bad_packets(text: str) -> None:
    with pytest.raises(BadPacket):
        decode(text)


@pytest.mark.parametrize(
    "placeholder",
    ['{"_placeholder":true}', *(f'{{"_placeholder":true,"num":{n}}}' for n in ("1", "-1", "true", '"0"', "0.0"))],
)
def test_bad_placeholders(placeholder: str) -> None:
    assembler = Assembler(10)
    assembler.add(f'51-["x",{placeholder}]')
    with pytest.raises(BadPacket):
        assembler.add(b"")


def test_attachments_too_deep_or_too_large() -> None:
    assembler = Assembler(10)
    assembler.add('51-["x",' + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1) + "]")
    with pytest.raises(BadPacket):
        assembler.add(b"")
    assembler = Assembler(10)
    assembler.add('52-["x"]')
    assembler.add(b"x" * 10)
    with pytest.raises(BadPacket):
        assembler.add(b"x")
