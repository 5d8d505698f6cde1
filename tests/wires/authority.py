"""An oracle of who may hear what in the shop, and clients without a socket whose every byte is held against it."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from livefloor.realtime.codes import GOING_AWAY
from livefloor.realtime.wires.websocket import LEFT

if TYPE_CHECKING:
    from tests.wires.test_authority import Scene

PATIENCE_S = 30
"""When to give up waiting; what is waited for takes milliseconds."""

WIRES = ("websocket", "sse", "socketio", "pusher")
MARK = re.compile(rb"<(\d+)@([^>]+)>")
"""What is looked for in all that a client is sent, whatever its form: the number of a frame, and its channel."""

PRESENT = re.compile(rb'member[^"]*"[^"]*"[^{]*\{?"channel":"(?:presence-)?((?:counter|bench)[\w:-]*)"')
"""What tells who comes to a channel or leaves it."""

HEADS = {"staff": "private-", "board": "private-", "user": "private-", "counter": "presence-", "bench": "presence-"}
HEADS |= {"news": "", "hours": "cache-"}


# -- the oracle -----------------------------------------------------------------------------------------------------


def may(person: Person | None, channel: str) -> bool:
    """Tell, as the shop's own words have it, who may be on a channel."""
    kind, _, rest = channel.partition(":")
    if kind in ("news", "hours"):
        return True
    if person is None or not person.is_active:
        return False
    return {
        "board": True,
        "bench": True,
        "staff": person.role == "mechanic",
        "counter": person.role == "clerk",
        "user": rest == person.id,
    }[kind]


def home(person: Person) -> set[str]:
    """Return where somebody is put by himself, on the wires that do so."""
    return {"board", f"user:{person.id}"} | {name for name in ("staff", "counter") if may(person, name)}


def name_of(channel: str) -> str:
    """Return what Pusher's clients call a channel."""
    return HEADS[channel.partition(":")[0]] + channel.replace(":", "-")


class Person:
    """Somebody as he stands after the last change."""

    def __init__(self, id: str, role: str) -> None:
        self.id = id
        self.role = role
        self.is_active = True
        self.sessions: dict[str, str] = {}
        """Tokens by session, of those that stand."""


# -- a client without a socket --------------------------------------------------------------------------------------


