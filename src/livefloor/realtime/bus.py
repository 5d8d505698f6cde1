"""What processes tell each other that does not pass through the log: presence and signals that nobody keeps."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import orjson
import structlog

log = structlog.get_logger("livefloor.bus")

Handler = Callable[[str, Any], Awaitable[None]]
"""Takes the process that speaks, and what it says."""


def check_address(url: str) -> None:
    """Refuse an address that cannot be one of Redis. Raises ValueError."""
    from redis.asyncio import Redis

    Redis.from_url(url)


def topic_of(system: str, secret: str) -> str:
    """Return the name under which the processes of one deployment meet; another deployment on the same Redis has another.

    A number of a database in the address would not part them: publishing knows none.
    """
    return f"livefloor:{system}:{hmac.digest(secret.encode(), b'bus', hashlib.sha256).hex()[:16]}"


class Bus:
    """Carries messages from this process to the others, over Redis' publish and subscribe; without an address to nobody.

    Messages of one process arrive in order. What cannot be carried is dropped and counted: whoever needs more than that
    tells all anew when the bus is `joined` again.
    """

    QUEUE = 2_000
    BATCH = 100
    BEAT_S, SILENT_S = 3.0, 10.0
    """How often this process says something in any case, and after how long without hearing it the line is dead."""
    CONNECT_S = 3.0
    AGAIN_S, AGAIN_MOST_S = 0.2, 2.0

    def __init__(self, url: str, topic: str, process: str) -> None:
        self.url = url
        self.process = process
        self.is_joined = False
        self.dropped = 0
        self.changed = asyncio.Event()
        """Set, and made anew, whenever the bus was joined or lost."""
        self._topic = topic
        self._handlers: dict[str, Handler] = {}
        self._joined: list[Callable[[], None]] = []
        self._queue: deque[bytes] = deque()
        self._due = asyncio.Event()
        self._sent = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def on(self, kind: str, handler: Handler) -> None:
        """Let a handler have the messages of one kind that other processes publish, one after the other."""
        self._handlers[kind] = handler

    def on_joined(self, call: Callable[[], None]) -> None:
        """Call this whenever messages are carried from now on, and some may have been lost before."""
        self._joined.append(call)

    def publish(self, kind: str, payload: Any) -> None:
        """Hand a message (of what JSON can say) to all other processes, now or never; waits for nothing."""
        if not self.url:
            return
        if not self.is_joined or len(self._queue) >= self.QUEUE:
            self.dropped += 1
            return
        self._queue.append(orjson.dumps([self.process, kind, payload]))
        self._due.set()

    async def start(self) -> None:
        """Begin to join, in the background: nothing waits for Redis."""
        if self.url:
            self._task = asyncio.create_task(self._stay(), name="bus")

    async def stop(self) -> None:
        """Send what waits, for a moment, and end."""
        if self._task is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                while self.is_joined and self._queue:
                    self._sent.clear()
                    await self._sent.wait()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _stay(self) -> None:
        """Be joined; come back after each loss. One line in the log tells the loss, one the return."""
        pause, is_told = self.AGAIN_S, False
        while True:
            try:
                await self._join()
            except* Exception as errors:  # noqa: BLE001 - whatever the line was lost by, it is tried again
                error = errors.exceptions[0]
                pause = self.AGAIN_S if self.is_joined else min(2 * pause, self.AGAIN_MOST_S)
                if self.is_joined or not is_told:
                    log.warning("bus_lost", error=f"{type(error).__name__}: {error}"[:200])
                    is_told = True
            finally:
                self._set(joined=False)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))

    async def _join(self) -> None:
        """Listen and speak until the line is lost. Raises what it was lost by."""
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        client = Redis.from_url(
            self.url,
            socket_connect_timeout=self.CONNECT_S,
            socket_timeout=self.SILENT_S,
            # A library that comes back by itself would hide that messages were lost meanwhile.
            retry=Retry(NoBackoff(), 0),
        )
        async with client, client.pubsub() as ear:
            async with asyncio.timeout(self.CONNECT_S):
                await ear.subscribe(self._topic)
                while await ear.get_message(timeout=self.CONNECT_S) is None:
                    pass
            self._queue.clear()
            self._set(joined=True)
            log.info("bus_joined")
            for call in self._joined:
                call()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._hear(ear))
                group.create_task(self._speak(client))

    def _set(self, *, joined: bool) -> None:
        if joined != self.is_joined:
            self.is_joined = joined
            self.changed.set()
            self.changed = asyncio.Event()

    async def _hear(self, ear: Any) -> None:
        while True:
            message = await ear.get_message(timeout=self.SILENT_S)
            if message is None:
                raise TimeoutError("nothing was heard, not even this process itself")
            if message["type"] == "message":
                await self._take(message["data"])

    async def _take(self, data: bytes) -> None:
        """Hand one message on. One that nobody can read, or that its handler fails over, harms no other."""
        try:
            sender, kind, payload = orjson.loads(data)
            handler = self._handlers.get(kind)
            if sender != self.process and handler is not None:
                await handler(sender, payload)
        except Exception:
            log.exception("bus_message_failed", start=data[:100])

    async def _speak(self, client: Any) -> None:
        beat = orjson.dumps([self.process, "beat", {}])
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.BEAT_S):
                    await self._due.wait()
            self._due.clear()
            batch = list(itertools.islice(self._queue, self.BATCH))
            pipeline = client.pipeline(transaction=False)
            for message in batch or [beat]:
                pipeline.publish(self._topic, message)
            await pipeline.execute()
            for _ in batch:
                self._queue.popleft()
            self._sent.set()
            if self._queue:
                self._due.set()
