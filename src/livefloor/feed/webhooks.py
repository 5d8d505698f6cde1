"""Sends each webhook the events that it asked for: in the log's order, one at a time, again until they are taken."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from livefloor.kernel import tracing
from livefloor.kernel.problems import Problem
from livefloor.parts.webhook_calls import Tried, body_of, call, delivery, keys_of
from livefloor.parts.webhooks import WebhookDisabled, about, name_of, next_asked_for, switch_off
from livefloor.ports.outside import Answer, Outside
from livefloor.store import readers
from livefloor.store.log import LoggedEvent
from livefloor.store.readers import ReaderPosition
from livefloor.store.webhooks import ENABLED, EVENT, Webhook
from livefloor.work.ctx import Ctx, Look
from livefloor.work.execute import Executor

log = structlog.get_logger("livefloor.webhooks")

PAUSES_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""How long it is waited after each failed try (Standard Webhooks 1.0); after the last the webhook is switched off."""
JITTER = 0.2
LONGEST_S = 86_400
LEASE = timedelta(seconds=30)
"""How long one try may last, its time-out and the note of it; then another process takes it for dead."""
LAZY = 1000
"""Events that a webhook did not ask for move its stored position only now and then, so that they cost no commit."""
ENDS_WITHIN_S = 6.0


class Parcel(NamedTuple):
    """One event on its way to one receiver; `until` is the lease under which it goes, `after` where the receiver stood."""

    webhook_id: str
    url: str
    keys: Sequence[str]
    event: LoggedEvent
    attempt: int
    after: int
    until: datetime
    at: datetime


