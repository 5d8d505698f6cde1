"""Who is told what, held against an oracle of its own: random people on all wires, while their rights come and go."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from livefloor import Ctx, new_id
from livefloor.identity.sessions import Session
from livefloor.identity.tokens import Tokens
from livefloor.realtime.codes import GOING_AWAY
from livefloor.realtime.hub import Hub
from livefloor.realtime.wires.websocket import LEFT
from livefloor.testing.world import World
from tests.platform.shop import ShopTold, User, UserChanged

PATIENCE_S = 30
"""When to give up waiting; what is waited for takes milliseconds."""

WIRES = ("websocket", "sse", "socketio", "pusher")
ROLES = ("customer", "mechanic", "clerk")
PEOPLE, ROUNDS, CHANGES, FRAMES = 40, 50, 10, 5
"""Each frame is one triple with each of the people: 50 × 10 × 5 × 40 = 100,000."""

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
        self.heard_at = asyncio.get_running_loop().time() + 3600
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


# -- what happens ---------------------------------------------------------------------------------------------------


class Scene:
    """The people, their connections, and all that was told so far."""

    def __init__(self, world: World, http: httpx.AsyncClient, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.people: list[Person] = []
        self.clients: list[Client] = []
        self.all: list[Client] = []
        self.log: list[tuple[int, str]] = []
        """The number and channel of each frame."""
        self.grants: list[tuple[str, dict[str, str]]] = []
        self._http = http

    async def gather(self) -> None:
        """Let everybody have an account and two sessions."""
        for number in range(PEOPLE):
            role = ROLES[number % len(ROLES)]
            user = await self.world.change(lambda ctx, role=role: ctx.add(User(role=role, display_name="")))  # type: ignore[misc]
            self.people.append(Person(user.id, role))
            for _ in range(2):
                await self.sign_in(self.people[-1])

    async def sign_in(self, person: Person) -> None:
        """Give somebody one more session."""

        async def begin(ctx: Ctx) -> Session:
            times = {"created_at": ctx.now, "last_used_at": ctx.now, "expires_at": ctx.now + timedelta(days=30)}
            return await ctx.add(Session(id=new_id(), user_id=person.id, user_agent="", ip_prefix="", **times))

        session = await self.world.change(begin)
        tokens = Tokens(self.world.runtime.means.secrets["secret_key"])
        day = timedelta(hours=24)
        person.sessions[session.id] = tokens.issue(person.id, session.id, person.role, self.world.clock.now(), day)

    async def authorized(self, client: Client, name: str, since: str | None) -> dict[str, str] | None:
        """Ask for what lets a socket of Pusher's join a channel, as its page does."""
        if client.person is None:
            return None
        said = {"socket_id": client.socket_id, "channel_name": name, **({"since": since} if since else {})}
        token = client.person.sessions[client.session]
        answer = await self._http.post("/pusher/auth", data=said, headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 200:
            return None
        given: dict[str, str] = answer.json()
        return given

    def channels(self) -> list[str]:
        """Return all that there are."""
        return ["board", "staff", "counter", "news", "hours:mon", "bench:1", *(f"user:{one.id}" for one in self.people)]

    def _some_channels(self, most: int) -> list[str]:
        """Return a few: those of roles as often as those of persons."""
        few = ["board", "staff", "counter", "news", "hours:mon", "bench:1"]
        return [
            self.chance.choice(few) if self.chance.random() < 0.6 else self.chance.choice(self.channels())
            for _ in range(most)
        ]

    # -- coming and going -----------------------------------------------------------------------------------------

    async def come(self) -> None:
        """Let somebody connect, as long as the limit of one user's lines closes nobody."""
        if self.chance.random() < 0.05:
            await self._entered(Client(self, "pusher", None, ""))
        person = self.chance.choice(self.people)
        if not person.is_active:
            return
        if not person.sessions:
            await self.sign_in(person)
        mine = [client for client in self.clients if client.person is person]
        if len(mine) < Hub.PER_USER:
            session = self.chance.choice(sorted(person.sessions))
            await self._entered(Client(self, self.chance.choice(WIRES), person, session))

    async def _entered(self, client: Client) -> None:
        self.clients.append(client)
        self.all.append(client)
        await client.come()

    async def ask(self) -> None:
        """Let somebody ask for a channel, his or not, or with what another was given."""
        client = self.chance.choice(self.clients)
        [channel] = self._some_channels(1)
        if client.wire == "sse" or channel in client.on:
            return
        stolen = None
        if client.wire == "pusher" and self.chance.random() < 0.2:
            others = [one for one in self.clients if one.wire == "pusher" and one.person not in (client.person, None)]
            if not others or may(client.person, channel):
                return
            stolen = await self.authorized(self.chance.choice(others), name_of(channel), None) or {"auth": "nobody:s"}
        await client.join(channel, auth=stolen)

    async def leave(self) -> None:
        """Let somebody leave a channel."""
        client = self.chance.choice(self.clients)
        if client.wire != "sse" and client.on:
            await client.leave(self.chance.choice(sorted(client.on)))

    async def go(self) -> Client:
        """Let somebody go away."""
        client = self.chance.choice(self.clients)
        self.clients.remove(client)
        await client.go()
        return client

    async def back(self, before: Client, since: tuple[str, int]) -> None:
        """Let somebody who went away come back from where he stood."""
        if sum(client.person is before.person for client in self.clients) == Hub.PER_USER:
            return
        client = Client(self, before.wire, before.person, before.session)
        client.pid = before.pid
        self.clients.append(client)
        self.all.append(client)
        if client.wire != "pusher":
            await client.come(since)
            return
        await client.come()
        for channel in ("board", "staff", "news"):
            await client.join(channel, since=since)

    # -- what is told ---------------------------------------------------------------------------------------------

    def _tell(self, ctx: Ctx) -> None:
        """Tell a few channels something, and let the oracle know it."""
        for channel in self._some_channels(FRAMES):
            number = len(self.log)
            self.log.append((number, channel))
            ctx.emit(ShopTold(channels=[channel], text=f"<{number}@{channel}>"))
            for client in self.clients:
                if channel in client.on:
                    client.due[channel].append(number)

    async def burst(self, settled: set[Person | None]) -> None:
        """Let changes come true one after the other, with people's rights changing between the frames; not of some."""
        changed: set[Person | None] = set(settled)
        for _ in range(CHANGES):
            person = self.chance.choice(self.people)
            is_changed = person not in changed and self.chance.random() < 0.4
            before = self.chance.random() < 0.5

            async def work(
                ctx: Ctx, person: Person = person, is_changed: bool = is_changed, before: bool = before
            ) -> None:
                if before:
                    self._tell(ctx)
                if is_changed:
                    await self._change(ctx, person)
                if not before:
                    self._tell(ctx)

            changed.add(person)
            await self.world.change(work)

    async def _change(self, ctx: Ctx, person: Person) -> None:
        """Change somebody's role, end a session, or take the account away or give it back."""
        user = await ctx.find(User, person.id)
        assert user is not None
        match self.chance.randrange(4):
            case 0 | 1:
                person.role = user.role = self.chance.choice(ROLES)
            case 2 if person.sessions:
                ended = self.chance.choice(sorted(person.sessions))
                del person.sessions[ended]
                session = await ctx.find(Session, ended)
                assert session is not None
                session.revoked_at = ctx.now
                await ctx.save(session)
            case _:
                person.is_active = not person.is_active
                user.status = "active" if person.is_active else "suspended"
        await ctx.save(user)
        ctx.emit(UserChanged(user_id=person.id))
        for client in self.clients:
            if client.person is person:
                client.lose()

    async def quiet(self) -> str:
        """Return the position where all has been told and who was sent away is gone."""
        head = await self.world.head()
        async with asyncio.timeout(PATIENCE_S):
            while self.world.runtime.tail.position < head:
                await asyncio.sleep(0)
        for client in [client for client in self.clients if client.is_ended or client.is_over]:
            self.clients.remove(client)
            if client.is_ended:
                await asyncio.wait_for(client.line.closed.wait(), PATIENCE_S)
            await client.go()
        return str(head)


@pytest.fixture
def database_url() -> str:
    """One database is enough: who may hear what is not asked of it."""
    return ""


@pytest.fixture
async def scene(world: World) -> AsyncIterator[Scene]:
    """Give the people, with nobody connected yet."""
    async with world.client() as http:
        scene = Scene(world, http, seed=4)
        await scene.gather()
        yield scene
        for client in tuple(scene.clients):
            await client.go()


async def test_nobody_is_told_what_is_not_for_him_and_all_that_is(scene: Scene) -> None:
    """Of 100,000 triples of a person, a channel and an event none is told wrongly, and none withheld."""
    for _ in range(60):
        await scene.come()
    since = (await scene.quiet(), 0)
    for _ in range(ROUNDS):
        away = [await scene.go() for _ in range(3)]
        for _ in range(5):
            await scene.come()
            await scene.ask()
        await scene.leave()
        able = [one for one in away if one.person is not None and not one.is_over]
        settled = {one.person for one in able}
        async with asyncio.TaskGroup() as group:
            group.create_task(scene.burst(settled))
            for one in able:
                group.create_task(scene.back(one, since))
        since = (await scene.quiet(), len(scene.log))
    assert len(scene.log) * PEOPLE == 100_000
    wrong = [why for client in scene.all for why in client.wrong()]
    assert not wrong, f"{len(wrong)} of {len(scene.all)} connections: {wrong[:10]}"
    assert {client.wire for client in scene.all} == set(WIRES)
