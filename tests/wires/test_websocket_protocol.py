"""RFC 6455 on the WebSocket wire, frame by frame, in the categories of the Autobahn suite: what must be answered is answered
by the wire's own `pong`, what must be refused is refused with the code that the standard names."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count, pairwise

import pytest

from livefloor import System
from livefloor.realtime.wires.websocket import MAX_MESSAGE
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import People, people
from tests.platform.shop import system as shop

__all__ = ["people"]

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
PATIENCE_S = 20
ASK = b'{"type": "ping"}'


@pytest.fixture
def system() -> System:
    """Serve the shop."""
    return shop


@pytest.fixture
def database_url() -> str:
    """Let frames be tried on one database: none of this touches it."""
    return ""


def ask(size: int) -> bytes:
    """Return the question of a client, padded to a size in bytes."""
    return ASK + b" " * (size - len(ASK))


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """Return a frame of a client (RFC 6455 section 5.2)."""
    head = bytes([fin << 7 | reserved << 4 | opcode])
    size = len(payload)
    if size < 126:
        head += bytes([masked << 7 | size])
    elif size < 65536:
        head += bytes([masked << 7 | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([masked << 7 | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


def pieces(payload: bytes, *cuts: int, opcode: int = TEXT) -> list[bytes]:
    """Return a message in fragments, cut at these bytes."""
    edges = [0, *cuts, len(payload)]
    parts = [payload[start:end] for start, end in pairwise(edges)]
    return [frame(opcode if n == 0 else CONTINUATION, part, fin=n == len(parts) - 1) for n, part in enumerate(parts)]


def closing(code: int, reason: bytes = b"") -> bytes:
    """Return a close frame."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason)


