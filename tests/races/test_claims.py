"""The last second of a claim: the holder's start against the end of the window (R5, R22, R25)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from livefloor.systems.laundry.models import Machine, WaitlistItem
from livefloor.testing.world import World
from tests.races.twins import Twins
from tests.systems.laundry.conftest import Room

HELD = select(Machine).where(Machine.hold_user_id.is_not(None)).order_by(Machine.id)
ENTRIES = select(WaitlistItem).order_by(WaitlistItem.id)


async def claim_end(room: Room) -> datetime:
    """Return when the open claim ends."""
    held = await room.world.look(lambda look: look.one(HELD))
    assert held is not None
    assert held.hold_expires_at is not None
    return held.hold_expires_at


def time_there(world: World) -> datetime:
    """Return what time it is where requests are answered."""
    return datetime.now(UTC) + world.clock.offset if isinstance(world, Twins) else world.clock.now()


async def end_of_window(world: World, steps: int) -> None:
    """Let the last second pass, after as many turns of the loop."""
    for _ in range(steps):
        await asyncio.sleep(0)
    if isinstance(world, Twins):
        # One process is at the end of the window already, the other still in its last second.
        await world.advance_one(world.servers[steps % 2], 2)
    else:
        await world.advance(seconds=2)


@pytest.mark.parametrize("steps", [0, 1, 3, 6, 10, 15])
async def test_r5_start_in_the_last_second_of_a_claim(room: Room, steps: int) -> None:
    """Either the holder has started and the claim is fulfilled, or it is a no-show and the next is called: never both."""
    world = room.world
    holder, following = await room.students(2)
    owners = await room.students(3)
    for place, owner in enumerate(owners):
        for number in (1 + 2 * place, 2 + 2 * place):
            await owner.start(number)
    await holder.join()
    await following.join()
    assert (await owners[0].ask("end", 1, collected=True)).status_code == 200
    before = await world.head()
    left = (await claim_end(room) - time_there(world)).total_seconds()
    await world.advance(seconds=int(left) - 1)
    calls: list[Any] = [partial(holder.ask, "start", 1, category="normal"), partial(end_of_window, world, steps)]
    start, _ = await world.race(calls)
    if isinstance(world, Twins):
        await world.advance_one(world.servers[(steps + 1) % 2], 2)
    names = await room.names(before)
    shown = await following.machine(1)
    entries = {entry.user_id: entry.status for entry in await world.look(lambda look: look.all(ENTRIES))}
    if start.status_code == 201:
        assert names.count("machine.started") == 1
        assert "waitlist.no_show" not in names
        assert entries == {holder.id: "fulfilled", following.id: "waiting"}
        assert (shown["status"], shown["current_user_id"], shown["hold"]) == ("in_use", holder.id, None)
    else:
        assert (start.status_code, start.json()["code"]) == (409, "machine_held")
        assert "machine.started" not in names
        assert names.count("waitlist.no_show") == 1
        assert entries == {holder.id: "no_show", following.id: "called"}
        assert shown["status"] == "available"
        assert shown["hold"]["user_id"] == following.id
    assert len(await world.look(lambda look: look.all(HELD))) == (0 if start.status_code == 201 else 1)


async def test_r5_at_the_very_second_the_claim_is_over(room: Room) -> None:
    """A start that arrives when the window has ended finds it ended; the next one of the list has it."""
    world = room.world
    holder, following, stranger = await room.students(3)
    owners = await room.students(3)
    for place, owner in enumerate(owners):
        for number in (1 + 2 * place, 2 + 2 * place):
            await owner.start(number)
    await holder.join()
    await following.join()
    assert (await owners[0].ask("end", 1, collected=True)).status_code == 200
    # The clocks are moved without a request, so that all that follows meets an unsettled claim.
    if isinstance(world, Twins):
        await world.advance(seconds=600)
    else:
        world.clock.advance(await claim_end(room) - world.clock.now())
    calls = [partial(one.ask, "start", 1, category="normal") for one in (holder, stranger, holder, stranger)]
    answers = await world.race(calls)
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "machine_held")}
    assert (await room.names()).count("waitlist.no_show") == 1
    assert (await following.ask("start", 1, category="normal")).status_code == 201


async def test_r21_one_freed_machine_is_kept_for_one(room: Room) -> None:
    """Ten people join while six owners collect at once: every freed machine is kept for one of them, in order."""
    owners = await room.students(3)
    for place, owner in enumerate(owners):
        for number in (1 + 2 * place, 2 + 2 * place):
            await owner.start(number)
    waiting = await room.students(10)
    collect = [
        partial(owner.ask, "end", number, collected=True)
        for place, owner in enumerate(owners)
        for number in (1 + 2 * place, 2 + 2 * place)
    ]
    answers = await room.world.race([*(partial(one.ask, "join") for one in waiting), *collect])
    assert {answer.status_code for answer in answers} == {200, 201}
    held = await room.world.look(lambda look: look.all(HELD))
    assert len({machine.hold_user_id for machine in held}) == len(held) == 6
    items = await waiting[0].list()
    assert [item["position"] for item in items] == list(range(1, 11))
    assert [item["status"] for item in items] == ["called"] * 6 + ["waiting"] * 4
