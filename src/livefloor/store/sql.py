"""Core statements made ready once: SQL text, the order of its parameters, and how a row becomes what was asked for.

SQLAlchemy's mapped classes are the tables, its Core the language; its Session is left out (a tenth of the speed, see
docs/decisions). Rows of a mapped class know by SQLAlchemy's own attribute history which of their columns changed.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Dialect, Float, Select, Table, bindparam, insert, inspect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg as _asyncpg
from sqlalchemy.orm import Mapper, configure_mappers

from livefloor.store.models import Json, UtcTime

Statement = Any
"""A Core statement: select, insert, update, delete or text."""

SQLITE: Dialect = sqlite.dialect(paramstyle="qmark")
POSTGRES: Dialect = _asyncpg.dialect()

Build = Callable[[Sequence[Any]], Any]


class Prepared:
    """A statement for one dialect: `names` in the order of the placeholders, `fixed` values, `binds` conversions."""

    __slots__ = ("_binds", "_fixed", "_names", "build", "sql")

    def __init__(
        self,
        sql: str,
        names: tuple[str, ...],
        fixed: dict[str, Any],
        binds: dict[str, Callable[[Any], Any]],
        build: Build | None,
    ) -> None:
        self.sql = sql
        self.build = build
        self._names = names
        self._fixed = fixed
        self._binds = tuple((place, binds[name]) for place, name in enumerate(names) if name in binds)

    def parameters(self, given: dict[str, Any]) -> list[Any]:
        """Return the parameters in order, converted for the driver. Raises KeyError for one that is missing."""
        known = self._fixed | given if self._fixed else given
        values = [known[name] for name in self._names]
        for place, convert in self._binds:
            value = values[place]
            if value is not None:
                values[place] = convert(value)
        return values


def _converter(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what makes a value fit for the driver; our own types go without SQLAlchemy's wrapper around them."""
    if isinstance(kind, UtcTime):
        return kind.to_text if dialect.name == "sqlite" else kind.to_utc
    if isinstance(kind, Json):
        return kind.to_text
    made: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return made


