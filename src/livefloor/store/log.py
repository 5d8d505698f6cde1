"""The event log: one row for each fact, numbered in commit order without gaps.

`log_head` holds the last number. The transaction that appends raises it as its last act before COMMIT and so holds its
row until it has committed; the next one waits. Hence a reader that sees number n sees all below it, on both databases.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.kernel.ids import new_id
from livefloor.store.models import Json, PlatformTables, UtcTime

EPOCH = 2**40
"""How far a restore jumps the numbers: a position from before it is told apart by its size (DESIGN 12, ruling 2)."""


class LogHead(PlatformTables):
    """The number of the last event; one row."""

    __tablename__ = "log_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    epoch_start: Mapped[int] = mapped_column(BigInteger)


class LoggedEvent(PlatformTables):
    """One fact."""

    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    channels: Mapped[Any] = mapped_column(Json)
    actor: Mapped[Any] = mapped_column(Json)
    subject: Mapped[str] = mapped_column(index=True)
    data: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]


@dataclass(slots=True)
class Entry:
    """An event on its way into the log; `data` is its JSON."""

    name: str
    channels: list[str]
    actor: dict[str, str | None]
    subject: str
    data: bytes
    at: datetime
    id: str
    seq: int = 0


def entry(
    name: str, channels: list[str], actor: dict[str, str | None], subject: str, data: bytes, at: datetime
) -> Entry:
    """Return a new entry with an id of its own."""
    return Entry(name, channels, actor, subject, data, at, new_id())


FIRST_KEPT = select(func.min(LoggedEvent.seq)).where(LoggedEvent.at >= bindparam("older", type_=UtcTime()))
LAST_PRUNED = select(func.max(LoggedEvent.seq)).where(LoggedEvent.seq < bindparam("before", type_=BigInteger))
PRUNE = delete(LoggedEvent).where(LoggedEvent.seq <= bindparam("until", type_=BigInteger))
"""Takes the beginning of the log out for good."""

PAGE = 500
"""How many events are read from the log at once."""

HEAD_CHANNELS = (
    select(LogHead.seq, LoggedEvent.channels)
    .outerjoin(LoggedEvent, LoggedEvent.seq == LogHead.seq)
    .where(LogHead.id == 1)
)
HEAD = select(LogHead.seq).where(LogHead.id == 1)
AFTER = (
    select(LoggedEvent)
    .where(
        LoggedEvent.seq > bindparam("after", type_=BigInteger), LoggedEvent.seq <= bindparam("until", type_=BigInteger)
    )
    .order_by(LoggedEvent.seq)
    .limit(PAGE)
)
COUNT_AFTER = select(func.count()).where(LoggedEvent.seq > bindparam("after", type_=BigInteger))
EPOCH_START = select(LogHead.epoch_start).where(LogHead.id == 1)

SQLITE_RAISE = "UPDATE log_head SET seq = seq + ? WHERE id = 1 RETURNING seq"
SQLITE_APPEND = "INSERT INTO events (seq, id, name, channels, actor, subject, data, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

POSTGRES_APPEND = """
CREATE OR REPLACE FUNCTION livefloor_append(entries text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  batch json := entries::json;
  top bigint;
  many int := json_array_length(batch);
BEGIN
  UPDATE log_head SET seq = seq + many WHERE id = 1 RETURNING seq INTO top;
  INSERT INTO events (seq, id, name, channels, actor, subject, data, at)
    SELECT top - many + n, e->>'id', e->>'name', e->>'channels', e->>'actor', e->>'subject', e->>'data', (e->>'at')::timestamptz
    FROM json_array_elements(batch) WITH ORDINALITY AS t(e, n);
  RAISE INFO '%', top;
  RETURN top;
END $$
"""
"""The append as one round trip together with COMMIT, so that the head is held for the server's time only, never for the
time in which a busy Python process comes to its next step. A round trip of several statements has no rows, so the number
comes back as a message."""
