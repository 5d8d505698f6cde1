"""The books of all stations held together: rows, thresholds and promises set right, differences told (rule 35)."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import structlog
from pydantic import Field
from sqlalchemy import func, select

from livefloor import POST, Address, Announced, Ctx, Input, Part, View
from livefloor.systems.coffee.cups import is_promised, needs_of
from livefloor.systems.coffee.floor import STATIONS, hold
from livefloor.systems.coffee.inventory import station_of
from livefloor.systems.coffee.models import InventoryItem, InventoryMovement, Order, Station, StationInventory
from livefloor.systems.coffee.recipes import Menu, read_menu
from livefloor.systems.coffee.restock import tell_changed
from livefloor.systems.coffee.rooms import LEADS, ORGANIZERS, Fact, by
from livefloor.systems.coffee.shelves import Shelf, Shelves, read_shelves
from livefloor.systems.coffee.stations import stock_row

log = structlog.get_logger("livefloor.coffee")

Fields = Literal["thresholds", "capacity", "enabled"]
COLUMNS: Mapping[Fields, Mapping[str, str]] = {
    "thresholds": {"low_threshold": "default_low", "critical_threshold": "default_critical"},
    "capacity": {"capacity": "default_capacity"},
    "enabled": {"enabled": "enabled"},
}
"""The columns of each field, and where the catalogue has them."""

UNMADE = select(Order).where(Order.status.in_(("scheduled", "pending", "in_progress")))
LEDGER: Any = select(
    InventoryMovement.station_id, InventoryMovement.item_id, func.sum(InventoryMovement.delta)
).group_by(InventoryMovement.station_id, InventoryMovement.item_id)
ROWS: Any = select(StationInventory.station_id, StationInventory.item_id)


class Sync(Input):
    """From which station, or from the catalogue; which fields; and whether it is only looked at."""

    source_station_id: Annotated[int, Field(ge=1, le=99)] | None = None
    fields: Annotated[list[Fields], Field(max_length=3)] = Field(default_factory=lambda: list(COLUMNS))
    dry_run: bool = False


class FieldChange(View):
    """A column that differs from what it is set to."""

    code: str
    field: str
    from_: Any = Field(serialization_alias="from")
    to: Any


class ReservedFix(View):
    """A promise that does not fit the open cups."""

    code: str
    from_: int = Field(serialization_alias="from")
    to: int


class LedgerDifference(View):
    """A quantity that its movements do not add up to."""

    code: str
    quantity: int
    ledger: int


class StationSync(View):
    """What was set right at a station."""

    station_id: int
    added: list[str]
    changed: list[FieldChange]
    reserved_fixed: list[ReservedFix]
    ledger_difference: list[LedgerDifference]


class SyncView(View):
    """What was set right."""

    stations: list[StationSync]


class SyncCompleted(Fact):
    """The books of all stations were set right."""

    name: ClassVar[str] = "sync_completed"
    stations: int
    changed: int

    def subject(self) -> str:
        """Name the inventory."""
        return "inventory"

    def rooms(self) -> list[Address]:
        """Return the organizers' room."""
        return [ORGANIZERS()]


EVENTS: tuple[type[Announced], ...] = (SyncCompleted,)

stock_sync = Part("stock_sync")


async def _promised(ctx: Ctx) -> dict[tuple[int, str], int]:
    """Return what the open cups of each station are promised."""
    found: dict[tuple[int, str], int] = {}
    for order in await ctx.all(UNMADE):
        if order.station_id is not None and is_promised(order):
            for code, need in needs_of(order).items():
                found[order.station_id, code] = found.get((order.station_id, code), 0) + need
    return found


def _fix_promises(shelves: Shelves, promised: Mapping[tuple[int, str], int]) -> list[ReservedFix]:
    """Set the promises of a station to what its open cups need; the caller stores them."""
    fixes = []
    for code, shelf in sorted(shelves.shelves.items()):
        right = promised.get((shelves.station.id, code), 0)
        if shelf.row.reserved != right:
            fixes.append(ReservedFix(code=code, from_=shelf.row.reserved, to=right))
            shelf.row.reserved, shelf.touched = right, True
    return fixes


