"""Runs what is due: timers and periods in order, errands beside them. One process at a time holds the lease; another
takes over when it is gone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from cronsim import CronSim
from sqlalchemy import bindparam, update

from livefloor.declare.part import Every
from livefloor.declare.roles import SYSTEM
from livefloor.kernel.problems import Problem
from livefloor.store import timers
from livefloor.store.models import UtcTime
from livefloor.store.timers import DueTimer, Heartbeat, JobLease
from livefloor.work.ctx import Ctx, Flow, Look
from livefloor.work.execute import Executor

log = structlog.get_logger("livefloor.jobs")

LEASE = timedelta(seconds=15)
RENEW = timedelta(seconds=5)
HEARTBEAT = timedelta(seconds=15)
PERIOD = "period:"
ERRANDS_AT_ONCE = 16
MOST_ERRANDS = 64
"""How many errands this process has taken up, under way or waiting for one before them."""
ENDS_WITHIN_S = 6.0
"""How long an errand under way may go on when the process ends: what is cut off has an outcome that nobody knows."""

_TAKE_LEASE = (
    update(JobLease)
    .where(
        JobLease.name == bindparam("of_name"),
        (JobLease.owner == bindparam("me")) | (JobLease.until <= bindparam("now", type_=UtcTime())),
    )
    .values(owner=bindparam("me"), until=bindparam("ends", type_=UtcTime()))
)


class Runner:
    """The jobs of one system in this process."""

    IDLE_S = 0.5
    """How long a due time set by another process may go unnoticed."""

    def __init__(self, executor: Executor, connections: Callable[[], int]) -> None:
        self._executor = executor
        self._connections = connections
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._leads_until = datetime.fromtimestamp(0, UTC)
        errands = [timer.name for part in executor.system.parts for timer in part.timers if timer.flow]
        self._due = timers.DUE.where(DueTimer.name.not_in(errands))
        self._errands_due = timers.DUE.where(DueTimer.name.in_(errands)).limit(2 * MOST_ERRANDS)
        self._taken: set[str] = set()
        self._lanes: dict[str, deque[DueTimer]] = {}
        self._walks: set[asyncio.Task[None]] = set()
        self._hands = asyncio.Semaphore(ERRANDS_AT_ONCE)

    def wake(self) -> None:
        """Say that a due time may have changed."""
        self._woken.set()

    async def start(self) -> None:
        """Put right what a downtime has left, then run what is due."""
        for start in self._executor.system.starts():
            await self._executor.change(start, settled=True)
        await self._beat()
        await self.set_periods()
        await self._executor.settle()
        self._tasks = [
            asyncio.create_task(self._run(), name="jobs"),
            asyncio.create_task(self._beat_on(), name="heartbeat"),
        ]

    async def stop(self) -> None:
        """End; the lease is given back so that another process need not wait."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for waiting in self._lanes.values():
            waiting.clear()
        if self._walks:
            _, left = await asyncio.wait(self._walks, timeout=ENDS_WITHIN_S)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        past = self._executor.clock.now() - timedelta(seconds=1)
        me = self._executor.process

        async def give_back(ctx: Ctx) -> None:
            lease = await ctx.locked(JobLease, "jobs")
            if lease is not None and lease.owner == me:
                lease.until = past
                await ctx.save(lease)
            beat = await ctx.find(Heartbeat, me)
            if beat is not None:
                beat.connections = 0
                await ctx.save(beat)

        try:
            await self._executor.change(give_back, settled=True)
        except Problem as problem:
            log.warning("lease_not_given_back", error=str(problem))

    async def _run(self) -> None:
        while True:
            try:
                if await self._leads():
                    await self._fire_due()
                    await self._take_errands()
                await self._wait()
            except Problem as problem:
                log.warning("jobs_wait", error=str(problem))
                await asyncio.sleep(self.IDLE_S)
            except Exception:
                log.exception("jobs_failed")
                await asyncio.sleep(self.IDLE_S)

    async def run_due(self) -> None:
        """Run all that is due now, in order of due time, and wait for the errands."""
        await self._fire_due()
        while await self._take_errands() or self._walks:
            await asyncio.gather(*self._walks)
            await self._fire_due()

    async def _fire_due(self) -> None:
        """Run all timers and periods that are due now, in order of due time."""
        now = self._executor.clock.now()
        while due := await self._executor.peek(lambda look: look.all(self._due, now=now)):
            for timer in due:
                if timer.name.startswith(PERIOD):
                    await self._run_period(timer)
                else:
                    await self._executor.fire(timer)

    # -- errands --------------------------------------------------------------------------------------------------

    async def _take_errands(self) -> bool:
        """Let the errands that are due go beside all else, those of one lane in their order; tell whether any was taken."""
        room = MOST_ERRANDS - len(self._taken)
        if room <= 0:
            return False
        now = self._executor.clock.now()
        due = await self._executor.peek(lambda look: look.all(self._errands_due, now=now))
        fresh = [errand for errand in due if errand.key not in self._taken][:room]
        for errand in fresh:
            self._taken.add(errand.key)
            declared = self._executor.system.timer(errand.name)
            lane = f"{errand.name}:{errand.args.get(declared.lane)}" if declared and declared.lane else errand.key
            if lane in self._lanes:
                self._lanes[lane].append(errand)
                continue
            self._lanes[lane] = deque([errand])
            walk = asyncio.create_task(self._walk(lane), name=f"errands {errand.name}")
            self._walks.add(walk)
            walk.add_done_callback(self._walks.discard)
        return bool(fresh)

    async def _walk(self, lane: str) -> None:
        """Run the errands of one lane."""
        waiting = self._lanes[lane]
        try:
            while waiting:
                errand = waiting.popleft()
                try:
                    async with self._hands:
                        await self._executor.fire(errand)
                except Exception:
                    log.exception("errand_failed", errand=errand.name)
                finally:
                    self._taken.discard(errand.key)
        finally:
            del self._lanes[lane]
            self._taken -= {errand.key for errand in waiting}
            self.wake()

    async def _wait(self) -> None:
        self._woken.clear()
        now = self._executor.clock.now()
        due = await self._executor.peek(lambda look: look.one(timers.NEXT_DUE, now=now))
        until = now + timedelta(seconds=self.IDLE_S)
        await self._executor.clock.wait_until(min(due, until) if due is not None and due > now else until, self._woken)

    async def _leads(self) -> bool:
        now = self._executor.clock.now()
        if now < self._leads_until - (LEASE - RENEW):
            return True
        me, ends = self._executor.process, now + LEASE

        async def take(ctx: Ctx) -> bool:
            if await ctx.run(_TAKE_LEASE, of_name="jobs", me=me, now=now, ends=ends):
                return True
            return await ctx.try_add(JobLease(name="jobs", owner=me, until=ends))

        leads = await self._executor.change(take, settled=True)
        if leads:
            self._leads_until = ends
        return leads

    async def _beat_on(self) -> None:
        """Beat by the clock of the system: a process is not taken for dead because the clock was moved."""
        clock, never = self._executor.clock, asyncio.Event()
        while True:
            await clock.wait_until(clock.now() + HEARTBEAT, never)
            try:
                await self._beat()
            except Exception:
                log.exception("heartbeat_failed")

    async def _beat(self) -> None:
        me, count = self._executor.process, self._connections()

        async def beat(ctx: Ctx) -> None:
            row = await ctx.find(Heartbeat, me)
            if row is None:
                await ctx.add(Heartbeat(process=me, last_tick_at=ctx.now, connections=count))
            else:
                row.last_tick_at, row.connections = ctx.now, count
                await ctx.save(row)

        await self._executor.change(beat, settled=True)

    # -- periods --------------------------------------------------------------------------------------------------

    async def _zone(self, look: Look) -> ZoneInfo:
        timezone = self._executor.system.timezone
        return ZoneInfo(await timezone(look) if timezone is not None else "UTC")

    async def set_periods(self) -> None:
        """Give each period its next due time, unless it has one."""

        async def place(ctx: Ctx) -> None:
            zone = await self._zone(ctx)
            for period in self._executor.system.periods().values():
                await ctx.try_add(_period_row(period, _next(period, ctx.now, zone)))

        await self._executor.change(place, settled=True)

    async def _run_period(self, due: DueTimer) -> None:
        period = self._executor.system.periods().get(due.name.removeprefix(PERIOD))
        now = self._executor.clock.now()
        runs = period is not None and (period.late is None or now - due.due_at <= period.late)

        async def work(ctx: Ctx) -> bool:
            if not await ctx.returning(timers.TAKE, of_key=due.key, due=due.due_at):
                return False
            if period is not None:
                await ctx.try_add(_period_row(period, _next(period, now, await self._zone(ctx))))
                if runs and not period.flow:
                    await period.func(ctx)
            return True

        try:
            taken = await self._executor.change(work, at=due.due_at if runs else now, settled=True)
            if taken and runs and period is not None and period.flow:
                await period.func(Flow(self._executor, SYSTEM, now))
        except Exception:
            log.exception("period_failed", period=due.name)
            again = now + timedelta(minutes=1)
            await self._executor.change(
                lambda ctx: ctx.run(timers.POSTPONE, of_key=due.key, again=again, why="failed; see the log"),
                settled=True,
            )


def _next(period: Every, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the next time of a cron line in a zone, as UTC."""
    return next(CronSim(period.cron, after.astimezone(zone))).astimezone(UTC)


def _period_row(period: Every, at: datetime) -> DueTimer:
    name = PERIOD + period.name
    return DueTimer(key=name, name=name, args={}, due_at=at, run_at=at, rank=90, settles=False)
