"""Many stock clients of each wire, while changes pour in and everything around them is ended at random instants: what each
client was told is held against the log."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from livefloor import Ctx
from livefloor.declare.event import Event
from livefloor.identity.sessions import Session
from livefloor.kernel.problems import Problem
from livefloor.kernel.settings import read_settings
from livefloor.serve import Runtime
from livefloor.store.log import AFTER
from livefloor.testing.server import Process, free_port, process
from livefloor.testing.sign_in import sign_in
from tests.conftest import Redis
from tests.platform.shop import PersonTold, ShopTold, User, system
from tests.wires.relay import Relay
from tests.wires.stock import Stock, stock

WIRES = ("socketio", "pusher", "sse", "websocket")
KEY = "chaos"
SETTINGS = {
    "LIVEFLOOR_LIMITS": "off",
    "LIVEFLOOR_SECRET_KEY": "of many clients who must not miss a thing",
    "LIVEFLOOR_PUSHER_APP_ID": "42",
    "LIVEFLOOR_PUSHER_KEY": KEY,
    "LIVEFLOOR_PUSHER_SECRET": "of many clients who must not miss a thing",
    "LIVEFLOOR_DRAIN_SECONDS": "1",
    "PYTHONPATH": str(Path(__file__).parents[2]),
}
CLIENTS = (Path(__file__).with_name("clients.mjs"), str(Path(__file__).parents[2] / "web/package.json"))
"""The script of the stock clients, and where their packages are found from."""
PATIENCE_S = 90
"""When to give up waiting on a machine that is busy with other things."""
PER_RELAY = 10
EVENTS_AT_ONCE = 4
HEARD_BY = 20
"""How many clients hear an event in the mean: a few are for all, the others for one person each."""


class Client:
    """One stock client: whose it is, and the relay through which it comes."""

    def __init__(self, name: str, wire: str, user_id: str, token: str, relay: Relay) -> None:
        self.name = name
        self.wire = wire
        self.user_id = user_id
        self.token = token
        self.relay = relay

    def wrong(self, told: dict[str, list[str]], report: dict[str, Any]) -> str:
        """Return in what it differs from the log, or nothing."""
        channels = ("board", f"user:{self.user_id}")
        if self.wire == "pusher":
            wanted = {f"private-{name.replace(':', '-')}": told.get(name, []) for name in channels}
        else:
            wanted = {"all": sorted((id for name in channels for id in told.get(name, [])), key=_place)}
        heard = {name: report["heard"].get(name, []) for name in wanted}
        found = [
            f"{stream}: lost {sorted(set(ids) - set(heard[stream]), key=_place)[:5]}, "
            f"doubled {[id for id, many in Counter(heard[stream]).items() if many > 1][:5]}, "
            f"in order: {heard[stream] == sorted(heard[stream], key=_place)}"
            for stream, ids in wanted.items()
            if heard[stream] != ids
        ]
        if report["resets"]:
            found.append(f"{report['resets']} resets")
        return f"{self.name}: " + "; ".join(found) if found else ""


async def pause(seconds: float) -> None:
    """Let the storm go on for a while: this is its own pace, nothing is waited for."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    await over.wait()


def _place(id: str) -> tuple[int, ...]:
    return tuple(int(part) for part in id.split("."))


