"""Backup while serving, restore, and what a client that was there before is told."""

import asyncio
import io
import shutil
import tarfile
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, select, text

from livefloor import Gone
from livefloor.backup import make_backup, restore_backup, unpack
from livefloor.operate.snapshots import snapshot_of
from livefloor.operate.walk import verify
from livefloor.store import migrate
from livefloor.store.alone import Served
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
        await restore_backup(world.settings, "shop", runtime.database, archive, runtime.chains(), force=False)
    await restore_backup(world.settings, "shop", runtime.database, archive, runtime.chains(), force=True)
    await runtime.open(background=False)

    tickets = {row.id: row for row in await world.look(lambda look: look.all(select(Ticket)))}
    assert set(before) <= set(tickets)
    events = await world.events()
    assert {one.event.ticket.id for one in events} == set(tickets)  # type: ignore[attr-defined]
    head = await world.look(runtime.history.head)
    assert head.seq == EPOCH
    # The numbers have jumped far ahead; what is to be read has not become more.
    assert await world.look(lambda look: look.behind(0)) == len(events)
    with pytest.raises(Gone):
        await world.look(lambda look: runtime.history.check(look, position, head))


async def test_an_archive_of_another_system_is_refused(world: World) -> None:
    """A restore into the wrong system says so and changes nothing."""
    archive = await make_backup(
        world.settings, "shop", world.runtime.database, world.data / "backup.tar.gz", world.clock.now()
    )
    with pytest.raises(ValueError, match="backup of shop"):
        await restore_backup(world.settings, "laundry", world.runtime.database, archive, [], force=True)


@pytest.mark.parametrize("name", ["../evil", "/tmp/livefloor-evil", "link"])
def test_an_archive_writes_nothing_elsewhere(tmp_path: Path, name: str) -> None:
    """Whoever sends an archive can overwrite no file of this machine with it, on any Python."""
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as packed:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        packed.addfile(member, io.BytesIO())
    (tmp_path / "room").mkdir()
    with pytest.raises(ValueError, match="no backup has"):
        unpack(tmp_path / "evil.tar.gz", tmp_path / "room")
    assert {path.name for path in tmp_path.rglob("*")} == {"evil.tar.gz", "room"}
    assert not Path("/tmp/livefloor-evil").exists()


async def test_an_archive_of_an_older_version_comes_back_in_todays_form(world: World, people: People) -> None:
    """From before there was a chain: over what is there and into nothing, and it is sealed from then on. Under a running
    server, of a newer version, or half an archive: refused, and nothing has changed."""
    mechanic, runtime, chains = await people.client(), world.runtime, world.runtime.chains()

    async def archived(name: str) -> Path:
        return await make_backup(world.settings, "shop", runtime.database, world.data / name, world.clock.now())

    async def restored(archive: Path, *, force: bool) -> list[str]:
        return await restore_backup(world.settings, "shop", runtime.database, archive, chains, force=force)

    def go_back(connection: Connection) -> None:
        command.downgrade(migrate._config(chains[0], connection, chains), "0002")

    def empty(connection: Connection) -> None:
        connection.execute(text("DROP SCHEMA shop CASCADE"))

    for _ in range(3):
        await mechanic.post("/api/tickets", json={"bike": "old"})
    newest = await archived("newest.tar.gz")
    with pytest.raises(Served, match="stop"):
        await restored(newest, force=True)
    await runtime.close()
    await runtime.migrated(go_back)
    old = await archived("old.tar.gz")
    await runtime.migrated(lambda connection: connection.execute(text("UPDATE shop_version SET version_num = '0099'")))
    with pytest.raises(ValueError, match="shop are at 0099, and this livefloor knows 0001"):
        await restored(await archived("newer.tar.gz"), force=True)
    (world.data / "half.tar.gz").write_bytes(old.read_bytes()[:-200])
    with pytest.raises(ValueError, match="no whole backup"):
        await restored(world.data / "half.tar.gz", force=True)

    assert await restored(newest, force=True) == []
    with pytest.raises(FileExistsError):
        await restored(old, force=False)
    assert await restored(old, force=True) == [f"livefloor {chains[0].head()}"]
    if world.settings.is_postgres:
        await runtime.migrated(empty)
    else:
        runtime.database.unlink()
    shutil.rmtree(world.data / "secrets")
    assert await restored(old, force=False) == [f"livefloor {chains[0].head()}"]
    await runtime.open(background=False)
    assert (await mechanic.post("/api/tickets", json={"bike": "new"})).status_code == 201
    await runtime.sealer.place()
    await runtime.sealer.catch_up()
    async with snapshot_of(runtime) as snapshot:
        report = await verify(snapshot)
    assert (report.findings, report.entries, report.unsealed) == ([], 4, 0)


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
    await restore_backup(world.settings, "shop", runtime.database, archive, runtime.chains(), force=True)
    await runtime.open(background=False)
    tickets = {row.id for row in await world.look(lambda look: look.all(select(Ticket)))}
    assert before <= tickets <= set(acknowledged)
    assert {one.event.ticket.id for one in await world.events()} == tickets  # type: ignore[attr-defined]
    assert (await mechanic.post("/api/tickets", json={"bike": "after"})).status_code == 201
    await runtime.sealer.catch_up()
    async with snapshot_of(runtime) as snapshot:
        report = await verify(snapshot)
    assert (report.findings, report.entries, report.unsealed) == ([], len(tickets) + 1, 0)
