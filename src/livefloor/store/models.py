"""Column types and mixins that every table is made of, and the base of the platform's own tables."""

import functools
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import CheckConstraint, DateTime, Dialect, Index, MetaData, Table, Text, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from livefloor.kernel.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC: timestamptz on PostgreSQL, ISO text of fixed width on SQLite (so that it sorts as it reads)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Take text on SQLite."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse times without a zone."""
        if value is None:
            return None
        return self.to_text(value) if dialect.name == "sqlite" else self.to_utc(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware time in UTC."""
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(value)

    @property
    def python_type(self) -> type[Any]:
        """Return what a value of this type is."""
        return datetime

    @staticmethod
    def to_utc(value: datetime) -> datetime:
        """Return the moment in UTC. Raises ValueError for one without a zone."""
        if value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    @staticmethod
    def to_text(value: datetime) -> str:
        """Return the moment as SQLite keeps it. Raises ValueError for one without a zone."""
        return UtcTime.to_utc(value).isoformat(timespec="microseconds")


class Json(TypeDecorator[Any]):
    """A JSON value kept as the exact text that was written, on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encode; bytes that are JSON already go in as they are."""
        return None if value is None else self.to_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decode."""
        return None if value is None else orjson.loads(value)

    @staticmethod
    def to_text(value: Any) -> str:
        """Return a value as JSON text."""
        return (value if isinstance(value, bytes) else orjson.dumps(value)).decode()


class Rows:
    """What all tables share: a new row takes its columns as they are given; what changed is of interest only later."""

    def __init__(self, **columns: Any) -> None:
        unknown = columns.keys() - self.column_names()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no columns {sorted(unknown)}")
        self.__dict__.update(columns)

    @classmethod
    @functools.cache
    def column_names(cls) -> frozenset[str]:
        """Return the names of the columns."""
        table: Table = cls.__table__  # type: ignore[attr-defined]
        return frozenset(table.columns.keys())


class PlatformTables(Rows, DeclarativeBase):
    """The platform's own tables, the same in every system's database; they know accounts only by their id."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcTime()}  # noqa: RUF012 - SQLAlchemy's own protocol


class Versioned:
    """A row with a version that rises with each change, and its times."""

    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    updated_at: Mapped[datetime] = mapped_column(UtcTime())


class Resource(Versioned):
    """A versioned row with an id of its own."""

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)


class Account(Resource):
    """Somebody who signs in: what each request's check reads."""

    role: Mapped[str]
    status: Mapped[str] = mapped_column(default="active")
    display_name: Mapped[str | None]


def one_of(column: str, *words: str) -> CheckConstraint:
    """Return the check that a column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def unique_while(name: str, condition: str, *columns: Any) -> Index:
    """Return the unique index over the rows for which an SQL condition holds."""
    return Index(name, *columns, unique=True, sqlite_where=text(condition), postgresql_where=text(condition))
