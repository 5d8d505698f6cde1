"""Durable readers: each event takes effect once, in order; what cannot be taken is set aside, seen and tried again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from livefloor import Ctx, NotFound
from livefloor.parts.retention import prune
from livefloor.store import readers
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import Count, Ticket


async def counts(world: World) -> dict[str, int]:
    """Return what the counting reader has stored."""
    return {row.ticket_id: row.many for row in await world.look(lambda look: look.all(select(Count)))}


async def test_each_event_takes_effect_once(world: World, people: People) -> None:
    """Catching up twice, and from two readers at once, counts nothing twice."""
    mechanic = await people.client()
    ids = [(await mechanic.post("/api/tickets", json={"bike": str(n)})).json()["id"] for n in range(5)]
    await world.race([world.runtime.readers.catch_up for _ in range(4)])
    await mechanic.post(f"/api/tickets/{ids[0]}/move", json={"to": "done"})
    await world.runtime.readers.catch_up()
    assert await counts(world) == {ids[0]: 2, **dict.fromkeys(ids[1:], 1)}


async def test_a_dead_letter_can_be_seen_and_tried_again(world: World, people: People) -> None:
    """The event that always fails is set aside after its tries, and the rest go on."""
    mechanic = await people.client()
    cursed = (await mechanic.post("/api/tickets", json={"bike": "cursed"})).json()["id"]
    good = (await mechanic.post("/api/tickets", json={"bike": "good"})).json()["id"]
    for _ in range(12):
        await world.advance(hours=1)
    assert (await counts(world))[good] >= 1
    letters = await world.look(lambda look: look.all(readers.DEAD_LETTERS))
    assert {(letter.kind, letter.name) for letter in letters} == {("event", "counter")}
    assert "cannot be counted" in letters[0].error
    with pytest.raises(RuntimeError):
        await world.runtime.readers.retry(letters[0].id)
    assert len(await world.look(lambda look: look.all(readers.DEAD_LETTERS))) == len(letters)
    with pytest.raises(NotFound):
        await world.runtime.readers.retry("nothing")
    assert cursed not in await counts(world)


async def test_a_failed_timer_is_set_aside_and_can_be_set_anew(world: World, people: People) -> None:
    """A timer that always fails does not hold up requests; once its cause is gone, a retry runs it."""
    mechanic = await people.client()
    made = (await mechanic.post("/api/tickets", json={"bike": "timer trouble"})).json()["id"]

    async def rename(ctx: Ctx, status: str) -> None:
        row = await ctx.find(Ticket, made)
        assert row is not None
        row.status = status
        await ctx.save(row)

    await world.change(lambda ctx: rename(ctx, "broken"))
    for _ in range(12):
        await world.advance(hours=1)
    (letter,) = await world.look(lambda look: look.all(readers.DEAD_LETTERS))
    assert (letter.kind, letter.name) == ("timer", "tickets.remind")
    await world.change(lambda ctx: rename(ctx, "waiting"))
    await world.runtime.readers.retry(letter.id)
    await world.run_due()
    assert (await world.look(lambda look: look.find(Ticket, made))).status == "late"  # type: ignore[union-attr]
    assert await world.look(lambda look: look.all(readers.DEAD_LETTERS)) == []


async def test_the_log_is_pruned_below_every_reader(world: World, people: People) -> None:
    """Old events go, but none that a durable reader has not taken."""
    mechanic = await people.client()
    for n in range(3):
        await mechanic.post("/api/tickets", json={"bike": str(n)})
    before = world.clock.now() + timedelta(days=1)
    head = await world.head()
    position = await world.look(lambda look: look.find(readers.ReaderPosition, "counter"))
    assert position is not None and position.seq < head
    assert await world.change(lambda ctx: prune(ctx, position.seq, before)) == 0
    await world.runtime.readers.catch_up()
    assert await world.change(lambda ctx: prune(ctx, head, before)) == 2
    assert [one.seq for one in await world.events()] == [head]
