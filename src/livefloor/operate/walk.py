"""Holds the log against its chain: finds what was changed, swapped, added, taken out or cut off, and names it.

Two walks over one snapshot, a page at a time: the seals, each against the one before, then the entries against the seals.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from livefloor.operate.snapshots import Rows, Snapshot, first
from livefloor.store import chain
from livefloor.store.chain import SIZE, Written
from livefloor.store.log import EPOCH

What = Literal["changed", "swapped", "missing", "added", "cut", "seal", "rewritten", "projection"]

SEALS = "SELECT no, kind, first_seq, last_seq, digests, head FROM log_seals ORDER BY no"
SEALED = "SELECT first_seq, last_seq, digests FROM log_seals WHERE kind = 'entries' ORDER BY first_seq, no"
ENTRIES = "SELECT seq, id, name, channels, actor, subject, data, {at} FROM events ORDER BY seq"
HEAD = "SELECT seq, epoch_start FROM log_head WHERE id = 1"
POSITION = "SELECT seq FROM readers WHERE name = 'chain'"
LAST_SEAL = "SELECT no, head, {at} FROM log_seals ORDER BY no DESC LIMIT 1"
LAST_SEALED = "SELECT last_seq FROM log_seals WHERE kind = 'entries' ORDER BY no DESC LIMIT 1"
AMENDMENTS = "SELECT kind, seq FROM log_amendments"

MOST = 1000
"""How many findings are kept; the others are counted."""
MOST_SWAPPED = 200
"""Among how many changed entries those that stand in another's place are looked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the entries `seq` to `last`."""

    what: What
    seq: int
    last: int
    says: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at one moment: kept elsewhere, it shows later that nothing up to it was rewritten or cut."""

    system: str
    seal: int
    seq: int
    head: str
    at: str


@dataclass(slots=True)
class Report:
    """What `verify` has found."""

    entries: int = 0
    unsealed: int = 0
    erased: int = 0
    pruned_to: int = 0
    head: str = chain.START
    findings: list[Finding] = field(default_factory=list)
    more: int = 0

    def add(self, what: What, seq: int, last: int, says: str) -> None:
        """Keep a finding."""
        if len(self.findings) < MOST:
            self.findings.append(Finding(what, seq, last, says))
        else:
            self.more += 1


async def head_of(snapshot: Snapshot, system: str) -> Head | None:
    """Return the end of the chain, or None while nothing is sealed."""
    seal = await first(snapshot, LAST_SEAL)
    sealed = await first(snapshot, LAST_SEALED)
    return Head(system, seal[0], sealed[0], seal[1], seal[2]) if seal is not None and sealed is not None else None


async def is_there(snapshot: Snapshot) -> bool:
    """Tell whether there is a log."""
    return await first(snapshot, HEAD) is not None


async def verify(
    snapshot: Snapshot, heads: Sequence[Head] = (), progress: Callable[[int], None] = lambda entries: None
) -> Report:
    """Hold the log of a snapshot against its chain, and the chain against heads that were kept elsewhere."""
    walk = _Walk()
    await walk.seals(snapshot, {head.seal: head for head in heads})
    async for kind, seq in _each(snapshot, AMENDMENTS):
        walk.await_seal(kind, seq)
    entries = _Ahead(walk.numbered(snapshot.pages(ENTRIES)))
    async for first_seq, last_seq, digests in _each(snapshot, SEALED):
        if _are_numbers(first_seq, last_seq):
            held = digests if isinstance(digests, bytes) else b""
            walk.sealed(first_seq, last_seq, held, await entries.up_to(last_seq))
            progress(walk.report.entries)
    await walk.rest(snapshot, entries)
    walk.name_swapped()
    walk.report.findings.sort(key=lambda finding: finding.seq)
    return walk.report


async def _each(snapshot: Snapshot, statement: str) -> AsyncIterator[Any]:
    async for page in snapshot.pages(statement):
        for row in page:
            yield row


class _Ahead:
    """Rows in order of seq, of which one looks no further than asked."""

    def __init__(self, pages: AsyncIterator[Rows]) -> None:
        self._pages = pages
        self._page: Rows = []
        self._at = 0

    async def up_to(self, seq: int) -> list[Written]:
        """Return the rows up to a number."""
        found: list[Any] = []
        while True:
            while self._at < len(self._page) and self._page[self._at][0] <= seq:
                found.append(self._page[self._at])
                self._at += 1
            if self._at < len(self._page):
                return found
            self._page, self._at = await anext(self._pages, []), 0
            if not self._page:
                return found

    async def page(self) -> list[Written]:
        """Return some of the rows that are left, none at the end."""
        found = self._page[self._at :] or await anext(self._pages, [])
        self._page, self._at = [], 0
        return cast(list[Written], found)


class _Walk:
    """Where the walk is, and what it has found."""

    def __init__(self) -> None:
        self.report = Report()
        self._reached = 0
        self._erased: dict[int, bytes] = {}
        self._to_seal: set[int] = set()
        self._changed: list[tuple[Written, bytes]] = []

    async def numbered(self, pages: AsyncIterator[Rows]) -> AsyncIterator[Rows]:
        """Give the rows that have a number; SQLite lets somebody write there what is none."""
        async for page in pages:
            odd = [row for row in page if not _are_numbers(row[0])]
            for row in odd:
                self.report.add("added", 0, 0, f"An entry was added or changed whose number is {str(row[0])[:40]!r}.")
            yield [row for row in page if _are_numbers(row[0])] if odd else page

    async def seals(self, snapshot: Snapshot, heads: dict[int, Head]) -> None:
        """Hold each seal against the one before, and against the heads that were kept."""
        no, before, reached, held = 0, chain.START, 0, (1, 1)
        async for seal in _each(snapshot, SEALS):
            if not _are_numbers(seal[0], seal[2], seal[3]):
                self.report.add("seal", reached + 1, reached + 1, f"A seal was changed: its number is {seal[0]!r}.")
                continue
            both = min(held[0], seal[2]), max(held[1], seal[3])
            if seal[0] != no + 1:
                self.report.add("seal", reached + 1, reached + 1, f"The seals {no + 1} to {seal[0] - 1} are gone.")
            elif not _follows(seal, before):
                # Whoever wrote a seal anew with its head has broken what follows: it is this one or the one before.
                says = (
                    f"Seal {seal[0]} does not follow from the one before; they hold the entries {both[0]} to {both[1]}."
                )
                self.report.add("seal", *both, says)
            held = seal[2], seal[3]
            no, kind, _, last_seq, digests, before = seal
            if kind == "entries":
                reached = last_seq
            elif kind == "erased":
                self._erased[last_seq] = digests
            else:
                self.report.pruned_to = max(self.report.pruned_to, last_seq)
            self._compare(heads.pop(no, None), before)
        for head in heads.values():
            says = f"The log was cut: its chain ends at entry {reached}, and entry {head.seq} was sealed on {head.at}."
            self.report.add("cut", min(reached + 1, head.seq), head.seq, says)
        self.report.head = before

    def _compare(self, kept: Head | None, head: str) -> None:
        if kept is not None and kept.head != head:
            says = f"The log up to entry {kept.seq} is not the one whose head was kept on {kept.at}: it was rewritten."
            self.report.add("rewritten", 1, kept.seq, says)

    def await_seal(self, kind: str, seq: int) -> None:
        """Take a change into account that is not sealed yet."""
        if kind == "pruned":
            self.report.pruned_to = max(self.report.pruned_to, seq)
        else:
            self._to_seal.add(seq)

    def sealed(self, first_seq: int, last_seq: int, digests: bytes, rows: list[Written]) -> None:
        """Hold the entries of one seal against it."""
        self._gap(first_seq)
        self._reached = last_seq
        self.report.entries += len(rows)
        found = [_digest(row) for row in rows]
        if b"".join(found) != digests:
            self._name(first_seq, digests, {row[0]: (row, each) for row, each in zip(rows, found, strict=True)})
        for row in rows:
            if '"erased"' in str(row[4]):
                self._hold_erasure(row)
            elif row[0] in self._erased:
                self._change(row[0], f"Entry {row[0]} was changed: what was erased of it stands there again.")

    def _name(self, first_seq: int, digests: bytes, rows: dict[int, tuple[Written, bytes]]) -> None:
        missing: list[int] = []
        for place in range(len(digests) // SIZE):  # a forged range may be without end
            seq, sealed = first_seq + place, digests[place * SIZE : (place + 1) * SIZE]
            row, found = rows.pop(seq, (None, b""))
            if row is None:
                missing += [seq] if seq > self.report.pruned_to else []
            elif found != sealed and len(self._changed) < MOST_SWAPPED:
                self._changed.append((row, sealed))
            elif found != sealed:
                self._change(seq, f"Entry {seq} was changed.")
        for start, end in _runs(missing):
            self._miss(start, end)
        for seq in rows:
            self.report.add("added", seq, seq, f"Entry {seq} was added: it was never sealed.")

    def _hold_erasure(self, row: Written) -> None:
        self.report.erased += 1
        if not chain.is_as_written(str(row[4])):
            self._change(row[0], f"Entry {row[0]} was changed: its actor is not as the log writes one.")
        if row[0] in self._to_seal:
            return
        if self._erased.get(row[0]) != bytes.fromhex(chain.hidden(str(row[1]), str(row[6]))):
            self._change(row[0], f"Entry {row[0]} was changed: it passes for erased, and no such erasure was sealed.")

    def _change(self, seq: int, says: str) -> None:
        self.report.add("changed", seq, seq, says)

    def _miss(self, start: int, end: int) -> None:
        named = f"Entry {start} is" if start == end else f"The entries {start} to {end} are"
        self.report.add("missing", start, end, f"{named} missing.")

    def _gap(self, seq: int) -> None:
        """Find what is missing before an entry: the numbers have no gaps but those that a restore makes."""
        begins = self._reached + 1 if self._reached else seq
        if seq > begins and (seq - 1) % EPOCH and seq - 1 > self.report.pruned_to:
            self._miss(max(begins, self.report.pruned_to + 1), seq - 1)

    async def rest(self, snapshot: Snapshot, entries: _Ahead) -> None:
        """Look at what is not sealed yet, and whether the log ends where its head says."""
        sealed_to = self._reached
        position = await first(snapshot, POSITION)
        if position is not None and position[0] > sealed_to:
            says = f"The seals of the entries {sealed_to + 1} to {position[0]} are gone."
            self.report.add("seal", sealed_to + 1, position[0], says)
        head = await first(snapshot, HEAD)
        ends, epoch_start = head if head is not None else (0, 0)
        while page := await entries.page():
            for row in page:
                if row[0] > ends:
                    self.report.add("added", row[0], row[0], f"Entry {row[0]} was added: the log ends at {ends}.")
                else:
                    self._gap(row[0])
                    self._reached = row[0]
            self.report.entries += len(page)
            self.report.unsealed += len(page)
        reached = max(self._reached, epoch_start, self.report.pruned_to)
        if ends > reached:
            self._miss(reached + 1, ends)

    def name_swapped(self) -> None:
        """Tell which of the changed entries stand in each other's place."""
        sealed = {digest: row[0] for row, digest in self._changed}
        for row, _ in self._changed:
            belongs = [sealed[found] for seq in sealed.values() if (found := _digest((seq, *row[1:]))) in sealed]
            if belongs and belongs[0] != row[0]:
                says = f"Entry {row[0]} was swapped: what stands there is entry {belongs[0]}."
                self.report.add("swapped", row[0], row[0], says)
            else:
                self._change(row[0], f"Entry {row[0]} was changed.")


def _follows(seal: Sequence[Any], before: str) -> bool:
    no, kind, first_seq, last_seq, digests, head = seal
    try:
        whole = kind != "entries" or len(digests) == SIZE * (last_seq - first_seq + 1)
        return bool(whole and chain.head_of(before, no, kind, first_seq, last_seq, digests) == head)
    except TypeError:
        return False


def _are_numbers(*values: Any) -> bool:
    return all(type(value) is int for value in values)


def _digest(row: Written) -> bytes:
    """Return the digest of what stands in a row, whatever it is."""
    try:
        return chain.digest_of(cast(Written, tuple(row)))
    except (TypeError, ValueError):
        return b""


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Return rising numbers as ranges."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