class Storm:
    """A server of two processes, its clients, its writer, and what befalls them."""

    def __init__(self, server: Process, runtime: Runtime, redis: Redis, postgres: Any, js: Stock, seed: int) -> None:
        self.server = server
        self.runtime = runtime
        self.redis = redis
        self.postgres = postgres
        self.js = js
        self.clients: list[Client] = []
        self.relays: list[Relay] = []
        self.faults: Counter[str] = Counter()
        self.written = 0
        self._chance = random.Random(seed)

    # -- people ---------------------------------------------------------------------------------------------------

    async def gather(self, stack: AsyncExitStack, each: int) -> None:
        """Connect so many clients of each wire; return when all are live."""
        for number in range(each * len(WIRES)):
            if number % PER_RELAY == 0:
                self.relays.append(await stack.enter_async_context(Relay(self.server.port).listening()))
            session, token = await self.runtime.executor.change(_customer)
            wire = WIRES[number % len(WIRES)]
            client = Client(f"{wire}-{number}", wire, session.user_id, token, self.relays[-1])
            self.clients.append(client)
            channels = ["private-board", f"private-user-{client.user_id}"]
            heard = {"events": ["word", "ticket_update"], "channels": channels}
            base = f"http://127.0.0.1:{client.relay.port}"
            self.js.do("open", name=client.name, wire=wire, base=base, token=token, key=KEY, **heard)
        async with asyncio.timeout(PATIENCE_S):
            for _ in self.clients:
                await self.js.hear("live")

    # -- what happens ---------------------------------------------------------------------------------------------

    async def write(self, rate: float, until: float) -> None:
        """Let so many events a second come true, as far as the database is there; what is there is told by the log."""
        loop = asyncio.get_running_loop()
        number = 0
        while loop.time() < until:
            due = loop.time() + EVENTS_AT_ONCE / rate
            events = []
            for _ in range(EVENTS_AT_ONCE):
                number += 1
                events.append(self._event(f"n{number}"))
            await self._commit(events, is_needed=False)
            await pause(max(0.0, due - loop.time()))

    def _event(self, text: str) -> Event:
        if self._chance.random() < HEARD_BY / len(self.clients):
            return ShopTold(channels=["board"], text=text)
        return PersonTold(user_id=self._chance.choice(self.clients).user_id, text=text)

    async def _commit(self, events: list[Event], *, is_needed: bool) -> None:
        async def tell(ctx: Ctx) -> None:
            for event in events:
                ctx.emit(event)

        while True:
            try:
                await self.runtime.executor.change(tell)
            except (Problem, OSError):
                if not is_needed:
                    return
                await pause(0.1)
            else:
                self.written += len(events)
                return

    async def befall(self, seconds: float, every: float) -> None:
        """Let faults come at random instants, each kind at least once where there is time."""
        kinds: list[Callable[[], Awaitable[None]]] = [
            self.cut_clients,
            self.cut_relay,
            self.kill_worker,
            self.roll,
            self.restart_redis,
            self.restart_postgres,
        ]
        ends = asyncio.get_running_loop().time() + seconds
        bag: list[Callable[[], Awaitable[None]]] = []
        while asyncio.get_running_loop().time() < ends:
            await pause(self._chance.uniform(0.5, 1.5) * every)
            if not bag:
                bag = self._chance.sample(kinds, len(kinds))
            fault = bag.pop()
            self.faults[fault.__name__] += 1
            await fault()

    async def cut_clients(self) -> None:
        """Break the lines of a few clients at their own end."""
        for client in self._chance.sample(self.clients, max(1, len(self.clients) // 10)):
            self.js.do("cut", name=client.name)

    async def cut_relay(self) -> None:
        """Break the lines of those behind a proxy, which lets nobody through for a moment."""
        relay = self._chance.choice(self.relays)
        relay.cut()
        await pause(self._chance.uniform(0, 1))
        relay.mend()

    async def kill_worker(self) -> None:
        """Kill one process of the server."""
        os.kill(self._chance.choice(self._workers()), signal.SIGKILL)
        await self._all_work()

    async def roll(self) -> None:
        """End the processes of the server gently, one after the other."""
        for worker in self._workers():
            os.kill(worker, signal.SIGTERM)
            while worker in self._workers():
                await pause(0.05)
            await self._all_work()

    async def restart_redis(self) -> None:
        """End Redis, and start it anew after a moment."""
        await asyncio.to_thread(self.redis.kill)
        await pause(self._chance.uniform(0, 1))
        await asyncio.to_thread(self.redis.start)

    async def restart_postgres(self) -> None:
        """End the database as a crash would, and start it anew."""
        os.kill(self.postgres.get_pid(), signal.SIGQUIT)
        await asyncio.to_thread(self.postgres.get_postmaster_info().process.wait)
        await asyncio.to_thread(self.postgres.ensure_postgres_running)

    def _workers(self) -> list[int]:
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    async def _all_work(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while len(self._workers()) < 2:
                await pause(0.05)

    # -- what was promised ----------------------------------------------------------------------------------------

    async def wrong(self) -> list[str]:
        """Return in what any client differs from the log, when all has been told."""
        ends: list[Event] = [PersonTold(user_id=client.user_id, text="end") for client in self.clients]
        await self._commit([*ends, ShopTold(channels=["board"], text="end")], is_needed=True)
        missing = len(self.clients)
        try:
            async with asyncio.timeout(PATIENCE_S):
                for _ in self.clients:
                    await self.js.hear("end")
                    missing -= 1
        except TimeoutError:
            pass  # who did not hear the end is found below
        told = await self._told()
        self.js.do("report")
        reports = {said["name"]: said for said in [await self.js.hear("report") for _ in self.clients]}
        return [why for client in self.clients if (why := client.wrong(told, reports[client.name]))]

    async def _told(self) -> dict[str, list[str]]:
        """Return the ids of the frames of each channel, in order, from the log."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        after = 0
        while rows := await self.runtime.executor.look(lambda look: look.all(AFTER, after=after, until=2**62)):  # noqa: B023
            for row in rows:
                for place, told in enumerate(self.runtime.history.framed(row).frames):
                    found[told.channel].append(f"{row.seq}.{place}")
            after = rows[-1].seq
        return found


async def _customer(ctx: Ctx) -> tuple[Session, str]:
    return await sign_in(ctx, await ctx.add(User(role="customer", display_name="customer")))


@asynccontextmanager
async def storm(data: Path, postgres: Any, redis: Redis, each: int, seed: int) -> AsyncIterator[Storm]:
    """Serve the shop by two processes on this database, with a Redis; `postgres` and `redis` are ended and started at will."""
    url = postgres.get_uri("postgres")
    given = {**SETTINGS, "LIVEFLOOR_DATABASE_URL": url, "LIVEFLOOR_REDIS_URL": redis.url}
    async with AsyncExitStack() as stack:
        settings = read_settings(system.settings, system.name, given, alone=True, data=data / "writer")
        runtime = Runtime(system, settings)
        await runtime.open(background=False)
        stack.push_async_callback(runtime.close)
        where = "tests.platform.shop:system"
        server = stack.enter_context(process(where, "--workers", "2", data=data, port=free_port(), wait=False, **given))
        await asyncio.to_thread(server.wait_until_ready, within_s=PATIENCE_S)
        js = await stack.enter_async_context(stock(*CLIENTS))
        storm = Storm(server, runtime, redis, postgres, js, seed)
        await storm.gather(stack, each)
        yield storm


async def weather(
    data: Path,
    postgres: Any,
    redis: Redis,
    *,
    each: int,
    seconds: float,
    seed: int,
    rate: float = 200,
    every: float = 2.5,
) -> tuple[int, Counter[str], list[str]]:
    """Let a storm go on for so long: `rate` events a second, a fault about `every` so many seconds.

    Returns how many events were written, the faults by kind, and in what any client differs from the log.
    """
    async with storm(data, postgres, redis, each, seed) as there:
        writing = asyncio.create_task(there.write(rate, asyncio.get_running_loop().time() + seconds))
        await there.befall(seconds, every)
        await writing
        wrong = await there.wrong()
        return there.written, there.faults, wrong
