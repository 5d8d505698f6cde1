"""The books of a station: see, count, add, waste, run out (section 5.2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from sqlalchemy import select

from livefloor import GET, POST, Conflict, Ctx, Forbidden, Input, Invalid, Look, NotFound, Part, Stale, View, bindparam
from livefloor.systems.coffee.carrying import Carrying, begin
from livefloor.systems.coffee.cups import TAKEN_IN_CYCLE, needs_of
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.models import InventoryItem, Order, Station
from livefloor.systems.coffee.recipes import read_menu
from livefloor.systems.coffee.restock import RestockView, ask_for
from livefloor.systems.coffee.rooms import BARISTA, FRONT, LEADS, STAFF, by
from livefloor.systems.coffee.rules.order_states import MADE
from livefloor.systems.coffee.run_out import Outcome, needing, treat, uncovered
from livefloor.systems.coffee.shelves import Shelf, Shelves, read_shelves
from livefloor.systems.coffee.staffing import check_own_station
from livefloor.systems.coffee.stock_views import Depleted, InventoryDepleted, InventoryRow, InventoryUpdated

STATUSES = ("ok", "low", "critical", "out")
SETTINGS = ("low_threshold", "critical_threshold", "capacity", "enabled")
ITEM_CODE = select(InventoryItem.code).where(InventoryItem.id == bindparam("of_item"))

ItemCode = Annotated[str, Field(min_length=1, max_length=36)]
Quantity = Annotated[int, Field(ge=0, le=1_000_000)]
StationNumber = Annotated[int, Field(ge=1, le=99)]


def _statuses(said: str) -> str:
    if not set(said.split(",")) <= set(STATUSES):
        raise ValueError(f"is one or more of {', '.join(STATUSES)}, with commas between")
    return said


class Line(Input):
    """A line of the books: a count or a difference; what it only repeats of the list is not read."""

    item_id: ItemCode | None = None
    code: ItemCode | None = None
    quantity: Quantity | None = None
    delta: Annotated[int, Field(ge=-100_000, le=100_000)] | None = None
    version: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    reason: Literal["count", "restock", "waste", "adjust"] | None = None
    low_threshold: Quantity | None = None
    critical_threshold: Quantity | None = None
    capacity: Quantity | None = None
    enabled: bool | None = None
    name: Any = None
    category: Any = None
    unit: Any = None
    reserved: Any = None
    available: Any = None
    status: Any = None
    cups_left: Any = None
    runs_out_at: Any = None
    milk: Any = None


class Lines(Input):
    """What was counted or changed at a station; the rest of the list as it was read may come along."""

    inventory: Annotated[list[Line], Field(min_length=1, max_length=200)]
    on_conflict: Literal["fail", "skip"] = "fail"
    station_id: Any = None
    as_of: Any = None
    seq: Any = None
    total: Any = None
    next_cursor: Any = None
    applied: Any = None
    conflicts: Any = None


class LineConflict(View):
    """A line that was counted from an older version: both numbers."""

    code: str
    yours: int | None
    current: InventoryRow
    version: int


class StationInventoryView(View):
    """The books of a station."""

    station_id: int
    as_of: datetime
    seq: int
    inventory: list[InventoryRow]
    total: int
    next_cursor: None = None


class SavedInventory(StationInventoryView):
    """The books of a station after a change, and the lines that were older."""

    applied: int
    conflicts: list[LineConflict]


class UsedItem(Input):
    """How much of an item was used."""

    code: ItemCode
    quantity: Annotated[int, Field(ge=1, le=100_000)]


class Deplete(Input):
    """A cup that is made, or what a station used for something else."""

    order_id: Annotated[str, Field(max_length=36)] | None = None
    station_id: StationNumber | None = None
    items: Annotated[list[UsedItem], Field(min_length=1, max_length=50)] | None = None
    reason: Literal["waste", "sample", "staff_drink", "spill"] | None = None


class DepletedView(View):
    """What was used."""

    station_id: int
    order_id: str | None
    depleted: list[Depleted]
    already_depleted: bool


class RunOut(Input):
    """What ran out where, and whether more is asked for."""

    station_id: StationNumber
    code: ItemCode
    restock: bool = True


class RunOutView(View):
    """What became of the cups that needed it."""

    moved: list[str]
    asked: list[str]
    held: list[str]
    restock_request: RestockView | None


inventory = Part("inventory")


async def station_of(look: Look, station_id: int) -> Station:
    """Return a station or storeroom. Raises NotFound."""
    station = await look.find(Station, station_id)
    if station is None:
        raise NotFound("not_found", f"There is no station {station_id}.")
    return station


def shelf_of(shelves: Shelves, code: str | None, item_id: str | None = None) -> Shelf:
    """Return an item of a station by its code or id. Raises NotFound unknown_item."""
    found = shelves.shelves.get(code or shelves.menu.code_of.get(item_id or "", item_id or ""))
    if found is None or not found.item.enabled:
        raise NotFound("unknown_item", f"There is no item {code or item_id}.")
    return found


async def books_of(look: Look, shelves: Shelves, codes: Iterable[str] | None = None) -> StationInventoryView:
    """Return the books of a station, all or some items of it."""
    known = [code for code, shelf in sorted(shelves.shelves.items()) if shelf.item.enabled]
    rows = await shelves.rows(look, [code for code in known if codes is None or code in codes])
    return StationInventoryView(
        station_id=shelves.station.id, as_of=look.now, seq=await look.head(), inventory=rows, total=len(rows)
    )


@inventory.query(GET("/api/inventory/station/{station_id}"), allow=STAFF)
async def show_station_inventory(
    look: Look,
    station_id: int,
    category: Annotated[str | None, Field(max_length=20)] = None,
    status: Annotated[str | None, Field(max_length=40), AfterValidator(lambda s: s and _statuses(s))] = None,
) -> StationInventoryView:
    """Show what a station has, what is promised, and how long it lasts."""
    shelves = await read_shelves(look, await station_of(look, station_id), await read_menu(look))
    view = await books_of(look, shelves)
    rows = [
        row
        for row in view.inventory
        if category in (None, row.category) and (status is None or row.status in status.split(","))
    ]
    return view.model_copy(update={"inventory": rows, "total": len(rows)})


# -- counting ---------------------------------------------------------------------------------------------------------


@inventory.command(POST("/api/inventory/station/{station_id}"), allow=FRONT | BARISTA, refuses=(403, 409, 412))
async def save_station_inventory(ctx: Ctx, station_id: int, body: Lines) -> SavedInventory:
    """Count, restock, write off, or set thresholds: line by line, all of it or nothing."""
    await check_own_station(ctx, station_id)
    await hold(ctx)
    shelves = await read_shelves(ctx, await station_of(ctx, station_id), await read_menu(ctx))
    conflicts, lines = await _conflicts(ctx, shelves, body)
    changed = []
    for shelf, line in lines:
        touched = await _set(ctx, shelf, line)
        if await _count(ctx, shelves, shelf, line) or touched:
            changed.append(shelf.item.code)
    await _keep(ctx, shelves, changed, "count")
    await _help_cups(ctx, station_id, changed)
    view = await books_of(ctx, await read_shelves(ctx, shelves.station, shelves.menu))
    return SavedInventory(**dict(view), applied=len(lines), conflicts=conflicts)


async def _conflicts(ctx: Ctx, shelves: Shelves, body: Lines) -> tuple[list[LineConflict], list[tuple[Shelf, Line]]]:
    """Return the lines that rely on older books, and the others (rule 31). Raises Stale, NotFound, Invalid."""
    conflicts, lines = [], []
    for number, line in enumerate(body.inventory):
        shelf = shelf_of(shelves, line.code, line.item_id)
        if line.quantity is not None and line.delta is not None:
            raise Invalid.field(f"inventory.{number}", "Give a quantity or a delta.", "quantity_or_delta")
        if line.delta is None and line.version not in (None, shelf.row.version):
            current = (await shelves.rows(ctx, [shelf.item.code]))[0]
            conflicts.append(
                LineConflict(code=shelf.item.code, yours=line.quantity, current=current, version=shelf.row.version)
            )
        else:
            lines.append((shelf, line))
    if conflicts and body.on_conflict == "fail":
        told = [conflict.model_dump(mode="json") for conflict in conflicts]
        raise Stale("stale_version", "Somebody counted meanwhile.", conflicts=told)
    return conflicts, lines


async def _set(ctx: Ctx, shelf: Shelf, line: Line) -> bool:
    """Set thresholds, capacity and whether a station has an item at all; leads only."""
    new = {name: value for name in SETTINGS if (value := getattr(line, name)) not in (None, getattr(shelf.row, name))}
    if not new:
        return False
    if not ctx.actor.is_in(LEADS):
        raise Forbidden("forbidden", "Thresholds are set by organizers.")
    for name, value in new.items():
        setattr(shelf.row, name, value)
    if shelf.row.critical_threshold > shelf.row.low_threshold:
        raise Invalid.field("critical_threshold", "must not be above low_threshold")
    shelf.touched = True
    return True


async def _count(ctx: Ctx, shelves: Shelves, shelf: Shelf, line: Line) -> bool:
    """Write a count or a difference. Raises Conflict below_zero."""
    delta = line.delta if line.quantity is None else line.quantity - shelf.row.quantity
    if not delta:
        return False
    if shelf.row.quantity + delta < 0:
        raise Conflict("below_zero", f"There are only {shelf.row.quantity} {shelf.item.unit} of {shelf.item.name}.")
    kind = line.reason or ("adjust" if line.quantity is None else "count")
    await shelves.change(ctx, shelf.item.code, delta, kind)
    if line.quantity is not None:
        shelf.by_count = True
    return True


async def _keep(ctx: Ctx, shelves: Shelves, codes: list[str], reason: str) -> None:
    """Store the rows, and tell of them."""
    await shelves.finish(ctx)
    if codes:
        rows = await shelves.rows(ctx, codes)
        ctx.emit(InventoryUpdated(actor=by(ctx), station_id=shelves.station.id, items=rows, reason=reason))


async def _help_cups(ctx: Ctx, station_id: int, codes: list[str]) -> None:
    """Help the cups whose promise the books no longer cover (rule 30)."""
    carrying: Carrying | None = None
    for code in codes:
        carrying = carrying or await begin(ctx)
        if station_id not in carrying.kitchen.shelves:
            return
        await treat(ctx, carrying, uncovered(carrying, station_id, code), code)
    if carrying is not None:
        await carrying.finish(ctx)


# -- using up ---------------------------------------------------------------------------------------------------------


@inventory.command(POST("/api/inventory/deplete"), allow=FRONT | BARISTA, refuses=(403, 404, 409))
async def deplete(ctx: Ctx, body: Deplete) -> DepletedView:
    """Use up what a made cup takes, once, or what went to waste."""
    if body.order_id is not None:
        if body.items is not None:
            raise Invalid.field("items", "Give an order or items.", "order_or_items")
        return await _deplete_order(ctx, body.order_id)
    if body.station_id is None or body.items is None or body.reason is None:
        raise Invalid.field("items", "Give order_id, or station_id with items and reason.", "order_or_items")
    await check_own_station(ctx, body.station_id)
    await hold(ctx)
    shelves = await read_shelves(ctx, await station_of(ctx, body.station_id), await read_menu(ctx))
    needs: dict[str, int] = {}
    for used in body.items:
        code = shelf_of(shelves, used.code).item.code
        needs[code] = needs.get(code, 0) + used.quantity
    taken = await shelves.use(ctx, needs, "waste", promised=False, reason=body.reason)
    await shelves.finish(ctx)
    ctx.emit(InventoryDepleted(actor=by(ctx), station_id=body.station_id, order_id=None, items=taken))
    await _help_cups(ctx, body.station_id, list(needs))
    return DepletedView(station_id=body.station_id, order_id=None, depleted=taken, already_depleted=False)


async def _deplete_order(ctx: Ctx, order_id: str) -> DepletedView:
    """Return what a made cup took; it took it when it was completed (rule 27)."""
    order = await ctx.find(Order, order_id)
    if order is None:
        raise NotFound("not_found", "There is no such cup.")
    await check_own_station(ctx, order.station_id)
    if order.status not in MADE:
        raise Conflict("order_not_completed", "This cup is not made yet.", order_status=order.status)
    codes, needs = (await read_menu(ctx)).code_of, needs_of(order)
    taken = [
        Depleted(
            code=codes[movement.item_id],
            quantity=needs.get(codes[movement.item_id], 0),
            quantity_after=movement.quantity_after,
            shortfall=movement.shortfall,
        )
        for movement in await ctx.all(TAKEN_IN_CYCLE, order_id=order.id, cycle=order.depletion_cycle)
    ]
    return DepletedView(station_id=order.station_id or 0, order_id=order.id, depleted=taken, already_depleted=True)


@inventory.command(POST("/api/inventory/run-out"), allow=FRONT | BARISTA, refuses=(403, 404))
async def run_out_of(ctx: Ctx, body: RunOut) -> RunOutView:
    """Say that something is gone: the cups that need it are helped at once (rule 36)."""
    await check_own_station(ctx, body.station_id)
    carrying = await begin(ctx)
    station = await station_of(ctx, body.station_id)
    shelves = carrying.kitchen.shelves.get(station.id) or await read_shelves(ctx, station, carrying.kitchen.menu)
    shelf = shelf_of(shelves, body.code)
    code = shelf.item.code
    await shelves.change(ctx, code, -shelf.row.quantity, "run_out")
    outcome = Outcome()
    if station.id in carrying.kitchen.shelves:
        outcome = await treat(ctx, carrying, needing(carrying, station.id, code), code)
        await carrying.finish(ctx)
    await _keep(ctx, shelves, [code], "run_out")
    request = (await ask_for(ctx, station.id, shelf.item, None, "urgent"))[0] if body.restock else None
    return RunOutView(moved=outcome.moved, asked=outcome.asked, held=outcome.held, restock_request=request)
