"""Tables to take home: cups, stock, shifts, people; no phone number, and no cell that a spreadsheet would run (5.12)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import select

from livefloor import GET, Csv, Ctx, Event, Flow, Look, Part, UtcTime, bindparam
from livefloor.kernel.moments import Moment
from livefloor.kernel.spreadsheet import csv_text
from livefloor.systems.coffee.figures import range_of, read_facts
from livefloor.systems.coffee.models import MenuItem, Milk, Order, Schedule, Station, Ticket, User
from livefloor.systems.coffee.performance import UserStats, all_stats
from livefloor.systems.coffee.rooms import LEADS
from livefloor.systems.coffee.stats import read_usage

What = Literal["orders", "inventory", "shifts", "performance"]
Table = tuple[Sequence[str], Sequence[Sequence[Any]]]

_SINCE, _UNTIL = bindparam("since", type_=UtcTime()), bindparam("until", type_=UtcTime())
ORDERS: Any = (
    select(
        Order.number,
        Ticket.channel,
        Ticket.customer_name,
        Station.name,
        MenuItem.code,
        Order.size,
        Milk.code,
        Order.status,
        Order.priority,
        User.display_name,
        Ticket.quoted_wait_seconds,
        Order.queued_at,
        Order.started_at,
        Order.completed_at,
        Order.picked_up_at,
        Order.cancelled_at,
        Order.cancel_reason,
        Order.remake_reason,
        Order.rating,
    )
    .join(Ticket, Ticket.id == Order.ticket_id)
    .join(MenuItem, MenuItem.id == Order.menu_item_id)
    .outerjoin(Milk, Milk.id == Order.milk_id)
    .outerjoin(Station, Station.id == Order.station_id)
    .outerjoin(User, User.id == Order.barista_id)
    .where(Order.queued_at >= _SINCE, Order.queued_at < _UNTIL)
    .order_by(Order.queued_at, Order.id)
)
SHIFTS: Any = (
    select(
        User.display_name,
        Station.name,
        Schedule.role,
        Schedule.starts_at,
        Schedule.ends_at,
        Schedule.status,
        Schedule.checked_in_at,
        Schedule.checked_out_at,
        Schedule.late_minutes,
        Schedule.break_minutes,
    )
    .join(User, User.id == Schedule.user_id)
    .join(Station, Station.id == Schedule.station_id)
    .where(Schedule.starts_at < _UNTIL, Schedule.ends_at > _SINCE)
    .order_by(Schedule.starts_at, Schedule.id)
)
ORDER_COLUMNS = [
    "number",
    "channel",
    "name",
    "station",
    "drink",
    "size",
    "milk",
    "status",
    "priority",
    "barista",
    "quoted_wait_seconds",
    "queued_at",
    "started_at",
    "completed_at",
    "picked_up_at",
    "cancelled_at",
    "cancel_reason",
    "remake_reason",
    "rating",
]
SHIFT_COLUMNS = [
    "name",
    "station",
    "role",
    "starts_at",
    "ends_at",
    "status",
    "checked_in_at",
    "checked_out_at",
    "late_minutes",
    "break_minutes",
]
PLAIN = [name for name in UserStats.model_fields if name not in ("by_drink", "by_hour", "shifts", "rank", "user_id")]


class ExportMade(Event):
    """Somebody took figures home."""

    name: ClassVar[str] = "export_made"
    what: What
    from_: datetime = Field(alias="from")
    to: datetime
    rows: int

    def subject(self) -> str:
        """Name the table."""
        return f"export:{self.what}"


EVENTS: tuple[type[Event], ...] = (ExportMade,)

export = Part("export")


@export.flow(GET("/api/stats/export.csv"), allow=LEADS)
async def export_csv(
    flow: Flow,
    what: What = "orders",
    from_: Annotated[Moment, Field(alias="from")] = None,
    to: Moment = None,
    station_id: int | None = None,
) -> Csv:
    """Take a table home as CSV; that it was taken is in the log."""
    (header, rows), fact = await flow.look(_table, what, from_, to, station_id)
    content = await flow.offload(csv_text, header, rows)
    await flow.execute(_tell, fact)
    return Csv.named(f"{what}.csv", content)


async def _tell(ctx: Ctx, fact: ExportMade) -> None:
    ctx.emit(fact)


async def _table(
    look: Look, what: What, since: Moment, until: Moment, station_id: int | None
) -> tuple[Table, ExportMade]:
    asked = await range_of(look, since, until)
    given = {"since": asked.since, "until": asked.until}
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    if what == "orders":
        statement = ORDERS if station_id is None else ORDERS.where(Order.station_id == station_id)
        header, rows = ORDER_COLUMNS, await look.tuples(statement, **given)
    elif what == "shifts":
        statement = SHIFTS if station_id is None else SHIFTS.where(Schedule.station_id == station_id)
        header, rows = SHIFT_COLUMNS, await look.tuples(statement, **given)
    elif what == "inventory":
        items = [item.model_dump() for item in await read_usage(look, asked, station_id)]
        header = list(items[0]) if items else ["code"]
        rows = [list(item.values()) for item in items]
    else:
        found = await all_stats(look, await read_facts(look, asked, station_id))
        header = ["name", *(name.rstrip("_") for name in PLAIN), "minutes_worked", "rank"]
        rows = [
            [one.name, *(getattr(one, name) for name in PLAIN), one.shifts.minutes_worked, one.rank.by_orders]
            for one in found
        ]
    fact = ExportMade.model_validate({"what": what, "from": asked.since, "to": asked.until, "rows": len(rows)})
    return (header, rows), fact
