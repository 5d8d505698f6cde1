"""The catalogue of what is used up, the movements of it, and transfers between stations (section 5.2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import func, select

from livefloor import (
    DELETE,
    GET,
    POST,
    PUT,
    Conflict,
    Ctx,
    Cursor,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    View,
    bindparam,
    page,
    where_given,
)
from livefloor.systems.coffee.floor import STATIONS, hold
from livefloor.systems.coffee.inventory import station_of
from livefloor.systems.coffee.models import (
    InventoryItem,
    InventoryMovement,
    MenuOption,
    Milk,
    RecipeLine,
    StationInventory,
)
from livefloor.systems.coffee.recipes import read_menu
from livefloor.systems.coffee.restock import tell_changed, transfer
from livefloor.systems.coffee.rooms import BARISTA, FRONT, LEADS, STAFF
from livefloor.systems.coffee.shelves import read_shelves
from livefloor.systems.coffee.staffing import own_station
from livefloor.systems.coffee.stations import stock_row
from livefloor.systems.coffee.stock_views import InventoryRow
from livefloor.systems.coffee.wishes import Allergen, Moment

Category = Literal["coffee", "milk", "cup", "lid", "syrup", "sweetener", "powder", "tea", "ice", "other"]
Unit = Literal["g", "ml", "pcs"]
Kind = Literal[
    "deplete", "count", "restock", "waste", "transfer_in", "transfer_out", "run_out", "undo", "adjust"
]  # fmt: skip
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,32}$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f<>]+$")
]
Amount = Annotated[int, Field(ge=0, le=1_000_000)]
StationNumber = Annotated[int, Field(ge=1, le=99)]

IN_USE = (
    select(func.count()).where(RecipeLine.item_id == bindparam("of_item")),
    select(func.count()).where(MenuOption.item_id == bindparam("of_item"), MenuOption.enabled.is_(True)),
    select(func.count()).where(Milk.inventory_item_id == bindparam("of_item"), Milk.enabled.is_(True)),
)
MOVED = select(func.count()).where(InventoryMovement.item_id == bindparam("of_item"))
KNOWN_ROW = select(StationInventory.station_id).where(StationInventory.item_id == bindparam("of_item"))


class ItemView(View):
    """An item of the catalogue."""

    collection: ClassVar[str] = "inventory_items"
    id: str
    code: str
    name: str
    category: Category
    unit: Unit
    pack_size: int
    default_low: int
    default_critical: int
    default_capacity: int
    blocks: bool
    allergens: list[str]
    enabled: bool
    version: int


class NewItem(Input):
    """A new item; every station gets a row of it with nothing in it."""

    code: Code
    name: Name
    category: Category
    unit: Unit
    pack_size: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    default_low: Amount = 0
    default_critical: Amount = 0
    default_capacity: Amount = 0
    blocks: bool = True
    allergens: Annotated[list[Allergen], Field(max_length=9)] = Field(default_factory=list)


class ItemEdit(Input):
    """What to change of an item."""

    version: Annotated[int | None, Field(ge=0, lt=2**63)] = None
    name: Name | None = None
    category: Category | None = None
    unit: Unit | None = None
    pack_size: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    default_low: Amount | None = None
    default_critical: Amount | None = None
    default_capacity: Amount | None = None
    blocks: bool | None = None
    allergens: Annotated[list[Allergen], Field(max_length=9)] | None = None


class MovementLine(View):
    """One change of a quantity."""

    id: str
    station_id: int
    item_id: str
    code: str
    kind: Kind
    delta: int
    quantity_after: int
    shortfall: int
    order_id: str | None
    transfer_id: str | None
    cycle: int
    reason: str | None
    actor_id: str | None
    occurred_at: datetime
    at: datetime


class TransferItem(Input):
    """How much of an item."""

    code: Annotated[str, Field(max_length=32)]
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class Transfer(Input):
    """What goes from one station to another."""

    from_station_id: StationNumber
    to_station_id: StationNumber
    items: Annotated[list[TransferItem], Field(min_length=1, max_length=50)]


class StationRows(View):
    """Some items of a station."""

    station_id: int
    inventory: list[InventoryRow]


class Transferred(View):
    """The items at both stations after a transfer."""

    from_station: StationRows
    to_station: StationRows


stock_items = Part("stock_items")


@stock_items.query(GET("/api/inventory/items"), allow=STAFF)
async def list_items(
    look: Look,
    category: Category | None = None,
    enabled: bool | None = None,
    q: Annotated[str | None, Field(max_length=40)] = None,
    cursor: Cursor = None,
    limit: PageLimit = 200,
) -> Items[ItemView]:
    """List the catalogue."""
    statement = select(InventoryItem)
    if category is not None:
        statement = statement.where(InventoryItem.category == category)
    if enabled is not None:
        statement = statement.where(InventoryItem.enabled.is_(enabled))
    if q:
        found_in = InventoryItem.name.icontains(q, autoescape=True) | InventoryItem.code.icontains(q, autoescape=True)
        statement = statement.where(found_in)
    order = (InventoryItem.code, InventoryItem.id)
    found = await page(look, statement, order=order, cursor=cursor, limit=limit)
    return Items[ItemView](items=[ItemView.model_validate(row) for row in found.rows], **found.place())


@stock_items.command(POST("/api/inventory/items", 201), allow=LEADS, refuses=(409,))
async def create_item(ctx: Ctx, body: NewItem) -> ItemView:
    """Add an item to the catalogue, with an empty row at every station."""
    if body.default_critical > body.default_low:
        raise Invalid.field("default_critical", "must not be above default_low")
    await hold(ctx)
    item = InventoryItem(**body.model_dump(), enabled=True)
    if not await ctx.try_add(item):
        raise Conflict("code_taken", "There is an item of this code.")
    await _tell_everywhere(ctx, item, "item_created")
    return ItemView.model_validate(item)


async def _tell_everywhere(ctx: Ctx, item: InventoryItem, reason: str) -> None:
    """Give every station a row of the item, and tell each of them."""
    known, menu = set(await ctx.all(KNOWN_ROW, of_item=item.id)), await read_menu(ctx)
    for station in await ctx.all(STATIONS):
        if station.id not in known:
            await ctx.add(stock_row(station.id, item))
        await tell_changed(ctx, await read_shelves(ctx, station, menu), [item.code], reason)


async def _item(ctx: Ctx, item_id: str) -> InventoryItem:
    item = await ctx.locked(InventoryItem, item_id)
    if item is None:
        raise NotFound("unknown_item", "There is no such item.")
    return item


@stock_items.command(PUT("/api/inventory/items/{item_id}"), allow=LEADS, refuses=(409, 412))
async def change_item(ctx: Ctx, item_id: str, body: ItemEdit) -> ItemView:
    """Edit an item; its unit only while nothing of it was moved."""
    await hold(ctx)
    item = await _item(ctx, item_id)
    ctx.check_version(item.version, body.version, ItemView.model_validate(item))
    new = body.model_dump(exclude={"version"}, exclude_none=True)
    if new.get("unit", item.unit) != item.unit and await ctx.one(MOVED, of_item=item.id):
        raise Conflict("unit_in_use", "Something of it was moved already: its unit stays.")
    for name, value in new.items():
        if getattr(item, name) != value:
            setattr(item, name, value)
    if item.default_critical > item.default_low:
        raise Invalid.field("default_critical", "must not be above default_low")
    before = item.version
    await ctx.save(item)
    if item.version != before:
        await _tell_everywhere(ctx, item, "item_changed")
    return ItemView.model_validate(item)


@stock_items.command(DELETE("/api/inventory/items/{item_id}"), allow=LEADS, refuses=(409,))
async def delete_item(ctx: Ctx, item_id: str) -> None:
    """Take an item out of use for good; its movements stay."""
    await hold(ctx)
    item = await _item(ctx, item_id)
    for count in IN_USE:
        if await ctx.one(count, of_item=item.id):
            raise Conflict("item_in_recipe", "A recipe, an option or a milk needs it.")
    if item.enabled:
        item.enabled = False
        await ctx.save(item)
        await _tell_everywhere(ctx, item, "item_deleted")


@stock_items.query(GET("/api/inventory/movements"), allow=FRONT | BARISTA)
async def list_movements(
    look: Look,
    station_id: int | None = None,
    item_id: Annotated[str | None, Field(max_length=36)] = None,
    kind: Kind | None = None,
    order_id: Annotated[str | None, Field(max_length=36)] = None,
    from_: Annotated[Moment | None, Field(alias="from")] = None,
    to: Moment | None = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[MovementLine]:
    """List the movements, newest first; baristas see those of the own station."""
    statement: Any = select(InventoryMovement, InventoryItem).join(
        InventoryItem, InventoryItem.id == InventoryMovement.item_id
    )
    if look.actor.is_in(BARISTA):
        statement = statement.where(InventoryMovement.station_id == await own_station(look, look.actor))
    statement = where_given(
        statement,
        (InventoryMovement.station_id, station_id),
        (InventoryMovement.item_id, item_id),
        (InventoryMovement.kind, kind),
        (InventoryMovement.order_id, order_id),
    )
    if from_ is not None:
        statement = statement.where(InventoryMovement.at >= from_)
    if to is not None:
        statement = statement.where(InventoryMovement.at < to)
    order = (InventoryMovement.at.desc(), InventoryMovement.id.desc())
    found: Any = await page(look, statement, order=order, cursor=cursor, limit=limit)
    lines = [MovementLine.model_validate({**vars(row), "code": item.code}) for row, item in found.rows]
    return Items[MovementLine](items=lines, **found.place())


@stock_items.command(POST("/api/inventory/transfer"), allow=FRONT, refuses=(404, 409))
async def transfer_stock(ctx: Ctx, body: Transfer) -> Transferred:
    """Take free stock from one station to another (rule 37)."""
    if body.from_station_id == body.to_station_id:
        raise Invalid.field("to_station_id", "It is at this station already.", "same_station")
    await hold(ctx)
    for station_id in (body.from_station_id, body.to_station_id):
        await station_of(ctx, station_id)
    amounts: dict[str, int] = {}
    for item in body.items:
        amounts[item.code] = amounts.get(item.code, 0) + item.quantity
    source, target = await transfer(ctx, body.from_station_id, body.to_station_id, amounts)
    codes: Sequence[str] = list(amounts)
    return Transferred(
        from_station=StationRows(station_id=source.station.id, inventory=await source.rows(ctx, codes)),
        to_station=StationRows(station_id=target.station.id, inventory=await target.rows(ctx, codes)),
    )