class Line:
    """The transport of one client: takes what the server writes, and has the server hear what the client says."""

    drain_s = 0.0
    good_bye = (b"", GOING_AWAY)

    def __init__(self) -> None:
        # It is never silent for long: how long this test takes is no matter of the heartbeats.
        self.loop = asyncio.get_running_loop()
        self.heard_at = self.loop.time() + 3600
        self.conn = SimpleNamespace(max_message_size=0)
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.written: list[bytes] = []
        self.closed = asyncio.Event()
        self._more = asyncio.Event()

    def carry(self, listener: object) -> None:
        """Have nobody to tell of room: there always is."""

    def write(self, data: bytes) -> None:
        """Take bytes."""
        self.written.append(data)
        self._more.set()
        if data == b"\x81\x012":
            self.said.put_nowait({"type": "websocket.receive", "text": "3"})

    def is_full(self) -> bool:
        """Tell that all was taken."""
        return False

    def leave(self, why: object) -> None:
        """End, as the server wants it."""
        self.said.put_nowait({"type": LEFT, "why": why})

    def wake(self, closing: asyncio.Future[Any]) -> None:
        """End, as the hub wants it."""
        self.leave(closing.result())

    def forget_handshake(self) -> None:
        """Have nothing to let go of."""

    async def end(self, why: Any, send: Any) -> None:
        """Say the close."""
        await send({"type": "websocket.close", "code": why.code, "reason": why.reason})

    async def send(self, message: Any) -> None:
        """Take what the server says of the connection itself."""
        if message["type"] == "websocket.close" or (message["type"] == "http.response.body"):
            self.closed.set()
        if message.get("status", 200) != 200:
            self.write(b"refused")

    async def until(self, pattern: bytes, start: int = 0) -> re.Match[bytes]:
        """Return the first match in what was written since `start`."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for data in self.written[start:]:
                    if found := re.search(pattern, data):
                        return found
                self._more.clear()
                await self._more.wait()


class Client:
    """One connection, and what it must be told according to the oracle."""

    def __init__(self, scene: Scene, wire: str, person: Person | None, session: str) -> None:
        self.scene = scene
        self.wire = wire
        self.person = person
        self.session = session
        self.on: set[str] = set()
        self.was_on: set[str] = set()
        self.is_ended = False
        """Whether the server must have sent it away."""
        self.due: defaultdict[str, list[int]] = defaultdict(list)
        self.line = Line()
        self.pid = ""

    async def come(self, since: tuple[str, int] | None = None) -> None:
        """Connect; with the position and number of what was last seen, hear what was missed."""
        if self.wire != "pusher":
            assert self.person is not None
            self._expect(home(self.person), since[1] if since else None)
        opened = getattr(self, f"_open_{self.wire}")(since[0] if since else None)
        await opened

    async def join(
        self, channel: str, *, auth: dict[str, str] | None = None, since: tuple[str, int] | None = None
    ) -> None:
        """Ask for a channel, by whatever `auth`; be on it if it is the person's."""
        start = len(self.line.written)
        if self.wire == "pusher":
            name = name_of(channel)
            if auth is None:
                auth = await self.scene.authorized(self, name, since[0] if since else None)
            if (auth is not None or self.person is None) and may(self.person, channel):
                self._expect({channel}, since[1] if since else None)
                if channel.startswith("hours") and since is None:
                    self.due[channel] += [number for number, told in self.scene.log if told == channel][-1:]
            said = {"event": "pusher:subscribe", "data": {"channel": name, **(auth or {"auth": ""})}}
            self._say(said)
            of_it = rb'","channel":"' + name.encode() + rb'"'
            await self.line.until(rb"subscription_(succeeded|error)" + of_it, start)
            if channel in self.on:
                await self.line.until(rb"caught_up" + of_it, start)
        else:
            assert self.person is not None
            if channel in home(self.person):
                self._expect({channel}, None)
            self._say({"type": "subscribe", "channels": [channel]})
            await self.line.until(rb"subscribed", start)

    async def leave(self, channel: str) -> None:
        """Leave one channel."""
        start = len(self.line.written)
        self.on.discard(channel)
        if self.wire == "pusher":
            self._say({"event": "pusher:unsubscribe", "data": {"channel": name_of(channel)}})
            self._say({"event": "pusher:ping", "data": {}})
            await self.line.until(rb"pong", start)
        else:
            self._say({"type": "unsubscribe", "channels": [channel]})
            await self.line.until(rb"subscribed", start)

    async def go(self) -> None:
        """Go away, as a page that is closed."""
        self.on = set()
        kind = "http.disconnect" if self.wire == "sse" else "websocket.disconnect"
        self.line.said.put_nowait({"type": kind, "code": 1001})
        await self.task

    def lose(self) -> None:
        """Follow a change of the person's rights."""
        lost = {channel for channel in self.on if not may(self.person, channel)}
        # Whoever speaks Pusher's protocol is somebody with the first channel, and sent away to ask anew for what is left.
        if self.wire == "pusher":
            self.is_ended |= bool(lost) or (self.is_over and bool(self.was_on))
        else:
            self.is_ended |= self.is_over
        self.on = set() if self.is_ended else self.on - lost

    @property
    def is_over(self) -> bool:
        """Tell whether its session has ended."""
        return self.person is not None and (not self.person.is_active or self.session not in self.person.sessions)

    def wrong(self) -> list[str]:
        """Return in what it differs from the oracle."""
        heard: defaultdict[str, list[int]] = defaultdict(list)
        for number, channel in MARK.findall(b"".join(self.line.written)):
            heard[channel.decode()].append(int(number))
        found = [
            f"{self.wire} {channel}: leaked {sorted(set(heard[channel]) - set(self.due[channel]))[:5]}, "
            f"withheld {sorted(set(self.due[channel]) - set(heard[channel]))[:5]}, {len(heard[channel])} told"
            for channel in heard.keys() | self.due.keys()
            if heard[channel] != self.due[channel]
        ]
        seen = {name.decode().replace("-", ":") for name in PRESENT.findall(b"".join(self.line.written))}
        return found + [f"{self.wire} heard of who is on {channel}" for channel in seen - self.was_on]

    # -- what it says ---------------------------------------------------------------------------------------------

    def _expect(self, channels: set[str], since: int | None) -> None:
        self.on |= channels
        self.was_on |= channels
        if since is not None:
            for number, channel in self.scene.log[since:]:
                if channel in channels:
                    self.due[channel].append(number)

    def _say(self, said: Any) -> None:
        text = json.dumps(said)
        if self.wire == "socketio":
            text = "42" + json.dumps([said["type"], said])
        self.line.said.put_nowait({"type": "websocket.receive", "text": text})

    def _run(self, kind: str, path: str, query: str = "", **headers: str) -> None:
        scope = {
            "type": kind,
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "livefloor.pipe": self.line,
        }
        if kind == "websocket":
            self.line.said.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(self.scene.world.runtime(scope, self.line.said.get, self.line.send))

    @property
    def _token(self) -> str:
        assert self.person is not None
        return self.person.sessions[self.session]

    async def _open_websocket(self, since: str | None) -> None:
        self._run("websocket", "/api/ws")
        self._say({"type": "auth", "token": self._token, **({"last_id": since} if since else {})})
        await self.line.until(rb'"connected"')

    async def _open_sse(self, since: str | None) -> None:
        self._run("http", "/api/stream", f"last_id={since}" if since else "", authorization=f"Bearer {self._token}")
        await self.line.until(rb"event: connected")

    async def _open_socketio(self, since: str | None) -> None:
        self._run("websocket", "/socket.io/", "EIO=4&transport=websocket")
        given = {"token": self._token, **({"pid": self.pid, "offset": since} if since else {})}
        self.line.said.put_nowait({"type": "websocket.receive", "text": "40" + json.dumps(given)})
        self.pid = (await self.line.until(rb'"pid":"([^"]+)"'))[1].decode()
        await self.line.until(rb'\["connected"')

    async def _open_pusher(self, since: str | None) -> None:
        key = self.scene.world.runtime.means.secrets["pusher_key"]
        self._run("websocket", f"/app/{key}", "protocol=7")
        self.socket_id = (await self.line.until(rb'socket_id\\":\\"([\d.]+)'))[1].decode()
