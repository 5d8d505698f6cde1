"""Coming back: what happened since, or all anew, as one consistent read; and what was tapped without a network (5.10)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from livefloor import GET, Look, Part, View
from livefloor.parts.sync import Change, changes_since
from livefloor.systems.coffee.boards import Board, all_boards, read_boards
from livefloor.systems.coffee.chat import MessageView, newest_readable
from livefloor.systems.coffee.event_settings import StationChoices, event_settings, station_choices
from livefloor.systems.coffee.floor import read_floor
from livefloor.systems.coffee.milks import MilkColor, get_milk_colors
from livefloor.systems.coffee.models import Station
from livefloor.systems.coffee.offers import StationOffers, get_availability
from livefloor.systems.coffee.order_views import GuestOrderView, guest_view, shown_of_ticket
from livefloor.systems.coffee.orders import QueueView, show_queue
from livefloor.systems.coffee.recipes import read_menu
from livefloor.systems.coffee.rooms import CUSTOMER, DISPLAY, DISPLAY_OF, STAFF_AND_BOARDS, home, station_room
from livefloor.systems.coffee.shelves import read_shelves
from livefloor.systems.coffee.shift_events import ShiftView
from livefloor.systems.coffee.shifts import schedules_today
from livefloor.systems.coffee.staffing import check_board, station_of_board
from livefloor.systems.coffee.stock_views import InventoryRow

WINDOW = timedelta(hours=2)
"""How far back one is caught up event by event."""
LAST_MESSAGES = 50

Seq = Annotated[int, Field(ge=0, lt=10**15)]
StationId = Annotated[int, Field(ge=1, le=99)]


def _absent(value: Any) -> bool:
    return value is None


class StationStock(View):
    """What a station has."""

    station_id: int
    inventory: list[InventoryRow]


class Snapshot(View):
    """All that a page begins with, as of one event; a guest has the own cups, a board the boards."""

    seq: int
    as_of: datetime
    queues: list[QueueView] | None = Field(default=None, exclude_if=_absent)
    inventory: list[StationStock] | None = Field(default=None, exclude_if=_absent)
    availability: list[StationOffers] | None = Field(default=None, exclude_if=_absent)
    schedules: list[ShiftView] | None = Field(default=None, exclude_if=_absent)
    settings: dict[str, Any] | None = Field(default=None, exclude_if=_absent)
    station_settings: dict[int, StationChoices] | None = Field(default=None, exclude_if=_absent)
    milk_colors: list[MilkColor] | None = Field(default=None, exclude_if=_absent)
    chat: list[MessageView] | None = Field(default=None, exclude_if=_absent)
    boards: list[Board] | None = Field(default=None, exclude_if=_absent)
    orders: list[GuestOrderView] | None = Field(default=None, exclude_if=_absent)


class SyncData(View):
    """The events that were missed, up to `last_seq`; or word that all must be fetched anew, with it where it is sent."""

    last_seq: int
    events: list[Change] | None = Field(default=None, exclude_if=_absent)
    more: bool | None = Field(default=None, exclude_if=_absent)
    resync: bool | None = Field(default=None, exclude_if=_absent)
    snapshot: Snapshot | None = Field(default=None, exclude_if=_absent)


sync = Part("sync")


@sync.query(GET("/api/sync/changes"), allow=STAFF_AND_BOARDS)
async def list_changes(look: Look, since: Seq | None = None, station_id: StationId | None = None) -> SyncData:
    """Show what happened after an event in one's own rooms and at a station; or say that all must be fetched anew."""
    return await _missed(look, home(look.actor), since, station_id)


@sync.query(GET("/api/sync/snapshot"), allow=STAFF_AND_BOARDS, refuses=(404,))
async def get_snapshot(look: Look, station_id: StationId | None = None) -> Snapshot:
    """Show all that a page begins with, of one station or of all that make coffee."""
    return await snapshot(look, station_id)


async def catch_up(look: Look, rooms: Collection[str], since: int | None, station_id: int | None) -> SyncData:
    """Return what was missed in some rooms and at a station, or a snapshot. Raises NotFound, Forbidden."""
    found = await _missed(look, rooms, since, station_id)
    if found.resync:
        return found.model_copy(update={"snapshot": await snapshot(look, station_id)})
    return found


async def _missed(look: Look, rooms: Collection[str], since: int | None, station_id: int | None) -> SyncData:
    mine = set(rooms)
    if station_id is not None:
        if look.actor.is_in(DISPLAY):
            await check_board(look, station_id)
            mine.add(DISPLAY_OF(id=str(station_id)))
        else:
            mine.add(station_room(station_id))
    changes = None if since is None else await changes_since(look, mine, since, window=WINDOW)
    if changes is None:
        return SyncData(resync=True, last_seq=await look.head())
    return SyncData(events=changes.events, last_seq=changes.last_seq, more=changes.more)


# -- all anew ---------------------------------------------------------------------------------------------------------


async def snapshot(look: Look, station_id: int | None) -> Snapshot:
    """Return what the caller's page begins with. Raises NotFound for no station, Forbidden for a board of another."""
    if look.actor.is_in(CUSTOMER):
        cups = await shown_of_ticket(look, look.actor.id or "")
        return Snapshot(seq=await look.head(), as_of=look.now, orders=[guest_view(cup) for cup in cups])
    milks = (await get_milk_colors(look)).milk_colors
    if look.actor.is_in(DISPLAY):
        own = station_id if station_id is not None else await station_of_board(look)
        await check_board(look, own)
        boards = (await all_boards(look)).stations if own is None else await read_boards(look, [own])
        return Snapshot(seq=await look.head(), as_of=look.now, boards=boards, milk_colors=milks)
    return await _of_staff(look, station_id, milks)


async def _of_staff(look: Look, station_id: int | None, milks: list[MilkColor]) -> Snapshot:
    availability = await get_availability(look, station_id)
    stations = [station.id for station in (await read_floor(look)).service if station_id in (None, station.id)]
    return Snapshot(
        seq=await look.head(),
        as_of=look.now,
        queues=[await show_queue(look, id) for id in stations],
        inventory=await _stock(look, stations),
        availability=availability.stations,
        schedules=(await schedules_today(look, station_id)).schedules,
        settings=(await event_settings(look)).model_dump(mode="json"),
        station_settings={id: await station_choices(look, id) for id in stations},
        milk_colors=milks,
        chat=await newest_readable(look, LAST_MESSAGES),
    )


async def _stock(look: Look, station_ids: Collection[int]) -> list[StationStock]:
    menu = await read_menu(look)
    found = []
    for id in station_ids:
        station = await look.find(Station, id)
        assert station is not None
        shelves = await read_shelves(look, station, menu)
        found.append(StationStock(station_id=id, inventory=await shelves.rows(look)))
    return found
