"""The log is sealed in order by a reader of its own, and what was rightly changed of it still holds."""

import asyncio
from datetime import timedelta

import orjson
from sqlalchemy import select

from livefloor.feed.sealer import Sealer, written
from livefloor.parts.retention import erase_from_log, prune
from livefloor.store import chain
from livefloor.store.chain import Amendment, Seal
from livefloor.store.readers import ReaderPosition
from livefloor.testing.world import World
from tests.platform.conftest import People

SEALS = select(Seal).order_by(Seal.no)


async def seals(world: World) -> list[Seal]:
    """Seal what is there, and return all seals; each follows from the one before."""
    await world.runtime.sealer.catch_up()
    found = await world.look(lambda look: look.all(SEALS))
    before = chain.START
    for place, seal in enumerate(found):
        assert seal.no == place + 1
        assert seal.head == chain.head_of(before, seal.no, seal.kind, seal.first_seq, seal.last_seq, seal.digests)
        before = seal.head
    return found


async def test_entries_are_sealed_in_order_and_once(world: World, people: People) -> None:
    """Each entry is in one seal, whichever process seals; a second look seals nothing."""
    mechanic = await people.client()
    for n in range(3):
        await mechanic.post("/api/tickets", json={"bike": str(n)})
    await world.runtime.sealer.place()
    first = await seals(world)
    await mechanic.post("/api/tickets", json={"bike": "later"})
    found = await seals(world)
    assert [seal.no for seal in first] == [1] and len(found) == 2 == len(await seals(world))
    entries = await world.look(lambda look: written(look, chain.UNSEALED, after=0))
    assert b"".join(seal.digests for seal in found) == b"".join(map(chain.digest_of, entries))
    assert (found[0].first_seq, found[1].last_seq) == (1, await world.head()) == (1, len(entries))
    position = await world.look(lambda look: look.find(ReaderPosition, chain.READER))
    assert position is not None and position.seq == len(entries)


async def test_an_erasure_leaves_the_chain_whole(world: World, people: People) -> None:
    """What is personal goes, twice if need be, and neither it nor its plain hash stays; the entry's digest is the same."""
    mechanic = await people.client()
    await world.runtime.sealer.place()
    ticket = (await mechanic.post("/api/tickets", json={"bike": "Ada's"})).json()
    (entry,) = await world.look(lambda look: written(look, chain.UNSEALED, after=0))
    await seals(world)

    for bike in ("gone", "gone again"):

        def redact(data: dict[str, dict[str, str]], bike: str = bike) -> dict[str, dict[str, str]]:
            return {"ticket": {**data["ticket"], "bike": bike}}

        await world.change(lambda ctx: erase_from_log(ctx, f"ticket:{ticket['id']}", redact))
        found = await seals(world)
        (left,) = await world.look(lambda look: written(look, chain.UNSEALED, after=0))
        assert left[1] != entry[1] and "Ada" not in "".join(left[1:])
        assert orjson.loads(left[4])["erased"] == chain.hidden(entry[1], entry[6])
        assert chain.digest_of(left) == chain.digest_of(entry) == found[0].digests
        assert found[-1].kind == "erased" and found[-1].digests.hex() == chain.hidden(left[1], left[6])
    assert await world.look(lambda look: look.all(select(Amendment))) == []


async def test_what_is_pruned_is_sealed_first(world: World, people: People) -> None:
    """Only the beginning goes, never an entry in the middle, and the chain says up to where."""
    mechanic = await people.client()
    await world.runtime.sealer.place()
    for _ in range(3):
        await mechanic.post("/api/tickets", json={"bike": "old"})
    await seals(world)
    world.clock.advance(timedelta(days=2))
    await mechanic.post("/api/tickets", json={"bike": "new"})
    now = world.clock.now()
    assert await world.change(lambda ctx: prune(ctx, 3, now)) == 2
    head = len(await seals(world)) and await world.head()
    assert await world.change(lambda ctx: prune(ctx, head, now - timedelta(days=1))) == head - 3
    assert await world.change(lambda ctx: prune(ctx, head, now - timedelta(days=1))) == 0
    found = await seals(world)
    assert [(seal.kind, seal.last_seq) for seal in found] == [
        ("entries", 3),
        ("entries", head),
        ("pruned", 2),
        ("pruned", head - 1),
    ]


async def test_several_processes_seal_each_entry_once(world: World, people: People) -> None:
    """Whoever comes second waits for the first and goes on behind it: the chain has no fork and no entry twice."""
    mechanic = await people.client()
    await world.runtime.sealer.place()
    for n in range(4):
        for _ in range(5):
            await mechanic.post("/api/tickets", json={"bike": str(n)})
        await asyncio.gather(*(Sealer(world.runtime.executor).catch_up() for _ in range(4)))
    found = await seals(world)
    assert [seq for seal in found for seq in range(seal.first_seq, seal.last_seq + 1)] == list(range(1, 21))
