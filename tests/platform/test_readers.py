"""Durable readers: each event takes effect once, in order; what cannot be taken is set aside, seen and tried again."""

from livefloor import NotFound
from livefloor.store import readers
from livefloor.testing.world import World
from sqlalchemy import select

import pytest
from tests.platform.conftest import People
from tests.platform.shop import Count


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