def _fix_fields(shelf: Shelf, source: Shelf | None, fields: list[Fields]) -> list[FieldChange]:
    changes = []
    for field in fields:
        for column, of_catalogue in COLUMNS[field].items():
            right = getattr(source.row, column) if source is not None else getattr(shelf.item, of_catalogue)
            now = getattr(shelf.row, column)
            if now != right:
                changes.append(FieldChange(code=shelf.item.code, field=column, from_=now, to=right))
                setattr(shelf.row, column, right)
                shelf.touched = True
    return changes


@stock_sync.command(POST("/api/inventory/sync"), allow=LEADS, refuses=(404,))
async def sync_inventory(ctx: Ctx, body: Sync | None = None) -> SyncView:
    """Add missing rows, set the named fields, set promises right, and tell where books and movements differ (rule 35)."""
    asked = body or Sync()
    await hold(ctx)
    menu, promised = await read_menu(ctx), await _promised(ctx)
    source = None
    if asked.source_station_id is not None:
        source = await read_shelves(ctx, await station_of(ctx, asked.source_station_id), menu)
    ledger = {(station_id, item_id): int(total) for station_id, item_id, total in await ctx.tuples(LEDGER)}
    known, found = set(await ctx.tuples(ROWS)), []
    for station in await ctx.all(STATIONS):
        missing = [item for item in menu.items.values() if item.enabled and (station.id, item.id) not in known]
        if not asked.dry_run:
            for item in missing:
                await ctx.add(stock_row(station.id, item))
        found.append(await _sync_station(ctx, station, menu, asked, source, promised, missing, ledger))
    changed = sum(bool(each.added or each.changed or each.reserved_fixed) for each in found)
    if not asked.dry_run:
        ctx.emit(SyncCompleted(actor=by(ctx), stations=len(found), changed=changed))
    return SyncView(stations=found)


async def _sync_station(
    ctx: Ctx,
    station: Station,
    menu: Menu,
    asked: Sync,
    source: Shelves | None,
    promised: Mapping[tuple[int, str], int],
    missing: list[InventoryItem],
    ledger: Mapping[tuple[int, str], int],
) -> StationSync:
    shelves = await read_shelves(ctx, station, menu)
    added = sorted(item.code for item in missing)
    changes: list[FieldChange] = []
    if source is None or source.station.id != station.id:
        for code, shelf in sorted(shelves.shelves.items()):
            if shelf.item.enabled and code not in added:
                changes += _fix_fields(shelf, source.shelves.get(code) if source else None, asked.fields)
    fixes = _fix_promises(shelves, promised)
    differences = [
        LedgerDifference(code=code, quantity=shelf.row.quantity, ledger=total)
        for code, shelf in sorted(shelves.shelves.items())
        if (total := ledger.get((station.id, shelf.item.id), 0)) != shelf.row.quantity
    ]
    touched = sorted({*added, *(each.code for each in changes), *(each.code for each in fixes)})
    if touched and not asked.dry_run:
        await tell_changed(ctx, shelves, touched, "sync")
    return StationSync(
        station_id=station.id, added=added, changed=changes, reserved_fixed=fixes, ledger_difference=differences
    )


# -- promises, every night and at start -------------------------------------------------------------------------------


@stock_sync.at_start
async def check_at_start(ctx: Ctx) -> None:
    """Set the promises right when the system starts."""
    await repair_promises(ctx)


@stock_sync.every("0 4 * * *")
async def check_at_night(ctx: Ctx) -> None:
    """Set the promises right every night."""
    await repair_promises(ctx)


async def repair_promises(ctx: Ctx) -> None:
    """Set what is promised to what the open cups need; what had to be repaired is logged (section 8)."""
    await hold(ctx)
    menu, promised = await read_menu(ctx), await _promised(ctx)
    for station in await ctx.all(STATIONS):
        shelves = await read_shelves(ctx, station, menu)
        fixes = _fix_promises(shelves, promised)
        if fixes:
            log.warning("promises_repaired", station=station.id, items=[fix.model_dump() for fix in fixes])
            await tell_changed(ctx, shelves, [fix.code for fix in fixes], "repair")