def _reader(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what makes of a driver's value the one of the column's type."""
    if isinstance(kind, UtcTime):
        return datetime.fromisoformat if dialect.name == "sqlite" else None
    if isinstance(kind, Json):
        return orjson.loads
    if isinstance(kind, Float) and not kind.asdecimal:
        return None  # both drivers give it as it is
    made: Callable[[Any], Any] | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return made


def _row_builder(statement: Select[Any], dialect: Dialect) -> Build:
    """Return the function that turns a driver's row into a mapped object, a single value, or a tuple of such."""
    makers: list[Build] = []
    at = 0
    for item in statement.column_descriptions:
        entity, expr = item["entity"], item["expr"]
        if entity is not None and (expr is entity or item["type"] is entity):
            maker, width = _entity_builder(inspect(entity).mapper, at, dialect)
            makers.append(maker)
            at += width
        else:
            makers.append(_value_builder(at, item["type"], dialect))
            at += 1
    if len(makers) == 1:
        return makers[0]
    return lambda row: tuple(make(row) for make in makers)


def _value_builder(at: int, kind: Any, dialect: Dialect) -> Build:
    convert = _reader(kind, dialect)
    if convert is None:
        return itemgetter(at)
    return lambda row: None if row[at] is None else convert(row[at])


def _entity_builder(mapper: Mapper[Any], start: int, dialect: Dialect) -> tuple[Build, int]:
    keys = [mapper.get_property_by_column(column).key for column in mapper.local_table.columns]
    converts = []
    for at, column in enumerate(mapper.local_table.columns):
        convert = _reader(column.type, dialect)
        if convert is not None:
            converts.append((keys[at], convert))
    width = len(keys)
    new = mapper.class_manager.new_instance

    def build(row: Sequence[Any]) -> Any:
        thing = new()
        values = thing.__dict__
        values.update(zip(keys, row if width == len(row) else row[start : start + width], strict=True))
        for key, convert in converts:
            if values[key] is not None:
                values[key] = convert(values[key])
        return thing

    return build, width


def _prepare(statement: Statement, dialect: Dialect) -> tuple[Prepared, dict[Any, str]]:
    """Return the prepared form, and by which name each of the statement's binds goes in it."""
    compiled = statement.compile(dialect=dialect)
    required = {name for name, bind in compiled.binds.items() if bind.required}
    # The values of an IN list are part of the text: they are written out once, with nothing for what is given later.
    written = compiled.construct_expanded_state(dict.fromkeys(required))
    names = tuple(written.positiontup or ())
    binds: dict[str, Callable[[Any], Any]] = {}
    for name in names:
        bind = compiled.binds.get(name)
        kind = bind.type if bind is not None else _expanded_kind(compiled, name)
        convert = _converter(kind, dialect) if kind is not None else None
        if convert is not None:
            binds[name] = convert
    fixed = {name: written.parameters[name] for name in names if name not in required}
    build = None
    if isinstance(statement, Select):
        build = _row_builder(statement, dialect)
    elif getattr(statement, "_returning", ()):
        build = _returning_builder(statement, dialect)
    return Prepared(written.statement, names, fixed, binds, build), compiled.bind_names


def _expanded_kind(compiled: Any, name: str) -> Any:
    """Return the type of one value of an IN list, which is compiled under `<parameter>_<n>`."""
    for original, bind in compiled.binds.items():
        if bind.expanding and name.startswith(f"{original}_"):
            return bind.type
    return None


def _returning_builder(statement: Any, dialect: Dialect) -> Build:
    makers: list[Build] = []
    at = 0
    for item in statement._returning:
        if isinstance(item, Table):
            maker, width = _entity_builder(inspect(statement.entity_description["entity"]), at, dialect)
            makers.append(maker)
            at += width
        else:
            makers.append(_value_builder(at, item.type, dialect))
            at += 1
    return makers[0] if len(makers) == 1 else lambda row: tuple(make(row) for make in makers)


class Statements:
    """The statements of one dialect that were met before. Constants of a module cost one look-up; others are found again
    by SQLAlchemy's cache key, with their literal values taken out."""

    def __init__(self, dialect: Dialect, *, size: int = 1000) -> None:
        configure_mappers()
        self.dialect = dialect
        self.size = size
        self._slot = f"_livefloor_{dialect.name}"
        self._by_key: OrderedDict[Any, tuple[Prepared, list[str | None]]] = OrderedDict()
        self._models: dict[Any, Prepared] = {}

    def ready(self, statement: Statement) -> tuple[Prepared, dict[str, Any]]:
        """Return the prepared form of a statement and the literal values that it holds."""
        kept: tuple[Prepared, dict[str, Any]] | None = statement.__dict__.get(self._slot)
        if kept is None:
            kept = statement.__dict__[self._slot] = self._look_up(statement)
            # What is derived from this statement is another one: SQLAlchemy leaves these keys out of its copies.
            statement._memoized_keys |= {self._slot}
        return kept

    def _look_up(self, statement: Statement) -> tuple[Prepared, dict[str, Any]]:
        key = statement._generate_cache_key()
        if key is None or any(bind.expanding for bind in key.bindparams):
            return _prepare(statement, self.dialect)[0], {}
        found = self._by_key.get(key.key)
        if found is None:
            prepared, names = _prepare(statement, self.dialect)
            places = [names.get(bind) for bind in key.bindparams]
            if None in places:
                # The compiler put a copy in the place of a literal, as it does in the values of an update: the next
                # statement of this key could not be given its own, and would write the values of this one.
                return prepared, {}
            found = self._by_key[key.key] = (prepared, places)
            if len(self._by_key) > self.size:
                self._by_key.popitem(last=False)
        prepared, places = found
        return prepared, {
            name: bind.effective_value
            for name, bind in zip(places, key.bindparams, strict=True)
            if name is not None and not bind.required
        }

    def insert(self, model: type[Any], *, ignore: bool = False) -> Prepared:
        """Return the insert of all columns of a model; `ignore` skips a row that breaks a unique constraint."""
        found = self._models.get(("insert", model, ignore))
        if found is None:
            table: Table = model.__table__
            statement: Any
            if ignore:
                make = postgresql.insert if self.dialect.name == "postgresql" else sqlite.insert
                statement = make(table).on_conflict_do_nothing()
            else:
                statement = insert(table)
            statement = statement.values(
                {column.name: bindparam(column.name, type_=column.type) for column in table.columns}
            )
            found = self._models["insert", model, ignore] = _prepare(statement, self.dialect)[0]
        return found

    def update(self, model: type[Any], changed: frozenset[str]) -> Prepared:
        """Return the update of the changed columns by primary key, and by version where the model has one."""
        found = self._models.get(("update", model, changed))
        if found is None:
            table: Table = model.__table__
            statement = update(table).values(
                {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in sorted(changed)}
            )
            for column in table.primary_key.columns:
                statement = statement.where(column == bindparam(f"key_{column.name}", type_=column.type))
            if "version" in table.c:
                statement = statement.where(table.c.version == bindparam("key_version", type_=table.c.version.type))
            found = self._models["update", model, changed] = _prepare(statement, self.dialect)[0]
        return found
