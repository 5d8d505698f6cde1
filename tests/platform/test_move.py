"""A system's data goes from SQLite to PostgreSQL whole, or not at all; its clients go on from where they were."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from livefloor import SettingError, cli
from livefloor.kernel.settings import read_settings
from livefloor.operate.move import CannotMove, move
from livefloor.operate.snapshots import snapshot_of
from livefloor.operate.walk import verify
from livefloor.serve import Runtime
from livefloor.store.chain import LAST_SEAL
from livefloor.testing.server import free_port, served
from livefloor.testing.world import World
from tests.conftest import Postgres, Run
from tests.platform.conftest import People
from tests.platform.shop import Count, Ticket
from tests.platform.shop import system as shop
from tests.platform.test_sse import stream
from tests.platform.test_websocket import hear, line

WORDS = ("move", "tests.platform.shop:system", "--to")


@pytest.fixture
def to(postgres: Postgres, run: Run[Any]) -> Iterator[str]:
    """Give an empty PostgreSQL."""
    name = run(postgres.create())
    yield postgres.url(name)
    run(postgres.drop(name))


@pytest.fixture
def database_url(to: str) -> str:
    """Let what is moved begin on SQLite, and end before the database to which it went."""
    return ""


async def test_clients_go_on_from_their_old_position(world: World, people: People, to: str) -> None:
    """All is there, the chain holds, and a client that was away over the move gets what it missed, once."""
    token, mechanic = await people.token("customer"), await people.client()
    await world.runtime.sealer.place()
    async with served(world.runtime) as port, line(port, token) as socket:
        await hear(socket)
        for bike in ("a", "b", "c"):
            await mechanic.post("/api/tickets", json={"bike": bike})
        seen = [(await hear(socket))["id"] for _ in range(3)]
    for bike in ("d", "ë"):
        await mechanic.post("/api/tickets", json={"bike": bike})
    await world.run_due()
    await world.runtime.sealer.catch_up()
    before, counted = await rows(world, Ticket), await rows(world, Count)
    seal = await world.look(lambda look: look.one(LAST_SEAL))
    with pytest.raises(CannotMove, match="stop the server"):
        await move(world.runtime, to, world.clock.now())

    await world.runtime.close()
    try:
        moved = await move(world.runtime, to, world.clock.now())
        with pytest.raises(SettingError, match="moved to postgresql://"):
            await world.runtime.open(background=False)
        with pytest.raises(SettingError, match="LIVEFLOOR_DATABASE_URL=postgresql://"):
            world.runtime.check()
    finally:
        settings = read_settings(shop.settings, "shop", {}, alone=True, data=world.data, database_url=to)
        world.runtime = Runtime(shop, settings, world.clock)
        await world.runtime.open(background=False)
    assert (moved.tables["events"], moved.tables["tickets"], moved.tables["counts"]) == (5, 5, 5)
    assert seal is not None and moved.head == seal.head
    async with served(world.runtime) as port, line(port, token, last_id=seen[-1]) as socket:
        assert (await hear(socket))["data"]["last_id"] == "5.1"
        assert [(await hear(socket))["data"]["ticket"]["bike"] for _ in range(2)] == ["d", "ë"]
        async with stream(port, token, seen=seen[-1]) as (ear, _):
            assert [json.loads((await ear.hear()).data)["ticket"]["bike"] for _ in range(2)] == ["d", "ë"]
    assert (await rows(world, Ticket), await rows(world, Count)) == (before, counted)
    async with snapshot_of(world.runtime) as snapshot:
        report = await verify(snapshot)
    assert (report.findings, report.entries, report.head) == ([], 5, moved.head)


async def rows(world: World, model: type[Any]) -> list[dict[str, Any]]:
    """Return all rows of a table."""
    found = await world.look(lambda look: look.all(select(model)))
    return sorted(({name: getattr(row, name) for name in model.column_names()} for row in found), key=repr)


def test_what_cannot_be_moved_stays(run: Run[Any], to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No database, an old one, a target with data, a row that does not fit: each is refused with a sentence, and all stays."""
    monkeypatch.setenv("LIVEFLOOR_DATA", str(tmp_path))
    runtime = Runtime(shop, read_settings(shop.settings, "shop", {}, alone=True, data=tmp_path))

    def refused(*words: str) -> str:
        said: Result = CliRunner().invoke(cli.app, [*WORDS, *words])
        assert said.exit_code == 2, said.output
        return said.stderr

    assert "there is no database" in refused(to)
    assert "is no PostgreSQL" in refused("mysql://somewhere")
    run(runtime.migrated())
    with sqlite3.connect(runtime.database) as file:
        file.execute("UPDATE shop_version SET version_num = '0000'")
    assert "livefloor migrate shop" in refused(to)
    with sqlite3.connect(runtime.database) as file:
        file.execute("UPDATE shop_version SET version_num = '0001'")
        made = "INSERT INTO users (id, role, status, display_name, version, created_at, updated_at) VALUES (?, ?, ?, ?, 1, ?, ?)"
        file.execute(made, ("u1", "customer", "active", "A\0", *2 * ["2025-01-01T00:00:00.000000+00:00"]))
    assert "PostgreSQL does not take what is in users" in refused(to)
    with sqlite3.connect(runtime.database) as file:
        file.execute("UPDATE users SET display_name = 'A'")

    assert "does not answer" in refused(f"postgresql://me:secret@127.0.0.1:{free_port()}/x")
    assert "secret" not in refused("postgresql://me:secret@127.0.0.1:1/x")

    done = CliRunner().invoke(cli.app, [*WORDS, to, "--json"])
    assert (done.exit_code, json.loads(done.stdout)["tables"]["users"]) == (0, 1)
    assert "moved to postgresql://" in refused(to)
    with sqlite3.connect(runtime.database) as file:
        file.execute("DROP TABLE moved")
    assert "holds data already (in users)" in refused(to)
    run(forget(to))
    assert CliRunner().invoke(cli.app, [*WORDS, to]).exit_code == 0


async def forget(url: str) -> None:
    """Do what the refusal says for data that nobody needs."""
    db = await asyncpg.connect(url)
    await db.execute('DROP SCHEMA "shop" CASCADE')
    await db.close()
