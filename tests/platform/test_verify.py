"""Whatever is done to the log behind the system's back is found and named; what the system did itself is not."""

import functools
import json
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import delete, select, update
from typer.testing import CliRunner

from livefloor import cli
from livefloor.operate.projections import compare
from livefloor.operate.snapshots import PostgresSnapshot, Snapshot, SqliteSnapshot, snapshot_of
from livefloor.operate.walk import ENTRIES, Head, Report, head_of, verify
from livefloor.parts.retention import erase_from_log
from livefloor.store import chain
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import Count

Row = tuple[Any, ...]
Run = Callable[..., Coroutine[Any, Any, list[Row]]]
COLUMNS = "id, name, channels, actor, subject, data, at"


def erased(data: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return what is left of a ticket."""
    return {"ticket": {**data["ticket"], "bike": ""}}


class Forger:
    """Somebody with the database in hand: changes it in a transaction that is never committed."""

    def __init__(self, run: Run, snapshot: Snapshot, seed: int) -> None:
        self.run = run
        self.snapshot = snapshot
        self.random = random.Random(seed)

    async def seqs(self) -> list[int]:
        """Return the numbers of the entries."""
        return [row[0] for row in await self.run("SELECT seq FROM events ORDER BY seq")]

    async def change(self) -> set[int]:
        """Write something else into one column."""
        seq = self.random.choice(await self.seqs())
        column = self.random.choice(COLUMNS.split(", "))
        becomes = "'2020-01-01 00:00:00+00:00'" if column == "at" else f"{column} || ' '"
        await self.run(f"UPDATE events SET {column} = {becomes} WHERE seq = {seq}")
        return {seq}

    async def reorder(self) -> set[int]:
        """Write the same data with its keys in another order."""
        seq = self.random.choice([seq for seq in await self.seqs() if seq != ERASED])
        ((data,),) = await self.run(f"SELECT data FROM events WHERE seq = {seq}")
        ticket = dict(reversed(json.loads(data)["ticket"].items()))
        await self.run(f"UPDATE events SET data = '{json.dumps({'ticket': ticket})}' WHERE seq = {seq}")
        return {seq}

    async def take_out(self) -> set[int]:
        """Delete one or several in a row."""
        seqs = await self.seqs()
        at = self.random.randrange(len(seqs))
        gone = seqs[at : at + self.random.choice((1, 1, 5))]
        await self.run(f"DELETE FROM events WHERE seq BETWEEN {gone[0]} AND {gone[-1]}")
        return set(gone)

    async def swap(self) -> set[int]:
        """Let two stand in each other's place."""
        one, other = self.random.sample(await self.seqs(), 2)
        for was, becomes in ((one, -1), (other, one), (-1, other)):
            await self.run(f"UPDATE events SET seq = {becomes} WHERE seq = {was}")
        return {one, other}

    async def add(self) -> set[int]:
        """Put one in, where there is room: before the first or after the last."""
        seqs = await self.seqs()
        seq = self.random.choice((0, -7, seqs[-1] + 1, seqs[-1] + 30))
        await self.run(
            f"INSERT INTO events (seq, {COLUMNS}) SELECT {seq}, id || 'x', {COLUMNS[4:]} FROM events WHERE seq = {seqs[3]}"
        )
        return {seq}

    async def forge_seal(self) -> set[int]:
        """Change an entry and its digest in the seal, and perhaps the seal's head as well."""
        seq = self.random.choice((await self.seqs())[:20])
        await self.run(f"UPDATE events SET subject = 'forged' WHERE seq = {seq}")
        await self.seal_again(seq, heads=self.random.choice((0, 1)))
        return {seq}

    async def seal_again(self, seq: int, heads: int) -> None:
        """Write the digests of an entry's seal anew, and that many heads from it on."""
        pages = [page async for page in self.snapshot.pages(ENTRIES)]
        entries = {row[0]: tuple(row) for page in pages for row in page}
        seals = await self.run("SELECT no, kind, first_seq, last_seq, digests, head FROM log_seals ORDER BY no")
        at = next(n for n, (_, kind, first, last, *_) in enumerate(seals) if kind == "entries" and first <= seq <= last)
        before = seals[at - 1][5] if at else chain.START
        for place, (no, kind, first, last, digests, kept) in enumerate(seals[at:]):
            if place == 0:
                digests = b"".join(chain.digest_of(entries[each]) for each in range(first, last + 1))
            before = chain.head_of(before, no, kind, first, last, digests) if place < heads else kept
            await self.run(f"UPDATE log_seals SET digests = {self.literal(digests)}, head = '{before}' WHERE no = {no}")

    def literal(self, value: bytes) -> str:
        """Return bytes as SQL."""
        return f"'\\x{value.hex()}'" if isinstance(self.snapshot, PostgresSnapshot) else f"x'{value.hex()}'"

    async def take_seal_out(self) -> set[int]:
        """Delete a seal."""
        no, first = self.random.choice(await self.run("SELECT no, first_seq FROM log_seals WHERE kind = 'entries'"))
        await self.run(f"DELETE FROM log_seals WHERE no = {no}")
        return {first}

    async def feign_erasure(self) -> set[int]:
        """Let an entry look as if the system had erased it, with other data in it."""
        seq = self.random.choice([seq for seq in await self.seqs() if seq != ERASED])
        ((entry_id, actor, data),) = await self.run(f"SELECT id, actor, data FROM events WHERE seq = {seq}")
        said = json.dumps({**json.loads(actor), "erased": chain.hidden(entry_id, data)})
        await self.run(f"UPDATE events SET actor = '{said}', data = '{{}}', id = 'forged' WHERE seq = {seq}")
        return {seq}

    async def change_what_was_erased(self) -> set[int]:
        """Write something else where something was erased."""
        what = self.random.choice(("data = '{}'", "actor = actor || ' '"))
        await self.run(f"UPDATE events SET {what} WHERE seq = {ERASED}")
        return {ERASED}

    async def cut_tail(self) -> set[int]:
        """Cut the end off, and let the head of the log end there."""
        seqs = await self.seqs()
        first = self.random.choice(seqs[5:])
        await self.run(f"DELETE FROM events WHERE seq >= {first}")
        if self.random.random() < 0.5:
            await self.run(f"UPDATE log_head SET seq = {first - 1}")
        return set(range(first, seqs[-1] + 1))


ERASED = 5
KINDS = [
    Forger.change,
    Forger.reorder,
    Forger.take_out,
    Forger.swap,
    Forger.add,
    Forger.forge_seal,
    Forger.take_seal_out,
    Forger.feign_erasure,
    Forger.change_what_was_erased,
    Forger.cut_tail,
]


@pytest.fixture
async def sealed(world: World, people: People) -> World:
    """Give a shop with some thirty entries in five seals; one entry is erased in part, three are not sealed yet."""
    mechanic = await people.client()
    await world.runtime.sealer.place()
    for n in range(30):
        await mechanic.post("/api/tickets", json={"bike": str(n)})
        if n == 12:
            (about,) = [one.event.subject() for one in await world.events() if one.seq == ERASED]
            await world.change(functools.partial(erase_from_log, subject=about, redact=erased))
        if n % 6 == 2:
            await world.runtime.sealer.catch_up()
    return world


@asynccontextmanager
async def forger(world: World, seed: int = 0) -> AsyncIterator[Forger]:
    """Give somebody who changes the database; all is as it was afterwards."""
    if world.settings.is_postgres:
        db = await asyncpg.connect(world.settings.database_url, server_settings={"search_path": world.system.name})
        change = db.transaction()
        await change.start()

        async def run(words: str) -> list[Row]:
            return [tuple(row) for row in await db.fetch(words)]

        try:
            yield Forger(run, PostgresSnapshot(db), seed)
        finally:
            await change.rollback()
            await db.close()
    else:
        file = sqlite3.connect(world.runtime.database, isolation_level=None)
        file.execute("BEGIN")

        async def run(words: str) -> list[Row]:
            return file.execute(words).fetchall()

        try:
            yield Forger(run, SqliteSnapshot(file), seed)
        finally:
            file.close()


def named(report: Report) -> set[int]:
    """Return the entries that are found fault with."""
    return {seq for finding in report.findings for seq in range(finding.seq, finding.last + 1)}


async def test_a_log_that_nobody_touched_is_in_order(sealed: World) -> None:
    """Entries, an erasure, a seal that is still to come: nothing is found, whichever head is held against it."""
    async with forger(sealed) as hand:
        head = await head_of(hand.snapshot, "shop")
        assert head is not None
        report = await verify(hand.snapshot, [head])
    assert report.findings == []
    assert (report.entries, report.unsealed, report.erased) == (30, 3, 1)
    assert report.head == head.head


async def test_200_random_forgeries_are_found_and_named(sealed: World) -> None:
    """Changed, missing, swapped, added, cut off, with forged seals and feigned erasures: each is named by its number."""
    await sealed.runtime.sealer.catch_up()
    for seed in range(40 if sealed.settings.is_postgres else 200):
        async with forger(sealed, seed) as hand:
            forge = KINDS[seed % len(KINDS)]
            forged = await forge(hand)
            report = await verify(hand.snapshot)
            assert forged <= named(report), (seed, forge.__name__, forged, report.findings)
            if forge in (Forger.change, Forger.reorder, Forger.take_out, Forger.swap, Forger.add):
                assert forged == named(report), (seed, forge.__name__, report.findings)
            kinds = {finding.what for finding in report.findings}
            assert forge is not Forger.swap or "swapped" in kinds


async def test_what_is_forged_throughout_is_found_by_a_head_that_was_kept(sealed: World) -> None:
    """Who writes all seals anew, or cuts log and chain alike, is betrayed by a head that was kept elsewhere alone."""
    await sealed.runtime.sealer.catch_up()
    async with forger(sealed) as hand:
        kept = await head_of(hand.snapshot, "shop")
        assert kept is not None and kept.seq == 30
        await hand.run("UPDATE events SET subject = 'forged' WHERE seq = 8")
        await hand.seal_again(8, heads=99)
        assert (await verify(hand.snapshot)).findings == []
        (finding,) = (await verify(hand.snapshot, [kept])).findings
        assert (finding.what, finding.last) == ("rewritten", 30)
    async with forger(sealed) as hand:
        ((no, last),) = await hand.run(
            "SELECT no, last_seq FROM log_seals WHERE kind = 'entries' ORDER BY no LIMIT 1 OFFSET 2"
        )
        await hand.run(f"DELETE FROM log_seals WHERE no > {no}")
        for table in ("events", "log_amendments"):
            await hand.run(f"DELETE FROM {table} WHERE seq > {last}")
        await hand.run(f"UPDATE log_head SET seq = {last}")
        await hand.run(f"UPDATE readers SET seq = {last} WHERE name = 'chain'")
        assert {each.what for each in (await verify(hand.snapshot)).findings} <= {"changed"}
        cut = [each for each in (await verify(hand.snapshot, [kept])).findings if each.what == "cut"]
        assert [(each.seq, each.last) for each in cut] == [(last + 1, 30)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_no_text_and_no_number_is_found_too(sealed: World) -> None:
    """SQLite takes anything in any column: it stops nobody from looking, and is named."""
    for forged, what in (
        ("UPDATE events SET data = x'ff00' WHERE seq = 8", {(8, "changed")}),
        ("UPDATE events SET actor = 'no \"erased\" JSON' WHERE seq = 8", {(8, "changed")}),
        ("UPDATE events SET seq = 'eight' WHERE seq = 8", {(0, "added"), (8, "missing")}),
        ("UPDATE log_seals SET digests = 7 WHERE no = 2", {(1, "seal")}),
        ("UPDATE log_seals SET last_seq = 'x' WHERE no = 2", {(4, "seal")}),
    ):
        async with forger(sealed) as hand:
            await hand.run(forged)
            found = {(finding.seq, finding.what) for finding in (await verify(hand.snapshot)).findings}
        assert what <= found, (forged, found)


async def test_an_entry_that_went_before_it_was_sealed_is_missed(sealed: World) -> None:
    """The numbers have no gaps: one that is taken out is missed whether it was sealed or not, and after it was not as well."""
    async with forger(sealed) as hand:
        for seq in (29, 30):
            await hand.run(f"DELETE FROM events WHERE seq = {seq}")
        assert named(await verify(hand.snapshot)) == {29, 30}


async def test_a_table_that_is_made_of_the_log_is_made_anew_and_compared(sealed: World) -> None:
    """A row that was changed, added or taken out behind the reader's back is named; what it has not read yet is no fault."""
    await sealed.runtime.readers.catch_up()

    async def look() -> tuple[dict[str, str], list[str]]:
        report = Report()
        async with snapshot_of(sealed.runtime) as snapshot:
            said = await compare(sealed.runtime, snapshot, report)
        return said, [finding.says for finding in report.findings]

    assert await look() == ({"counts": "as the log makes it"}, [])
    counted = sorted(row.ticket_id for row in await sealed.look(lambda look: look.all(select(Count))))
    await sealed.change(lambda ctx: ctx.run(update(Count).where(Count.ticket_id == counted[0]).values(many=9)))
    await sealed.change(lambda ctx: ctx.run(delete(Count).where(Count.ticket_id == counted[1])))
    await sealed.change(lambda ctx: ctx.add(Count(ticket_id="zzz", many=1)))
    assert len(counted) == 30
    assert await look() == (
        {"counts": "differs from the log"},
        [f"counts {key} is not what the log makes of it." for key in (counted[0], counted[1], "zzz")],
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_names_what_it_finds(sealed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 for a log that is in order, 1 and the number for one that is not, 2 for what cannot be read."""
    monkeypatch.setenv("LIVEFLOOR_DATA", str(sealed.data))
    words = ("tests.platform.shop:system",)
    run = CliRunner().invoke
    kept = run(cli.app, ["events", "head", *words, "--json"])
    (tmp_path / "head.json").write_text(kept.stdout)
    assert asdict(Head(**json.loads(kept.stdout)))["seq"] == 27

    good = run(cli.app, ["verify", *words, "--against", str(tmp_path / "head.json")])
    assert (good.exit_code, "as it was sealed, and against 1 kept head" in good.stdout) == (0, True)
    last = json.loads(run(cli.app, ["events", "tail", *words, "-n", "1", "--json", "--name", "ticket."]).stdout)
    assert (last["seq"], last["name"], last["data"]["ticket"]["bike"]) == (30, "ticket.opened", "29")
    assert len(run(cli.app, ["events", "tail", *words]).stdout.splitlines()) == 10

    with sqlite3.connect(sealed.runtime.database) as file:
        file.execute("UPDATE events SET subject = 'forged' WHERE seq = 8")
    bad = run(cli.app, ["verify", *words, "--json"])
    found = json.loads(bad.stdout)
    assert (bad.exit_code, found["ok"], [each["seq"] for each in found["findings"]]) == (1, False, [8])
    assert "Entry 8 was changed." in run(cli.app, ["verify", *words]).stderr
    for word in (["verify"], ["events", "head"], ["events", "tail"]):
        nothing = run(cli.app, [*word, *words, "--data", str(tmp_path / "nowhere")])
        assert (nothing.exit_code, "there is no database" in nothing.stderr) == (2, True)
    (tmp_path / "shop.db").touch()
    empty = run(cli.app, ["verify", *words, "--data", str(tmp_path)])
    assert (empty.exit_code, "the database cannot be read: no such table" in empty.stderr) == (2, True)
    (tmp_path / "head.json").write_text("{}")
    assert run(cli.app, ["verify", *words, "--against", str(tmp_path / "head.json")]).exit_code == 2
