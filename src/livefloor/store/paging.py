"""Lists in pages by keyset: a page begins where the last one ended, whatever was put in or taken out meanwhile.

    async def list_things(look: Look, cursor: Cursor = None, limit: PageLimit = 50) -> Items[ThingView]:
        order = (Thing.created_at.desc(), Thing.id.desc())
        found = await page(look, look.rows(Thing), order=order, cursor=cursor, limit=limit)
        return Items[ThingView](items=[ThingView.model_validate(row) for row in found.rows], **found.place())

`order` names mapped columns that are never null, the last of them unique; `.desc()` turns one round. The statement may
select one mapped class or several (rows are then tuples). A list with more members is a subclass of `Items[…]`.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, NamedTuple, Protocol, TypedDict, TypeVar

import orjson
from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from livefloor.declare.event import View
from livefloor.kernel.problems import Invalid

M = TypeVar("M")
V = TypeVar("V")

PageLimit = Annotated[int, Field(ge=1, le=200, description="How many items at most.")]
Cursor = Annotated[str | None, Field(max_length=1000, description="`next_cursor` of the page before.")]


class Items(View, Generic[V]):
    """One page of a list."""

    items: list[V]
    next_cursor: str | None
    total: int


class Place(TypedDict):
    """Where a page stands in its list."""

    next_cursor: str | None
    total: int


class Paged(NamedTuple, Generic[M]):
    """The rows of one page, the cursor of the next one (None at the end), and how many rows there are in all."""

    rows: list[M]
    next_cursor: str | None
    total: int

    def place(self) -> Place:
        """Return `next_cursor` and `total`, as `Items` takes them."""
        return {"next_cursor": self.next_cursor, "total": self.total}


class _Reads(Protocol):
    async def all(self, statement: Select[Any], /, **values: Any) -> list[Any]: ...

    async def one(self, statement: Select[Any], /, **values: Any) -> Any: ...


async def page(
    look: _Reads,
    statement: Select[M],
    *,
    order: Sequence[InstrumentedAttribute[Any] | UnaryExpression[Any]],
    cursor: str | None,
    limit: int,
) -> Paged[M]:
    """Return one page of a statement. Raises Invalid for a cursor that was not given out by this list."""
    columns = [_direction(item) for item in order]
    counting = statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total: int = await look.one(counting)
    wanted = statement.order_by(None).order_by(*order).limit(limit + 1)
    if cursor:
        wanted = wanted.where(_behind(columns, _read(cursor, [column for column, _ in columns])))
    rows = await look.all(wanted)
    more = len(rows) > limit
    rows = rows[:limit]
    return Paged(rows, _write(rows[-1], [column for column, _ in columns]) if more else None, total)


def where_given(statement: Select[M], *asked: tuple[Any, Any]) -> Select[M]:
    """Return a statement for the rows whose columns have the values that were asked for; None asks for nothing."""
    return statement.where(*(column == value for column, value in asked if value is not None))


def _direction(item: Any) -> tuple[InstrumentedAttribute[Any], bool]:
    if isinstance(item, UnaryExpression):
        # The annotated column of a mapped class stands for its attribute, which `desc()` has taken apart.
        element: Any = item.element
        entity = element._annotations["parententity"]
        return entity.attrs[element._annotations["proxy_key"]].class_attribute, item.modifier is operators.desc_op
    return item, False


def _behind(columns: list[tuple[InstrumentedAttribute[Any], bool]], values: list[Any]) -> ColumnElement[bool]:
    cases: list[ColumnElement[bool]] = []
    for place, (column, descending) in enumerate(columns):
        same = [before == value for (before, _), value in zip(columns[:place], values[:place], strict=True)]
        further = column < values[place] if descending else column > values[place]
        cases.append(and_(*same, further))
    return or_(*cases)


def _write(row: Any, columns: list[InstrumentedAttribute[Any]]) -> str:
    parts = row if isinstance(row, tuple) else (row,)
    values = []
    for column in columns:
        model: Any = column.class_
        values.append(getattr(next(part for part in parts if isinstance(part, model)), column.key))
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _read(cursor: str, columns: list[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(columns):
            raise ValueError
        return [_typed(value, column) for value, column in zip(values, columns, strict=True)]
    except (binascii.Error, ValueError, OverflowError) as error:
        raise Invalid.field("cursor", "is not a cursor of this list") from error


def _typed(value: Any, column: InstrumentedAttribute[Any]) -> Any:
    kind = column.type.python_type
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    if type(value) is not kind or (kind is int and abs(value) >= 2**63) or (kind is str and "\x00" in value):
        raise ValueError
    return value