class WebhookSender:
    """Of several processes each may send; a webhook's position, leased for one try, lets one do so at a time."""

    POLL_S = 1.0

    def __init__(self, executor: Executor, outside: Outside) -> None:
        self._executor = executor
        self._outside = outside
        self._woken = asyncio.Event()
        self._walks: dict[str, asyncio.Task[None]] = {}
        self._passed: dict[str, tuple[int, int]] = {}
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Say that there may be something new."""
        self._woken.set()

    async def start(self) -> None:
        """Begin where each webhook stands."""
        self._task = asyncio.create_task(self._run(), name="webhooks")

    async def stop(self) -> None:
        """End; what is under way is given a moment, and what is cut off is sent again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._walks:
            _, left = await asyncio.wait(self._walks.values(), timeout=ENDS_WITHIN_S)
            for walk in left:
                walk.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def catch_up(self) -> None:
        """Send all that is to be sent now; for tests and commands."""
        await self._set_off()
        while self._walks:
            await asyncio.gather(*self._walks.values())
            await self._set_off()

    async def _run(self) -> None:
        clock = self._executor.clock
        while True:
            self._woken.clear()
            until = clock.now() + timedelta(seconds=self.POLL_S)
            try:
                until = min([until, *await self._set_off()])
            except Problem as problem:
                log.warning("webhooks_wait", error=str(problem))
            except Exception:
                log.exception("webhooks_failed")
            await clock.wait_until(until, self._woken)

    async def _set_off(self) -> list[datetime]:
        """Begin a walk for each webhook that may be sent something; return when others may be."""
        now, later = self._executor.clock.now(), []
        for webhook, position in await self._executor.peek(lambda look: look.tuples(ENABLED)):
            if webhook.id in self._walks:
                continue
            if position.next_try_at is not None and position.next_try_at > now:
                later.append(position.next_try_at)
                continue
            found = await self._executor.look(lambda look, w=webhook, p=position: self._next(look, w, p))  # type: ignore[misc]
            if found is not None or self._passed[webhook.id][1] - position.seq >= LAZY:
                walk = asyncio.create_task(self._walk(webhook.id), name=f"webhook {webhook.id}")
                self._walks[webhook.id] = walk
                walk.add_done_callback(lambda _, id=webhook.id: self._walks.pop(id, None))  # type: ignore[misc]
        return later

    async def _next(self, look: Look, webhook: Webhook, position: ReaderPosition) -> int | None:
        """Return the number of the next event that a webhook asked for; remember what was passed over."""
        at, passed = self._passed.get(webhook.id, (position.seq, position.seq))
        seq, passed = await next_asked_for(look, webhook.events, passed if at == position.seq else position.seq)
        self._passed[webhook.id] = (position.seq, passed)
        return seq

    async def _walk(self, webhook_id: str) -> None:
        """Send a webhook one event after the other, until there is none, or one is not taken."""
        try:
            parcel = await self._executor.change(lambda ctx: self._claim(ctx, webhook_id), settled=True)
            while parcel is not None:
                parcel = await self._deliver(parcel)
        except Problem as problem:
            log.warning("webhook_waits", webhook=webhook_id, error=str(problem))
        except Exception:
            log.exception("webhook_failed", webhook=webhook_id)

    async def _claim(self, ctx: Ctx, webhook_id: str) -> Parcel | None:
        """Take the next event under a lease; None when there is none, or another process was quicker."""
        webhook = await ctx.locked(Webhook, webhook_id)
        if webhook is None:
            return None
        position = await ctx.one(readers.POSITION, name=name_of(webhook))
        if position is None or (position.next_try_at is not None and position.next_try_at > ctx.now):
            return None
        seq = await self._next(ctx, webhook, position)
        event = await ctx.one(EVENT, seq=seq) if seq is not None else None
        if event is None:
            position.seq = self._passed[webhook_id][1]  # noted by the search
            await ctx.save(position)
            return None
        position.next_try_at = until = ctx.now + LEASE
        await ctx.save(position)
        return Parcel(
            webhook_id, webhook.url, keys_of(webhook, ctx.now), event, position.tries + 1, position.seq, until, ctx.now
        )

    async def _deliver(self, parcel: Parcel) -> Parcel | None:
        """Send one event, note what came of it, and take the next; None when the walk is over."""
        with tracing.follow("webhook", parcel.event.actor, seq=parcel.event.seq, webhook=parcel.webhook_id):
            tried = await call(
                self._outside, parcel.url, parcel.keys, parcel.event.id, parcel.at, body_of(parcel.event)
            )

        async def note(ctx: Ctx) -> Parcel | None:
            is_taken = await self._note(ctx, parcel, tried)
            return await self._claim(ctx, parcel.webhook_id) if is_taken else None

        return await self._executor.change(note, settled=True)

    async def _note(self, ctx: Ctx, parcel: Parcel, tried: Tried) -> bool:
        """Store what came of a try; tell whether the event was taken."""
        webhook = await ctx.locked(Webhook, parcel.webhook_id)
        if webhook is None:
            return False
        status = tried.answer.status if tried.answer is not None else None
        event = parcel.event
        sent = {"seq": event.seq, "event_id": event.id, "name": event.name, "attempt": parcel.attempt}
        await ctx.add(delivery(parcel.webhook_id, tried, at=ctx.now, **sent))
        position = await ctx.one(readers.POSITION, name=name_of(webhook))
        if position is None or (position.seq, position.next_try_at) != (parcel.after, parcel.until):
            return (
                False  # it was switched off, set to another position, or taken over meanwhile: what is there now counts
            )
        if tried.is_taken:
            position.seq, position.tries, position.next_try_at, position.error = parcel.event.seq, 0, None, None
        elif status == 410 and webhook.url == parcel.url:
            return await _end(ctx, webhook, "gone")
        elif position.tries >= len(PAUSES_S):
            return await _end(ctx, webhook, "failing")
        else:
            position.next_try_at = ctx.now + _pause(position.tries, tried.answer)
            position.tries, position.error = position.tries + 1, tried.error or f"it answered {status}"
        await ctx.save(position)
        return tried.is_taken


async def _end(ctx: Ctx, webhook: Webhook, reason: str) -> bool:
    await switch_off(ctx, webhook, reason)
    await ctx.save(webhook)
    ctx.emit(WebhookDisabled(**about(webhook), reason=reason))
    return False


def _pause(tries: int, answer: Answer | None) -> timedelta:
    """Return how long to wait: longer each time, never for all at the same moment, and at least as long as was asked for."""
    asked = answer.retry_after_s or 0 if answer is not None else 0
    return timedelta(seconds=min(LONGEST_S, max(PAUSES_S[tries], asked)) * random.uniform(1, 1 + JITTER))
