"""People who come, go and are cut off at random at three processes, and a plain model of who must be seen."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from livefloor.kernel.ids import new_id
from livefloor.realtime.bus import Bus
from livefloor.realtime.presence import Member, Presence
from tests.conftest import Redis

PATIENCE_S = 30
"""When to give up waiting; what is waited for takes milliseconds."""

Spot = tuple[str, str]
"""A channel and a user."""

CHANNELS = ("desk", "bar")
USERS = tuple("abcdefgh")
GHOST_S = 15.0
"""After how long nobody may see those of a killed process any more."""


class Server:
    """One process: its presence, and what it has told."""

    def __init__(self, url: str, now: Callable[[], float]) -> None:
        self.bus = Bus(url, "crowd", new_id())
        self.presence = Presence(self.bus, self._changed)
        self.presence.now = now
        self.told: list[tuple[Spot, bool]] = []
        self.marks: dict[str, int] = {}
        self.marked = asyncio.Event()
        self.bus.on("mark", self._mark)

    async def _changed(self, channel: str, member: Member, came: bool) -> None:
        assert member.info == {"name": member.id}
        self.told.append(((channel, member.id), came))

    async def _mark(self, sender: str, said: Any) -> None:
        self.marks[sender] = said
        self.marked.set()

    async def start(self) -> None:
        """Join the others."""
        await self.bus.start()
        await self.presence.start()

    def kill(self) -> list[asyncio.Task[None]]:
        """End without a word; return what to wait for."""
        tasks = [task for task in (self.bus._task, *self.presence._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        return tasks

    async def stop(self) -> None:
        """End as a process that is asked to."""
        await self.presence.stop()
        await self.bus.stop()

    @property
    def shown(self) -> set[Spot]:
        """Return who is on which channel according to what was told."""
        shown: set[Spot] = set()
        for spot, came in self.told:
            assert came is (spot not in shown), f"{spot} was told twice the same"
            shown ^= {spot}
        return shown

    @property
    def seen(self) -> set[Spot]:
        """Return who is on which channel."""
        return {(channel, member.id) for channel in CHANNELS for member in self.presence.members(channel)}


class Crowd:
    """Three servers, the tabs at each, and who must be seen."""

    def __init__(self, redis: Redis, seed: int) -> None:
        self.random = random.Random(seed)
        self.time = 1000.0
        self.redis = redis
        self.servers: list[Server | None] = [None, None, None]
        self.tabs: list[dict[str, Spot]] = [{}, {}, {}]
        self.leaving: dict[tuple[int, Spot], float] = {}
        """Who is still there for a time of grace: at which server, until when."""
        self.ghosts: dict[Spot, float] = {}
        self.is_joined = True
        self.operations = 0
        self._round = 0
        self._before: set[Spot] = set()

    # -- the model ------------------------------------------------------------------------------------------------

    @property
    def present(self) -> set[Spot]:
        """Return who must be seen."""
        return {spot for tabs in self.tabs for spot in tabs.values()} | {spot for _, spot in self.leaving}

    def at(self, place: int) -> set[Spot]:
        """Return who must be seen at a server that hears of no other."""
        return set(self.tabs[place].values()) | {spot for where, spot in self.leaving if where == place}

    @property
    def live(self) -> list[Server]:
        """Return the servers that run."""
        return [server for server in self.servers if server is not None]

    # -- what happens ---------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Somebody opens a tab."""
        place = self._place()
        spot = (self.random.choice(CHANNELS), self.random.choice(USERS))
        tab, server = new_id(), self.servers[place]
        assert server is not None
        server.presence.enter(*spot, {"name": spot[1]}, tab)
        self.tabs[place][tab] = spot
        self.leaving.pop((place, spot), None)

    def close(self, *, grace: bool) -> None:
        """Somebody leaves a tab: said, or cut off."""
        place = self._place()
        server, tabs = self.servers[place], self.tabs[place]
        if not tabs or server is None:
            return
        tab = self.random.choice(sorted(tabs))
        spot = tabs.pop(tab)
        server.presence.leave(*spot, tab, grace=grace)
        if spot not in tabs.values():
            self.leaving.pop((place, spot), None)
            if grace:
                self.leaving[place, spot] = self.time + Presence.GRACE_S

    async def kill(self) -> None:
        """A process is killed."""
        place = self._place()
        server = self.servers[place]
        if server is None or len(self.live) == 1:
            return
        await self._quiet()
        await asyncio.gather(*server.kill(), return_exceptions=True)
        self.servers[place] = None
        for spot in self._emptied(place):
            self.ghosts[spot] = self.time + GHOST_S

    async def retire(self) -> None:
        """A process is asked to end."""
        place = self._place()
        server = self.servers[place]
        if server is None or len(self.live) == 1:
            return
        await self._quiet()
        await server.stop()
        self.servers[place] = None
        for spot in self._emptied(place):
            self.leaving[place, spot] = self.time + Presence.GRACE_S

    def _emptied(self, place: int) -> set[Spot]:
        gone = self.at(place)
        self.tabs[place] = {}
        self.leaving = {key: until for key, until in self.leaving.items() if key[0] != place}
        return gone

    async def start(self) -> None:
        """Processes that do not run are started; not while people of one that has retired have their time of grace:
        nobody tells those to a newcomer."""
        if any(self.servers[place] is None for place, _ in self.leaving):
            return
        for place, server in enumerate(self.servers):
            if server is None:
                started = self.servers[place] = Server(self.redis.url, lambda: self.time)
                await started.start()
        await self.joined()

    async def wait(self, seconds: float) -> None:
        """Time passes."""
        while seconds > 0:
            step = min(seconds, 1.5)
            seconds -= step
            self.time += step
            self.leaving = {key: until for key, until in self.leaving.items() if until > self.time}
            self.ghosts = {spot: until for spot, until in self.ghosts.items() if until > self.time}
            for server in self.live:
                server.presence.sweep()
            await self._quiet()

    async def outage(self) -> None:
        """Redis is gone for a while, in which people come and go."""
        await self._quiet()
        self.redis.kill()
        async with asyncio.timeout(PATIENCE_S):
            for server in self.live:
                while server.bus.is_joined:
                    await server.bus.changed.wait()
        self.is_joined = False
        away = self.random.choice((1.0, 5.0, 20.0))
        for _ in range(10):
            self._person()
            await self.wait(away / 10)
        if away > GHOST_S:
            for place, server in enumerate(self.servers):
                assert server is None or (server.seen == server.shown == self.at(place))
        self.redis.start()
        self.is_joined = True
        await self.joined()

    async def cut(self) -> None:
        """All lines to Redis are cut, and its memory is emptied."""
        from redis.asyncio import Redis as Client

        lost = [server.bus.changed for server in self.live]
        async with Client.from_url(self.redis.url) as client:
            await client.flushall()
            await client.client_kill_filter(_type="pubsub")
        async with asyncio.timeout(PATIENCE_S):
            for each in lost:
                await each.wait()
        self._person()
        await self.joined()

    async def overflow(self) -> None:
        """More happens than the queues to Redis take; what was lost is noticed by the next sign of life."""
        for server in self.live:
            server.bus.QUEUE = 2  # type: ignore[misc]
        for _ in range(20):
            self._person()
        for server in self.live:
            del server.bus.QUEUE  # type: ignore[misc]
        await self.wait(2 * Presence.BEAT_S)

    async def joined(self) -> None:
        """Wait until every process is joined."""
        async with asyncio.timeout(PATIENCE_S):
            for server in self.live:
                while not server.bus.is_joined:
                    await server.bus.changed.wait()

    def _place(self) -> int:
        return self.random.choice([place for place, server in enumerate(self.servers) if server is not None])

    # -- what must be seen ----------------------------------------------------------------------------------------

    async def _quiet(self) -> None:
        """Wait until all have heard all, also the answers to what they asked, and have told what they heard."""
        if self.is_joined:
            for _ in range(3):
                await self._round_trip()
        for server in self.live:
            told = asyncio.Event()
            server.presence.greet("quiet", "", lambda _, told=told: told.set())
            async with asyncio.timeout(PATIENCE_S):
                await told.wait()

    async def _round_trip(self) -> None:
        self._round += 1
        live = self.live
        for server in live:
            server.bus.publish("mark", self._round)
        async with asyncio.timeout(PATIENCE_S):
            for server in live:
                others = [other.bus.process for other in live if other is not server]
                while any(server.marks.get(process) != self._round for process in others):
                    server.marked.clear()
                    await server.marked.wait()

    async def check(self, *, each: bool) -> None:
        """Hold every process against the model; `each`: also that one change was told once, and nothing else."""
        until = [len(server.told) for server in self.live]
        await self._quiet()
        unsure = set(self.ghosts)
        for server, start in zip(self.live, until, strict=True):
            assert server.seen - unsure == self.present - unsure, f"after {self.operations} operations"
            assert server.shown == server.seen
            if each:
                told = Counter((spot, came) for spot, came in server.told[start:] if spot not in unsure)
                came, went = self.present - self._before - unsure, self._before - self.present - unsure
                assert told == Counter({**{(spot, True): 1 for spot in came}, **{(spot, False): 1 for spot in went}})
        self._before = self.present | unsure

    def _person(self) -> None:
        """Somebody does something at a process."""
        what = self.random.random()
        if what < 0.45:
            self.open()
        else:
            self.close(grace=what < 0.75)

    async def step(self) -> None:
        """Let something happen, and look."""
        self.operations += 1
        what = self.random.random()
        if what < 0.6:
            self._person()
            await self.check(each=True)
        elif what < 0.9:
            for _ in range(self.random.randint(2, 12)):
                self.operations += 1
                self._person()
            await self.check(each=False)
        elif what < 0.98:
            await self.wait(self.random.choice((1.0, 4.0, 16.0)))
            await self.check(each=False)
        else:
            rare = (self.kill, self.kill, self.retire, self.start, self.start, self.outage, self.cut, self.overflow)
            await self.random.choice(rare)()
            await self.check(each=False)

    async def run(self, operations: int) -> None:
        """Let at least so many operations happen, then let all ghosts go and look for the last time."""
        await self.start()
        try:
            while self.operations < operations:
                await self.step()
            await self.wait(GHOST_S + 1)
            await self.start()
            assert not self.ghosts and len(self.live) == 3
            await self.check(each=False)
        finally:
            for server in self.live:
                await server.stop()
