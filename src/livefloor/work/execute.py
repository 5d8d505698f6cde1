"""The only way a change happens: may this actor, was this key seen before, begin, the handler, the log, commit."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
import structlog

from livefloor.declare.event import Event, Told
from livefloor.declare.part import Timer, Verb
from livefloor.declare.roles import SYSTEM, Actor
from livefloor.kernel import tracing
from livefloor.kernel.clock import Clock
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import Conflict, Forbidden, Invalid, NotAuthenticated, Problem
from livefloor.store import idempotency, timers
from livefloor.store.engines import Session, Store
from livefloor.store.idempotency import IdempotencyKey
from livefloor.store.log import Entry, entry
from livefloor.store.readers import DeadLetter
from livefloor.store.timers import ClockOffset, DueTimer
from livefloor.work.ctx import Ctx, Flow, Look, Means

T = TypeVar("T")
log = structlog.get_logger("livefloor.work")

ROUNDS = 1000
"""How many settling rounds one request waits for at the most, so that a timer that sets itself anew cannot hold it for ever."""


class _SettleFirst(Exception):
    """Timers are due that must be applied before this request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: bytes and their type, or nothing."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reservation:
    """A used Idempotency-Key whose answer is still to be stored; `encode` makes the answer of a result."""

    user_id: str
    key: str
    encode: Callable[[Any], Answer]


