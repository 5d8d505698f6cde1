"""Kill a serving laundry at random instants under load, and hold what is there afterwards against what was promised."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import ssl
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Self

import httpx
import orjson
from sqlalchemy import select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from livefloor import Actor, Ctx, System, new_id
from livefloor.declare.event import Event
from livefloor.identity.sessions import Session
from livefloor.kernel.settings import read_settings
from livefloor.parts.activity import Activity
from livefloor.parts.notifications import Notification
from livefloor.serve import Runtime
from livefloor.store.log import AFTER, LoggedEvent
from livefloor.store.timers import ClockOffset, DueTimer
from livefloor.systems.laundry.models import Cycle, Machine, User
from livefloor.testing.server import Process, free_port, process
from livefloor.testing.sign_in import sign_in
from livefloor.work.history import Position

SETTINGS = {
    "LIVEFLOOR_TEST_CLOCK": "1",
    "LIVEFLOOR_LIMITS": "off",
    "LIVEFLOOR_SECRET_KEY": "the siege and those besieged",
}
LONG = timedelta(days=400)
LEFT_BEHIND_S = 31
"""Answers that a killed process of several still owed may be asked for again after this long (store/idempotency.py)."""

Ends = Literal["server", "postgres", "both"]
"""What a round ends without warning."""

MACHINES = [(kind, number) for kind in ("washer", "dryer") for number in range(1, 7)]
PLAIN = ssl.create_default_context()


@dataclass(slots=True)
class Command:
    """What somebody asked for under a key, and what was answered, if anything was."""

    key: str
    path: str
    body: dict[str, Any]
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)


class Student:
    """Starts and ends loads, one after the other; keeps what was not answered and asks for it again."""

    def __init__(self, actor: Actor, token: str, chance: random.Random, machine: tuple[str, int] | None) -> None:
        self.actor = actor
        self.token = token
        self._chance = chance
        self._own = machine
        self._load: dict[str, Any] | None = None
        self.asked: list[Command] = []

    @property
    def open(self) -> Command | None:
        """Return the command that was not answered."""
        return self.asked[-1] if self.asked and self.asked[-1].status is None else None

    def next(self) -> Command:
        """Return the next command: to end the load in hand, else to start one, on a machine that may be somebody else's."""
        if self._load is not None:
            command = Command(new_id(), "machines/end", {**self._load, "collected": True})
        else:
            kind, number = self._own or self._chance.choice(MACHINES)
            body = {"machine_type": kind, "machine_id": number, "category": "normal"}
            command = Command(new_id(), "machines/start", body)
        self.asked.append(command)
        return command

    async def send(self, client: httpx.AsyncClient, command: Command) -> None:
        """Ask, and keep the answer. Raises httpx.TransportError when there is none."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": command.key}
        answer = await client.post(f"/api/v1/{command.path}", json=command.body, headers=headers)
        if answer.status_code == 503:
            raise httpx.ReadError("the database is away; whether it was stored is open")
        assert answer.status_code < 500, answer.text
        command.status, command.answer = answer.status_code, answer.json()
        if answer.status_code == 201:
            self._load = {name: command.answer[name] for name in ("machine_type", "machine_id", "cycle_id")}
        elif command.path == "machines/end":
            assert answer.status_code == 200, answer.text
            self._load = None


class Listener:
    """A page that stays open: it comes back with its last position and keeps every frame it is given."""

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor = actor
        self._token = token
        self.began = Position(0, 0)
        self.last = ""
        self.frames: list[dict[str, Any]] = []
        self.channels: set[str] = set()
        self.connected = asyncio.Event()
        self._news = asyncio.Condition()

    async def listen(self, port: int) -> None:
        """Take frames until the connection breaks."""
        self.connected.clear()
        try:
            async with connect(f"ws://127.0.0.1:{port}/api/ws", proxy=None, compression=None) as socket:
                hello = {"type": "auth", "token": self._token, **({"last_id": self.last} if self.last else {})}
                await socket.send(orjson.dumps(hello).decode())
                async for message in socket:
                    await self._take(orjson.loads(message))
        except (ConnectionClosed, OSError, EOFError):
            return

    async def _take(self, frame: dict[str, Any]) -> None:
        assert frame["event"] not in ("resync", "error"), frame
        async with self._news:
            if frame["event"] == "connected":
                self.channels = set(frame["data"]["channels"])
                if not self.last:
                    self.last = frame["data"]["last_id"]
                    self.began = Position.parse(self.last)
                self.connected.set()
            elif frame["event"] != "pong":
                self.frames.append(frame)
                self.last = frame["id"]
            self._news.notify_all()

    async def reach(self, position: str) -> None:
        """Return when this frame was taken."""
        async with self._news:
            await self._news.wait_for(lambda: Position.parse(self.last) >= Position.parse(position))


class Siege:
    """One laundry, its people, and the rounds."""

    STUDENTS = 16

    def __init__(self, system: System, data: Path, database_url: str, seed: int, postgres: Any = None) -> None:
        self.chance = random.Random(seed)
        self.system = system
        self.data = data
        self.postgres = postgres
        self.port = free_port()
        self._environ = {**SETTINGS, **({"LIVEFLOOR_DATABASE_URL": database_url} if database_url else {})}
        settings = read_settings(system.settings, system.name, self._environ, alone=True, data=data)
        self.inside = Runtime(system, settings)
        """What reads the database beside the server."""
        self.students: list[Student] = []
        self.listeners: list[Listener] = []
        self._stack = ExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._offset = 0
        self.server: Process | None = None
        self.acknowledged = 0
        self.repeated = 0

    async def __aenter__(self) -> Self:
        """Make the database and the people, and start the server."""
        await self.inside.migrated()
        self.inside.assemble()
        await self.inside.store.open()
        await self.inside._first()
        for place in range(self.STUDENTS):
            machine = MACHINES[place] if place < len(MACHINES) else None
            actor, token = await self._person("student", f"{100001 + place}")
            self.students.append(Student(actor, token, self.chance, machine))
        for actor, token in [(self.students[0].actor, self.students[0].token), await self._person("staff", "900001")]:
            self.listeners.append(Listener(actor, token))
        _, self._admin = await self._person("admin", "900000")
        await self._start()
        return self

    async def __aexit__(self, *error: object) -> None:
        """End all."""
        self._stack.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.inside.store.close()
        await self.inside.means.ports.close()
        self.inside.means.threads.shutdown(wait=False)

    async def _person(self, role: str, student_id: str) -> tuple[Actor, str]:
        async def bring_in(ctx: Ctx) -> tuple[Session, str]:
            user = await ctx.add(User(role=role, student_id=student_id, display_name=None))
            return await sign_in(ctx, user, LONG)

        session, token = await self.inside.executor.change(bring_in, settled=True)
        return Actor(session.user_id, role), token

    async def _start(self) -> None:
        started = process("laundry", data=self.data, port=self.port, wait=False, **self._environ)
        self.server = self._stack.enter_context(started)
        await asyncio.to_thread(self.server.wait_until_ready, within_s=120)
        self._tasks = [asyncio.create_task(listener.listen(self.port)) for listener in self.listeners]
        await asyncio.gather(*(listener.connected.wait() for listener in self.listeners))

    # -- a round ------------------------------------------------------------------------------------------------------

    async def round(self, ends: Ends = "server") -> None:
        """Load, end something, start it again, ask again, and hold everything together."""
        await self._load_and_kill(ends)
        if ends == "postgres":
            await self._wait_for_health()
            await self._move_clock()
        else:
            await asyncio.gather(*self._tasks)
            if self.inside.settings.is_postgres:
                await self._let_time_pass()
            await self._start()
        await self._ask_again()
        await self.hold()

    async def _load_and_kill(self, ends: Ends) -> None:
        loop = asyncio.get_running_loop()
        enough = self.acknowledged + self.chance.randint(10, 100)
        dead = asyncio.Event()

        def kill() -> None:
            assert self.server is not None
            if ends != "server":
                os.kill(self.postgres.get_pid(), signal.SIGQUIT)
            if ends != "postgres":
                self.server.kill()
            dead.set()

        async def work(student: Student, client: httpx.AsyncClient) -> None:
            while not dead.is_set():
                try:
                    await student.send(client, student.next())
                except httpx.TransportError:
                    return
                self.acknowledged += 1
                if self.acknowledged == enough:
                    loop.call_later(self.chance.random() * 0.03, kill)

        limits = httpx.Limits(max_connections=self.STUDENTS)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", verify=PLAIN, timeout=60, limits=limits
        ) as client:
            await asyncio.gather(*(work(student, client) for student in self.students))
        if ends != "server":
            await asyncio.to_thread(self.postgres.get_postmaster_info().process.wait)
            await asyncio.to_thread(self.postgres.ensure_postgres_running)

    async def _wait_for_health(self) -> None:
        """Return when the server that went on without its database works with it again."""
        async with self._client() as client, asyncio.timeout(60):
            while (await client.get("/api/health")).status_code != 200:
                await asyncio.sleep(0)

    async def _move_clock(self) -> None:
        """Move the clock of the running server, for the same reason as that of one to be started."""
        self._offset += LEFT_BEHIND_S
        async with self._client() as client:
            headers = {"Authorization": f"Bearer {self._admin}"}
            answer = await client.post("/api/v1/debug/clock", json={"advance_seconds": LEFT_BEHIND_S}, headers=headers)
            assert answer.status_code == 200, answer.text

    def _client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=self.STUDENTS)
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", verify=PLAIN, timeout=60, limits=limits)

    async def _let_time_pass(self) -> None:
        """Move the clock that the next server starts with: the answers the dead one owed count as left behind then."""
        self._offset += LEFT_BEHIND_S
        seconds = self._offset

        async def move(ctx: Ctx) -> None:
            row = await ctx.find(ClockOffset, 1)
            if row is None:
                await ctx.add(ClockOffset(id=1, seconds=seconds))
            else:
                row.seconds = seconds
                await ctx.save(row)

        await self.inside.executor.change(move, settled=True)

    async def _ask_again(self) -> None:
        """Ask with the same key for all that was not answered."""
        async with self._client() as client:
            for student in self.students:
                if (command := student.open) is not None:
                    await student.send(client, command)
                    self.repeated += 1

    # -- what must hold -----------------------------------------------------------------------------------------------

    async def hold(self) -> None:
        """Hold the promises against the database, and the pages against the log."""
        look = self.inside.executor.look
        rows = await self._log()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), "the log has a gap"
        facts = [(row, self._fact(row)) for row in rows]
        by_name: dict[str, list[Any]] = {}
        for row, fact in facts:
            by_name.setdefault(row.name, []).append(fact)
        cycles = await look(lambda look: look.all(select(Cycle)))
        self._hold_commands(by_name, cycles)
        assert Counter(fact.cycle_id for fact in by_name["machine.started"]) == Counter(cycle.id for cycle in cycles)
        ended = [cycle.id for cycle in cycles if cycle.closed_at is not None]
        assert Counter(fact.cycle_id for fact in by_name.get("machine.collected", [])) == Counter(ended)
        await self._hold_machines(facts)
        for name, model in (("activity.logged", Activity), ("notification.created", Notification)):
            stored = await look(lambda look, model=model: look.all(select(model)))
            assert len(stored) == len(by_name.get(name, [])), name
        for listener in self.listeners:
            await self._hold_listener(listener, facts)

    def _hold_commands(self, by_name: dict[str, list[Any]], cycles: Any) -> None:
        """Hold every answer against the log: what was granted is there once, and nothing else is."""
        asked = [command for student in self.students for command in student.asked]
        assert all(command.status is not None for command in asked)
        started = [command.answer["cycle_id"] for command in asked if command.status == 201]
        assert Counter(fact.cycle_id for fact in by_name["machine.started"]) == Counter(started)
        ended = [command.body["cycle_id"] for command in asked if command.path == "machines/end"]
        assert Counter(fact.cycle_id for fact in by_name.get("machine.collected", [])) == Counter(ended)

    async def _hold_machines(self, facts: list[tuple[LoggedEvent, Any]]) -> None:
        """Hold each machine as it stands against what was told of it last, and each running load against its timer."""
        machines = await self.inside.executor.look(lambda look: look.all(select(Machine)))
        timers = await self.inside.executor.look(
            lambda look: look.all(select(DueTimer).where(DueTimer.name == "cycles.end_time"))
        )
        due = {timer.args["machine_pk"]: timer.due_at for timer in timers}
        told = {fact.machine.id: fact.machine for row, fact in facts if row.name.startswith("machine.")}
        for machine in machines:
            view = told.get(machine.id)
            if view is None:
                assert machine.version == 1
                continue
            shown = (view.version, view.status, view.enabled, view.cycle_id, view.laundry_inside, view.total_cycles)
            stands = (machine.version, machine.status, machine.enabled, machine.current_cycle_id, machine.laundry_inside,
                      machine.total_cycles)  # fmt: skip
            assert shown == stands
            if machine.status == "in_use":
                assert due[machine.id] == view.ends_at

    async def _hold_listener(self, listener: Listener, facts: list[tuple[LoggedEvent, Any]]) -> None:
        """Hold what a page was given, over all its connections, against the frames of the log for its channels."""
        wanted = [
            (f"{row.seq}.{place}", told.frame.event, orjson.loads(told.frame.model_dump_json()))
            for row, fact in facts
            for place, told in enumerate(fact.frames())
            if told.channel in listener.channels and Position(row.seq, place) > listener.began
        ]
        if wanted:
            await asyncio.wait_for(listener.reach(wanted[-1][0]), 30)
        given = [(frame["id"], frame["event"], frame["data"]) for frame in listener.frames]
        assert given == wanted

    async def _log(self) -> list[LoggedEvent]:
        found: list[LoggedEvent] = []
        while True:
            after = found[-1].seq if found else 0
            rows = await self.inside.executor.look(lambda look, after=after: look.all(AFTER, after=after, until=2**62))
            if not rows:
                return found
            found += rows

    def _fact(self, row: LoggedEvent) -> Event:
        kind = self.system.event(row.name)
        assert kind is not None, row.name
        return kind.model_validate(row.data)
