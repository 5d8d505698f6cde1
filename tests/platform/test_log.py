"""The log: numbers in commit order, none skipped, none without its change."""

import asyncio
import random
import threading
from typing import Any

import pytest

from livefloor import Conflict, Ctx
from livefloor.kernel.problems import Unavailable
from livefloor.store.engines import PostgresStore
from livefloor.store.log import AFTER
from livefloor.testing.world import World
from tests.platform.shop import Ticket, TicketOpened, TicketView


async def open_one(ctx: Ctx, bike: str, delay: float = 0) -> str:
    """Add a ticket, wait as a slow handler would, and tell it."""
    row = await ctx.add(Ticket(bike=bike))
    if delay:
        # The delay is the test: a slow handler holds its transaction open while others commit.
        await asyncio.get_running_loop().run_in_executor(None, threading.Event().wait, delay)
    ctx.emit(TicketOpened(ticket=TicketView.model_validate(row)))
    return row.id


async def test_sixteen_writers_with_delays_skip_nothing(world: World) -> None:
    """A reader that follows while 16 slow writers commit sees every number once, in order."""
    chance = random.Random(7)
    slow = isinstance(world.runtime.store, PostgresStore)
    seen: list[int] = []
    done = asyncio.Event()

    async def follow() -> None:
        while True:
            finished = done.is_set()
            rows = await world.look(lambda look: look.all(AFTER, after=seen[-1] if seen else 0, until=2**62))
            seen.extend(row.seq for row in rows)
            if finished and not rows:
                return
            await asyncio.sleep(0)

    async def writer(number: int) -> None:
        for turn in range(12):
            delay = chance.random() * 0.004 if slow else 0
            await world.change(lambda ctx, b=f"{number}-{turn}", d=delay: open_one(ctx, b, d))

    following = asyncio.create_task(follow())
    await asyncio.gather(*(writer(number) for number in range(16)))
    done.set()
    await following
    assert seen == list(range(1, 16 * 12 + 1))
    bikes = [recorded.event.ticket.bike for recorded in await world.events()]  # type: ignore[attr-defined]
    assert sorted(bikes) == sorted(f"{number}-{turn}" for number in range(16) for turn in range(12))


async def test_a_failed_change_leaves_no_event_and_no_gap(world: World) -> None:
    """What is rolled back is not in the log, and its numbers are used by the next."""

    async def fail(ctx: Ctx) -> None:
        await open_one(ctx, "lost")
        raise Conflict("no", "No.")

    await world.change(lambda ctx: open_one(ctx, "first"))
    with pytest.raises(Conflict):
        await world.change(fail)
    await world.change(lambda ctx: open_one(ctx, "second"))
    assert [(one.seq, one.event.ticket.bike) for one in await world.events()] == [(1, "first"), (2, "second")]  # type: ignore[attr-defined]


async def test_one_bad_item_does_not_harm_its_group(world: World) -> None:
    """Of many changes at once the bad ones fail alone; the rest are stored with their events."""

    async def bad(ctx: Ctx) -> str:
        await open_one(ctx, "bad")
        raise ValueError("bad item")

    async def huge(ctx: Ctx) -> str:
        row = Ticket(bike="huge", version=2**70)
        await ctx.add(row)
        return row.id

    calls = [bad if n % 3 == 0 else huge if n % 3 == 1 else (lambda ctx, n=n: open_one(ctx, str(n))) for n in range(30)]
    results: list[Any] = await asyncio.gather(*(world.change(call) for call in calls), return_exceptions=True)
    assert [isinstance(result, str) for result in results] == [n % 3 == 2 for n in range(30)]
    assert len(await world.events()) == 10


async def test_an_answer_is_given_only_after_its_commit(world: World) -> None:
    """Whoever was told that it is done finds it in a new snapshot."""
    for turn in range(20):
        made = await world.change(lambda ctx, t=turn: open_one(ctx, str(t)))
        assert await world.look(lambda look, m=made: look.find(Ticket, m)) is not None


async def test_a_flush_that_fails_leaves_nobody_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the database says to a flush, all that wait for it are told, and the next flush is tried anew."""
    store = world.runtime.store
    if not isinstance(store, PostgresStore):
        return  # SQLite's COMMIT is its flush
    flush = store._flush_on

    async def full(db: Any, work: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(store, "_flush_on", full)
    async with asyncio.timeout(10):
        told = await asyncio.gather(
            *(world.change(lambda ctx, b=str(turn): open_one(ctx, b)) for turn in range(4)), return_exceptions=True
        )
    assert [type(one) for one in told] == [Unavailable] * 4
    monkeypatch.setattr(store, "_flush_on", flush)
    await world.change(lambda ctx: open_one(ctx, "after"))
    assert [one.seq for one in await world.events()] == [1, 2, 3, 4, 5]
