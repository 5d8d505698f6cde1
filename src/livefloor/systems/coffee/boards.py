"""What boards show guests: whose cup is being made and whose is ready, by number and name alone (section 5.12)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from livefloor import GET, Look, Part, View
from livefloor.systems.coffee.floor import Floor, read_floor, service_station
from livefloor.systems.coffee.models import Milk, Order, StationInventory, Ticket
from livefloor.systems.coffee.rooms import STAFF_AND_BOARDS
from livefloor.systems.coffee.rules.texts import shown_name
from livefloor.systems.coffee.staffing import check_board

ON_BOARD: Any = (
    select(Order.station_id, Order.number, Ticket.customer_name, Order.status, Order.completed_at)
    .join(Ticket, Ticket.id == Order.ticket_id)
    .where(Order.status.in_(("in_progress", "completed")))
    .order_by(Order.started_at, Order.number)
)
MILKS_OUT = (
    select(StationInventory.station_id, Milk.id, Milk.code, Milk.name)
    .join(StationInventory, StationInventory.item_id == Milk.inventory_item_id)
    .where(Milk.enabled, or_(StationInventory.alert_level == "out", StationInventory.enabled.is_(False)))
    .order_by(Milk.sort, Milk.code)
)
MILKS = select(Milk.id, Milk.code, Milk.name).where(Milk.enabled).order_by(Milk.sort, Milk.code)


class OnBoard(View):
    """A cup by its number and the name to call."""

    number: str
    name: str


class Ready(OnBoard):
    """A cup to be collected."""

    since: datetime


class MilkOut(View):
    """A milk that there is none of."""

    code: str
    name: str


class Board(View):
    """What the board of one station shows."""

    station_id: int
    station_name: str
    status: str
    making: list[OnBoard]
    ready: list[Ready]
    wait_minutes: int
    message: str
    milk_out: list[MilkOut]
    menu_code: str | None
    """The event's code, as the address of its menu has it: what guests scan to order. None where the web takes no orders."""
    seq: int


class Boards(View):
    """What the board of all open stations shows."""

    stations: list[Board]
    seq: int


boards = Part("boards")


@boards.query(GET("/api/display/station/{station_id}"), allow=STAFF_AND_BOARDS)
async def show_board(look: Look, station_id: int) -> Board:
    """Show what the board of a station shows."""
    await check_board(look, station_id)
    await service_station(look, station_id)
    return (await read_boards(look, [station_id]))[0]


@boards.query(GET("/api/display/all"), allow=STAFF_AND_BOARDS)
async def show_all_boards(look: Look) -> Boards:
    """Show what the board of all open stations shows."""
    await check_board(look, None)
    return await all_boards(look)


async def all_boards(look: Look) -> Boards:
    """Return the boards of all open stations."""
    return Boards(stations=await read_boards(look), seq=await look.head())


async def read_boards(look: Look, station_ids: Sequence[int] | None = None) -> list[Board]:
    """Return the boards of these stations, of all open ones unless some are named."""
    floor = await read_floor(look)
    if station_ids is None:
        station_ids = [station.id for station in floor.service if station.status == "open"]
    seq = await look.head()
    cups = await look.tuples(ON_BOARD)
    out: dict[int, dict[str, MilkOut]] = {}
    for station_id, id, code, name in await look.tuples(MILKS_OUT):
        out.setdefault(station_id, {})[id] = MilkOut(code=code, name=name)
    names = {id: MilkOut(code=code, name=name) for id, code, name in await look.tuples(MILKS)}
    for block in floor.blocks:
        if block.milk_id in names:
            for station_id in station_ids if block.station_id is None else [block.station_id]:
                out.setdefault(station_id, {})[block.milk_id] = names[block.milk_id]
    return [_board(floor, id, cups, list(out.get(id, {}).values()), look.now, seq) for id in station_ids]


def _board(
    floor: Floor, station_id: int, cups: Sequence[Any], milk_out: list[MilkOut], now: datetime, seq: int
) -> Board:
    station = floor.stations[station_id]
    cleared = now - timedelta(minutes=floor.set_for(station_id, "board_clear_minutes"))
    making: list[OnBoard] = []
    ready: list[Ready] = []
    for at, number, customer_name, status, completed_at in cups:
        if at != station_id:
            continue
        name = shown_name(customer_name, number, name_filter=floor.settings.name_filter)
        if status == "in_progress":
            making.append(OnBoard(number=number, name=name))
        elif completed_at > cleared:
            ready.append(Ready(number=number, name=name, since=completed_at))
    return Board(
        station_id=station_id,
        station_name=station.name,
        status=station.status,
        making=making,
        ready=sorted(ready, key=lambda cup: cup.since),
        wait_minutes=floor.quoted(floor.wait_seconds(station_id, now)) // 60,
        message=floor.set_for(station_id, "board_message") or "",
        milk_out=milk_out,
        menu_code=floor.occasion.code if floor.occasion is not None and floor.settings.web_ordering else None,
        seq=seq,
    )
