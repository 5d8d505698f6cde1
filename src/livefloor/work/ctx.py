"""What a handler is given: Look reads, Ctx changes and tells, Flow joins several transactions and outside work."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, TypeVarTuple, cast

import orjson
from sqlalchemy import Select, bindparam, delete, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import instance_state

from livefloor.declare.event import Event
from livefloor.declare.part import Timer
from livefloor.declare.roles import Actor
from livefloor.declare.system import System
from livefloor.kernel.clock import Clock
from livefloor.kernel.ids import new_id
from livefloor.kernel.problems import NotFound, Stale
from livefloor.kernel.settings import Settings
from livefloor.store import timers
from livefloor.store.engines import Session
from livefloor.store.log import COUNT_AFTER, EPOCH, HEAD, HEAD_CHANNELS
from livefloor.store.timers import DueTimer

if TYPE_CHECKING:
    from livefloor.work.execute import Executor

M = TypeVar("M")
T = TypeVar("T")
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")

_BY_KEY: dict[tuple[type[Any], bool], Select[Any]] = {}


def _by_primary_key(model: type[M], lock: bool) -> Select[M]:
    found = _BY_KEY.get((model, lock))
    if found is None:
        found = select(model)
        for place, column in enumerate(inspect(model).primary_key):
            found = found.where(column == bindparam(f"key_{place}", type_=column.type))
        found = _BY_KEY[model, lock] = found.with_for_update() if lock else found
    return found


_NOW = object()


@functools.cache
def _defaults_of(model: Any) -> tuple[tuple[str, Any], ...]:
    """Return what each column of a new row is when it is not given: a value, a function, the moment, or None."""
    return tuple(
        (
            name,
            column.default.arg
            if column.default is not None
            else _NOW
            if name in ("created_at", "updated_at")
            else None,
        )
        for name, column in model.__table__.columns.items()
    )


@dataclass(frozen=True, slots=True)
class Means:
    """What a running system lends to its handlers."""

    system: System
    settings: Settings
    secrets: dict[str, str]
    clock: Clock
    ports: Any
    threads: ThreadPoolExecutor
    gauges: dict[str, Callable[[], float]]
    documents: dict[str, Callable[[], bytes]]
    process: str = field(default_factory=new_id)
    services: dict[str, Any] = field(default_factory=dict)


class Look:
    """Reads: one snapshot, one moment, one actor."""

    __slots__ = ("_session", "actor", "means", "now")

    def __init__(self, session: Session, actor: Actor, now: datetime, means: Means) -> None:
        self._session = session
        self.actor = actor
        self.now = now
        self.means = means

    @property
    def settings(self) -> Any:
        """Return the settings of the running system, of the class that the system declares."""
        return self.means.settings

    async def all(self, statement: Select[M], /, **values: Any) -> list[M]:
        """Return all rows. A mapped class gives its objects, one column its values, several columns tuples."""
        prepared, literals = self._session.statements.ready(statement)
        rows = await self._session.fetch(prepared, prepared.parameters({**literals, **values} if literals else values))
        build = prepared.build
        return rows if build is None else [build(row) for row in rows]

    async def one(self, statement: Select[M], /, **values: Any) -> M | None:
        """Return the first row, or None."""
        prepared, literals = self._session.statements.ready(statement)
        rows = await self._session.fetch(prepared, prepared.parameters({**literals, **values} if literals else values))
        return cast(M, prepared.build(rows[0])) if rows and prepared.build is not None else None

    async def tuples(self, statement: Select[*Ts], /, **values: Any) -> list[tuple[*Ts]]:
        """Return the rows of a statement of several columns as tuples."""
        return cast(list[tuple[*Ts]], await self.all(cast(Any, statement), **values))

    async def find(self, model: type[M], *key: Any) -> M | None:
        """Return the row with this primary key, whoever asks, or None."""
        return await self.one(_by_primary_key(model, False), **{f"key_{place}": part for place, part in enumerate(key)})

    async def get(self, model: type[M], *key: Any) -> M:
        """Return the row with this primary key if the actor may see it. Raises NotFound."""
        statement = self.rows(model)
        for column, part in zip(inspect(model).primary_key, key, strict=True):
            statement = statement.where(column == part)
        found = await self.one(statement)
        if found is None:
            raise NotFound()
        return found

    def rows(self, model: type[M]) -> Select[M]:
        """Return the select of the rows that the actor may see. Raises LookupError for a model without a filter."""
        return select(model).where(self.means.system.filter_of(model)(self.actor))

    async def head(self) -> int:
        """Return the number of the last event that this snapshot holds."""
        return cast(int, await self.one(HEAD))

    async def behind(self, seq: int) -> int:
        """Return how many events came after a number. A restore jumps the numbers, of which most are then no events."""
        head = await self.head()
        return head - seq if head // EPOCH == seq // EPOCH else cast(int, await self.one(COUNT_AFTER, after=seq))

    async def position(self) -> str:
        """Return the position of the last frame that this snapshot holds, as live clients say it: `1042.0`."""
        seq, channels = (await self.tuples(HEAD_CHANNELS))[0]
        return f"{seq}.{max(0, len(channels or ()) - 1)}"


class Ctx(Look):
    """Changes: one transaction. Rows, events and timers are stored together or not at all."""

    __slots__ = ("events", "woken_at")

    def __init__(
        self, session: Session, actor: Actor, now: datetime, means: Means, woken_at: datetime | None = None
    ) -> None:
        super().__init__(session, actor, now, means)
        self.events: list[Event] = []
        self.woken_at = woken_at or now

    async def locked(self, model: type[M], *key: Any) -> M | None:
        """Return the row with this primary key, held against other transactions until the end of this one, or None."""
        return await self.one(_by_primary_key(model, True), **{f"key_{place}": part for place, part in enumerate(key)})

    def check_version(self, version: int, given: int | None, current: Any = None) -> None:
        """Refuse a change that relies on another version, by `given` or else by If-Match. Raises Stale with `current`."""
        relied = given if given is not None else self.actor.if_match
        if relied is not None and relied != version:
            shown = current.model_dump(mode="json", by_alias=True) if current is not None else {"version": version}
            raise Stale("stale_version", "It was changed meanwhile.", current=shown)

    async def lock(self, name: str) -> None:
        """Wait until no other transaction holds this name; it is let go at the end of this transaction."""
        await self._session.lock(f"{self.means.system.name}:{name}")

    async def add(self, row: M) -> M:
        """Insert a row. Raises UniqueViolation."""
        prepared = self._session.statements.insert(type(row))
        await self._session.run(prepared, prepared.parameters(self._columns(row)))
        return row

    async def add_all(self, rows: Iterable[Any]) -> None:
        """Insert many rows, those of one table together; tables in the order in which they first come. Raises UniqueViolation."""
        of_table: dict[type[Any], list[Sequence[Any]]] = {}
        for row in rows:
            prepared = self._session.statements.insert(type(row))
            of_table.setdefault(type(row), []).append(prepared.parameters(self._columns(row)))
        for model, values in of_table.items():
            await self._session.run_many(self._session.statements.insert(model), values)

    async def try_add(self, row: Any) -> bool:
        """Insert a row unless a unique constraint stands against it; tell whether it went in."""
        prepared = self._session.statements.insert(type(row), ignore=True)
        return await self._session.run(prepared, prepared.parameters(self._columns(row))) == 1

    def _columns(self, row: Any) -> dict[str, Any]:
        values: dict[str, Any] = row.__dict__
        for name, default in _defaults_of(cast(Hashable, type(row))):
            if name not in values:
                values[name] = self.now if default is _NOW else default(None) if callable(default) else default
        return values

    async def save(self, row: M) -> M:
        """Store the changed columns of a row and raise its version. Raises Stale when somebody was quicker."""
        state = instance_state(row)
        changed = set(state.committed_state)
        if not changed:
            return row
        values = row.__dict__
        table = type(row).__table__  # type: ignore[attr-defined]
        given: dict[str, Any] = {}
        if "version" in table.c:
            given["key_version"] = values["version"]
            values["version"] += 1
            changed.add("version")
            if "updated_at" in table.c:
                values["updated_at"] = self.now
                changed.add("updated_at")
        for name in changed:
            given[f"new_{name}"] = values[name]
        for column in table.primary_key.columns:
            given[f"key_{column.name}"] = values[column.name]
        prepared = self._session.statements.update(type(row), frozenset(changed))
        if await self._session.run(prepared, prepared.parameters(given)) != 1:
            raise Stale()
        state.committed_state.clear()
        return row

    async def delete(self, row: Any) -> None:
        """Delete a row by its primary key."""
        statement = delete(type(row))
        for column in inspect(type(row)).primary_key:
            statement = statement.where(column == row.__dict__[column.name])
        await self.run(statement)

    async def run(self, statement: Any, /, **values: Any) -> int:
        """Run an insert, update or delete statement; return how many rows it changed."""
        prepared, literals = self._session.statements.ready(statement)
        return await self._session.run(prepared, prepared.parameters({**literals, **values} if literals else values))

    async def returning(self, statement: Any, /, **values: Any) -> list[Any]:
        """Run a statement with RETURNING; return its rows."""
        return await self.all(statement, **values)

    def emit(self, event: Event) -> None:
        """Tell a fact: it is logged in this transaction."""
        self.events.append(event)

    async def schedule(
        self, timer: Callable[Concatenate[Any, P], Awaitable[None]], at: datetime, /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Set a timer in this transaction. The same timer with the same arguments is moved instead of set twice."""
        declared = self.means.system.timer_of(timer)
        key = timer_key(declared, kwargs)
        make = postgresql.insert if self._session.statements.dialect.name == "postgresql" else sqlite.insert
        statement = _UPSERTS.get(make)
        if statement is None:
            statement = make(DueTimer).values(
                {column.name: bindparam(column.name, type_=column.type) for column in DueTimer.__table__.columns}
            )
            moved = {
                name: getattr(statement.excluded, name)
                for name in ("due_at", "run_at", "tries", "lease_until", "error")
            }
            statement = _UPSERTS[make] = statement.on_conflict_do_update(index_elements=["key"], set_=moved)
        await self.run(
            statement,
            key=key,
            name=declared.name,
            args=kwargs,
            due_at=at,
            run_at=at,
            rank=declared.order,
            settles=declared.settles,
            tries=0,
            lease_until=None,
            error=None,
        )
        self._session.woke = True

    async def cancel(
        self, timer: Callable[Concatenate[Any, P], Awaitable[None]], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Take back a timer."""
        await self.run(timers.CANCEL, of_key=timer_key(self.means.system.timer_of(timer), kwargs))


_UPSERTS: dict[Any, Any] = {}


def timer_key(timer: Timer, args: dict[str, Any]) -> str:
    """Return the name by which a timer with these arguments is set, moved and taken back."""
    return f"{timer.name}:{orjson.dumps(args, option=orjson.OPT_SORT_KEYS).decode()}"


class Flow:
    """Several steps: each `execute` is a transaction of its own; `offload` computes beside the event loop."""

    __slots__ = ("_executor", "actor", "key", "means", "now", "woken_at")

    def __init__(self, executor: Executor, actor: Actor, now: datetime, key: Any = None) -> None:
        self._executor = executor
        self.actor = actor
        self.now = now
        self.woken_at = now
        self.means = executor.means
        self.key = key

    @property
    def settings(self) -> Any:
        """Return the settings of the running system."""
        return self.means.settings

    @property
    def ports(self) -> Any:
        """Return the outside services of the running system."""
        return self.means.ports

    async def offload(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Compute in a small thread pool."""
        return await asyncio.get_running_loop().run_in_executor(self.means.threads, lambda: work(*args, **kwargs))

    async def look(
        self, query: Callable[Concatenate[Look, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a read on one snapshot."""
        return await self._executor.look(lambda look: query(look, *args, **kwargs), self.actor)

    async def execute(
        self, command: Callable[Concatenate[Ctx, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a change in one transaction."""
        return await self._executor.change(lambda ctx: command(ctx, *args, **kwargs), self.actor, key=self.key)

    async def settle(self) -> None:
        """Apply all timers that are due."""
        await self._executor.settle()

    async def move_clock(self, seconds: int) -> None:
        """Move the clock of the running system and apply what became due, in order."""
        await self._executor.move_clock(seconds)
