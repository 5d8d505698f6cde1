"""Backup while serving, restore, and what a client that was there before is told."""

import asyncio

import pytest
from sqlalchemy import select

from livefloor import Gone
from livefloor.backup import make_backup, restore_backup
from livefloor.operate.snapshots import snapshot_of
from livefloor.operate.walk import verify
from livefloor.store.log import EPOCH
from livefloor.testing.world import World
from livefloor.work.history import Position
from tests.platform.conftest import People
from tests.platform.shop import Ticket


async def test_a_backup_holds_one_moment_and_comes_back(world: World, people: People) -> None:
    """What was acknowledged before the backup is in it, though changes go on; after a restore old positions are refused."""
    mechanic = await people.client()
    before = [(await mechanic.post("/api/tickets", json={"bike": str(n)})).json()["id"] for n in range(10)]
    position = Position(await world.head(), 1)

    async def go_on() -> None:
        for n in range(10, 30):
            await mechanic.post("/api/tickets", json={"bike": str(n)})

    runtime = world.runtime
    going = asyncio.create_task(go_on())
    archive = await make_backup(
        world.settings, "shop", runtime.database, world.data / "backup.tar.gz", world.clock.now()
    )
    await going
    assert archive.stat().st_mode & 0o777 == 0o600

    await runtime.close()
    with pytest.raises(FileExistsError):
        await restore_backup(world.settings, "shop", runtime.database, archive, force=False)
    await restore_backup(world.settings, "shop", runtime.database, archive, force=True)
    await runtime.open(background=False)

    tickets = {row.id: row for row in await world.look(lambda look: look.all(select(Ticket)))}
    assert set(before) <= set(tickets)
    events = await world.events()
    assert {one.event.ticket.id for one in events} == set(tickets)  # type: ignore[attr-defined]
    head = await world.look(runtime.history.head)
    assert head.seq == EPOCH
    with pytest.raises(Gone):
        await world.look(lambda look: runtime.history.check(look, position, head))


async def test_an_archive_of_another_system_is_refused(world: World) -> None:
    """A restore into the wrong system says so and changes nothing."""
    archive = await make_backup(
        world.settings, "shop", world.runtime.database, world.data / "backup.tar.gz", world.clock.now()
    )
    with pytest.raises(ValueError, match="backup of shop"):
        await restore_backup(world.settings, "laundry", world.runtime.database, archive, force=True)


async def test_a_backup_under_load_holds_all_that_was_acknowledged(world: World, people: People) -> None:
    """Taken while eight write and the log is sealed: it comes back with all acknowledged before, as it was sealed, and goes on."""
    mechanic, runtime = await people.client(), world.runtime
    await runtime.sealer.place()
    acknowledged: list[str] = []
    ends, enough = asyncio.Event(), asyncio.Event()

    async def pour() -> None:
        while not ends.is_set():
            acknowledged.append((await mechanic.post("/api/tickets", json={"bike": "b"})).json()["id"])
            if len(acknowledged) == 40:
                enough.set()

    async def seal() -> None:
        while not ends.is_set():
            await runtime.sealer.catch_up()
            await asyncio.sleep(0)

    load = [asyncio.create_task(work()) for work in (*[pour] * 8, seal)]
    await enough.wait()
    before = set(acknowledged)
    archive = await make_backup(
        world.settings, "shop", runtime.database, world.data / "backup.tar.gz", world.clock.now()
    )
    ends.set()
    await asyncio.gather(*load)

    await runtime.close()
    await restore_backup(world.settings, "shop", runtime.database, archive, force=True)
    await runtime.open(background=False)
    tickets = {row.id for row in await world.look(lambda look: look.all(select(Ticket)))}
    assert before <= tickets <= set(acknowledged)
    assert {one.event.ticket.id for one in await world.events()} == tickets  # type: ignore[attr-defined]
    assert (await mechanic.post("/api/tickets", json={"bike": "after"})).status_code == 201
    await runtime.sealer.catch_up()
    async with snapshot_of(runtime) as snapshot:
        report = await verify(snapshot)
    assert (report.findings, report.entries, report.unsealed) == ([], len(tickets) + 1, 0)
