"""Who is told what, held against an oracle of its own: random people on all wires, while their rights come and go."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import httpx
import pytest

from livefloor import Ctx
from livefloor.identity.sessions import Session
from livefloor.realtime.hub import Hub
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World
from tests.platform.shop import ShopTold, User, UserChanged
from tests.wires.authority import PATIENCE_S, WIRES, Client, Person, may, name_of

ROLES = ("customer", "mechanic", "clerk")
PEOPLE, ROUNDS, CHANGES, FRAMES = 40, 50, 10, 5
"""Each frame is one triple with each of the people: 50 × 10 × 5 × 40 = 100,000."""


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

        async def begin(ctx: Ctx) -> tuple[Session, str]:
            user = await ctx.find(User, person.id)
            assert user is not None
            return await sign_in(ctx, user)

        session, token = await self.world.change(begin)
        person.sessions[session.id] = token

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