class Line:
    """A client that says exactly what it is told to say."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, data: bytes, chop: int = 0) -> None:
        """Send bytes, `chop` at a time if it is given."""
        for start in range(0, len(data), chop or len(data) or 1):
            self._writer.write(data[start : start + (chop or len(data))])
            await self._writer.drain()

    async def hear(self) -> str:
        """Return what comes next: `pong` for an answer to a question, `pong:<payload>` for one to a ping, `close:<code>`, or `end`."""
        try:
            head = await self._reader.readexactly(2)
            size = head[1] & 0x7F
            if size > 125:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
            payload = await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return "end"
        match head[0]:
            case 0x81:
                return str(json.loads(payload)["event"])
            case 0x8A:
                return f"pong:{payload.hex()}"
            case 0x88:
                return f"close:{int.from_bytes(payload[:2], 'big') if payload else 1005}"
        return f"frame {head.hex()}"


@asynccontextmanager
async def opened(port: int, token: str) -> AsyncIterator[Line]:
    """Open a signed-in connection by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    asked = [
        "GET /api/ws HTTP/1.1",
        "Host: x",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
    ]
    asked += ["Sec-WebSocket-Version: 13", f"Authorization: Bearer {token}", "", ""]
    writer.write("\r\n".join(asked).encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    line = Line(reader, writer)
    assert await line.hear() == "connected"
    yield line
    writer.transport.abort()


@dataclass(frozen=True)
class Case:
    """What is said at once, and what must be heard, in order; `first` asks a question and waits for its answer before."""

    name: str
    said: Sequence[bytes]
    heard: Sequence[str]
    chop: int = 0
    first: bool = False


REFUSED, NOT_TEXT, TOO_LARGE, BYE = ["close:1002"], ["close:1007"], ["close:1009"], ["close:1000"]
BAD_UTF8 = [
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65",
    b"\xf4\x90\x80\x80",
    b"\xc0\xaf",
    b"\xfe",
    b"\xe1\x80",
    b"\x80",
]
GOOD_UTF8 = ["κόσμε", "\U00010000", "\U0010ffff", "￾", "é\u2028"]


def spoken(word: str) -> bytes:
    """Return a question with a word in it."""
    return json.dumps({"type": "ping", "word": word}, ensure_ascii=False).encode()


def framing() -> list[Case]:
    cases = [
        Case(f"{kind} of {size} bytes{chopped}", [frame(opcode, ask(size))], ["pong"], chop)
        for kind, opcode in (("text", TEXT), ("binary", BINARY))
        for size in (len(ASK), 125, 126, 127, 128, 4096, MAX_MESSAGE)
        for chopped, chop in (("", 0), (", 997 bytes at a time", 997))
    ]
    return [*cases, Case("not masked", [frame(TEXT, ASK, masked=False)], REFUSED)]


def pings() -> list[Case]:
    return [
        Case("without payload", [frame(PING)], ["pong:"]),
        Case("with text", [frame(PING, b"hello")], [f"pong:{b'hello'.hex()}"]),
        Case("with bytes", [frame(PING, b"\x00\xff\xfe")], ["pong:00fffe"]),
        Case("of 125 bytes", [frame(PING, b"\xfe" * 125)], [f"pong:{'fe' * 125}"]),
        Case("of 125 bytes, byte by byte", [frame(PING, b"\xfe" * 125)], [f"pong:{'fe' * 125}"], 1),
        Case("of 126 bytes", [frame(PING, b"\xfe" * 126)], REFUSED),
        Case("a pong that nobody asked for", [frame(PONG), frame(TEXT, ASK)], ["pong"]),
        Case("a pong with payload, then a ping", [frame(PONG, b"x"), frame(PING, b"y")], ["pong:79"]),
        Case("ten", [frame(PING, b"%d" % n) for n in range(10)], [f"pong:{(b'%d' % n).hex()}" for n in range(10)]),
        Case(
            "ten, byte by byte",
            [frame(PING, b"%d" % n) for n in range(10)],
            [f"pong:{(b'%d' % n).hex()}" for n in range(10)],
            1,
        ),
    ]


def reserved_bits() -> list[Case]:
    return [
        Case(
            f"{kind} with bits {bits}{', after a message' if first else ''}",
            [frame(opcode, payload, reserved=bits)],
            REFUSED,
            first=first,
        )
        for bits in range(1, 8)
        for kind, opcode, payload in (("text", TEXT, ASK), ("ping", PING, b""), ("close", CLOSE, b"\x03\xe8"))
        for first in (False, True)
    ]


def opcodes() -> list[Case]:
    return [
        Case(f"opcode {opcode}{', after a message' if first else ''}", [frame(opcode, payload)], REFUSED, first=first)
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
        for payload in (b"", ASK)
        for first in (False, True)
    ]


def fragmentation() -> list[Case]:
    cut = pieces(ASK, 5)
    many = pieces(ask(64), *range(1, 64))
    cases = [
        Case("a ping in fragments", [frame(PING, b"a", fin=False), frame(CONTINUATION, b"b")], REFUSED),
        Case("a pong in fragments", [frame(PONG, b"a", fin=False), frame(CONTINUATION, b"b")], REFUSED),
        Case("empty fragments", pieces(ASK, 0, 0, len(ASK)), ["pong"]),
        Case("binary in fragments", pieces(ASK, 5, opcode=BINARY), ["pong"]),
        Case("a ping between fragments", [cut[0], frame(PING, b"x"), cut[1]], ["pong:78", "pong"]),
        Case("a pong between fragments", [cut[0], frame(PONG, b"x"), cut[1]], ["pong"]),
        Case(
            "a ping after each of 63",
            [*(said for one in many[:-1] for said in (one, frame(PING, b"x"))), many[-1]],
            [*["pong:78"] * 63, "pong"],
        ),
        Case("a text between fragments", [cut[0], frame(TEXT, ASK)], REFUSED),
        Case("a binary between fragments", [cut[0], frame(BINARY, ASK)], REFUSED),
    ]
    cases += [Case(f"two fragments, {chop or 'all'} at a time", cut, ["pong"], chop) for chop in (0, 1)]
    for fin in (True, False):
        cases.append(
            Case(
                f"a continuation of nothing, last {fin}",
                [frame(CONTINUATION, b"x", fin=fin), frame(TEXT, ASK)],
                REFUSED,
            )
        )
        cases.append(
            Case(
                f"a continuation after a message, last {fin}", [frame(CONTINUATION, b"x", fin=fin)], REFUSED, first=True
            )
        )
    return cases


def utf8() -> list[Case]:
    cases = []
    for word in GOOD_UTF8:
        said = spoken(word)
        inside = said.index(word.encode()) + 1
        cases += [
            Case(f"valid {word!r}", [frame(TEXT, said)], ["pong"]),
            Case(f"valid {word!r}, a character cut in two", pieces(said, inside), ["pong"]),
            Case(f"valid {word!r}, byte by byte in fragments", pieces(said, *range(1, len(said))), ["pong"]),
        ]
    for bad in BAD_UTF8:
        cases += [
            Case(f"invalid {bad.hex()}", [frame(TEXT, bad)], NOT_TEXT),
            Case(f"invalid {bad.hex()} in fragments", pieces(bad, *range(1, len(bad))), NOT_TEXT),
            Case(f"invalid {bad.hex()}, byte by byte", [frame(TEXT, bad)], NOT_TEXT, 1),
        ]
    return [*cases, Case("any bytes as binary are not text", [frame(BINARY, b"\xfe")], ["close:4400"])]


def closes() -> list[Case]:
    valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
    invalid = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535]
    return [
        Case("after a message", [closing(1000)], [*BYE, "end"], first=True),
        Case("twice", [closing(1000), closing(1000)], [*BYE, "end"]),
        Case("then a ping", [closing(1000), frame(PING)], [*BYE, "end"]),
        Case("then a message", [closing(1000), frame(TEXT, ASK)], [*BYE, "end"]),
        # The websockets package takes it for a mistake of the client, and says so of its own suite: the line ends all the same.
        Case("between fragments", [pieces(ASK, 5)[0], closing(1000)], [*REFUSED, "end"]),
        Case("without a code", [frame(CLOSE)], ["close:1005", "end"]),
        Case("with half a code", [frame(CLOSE, b"\x03")], REFUSED),
        Case("with a reason", [closing(1000, b"hello")], BYE),
        Case("with a reason of 123 bytes", [closing(1000, b"*" * 123)], BYE),
        Case("with a reason of 124 bytes", [closing(1000, b"*" * 124)], REFUSED),
        Case("with a reason that is no text", [closing(1000, b"\xfe")], NOT_TEXT),
        *(Case(f"with {code}", [closing(code)], [f"close:{code}", "end"]) for code in valid),
        *(Case(f"with {code}, which is none", [closing(code)], REFUSED) for code in invalid),
    ]


