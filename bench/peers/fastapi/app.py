"""The board, start and end of the laundry the plain way: FastAPI, one SQLAlchemy async session a request, aiosqlite."""

import json
import math
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from models import Activity, Base, Cycle, Event, Machine, User, UserSession, WaitlistItem, new_id
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import event, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload

SECRET = os.environ["BENCH_SECRET"]
SEED = json.loads(Path(os.environ["BENCH_SEED"]).read_text(encoding="utf-8"))
MINUTES = {"normal": 30, "extra_5": 35, "extra_10": 40, "extra_15": 45}


# --- database -----------------------------------------------------------------------------------------------------


def open_engine(begin: str, **pool: Any) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['BENCH_DATABASE']}", **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


# SQLite has one writer. A pool of one makes requests queue for it here, where waiting is free, rather than in SQLite's
# busy handler, which sleeps in steps of up to 100 ms. The readers' pool is one as well because that measured best: each
# aiosqlite connection is a thread, and threads on one core only take the interpreter from each other (240 board reads a
# second with one, 220 with three, 200 with five, 160 with SQLAlchemy's default of up to fifteen).
readers = open_engine("BEGIN", pool_size=1, max_overflow=0)
writer = open_engine("BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
ReadSession = async_sessionmaker(readers, expire_on_commit=False)
WriteSession = async_sessionmaker(writer, expire_on_commit=False)


async def read_session() -> AsyncIterator[AsyncSession]:
    async with ReadSession() as session:
        yield session


async def write_session() -> AsyncIterator[AsyncSession]:
    async with WriteSession() as session:
        yield session


Read = Annotated[AsyncSession, Depends(read_session)]
Write = Annotated[AsyncSession, Depends(write_session)]


# --- sign-in ------------------------------------------------------------------------------------------------------


async def signed_in(session: AsyncSession, token: str) -> User:
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub", "sid"]})
    except jwt.InvalidTokenError:
        raise HTTPException(401, "not_authenticated") from None
    row = await session.scalar(
        select(UserSession)
        .options(joinedload(UserSession.user, innerjoin=True))
        .where(UserSession.id == claims["sid"], UserSession.revoked_at.is_(None))
    )
    if (
        row is None
        or row.user_id != claims["sub"]
        or row.expires_at <= datetime.now(UTC)
        or row.user.status != "active"
    ):
        raise HTTPException(401, "session_revoked")
    return row.user


Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


async def current_user(session: Read, bearer: Bearer) -> User:
    return await signed_in(session, bearer.credentials)


async def current_student(session: Write, bearer: Bearer) -> User:
    user = await signed_in(session, bearer.credentials)
    if user.role != "student":
        raise HTTPException(403, "forbidden")
    return user


# --- views --------------------------------------------------------------------------------------------------------


class HoldView(BaseModel):
    user_id: str
    reason: str
    expires_at: datetime


class OutOfOrderView(BaseModel):
    since: datetime
    reason: str | None
    expected_back_at: datetime | None


class MachineView(BaseModel):
    id: str
    machine_type: str
    machine_id: int
    label: str
    location: str
    status: str
    enabled: bool
    current_category: str | None
    current_user_id: str | None
    in_use_by: str | None
    cycle_id: str | None
    source: str | None
    started_at: datetime | None
    ends_at: datetime | None
    time_left_seconds: int
    completed_at: datetime | None
    pickup_deadline: datetime | None
    overdue: bool
    laundry_inside: bool
    hold: HoldView | None
    report_count: int
    out_of_order: OutOfOrderView | None
    total_cycles: int
    version: int


class Summary(BaseModel):
    total: int
    available: int
    held: int
    in_use: int
    completed: int
    disabled: int
    waiting: int
    next_free_at: datetime | None


class Board(BaseModel):
    washers: list[MachineView]
    dryers: list[MachineView]
    summary: dict[str, Summary]
    server_time: datetime
    last_id: str


def view_of(machine: Machine, cycle: Cycle | None, user: User | None, now: datetime) -> MachineView:
    hold = out_of_order = None
    if machine.hold_user_id is not None:
        hold = HoldView(user_id=machine.hold_user_id, reason=machine.hold_reason, expires_at=machine.hold_expires_at)
    if machine.out_of_order_since is not None:
        out_of_order = OutOfOrderView(
            since=machine.out_of_order_since,
            reason=machine.out_of_order_reason,
            expected_back_at=machine.expected_back_at,
        )
    running = machine.status == "in_use" and cycle is not None
    deadline = cycle.pickup_deadline if cycle else None
    return MachineView(
        id=machine.id,
        machine_type=machine.machine_type,
        machine_id=machine.machine_id,
        label=machine.label,
        location=machine.location,
        status=machine.status,
        enabled=machine.enabled,
        current_category=cycle.category if cycle else None,
        current_user_id=cycle.user_id if cycle else None,
        in_use_by=user.display_name if user else None,
        cycle_id=cycle.id if cycle else None,
        source=cycle.source if cycle else None,
        started_at=cycle.started_at if cycle else None,
        ends_at=cycle.ends_at if cycle else None,
        time_left_seconds=max(0, math.ceil((cycle.ends_at - now).total_seconds())) if running else 0,
        completed_at=cycle.completed_at if cycle else None,
        pickup_deadline=deadline,
        overdue=machine.status == "completed" and deadline is not None and now >= deadline,
        laundry_inside=machine.laundry_inside,
        hold=hold,
        report_count=machine.report_count,
        out_of_order=out_of_order,
        total_cycles=machine.total_cycles,
        version=machine.version,
    )


def summary_of(machines: list[MachineView], waiting: int) -> Summary:
    counts = {"available": 0, "held": 0, "in_use": 0, "completed": 0, "disabled": 0}
    for machine in machines:
        counts["held" if machine.hold else machine.status] += 1
    busy = [machine.ends_at for machine in machines if machine.status == "in_use"]
    free_now = counts["available"] > 0 and waiting == 0
    return Summary(
        total=len(machines), waiting=waiting, next_free_at=None if free_now else min(busy, default=None), **counts
    )


# --- routes -------------------------------------------------------------------------------------------------------


class StartMachine(BaseModel):
    model_config = ConfigDict(extra="forbid")
    machine_type: Literal["washer", "dryer"]
    machine_id: int = Field(ge=1, le=99)
    category: str = Field(max_length=20)
    machine_code: str | None = Field(default=None, max_length=4)


class EndMachine(BaseModel):
    model_config = ConfigDict(extra="forbid")
    machine_type: Literal["washer", "dryer"]
    machine_id: int = Field(ge=1, le=99)
    collected: bool = False
    cycle_id: str | None = None


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    now = datetime.now(UTC)
    async with WriteSession.begin() as session:
        for row in SEED["users"]:
            session.add(
                User(
                    id=row["id"],
                    role="student",
                    student_id=row["student_id"],
                    display_name=row["display_name"],
                    created_at=now,
                )
            )
        await session.flush()
        for row in SEED["users"]:
            session.add(
                UserSession(
                    id=row["session_id"], user_id=row["id"], created_at=now, expires_at=now + timedelta(days=30)
                )
            )
        for kind in ("washer", "dryer"):
            for number in range(1, SEED["machines_per_type"] + 1):
                session.add(
                    Machine(
                        machine_type=kind,
                        machine_id=number,
                        label=f"{kind.title()} {number}",
                        location="Left wall",
                        created_at=now,
                        updated_at=now,
                    )
                )
    yield
    await writer.dispose()
    await readers.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/api/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/v1/machines/")
async def list_machines(session: Read, _: Annotated[User, Depends(current_user)]) -> Board:
    now = datetime.now(UTC)
    machines = await session.scalars(
        select(Machine)
        .options(joinedload(Machine.current_cycle).joinedload(Cycle.user))
        .order_by(Machine.machine_type, Machine.machine_id)
    )
    waiting = await session.execute(
        select(WaitlistItem.machine_type, func.count())
        .where(WaitlistItem.status == "waiting")
        .group_by(WaitlistItem.machine_type)
    )
    last_seq = await session.scalar(select(func.max(Event.seq)))
    views: dict[str, list[MachineView]] = {"washer": [], "dryer": []}
    for machine in machines:
        cycle = machine.current_cycle
        views[machine.machine_type].append(view_of(machine, cycle, cycle.user if cycle else None, now))
    counts = dict(waiting.tuples().all())
    return Board(
        washers=views["washer"],
        dryers=views["dryer"],
        summary={kind: summary_of(rows, counts.get(kind, 0)) for kind, rows in views.items()},
        server_time=now,
        last_id=f"{last_seq or 0}.0",
    )


@app.post("/api/v1/machines/start", status_code=201)
async def start_machine(
    body: StartMachine, session: Write, user: Annotated[User, Depends(current_student)]
) -> MachineView:
    machine = await find_machine(session, body.machine_type, body.machine_id)
    minutes = MINUTES.get(body.category)
    if minutes is None:
        raise HTTPException(422, "unknown_category")
    now = datetime.now(UTC)
    cycle = Cycle(
        id=new_id(),
        machine_pk=machine.id,
        machine_type=machine.machine_type,
        machine_id=machine.machine_id,
        user_id=user.id,
        source="app",
        category=body.category,
        minutes=minutes,
        started_at=now,
        ends_at=now + timedelta(minutes=minutes),
    )
    taken = await session.execute(
        update(Machine)
        .where(
            Machine.id == machine.id,
            Machine.status == "available",
            Machine.enabled,
            Machine.hold_user_id.is_(None) | (Machine.hold_user_id == user.id),
        )
        .values(
            status="in_use",
            laundry_inside=True,
            current_cycle_id=cycle.id,
            hold_user_id=None,
            hold_reason=None,
            hold_expires_at=None,
            version=Machine.version + 1,
            updated_at=now,
        )
    )
    if taken.rowcount == 0:
        raise HTTPException(409, "machine_in_use" if machine.status == "in_use" else "machine_not_available")
    session.add(cycle)
    view = view_of(machine, cycle, user, now)
    tell(session, user, view, "started", "machine_started", body.category, now)
    await session.commit()
    return view


@app.post("/api/v1/machines/end")
async def end_machine(body: EndMachine, session: Write, user: Annotated[User, Depends(current_student)]) -> MachineView:
    machine = await find_machine(session, body.machine_type, body.machine_id)
    cycle = await session.get(Cycle, machine.current_cycle_id) if machine.current_cycle_id else None
    if cycle is None:
        raise HTTPException(409, "no_active_cycle")
    if body.cycle_id is not None and body.cycle_id != cycle.id:
        raise HTTPException(409, "cycle_changed")
    if cycle.user_id != user.id:
        raise HTTPException(403, "not_your_cycle")
    now = datetime.now(UTC)
    if machine.status == "in_use":
        cycle.finish = "early"
        cycle.completed_at = now
        machine.total_cycles += 1
    if body.collected:
        cycle.closed_at = now
        cycle.close_reason = "collected"
        cycle.closed_by = user.id
        machine.status = "available"
        machine.laundry_inside = False
        machine.current_cycle_id = None
    else:
        cycle.pickup_deadline = now + timedelta(minutes=10)
        machine.status = "completed"
    machine.version += 1
    machine.updated_at = now
    view = view_of(machine, None if body.collected else cycle, None if body.collected else user, now)
    change, activity = ("collected", "laundry_collected") if body.collected else ("ended_early", "machine_ended")
    tell(session, user, view, change, activity, cycle.category, now)
    await session.commit()
    return view


async def find_machine(session: AsyncSession, kind: str, number: int) -> Machine:
    machine = await session.scalar(select(Machine).where(Machine.machine_type == kind, Machine.machine_id == number))
    if machine is None:
        raise HTTPException(404, "machine_not_found")
    return machine


def tell(
    session: AsyncSession, user: User, view: MachineView, change: str, activity: str, details: str, now: datetime
) -> None:
    """Write the event with the whole view, and the activity row, in the running transaction."""
    fact = Event(
        name=f"machine.{change}",
        channels=["machines"],
        actor={"user_id": user.id, "role": user.role},
        subject={"machine_type": view.machine_type, "machine_id": view.machine_id},
        data={"change": change, "machine": view.model_dump(mode="json")},
        at=now,
    )
    session.add(
        Activity(
            user_id=user.id,
            activity_type=activity,
            machine_type=view.machine_type,
            machine_id=view.machine_id,
            details=details,
            event=fact,
            created_at=now,
        )
    )
