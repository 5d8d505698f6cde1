"""Seals the log: a durable reader that chains the digests of its entries, in order, after they were committed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import takewhile

import structlog

from livefloor.kernel.problems import Problem
from livefloor.store import chain, readers
from livefloor.store.chain import Amendment, Seal, Written
from livefloor.store.models import UtcTime
from livefloor.store.readers import ReaderPosition
from livefloor.work.ctx import Ctx, Look
from livefloor.work.execute import Executor

log = structlog.get_logger("livefloor.sealer")


async def written(look: Look, statement: object, /, **values: object) -> list[Written]:
    """Return entries as they are stored, on either database."""
    found: list[tuple[object, ...]] = await look.all(statement, **values)  # type: ignore[arg-type]
    return [(*row[:-1], UtcTime.to_text(row[-1])) for row in found]  # type: ignore[misc, arg-type]


class Sealer:
    """The sealer of one system. Several processes may run it: the row of the position is the lock."""

    POLL_S = 1.0
    QUIET_S = 0.5
    """How long it waits after it was woken, so that what comes together is sealed together."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._woken = asyncio.Event()
        self._reached = 0
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Say that there may be something new."""
        self._woken.set()

    async def start(self) -> None:
        """Go on where the last seal ends."""
        await self.place()
        self._task = asyncio.create_task(self._run(), name="log-sealer")

    async def place(self) -> None:
        """Take the place of a durable reader: at the beginning of the log, of which nothing is pruned before it is sealed."""
        await self._executor.change(lambda ctx: ctx.try_add(ReaderPosition(name=chain.READER, seq=0)), settled=True)

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def catch_up(self) -> None:
        """Seal all that is there, now."""
        while await self._step():
            pass

    async def _run(self) -> None:
        while True:
            try:
                await self.catch_up()
            except Problem as problem:
                log.warning("sealer_waits", error=str(problem))
            except Exception:
                log.exception("sealer_failed")
            try:
                async with asyncio.timeout(self.POLL_S):  # wait_for may swallow a cancel on Python 3.11
                    await self._woken.wait()
            except TimeoutError:
                pass
            await asyncio.sleep(self.QUIET_S)
            self._woken.clear()

    async def _step(self) -> bool:
        """Seal the next entries in a row and the changes of sealed ones; return whether there may be more."""
        if not await self._executor.peek(lambda look: look.one(chain.IS_BEHIND, after=self._reached)):
            return False
        return await self._executor.change(self._seal, settled=True)

    async def _seal(self, ctx: Ctx) -> bool:
        position = await ctx.one(readers.POSITION, name=chain.READER)
        if position is None:
            return False
        entries = await written(ctx, chain.UNSEALED, after=position.seq)
        row = [entry for place, entry in takewhile(lambda at: at[1][0] == entries[0][0] + at[0], enumerate(entries))]
        last = await ctx.one(chain.LAST_SEAL)
        if row:
            last = await _add(ctx, last, "entries", row, b"".join(map(chain.digest_of, row)))
            position.seq = row[-1][0]
            await ctx.save(position)
        amendments = await ctx.all(chain.AMENDMENTS, sealed=position.seq)
        for amendment in amendments:
            last = await _amend(ctx, last, amendment)
        self._reached = position.seq
        return bool(row or amendments)


async def _amend(ctx: Ctx, last: Seal | None, amendment: Amendment) -> Seal | None:
    """Seal what an erasure has left of an entry, or up to where the log was pruned."""
    await ctx.run(chain.SEALED_NOW, of_kind=amendment.kind, of_seq=amendment.seq)
    if amendment.kind == "pruned":
        return await _add(ctx, last, "pruned", [(amendment.seq,)], b"")
    found = await written(ctx, chain.ENTRY, of_seq=amendment.seq)
    if not found:  # it was pruned meanwhile
        return last
    _, entry_id, _, _, _, _, data, _ = found[0]
    return await _add(ctx, last, "erased", found, bytes.fromhex(chain.hidden(entry_id, data)))


async def _add(
    ctx: Ctx, last: Seal | None, kind: chain.Kind, of: Sequence[tuple[int, *tuple[str, ...]]], digests: bytes
) -> Seal:
    no, before = (last.no + 1, last.head) if last is not None else (1, chain.START)
    first_seq, last_seq = of[0][0], of[-1][0]
    head = chain.head_of(before, no, kind, first_seq, last_seq, digests)
    return await ctx.add(
        Seal(no=no, kind=kind, first_seq=first_seq, last_seq=last_seq, digests=digests, head=head, at=ctx.now)
    )