def limits() -> list[Case]:
    over = ask(MAX_MESSAGE + 1)
    quarters = range(4096, MAX_MESSAGE, 4096)
    return [
        Case("as large as may be, in fragments", pieces(ask(MAX_MESSAGE), *quarters), ["pong"]),
        Case("as large as may be, 64 bytes at a time", [frame(TEXT, ask(MAX_MESSAGE))], ["pong"], 64),
        Case("a byte too large", [frame(TEXT, over)], TOO_LARGE),
        Case("a byte too large, in fragments", pieces(over, *quarters), TOO_LARGE),
        Case("a header that promises 1 GiB", [frame(TEXT)[:1] + b"\xff" + (1 << 30).to_bytes(8, "big")], TOO_LARGE),
        Case("a header that promises more than there can be", [frame(TEXT)[:1] + b"\xff" + b"\xff" * 8], TOO_LARGE),
    ]


@pytest.mark.parametrize("category", [framing, pings, reserved_bits, opcodes, fragmentation, utf8, closes, limits])
async def test_frames(category, world: World, people: People, capsys: pytest.CaptureFixture[str]) -> None:
    """Each case of a category is answered as the standard says; the list is printed with its results."""
    token = await people.token()
    wrong = []
    async with served(world.runtime) as port:
        for number, case in zip(count(1), category(), strict=False):
            heard = []
            async with opened(port, token) as line, asyncio.timeout(PATIENCE_S):
                if case.first:
                    await line.say(frame(TEXT, ASK))
                    assert await line.hear() == "pong"
                for said in case.said:
                    await line.say(said, case.chop)
                while len(heard) < len(case.heard):
                    heard.append(await line.hear())
                    if heard[-1] == "end":
                        break
            right = heard == list(case.heard)
            print(f"{category.__name__} {number}: {case.name}: {'passed' if right else f'FAILED, heard {heard}'}")
            if not right:
                wrong.append((case.name, case.heard, heard))
    assert not wrong
