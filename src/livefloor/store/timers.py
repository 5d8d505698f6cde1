"""Durable timers, the lease of the one process that runs them, and the sign of life of each process."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Text, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from livefloor.store.models import Json, PlatformTables, UtcTime

MOMENT = UtcTime()


class DueTimer(PlatformTables):
    """What is due when. `key` is the timer's name and arguments, so that the same timer is set only once;
    `run_at` is the next try, `due_at` the moment for which it was asked."""

    __tablename__ = "timers"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    args: Mapped[Any] = mapped_column(Json)
    due_at: Mapped[datetime]
    run_at: Mapped[datetime]
    rank: Mapped[int]
    settles: Mapped[bool] = mapped_column(Boolean)
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (Index("ix_timers_run_at", "run_at"), Index("ix_timers_settles_run_at", "settles", "run_at"))


class JobLease(PlatformTables):
    """Who may run the timers until when."""

    __tablename__ = "job_leases"
    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[datetime]


class Heartbeat(PlatformTables):
    """The last sign of life of a process, and how many live connections it holds."""

    __tablename__ = "heartbeats"
    process: Mapped[str] = mapped_column(primary_key=True)
    last_tick_at: Mapped[datetime]
    connections: Mapped[int] = mapped_column(default=0)


class ClockOffset(PlatformTables):
    """How far the debug clock was moved, in seconds; one row."""

    __tablename__ = "clock_offset"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seconds: Mapped[int] = mapped_column(BigInteger)


ORDER = (DueTimer.due_at, DueTimer.rank, DueTimer.key)
ANY_TO_SETTLE = (
    select(DueTimer.key).where(DueTimer.settles.is_(True), DueTimer.run_at <= bindparam("now", type_=MOMENT)).limit(1)
)
TO_SETTLE = (
    select(DueTimer)
    .where(DueTimer.settles.is_(True), DueTimer.run_at <= bindparam("now", type_=MOMENT))
    .order_by(*ORDER)
    .limit(50)
)
FREE = or_(DueTimer.lease_until.is_(None), DueTimer.lease_until <= bindparam("now", type_=MOMENT))
DUE = select(DueTimer).where(DueTimer.run_at <= bindparam("now", type_=MOMENT), FREE).order_by(*ORDER).limit(50)
NEXT_DUE = select(func.min(DueTimer.run_at)).where(FREE)
NEXT_TO_SETTLE = select(func.min(DueTimer.run_at)).where(DueTimer.settles.is_(True))
TAKE = (
    delete(DueTimer)
    .where(DueTimer.key == bindparam("of_key"), DueTimer.due_at == bindparam("due", type_=MOMENT))
    .returning(DueTimer)
)
CANCEL = delete(DueTimer).where(DueTimer.key == bindparam("of_key"))
FIND = select(DueTimer).where(DueTimer.key == bindparam("of_key"))
LEASE = (
    update(DueTimer)
    .where(
        DueTimer.key == bindparam("of_key"),
        DueTimer.run_at <= bindparam("now", type_=MOMENT),
        FREE,
    )
    .values(lease_until=bindparam("until", type_=MOMENT))
)
POSTPONE = (
    update(DueTimer)
    .where(DueTimer.key == bindparam("of_key"))
    .values(
        run_at=bindparam("again", type_=MOMENT),
        tries=DueTimer.tries + 1,
        lease_until=None,
        error=bindparam("why", type_=Text()),
    )
)
OTHER_CONNECTIONS = select(func.coalesce(func.sum(Heartbeat.connections), 0)).where(
    Heartbeat.last_tick_at > bindparam("since", type_=MOMENT), Heartbeat.process != bindparam("me")
)
LAST_TICK = select(func.max(Heartbeat.last_tick_at))