class Executor:
    """Runs the verbs, reactions and timers of one system on one store."""

    def __init__(self, means: Means, store: Store, clock: Clock) -> None:
        self.means = means
        self.system = means.system
        self.store = store
        self.clock = clock
        self.process = means.process
        self.run_due: Callable[[], Awaitable[None]] | None = None
        self.told: OrderedDict[str, tuple[Event, Sequence[Told]]] = OrderedDict()
        self._within: dict[type[Event], list[Callable[..., Awaitable[None]]]] = {}

    # -- reading and changing -------------------------------------------------------------------------------------

    async def look(self, work: Callable[[Look], Awaitable[T]], actor: Actor = SYSTEM, *, heavy: bool = False) -> T:
        """Run a read on one snapshot."""
        now = self.clock.now()
        return await self.store.read(lambda session: work(Look(session, actor, now, self.means)), heavy=heavy)

    async def peek(self, work: Callable[[Look], Awaitable[T]], actor: Actor = SYSTEM) -> T:
        """Run a read of one statement."""
        now = self.clock.now()
        return await self.store.peek(lambda session: work(Look(session, actor, now, self.means)))

    async def change(
        self,
        work: Callable[[Ctx], Awaitable[T]],
        actor: Actor = SYSTEM,
        *,
        key: Reservation | None = None,
        at: datetime | None = None,
        settled: bool = False,
    ) -> T:
        """Run a change in one transaction, after all timers that are due; `at` is the moment it counts for."""
        return (await self.change_and_seq(work, actor, key=key, at=at, settled=settled))[0]

    async def change_and_seq(
        self,
        work: Callable[[Ctx], Awaitable[T]],
        actor: Actor = SYSTEM,
        *,
        key: Reservation | None = None,
        at: datetime | None = None,
        settled: bool = False,
    ) -> tuple[T, int | None]:
        """Run a change as `change` does; return also the number of its last event, if it told any."""
        entries: list[Entry] = []
        mark: str | None = None

        async def attempt(session: Session) -> T:
            now = self.clock.now()
            ctx = Ctx(session, actor, at or now, self.means, now)
            if not settled and await ctx.one(timers.ANY_TO_SETTLE, now=now) is not None:
                raise _SettleFirst
            result = await work(ctx)
            await self._react(ctx)
            entries[:] = self._entries(ctx, mark)
            session.log.extend(entries)
            if key is not None:
                answer = key.encode(result)
                await ctx.run(
                    idempotency.ANSWER,
                    of_user=key.user_id,
                    of_key=key.key,
                    status=answer.status,
                    response=answer.body.decode(),
                    media_type=answer.media_type,
                )
            return result

        for _ in range(ROUNDS):
            try:
                with tracing.step("transaction", **{"db.system.name": self.store.dialect.name}) as span:
                    mark = tracing.mark()
                    result = await self.store.write(attempt)
                    if span is not None:
                        span.set_attribute("livefloor.events", [f"{one.seq} {one.name}" for one in entries])
                return result, entries[-1].seq if entries else None
            except _SettleFirst:
                await self.settle()
        raise Conflict("busy", "Too much fell due at this moment; try again.")

    async def _react(self, ctx: Ctx) -> None:
        """Run the reactions within the transaction, on the facts that they tell in turn as well."""
        done = 0
        while done < len(ctx.events):
            event = ctx.events[done]
            done += 1
            kind = type(event)
            for react in self._within[kind] if kind in self._within else self._reactions_to(kind):
                await react(ctx, event)

    def _reactions_to(self, event: type[Event]) -> list[Callable[..., Awaitable[None]]]:
        """Return what reacts to an event, found once. Raises LookupError for one that the system does not tell."""
        if event not in self.system.events:
            raise LookupError(f"{event.__name__} is not among the events of {self.system.name}")
        found = [r.func for r in self.system.reactions() if any(issubclass(event, kind) for kind in r.events)]
        return self._within.setdefault(event, found)

    def _entries(self, ctx: Ctx, mark: str | None) -> list[Entry]:
        """Return what is logged; `mark` names the span in which it happened, and is kept beside who did it."""
        made = []
        actor = {**ctx.actor.facts(), "trace": mark} if mark is not None else ctx.actor.facts()
        for event in sorted(ctx.events, key=lambda event: event.rank):
            frames = event.frames()
            made.append(
                entry(
                    event.name,
                    [frame.channel for frame in frames],
                    actor,
                    event.subject(),
                    event.__pydantic_serializer__.to_json(event),
                    ctx.now,
                )
            )
            self.told[made[-1].id] = (event, frames)
        while len(self.told) > 2000:
            self.told.popitem(last=False)
        return made

    # -- verbs ----------------------------------------------------------------------------------------------------

    def admit(self, verb: Verb, actor: Actor | None) -> Actor:
        """Return the actor if the verb is theirs. Raises NotAuthenticated or Forbidden."""
        if actor is None:
            if "public" in verb.allow:
                return Actor(id=None, role="public")
            raise NotAuthenticated()
        if "public" in verb.allow or actor.role in verb.allow.names:
            return actor
        raise Forbidden("forbidden", f"This is not for the role {actor.role}.")

    async def query(self, verb: Verb, actor: Actor, args: dict[str, Any]) -> tuple[Any, int]:
        """Run a query; return its result and the number of the last event that it has seen."""

        async def work(look: Look) -> tuple[Any, int]:
            if verb.settles and await look.one(timers.ANY_TO_SETTLE, now=look.now) is not None:
                raise _SettleFirst
            return await verb.func(look, **args), await look.head()

        for _ in range(ROUNDS):
            try:
                result, seq = await self.look(work, actor, heavy=verb.heavy)
                await self.store.durable(seq)
                return result, seq
            except _SettleFirst:
                await self.settle()
        raise Conflict("busy", "Too much fell due at this moment; try again.")

    async def command(
        self,
        verb: Verb,
        actor: Actor,
        args: dict[str, Any],
        encode: Callable[[Any], Answer],
        *,
        key: str | None = None,
        said: bytes = b"",
        path: str = "",
    ) -> Answer:
        """Run a command or flow, at most once for each Idempotency-Key; return its answer."""
        reservation = None
        if key is not None and actor.id is not None:
            first = await self._reserve(actor.id, key, verb, path, said)
            if first is not None:
                return first
            reservation = Reservation(actor.id, key, encode)
        try:
            if verb.kind == "flow":
                return encode(await verb.func(Flow(self, actor, self.clock.now(), reservation), **args))
            result, seq = await self.change_and_seq(lambda ctx: verb.func(ctx, **args), actor, key=reservation)
            answer = encode(result)
            if seq is None:
                return answer
            return Answer(answer.status, answer.body, answer.media_type, (*answer.headers, ("Event-Seq", str(seq))))
        except Problem as problem:
            if reservation is not None:
                await self._keep_refusal(reservation, problem)
            raise
        except BaseException:
            if reservation is not None:
                await self._forget(reservation)
            raise

    # -- idempotency ----------------------------------------------------------------------------------------------

    async def _reserve(self, user_id: str, key: str, verb: Verb, path: str, said: bytes) -> Answer | None:
        """Take a key for this request; return the first answer when it was given already."""
        body_hash = hashlib.sha256(said).hexdigest()

        async def take(session: Session) -> IdempotencyKey | None:
            ctx = Ctx(session, SYSTEM, self.clock.now(), self.means)
            row = IdempotencyKey(
                user_id=user_id, key=key, method=verb.route.method, path=path, body_hash=body_hash, created_at=ctx.now
            )
            if await ctx.try_add(row):
                return None
            first = await ctx.one(idempotency.FIND, user_id=user_id, key=key)
            if first is None or first.created_at <= ctx.now - self.system.manners.keys_kept:
                await ctx.run(idempotency.FORGET, user_id=user_id, key=key)
                await ctx.add(row)
                return None
            return first

        first = await self.store.write(take)
        if first is None:
            return None
        if (first.method, first.path, first.body_hash) != (verb.route.method, path, body_hash):
            raise Invalid("idempotency_key_reused", "This Idempotency-Key was used for another request.")
        if first.status is None:
            if await self._take_over(first):
                return None
            raise Conflict("request_in_progress", "The first request with this Idempotency-Key is still running.")
        return Answer(
            first.status,
            (first.response or "").encode(),
            first.media_type or "application/json",
            (("Idempotent-Replay", "true"),),
        )

    async def _take_over(self, first: IdempotencyKey) -> bool:
        now = self.clock.now()
        if first.created_at > now - idempotency.ABANDONED:
            return False

        async def take(session: Session) -> int:
            ctx = Ctx(session, SYSTEM, now, self.means)
            return await ctx.run(
                idempotency.TAKE_OVER, of_user=first.user_id, of_key=first.key, was=first.created_at, now=now
            )

        return await self.store.write(take) == 1

    async def _keep_refusal(self, reservation: Reservation, problem: Problem) -> None:
        """Store a refusal after its rollback; 401, 429 and 5xx are not stored, the key is free again."""
        if problem.status in (401, 429) or problem.status >= 500:
            await self._forget(reservation)
            return

        async def keep(session: Session) -> None:
            await Ctx(session, SYSTEM, self.clock.now(), self.means).run(
                idempotency.ANSWER,
                of_user=reservation.user_id,
                of_key=reservation.key,
                status=problem.status,
                response=orjson.dumps(self.system.body_of(problem), option=orjson.OPT_NAIVE_UTC, default=str).decode(),
                media_type="application/problem+json",
            )

        await self.store.write(keep)

    async def _forget(self, reservation: Reservation) -> None:
        async def forget(session: Session) -> None:
            ctx = Ctx(session, SYSTEM, self.clock.now(), self.means)
            await ctx.run(idempotency.RELEASE, user_id=reservation.user_id, key=reservation.key)

        await self.store.write(forget)

    # -- timers ---------------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Apply the timers that a request must not overtake, in order of due time, each in its own transaction."""
        now = self.clock.now()
        for _ in range(ROUNDS):
            due = await self.peek(lambda look: look.all(timers.TO_SETTLE, now=now))
            if not due:
                return
            for timer in due:
                await self.fire(timer)

    async def fire(self, due: DueTimer) -> None:
        """Run one due timer: once, in its transaction; on failure it is postponed, and set aside after too many."""
        declared = self.system.timer(due.name)
        try:
            if declared is None:
                raise LookupError(f"no timer is called {due.name} any more")
            if declared.flow:
                await self._run_errand(declared, due)
            else:
                await self._run_timer(declared, due)
        except Exception as error:
            log.exception("timer_failed", timer=due.name, tries=due.tries + 1)
            await self._postpone(due, declared.tries if declared else 1, error)

    async def _run_timer(self, declared: Timer, due: DueTimer) -> None:
        async def work(ctx: Ctx) -> None:
            if await ctx.returning(timers.TAKE, of_key=due.key, due=due.due_at):
                await declared.func(ctx, **due.args)

        await self.change(work, SYSTEM, at=due.due_at, settled=True)

    async def _run_errand(self, declared: Timer, due: DueTimer) -> None:
        now = self.clock.now()
        until = now + timedelta(seconds=60)
        if not await self.change(lambda ctx: ctx.run(timers.LEASE, of_key=due.key, now=now, until=until), settled=True):
            return
        await declared.func(Flow(self, SYSTEM, now), **due.args)
        await self.change(lambda ctx: ctx.returning(timers.TAKE, of_key=due.key, due=due.due_at), settled=True)

    async def _postpone(self, due: DueTimer, tries: int, error: Exception) -> None:
        why = f"{type(error).__name__}: {error}"[:2000]
        again = self.clock.now() + timedelta(seconds=min(3600, 2**due.tries * 2))

        async def work(ctx: Ctx) -> None:
            if due.tries + 1 < tries:
                await ctx.run(timers.POSTPONE, of_key=due.key, again=again, why=why)
            elif await ctx.returning(timers.TAKE, of_key=due.key, due=due.due_at):
                args = orjson.dumps(due.args).decode()
                await ctx.add(DeadLetter(id=new_id(), kind="timer", name=due.name, args=args, error=why, at=ctx.now))

        await self.change(work, settled=True)

    async def move_clock(self, seconds: int) -> None:
        """Move the clock, remember how far, and apply what became due."""
        self.clock.advance(timedelta(seconds=seconds))
        offset = int(self.clock.offset.total_seconds())

        async def work(ctx: Ctx) -> None:
            row = await ctx.find(ClockOffset, 1)
            if row is None:
                await ctx.add(ClockOffset(id=1, seconds=offset))
            else:
                row.seconds = offset
                await ctx.save(row)

        await self.change(work, settled=True)
        await (self.run_due or self.settle)()
