"""Who is on a channel: each user once, whatever the number of tabs and of processes.

Each process tells the others of its own users, and holds what they tell of theirs for as long as they give signs of life.
There is no common list that could be wrong: what the bus lost is asked for again, a process that is gone takes its users
with it, and without a bus everybody still sees the users of his own process.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog

from livefloor.realtime.bus import Bus

log = structlog.get_logger("livefloor.presence")

Info = Mapping[str, Any]


class Member(NamedTuple):
    """A user who is on a channel, and what the others are told of him."""

    id: str
    info: Info


Changed = Callable[[str, Member, bool], Awaitable[None]]
"""Takes a channel, who came or went, and whether he came."""


@dataclass(slots=True)
class _Here:
    """A user of this process on one channel, by his connections."""

    info: Info
    connections: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Other:
    """What another process has told: its users by channel, as of its `version`; forgotten at `until`."""

    version: int
    until: float
    channels: dict[str, dict[str, Info]] = field(default_factory=dict)


class Presence:
    """Who is on which channel, as this process knows it."""

    KIND = "presence"
    GRACE_S = 3.0
    """How long a user whose last connection was lost is still there: a page change is not worth telling."""
    BEAT_S, LEASE_S = 4.0, 12.0
    """How often a process gives a sign of life, and how long after the last one its users are there."""
    TICK_S = 0.5
    AGAIN_S = 1.0

    def __init__(self, bus: Bus, changed: Changed) -> None:
        self.now: Callable[[], float] = time.monotonic
        self._bus = bus
        self._changed = changed
        self._version = 0
        self._beat_at = 0.0
        self._here: dict[str, dict[str, _Here]] = {}
        self._leaving: dict[tuple[str, str], float] = {}
        self._others: dict[str, _Other] = {}
        self._asked: dict[str, float] = {}
        self._told: dict[str, dict[str, Member]] = {}
        self._due: dict[Any, Callable[[], Awaitable[None]]] = {}
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        bus.on(self.KIND, self._hear)
        bus.on_joined(self._introduce)

    # -- those of this process ------------------------------------------------------------------------------------

    def enter(self, channel: str, user_id: str, info: Info, connection_id: str) -> bool:
        """Put a user on a channel by one more connection; return whether he was nowhere on it."""
        is_new = self._find(channel, user_id) is None
        here = self._here.setdefault(channel, {}).get(user_id)
        if here is None:
            here = self._here[channel][user_id] = _Here(info)
            self._publish("in", channel=channel, user=user_id, info=info)
            self._look_at(channel, user_id)
        self._leaving.pop((channel, user_id), None)
        here.connections.add(connection_id)
        return is_new

    def leave(self, channel: str, user_id: str, connection_id: str, *, grace: bool = True) -> None:
        """Take one connection off; with the last one the user goes: after the time of grace, or at once."""
        here = self._here.get(channel, {}).get(user_id)
        if here is None:
            return
        here.connections.discard(connection_id)
        if here.connections:
            return
        if grace:
            self._leaving.setdefault((channel, user_id), self.now() + self.GRACE_S)
        else:
            self._drop(channel, user_id)

    def members(self, channel: str) -> list[Member]:
        """Return who is on a channel now, in the order of their ids."""
        found = {
            user: info for other in self._others.values() for user, info in other.channels.get(channel, {}).items()
        }
        found.update({user: here.info for user, here in self._here.get(channel, {}).items()})
        return [Member(user, found[user]) for user in sorted(found)]

    def channels(self) -> list[str]:
        """Return the channels on which somebody is now."""
        return sorted({*self._here, *(channel for other in self._others.values() for channel in other.channels)})

    def greet(self, key: Any, channel: str, say: Callable[[list[Member]], None]) -> None:
        """Say who is on a channel as far as its changes have been told: those that are told next begin from there."""

        async def greet() -> None:
            say(list(self._told.get(channel, {}).values()))

        self._due.pop(key, None)
        self._due[key] = greet
        self._woken.set()

    def sweep(self) -> None:
        """Let go whose grace or whose process's lease is over; give a sign of life when it is time."""
        now = self.now()
        for (channel, user_id), until in list(self._leaving.items()):
            if until > now:
                break
            self._drop(channel, user_id)
        for process, other in list(self._others.items()):
            if other.until <= now:
                self._forget(process)
        if self._beat_at <= now:
            self._publish("beat")

    # -- life -----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to tell changes and to mind the time."""
        self._tasks = [
            asyncio.create_task(self._tell_on(), name="presence-tell"),
            asyncio.create_task(self._tick_on(), name="presence-tick"),
        ]

    async def stop(self) -> None:
        """Say good-bye to the other processes and end; the users have the time of grace to turn up at another."""
        self._publish("bye")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(self.TICK_S)
            try:
                self.sweep()
            except Exception:
                log.exception("presence_sweep_failed")

    async def _tell_on(self) -> None:
        """Tell what is due, one after the other: whoever listens hears changes in the order in which they are told."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._due:
                tell = self._due.pop(next(iter(self._due)))
                try:
                    await tell()
                except Exception:
                    log.exception("presence_not_told")

    # -- changes --------------------------------------------------------------------------------------------------

    def _drop(self, channel: str, user_id: str) -> None:
        self._leaving.pop((channel, user_id), None)
        del self._here[channel][user_id]
        if not self._here[channel]:
            del self._here[channel]
        self._publish("out", channel=channel, user=user_id)
        self._look_at(channel, user_id)

    def _find(self, channel: str, user_id: str) -> Member | None:
        here = self._here.get(channel, {}).get(user_id)
        if here is not None:
            return Member(user_id, here.info)
        for other in self._others.values():
            info = other.channels.get(channel, {}).get(user_id)
            if info is not None:
                return Member(user_id, info)
        return None

    def _look_at(self, channel: str, user_id: str) -> None:
        """Hold later what was told of a user against what is; nothing piles up, however often he comes and goes."""

        async def look() -> None:
            told, now = self._told.get(channel, {}), self._find(channel, user_id)
            was = told.get(user_id)
            if now is not None and was is None:
                self._told.setdefault(channel, {})[user_id] = now
                await self._changed(channel, now, True)
            elif now is None and was is not None:
                del told[user_id]
                if not told:
                    del self._told[channel]
                await self._changed(channel, was, False)

        self._due.setdefault((channel, user_id), look)
        self._woken.set()

    # -- other processes ------------------------------------------------------------------------------------------

    def _publish(self, does: str, **said: Any) -> None:
        if does in ("in", "out"):
            self._version += 1
        self._beat_at = self.now() + self.BEAT_S
        self._bus.publish(self.KIND, {"do": does, "version": self._version, **said})

    def _introduce(self) -> None:
        """Tell all, and ask all: what was said while the bus was away is lost."""
        self._tell_all()
        self._publish("ask", of=None)

    def _tell_all(self) -> None:
        mine = {name: {user: here.info for user, here in users.items()} for name, users in self._here.items()}
        self._publish("all", channels=mine)

    async def _hear(self, process: str, said: Any) -> None:
        """Take what another process says. Each change counts its version up: a gap shows that something was lost."""
        does, version = said["do"], said["version"]
        other = self._others.get(process)
        if does == "ask":
            if said["of"] in (None, self._bus.process):
                self._tell_all()
        elif does == "all":
            self._replace(process, version, said["channels"])
        elif does == "bye":
            if other is not None:
                other.until = min(other.until, self.now() + self.GRACE_S)
            return
        elif other is None or version != other.version + (does != "beat"):
            self._ask(process)
        elif does != "beat":
            other.version = version
            self._apply(other, does, said)
        other = self._others.get(process)
        if other is not None:
            other.until = self.now() + self.LEASE_S

    def _ask(self, process: str) -> None:
        """Ask a process for all that it has, once for all that comes before its answer."""
        if self._asked.get(process, -math.inf) <= self.now() - self.AGAIN_S:
            self._asked[process] = self.now()
            self._publish("ask", of=process)

    def _apply(self, other: _Other, does: str, said: Any) -> None:
        channel, user_id = said["channel"], said["user"]
        users = other.channels.setdefault(channel, {})
        if does == "in":
            users[user_id] = said["info"]
        else:
            users.pop(user_id, None)
        if not users:
            del other.channels[channel]
        self._look_at(channel, user_id)

    def _replace(self, process: str, version: int, channels: dict[str, dict[str, Info]]) -> None:
        before = self._others.get(process)
        self._asked.pop(process, None)
        self._others[process] = _Other(version, self.now() + self.LEASE_S, channels)
        for source in (before.channels if before is not None else {}, channels):
            for channel, users in source.items():
                for user_id in users:
                    self._look_at(channel, user_id)

    def _forget(self, process: str) -> None:
        self._asked.pop(process, None)
        for channel, users in self._others.pop(process).channels.items():
            for user_id in users:
                self._look_at(channel, user_id)
