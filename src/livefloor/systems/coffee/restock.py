"""Asking the runner for stock: one open request for an item at a station (section 5.2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from sqlalchemy import select

from livefloor import (
    GET,
    POST,
    Address,
    Announced,
    Conflict,
    Ctx,
    Cursor,
    Forbidden,
    Found,
    Input,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    View,
    bindparam,
    new_id,
    page,
)
from livefloor.systems.coffee.floor import hold
from livefloor.systems.coffee.models import InventoryItem, RestockRequest, Station, User
from livefloor.systems.coffee.recipes import read_menu
from livefloor.systems.coffee.rooms import FRONT, ORGANIZERS, STAFF, SUPPORT_ROOM, Fact, by, station_room
from livefloor.systems.coffee.shelves import Shelves, read_shelves
from livefloor.systems.coffee.stock_views import InventoryUpdated

Urgency = Literal["normal", "urgent"]
RestockStatus = Literal["open", "accepted", "delivered", "cancelled"]
StationNumber = Annotated[int, Field(ge=1, le=99)]
Amount = Annotated[int, Field(ge=1, le=1_000_000)]

STANDING = select(RestockRequest).where(
    RestockRequest.station_id == bindparam("of_station"),
    RestockRequest.item_id == bindparam("of_item"),
    RestockRequest.status.in_(("open", "accepted")),
)
BY_CODE = select(InventoryItem).where(InventoryItem.code == bindparam("of_code"), InventoryItem.enabled)


class RestockView(View):
    """What a station asked for."""

    collection: ClassVar[str] = "restock_requests"
    id: str
    station_id: int
    item_id: str
    code: str
    name: str
    quantity: int | None
    urgency: Urgency
    status: RestockStatus
    requested_by: str | None
    accepted_by: str | None
    delivered_quantity: int | None
    created_at: datetime
    version: int


class NewRequest(Input):
    """What is needed where, how much, and how soon."""

    station_id: StationNumber
    code: Annotated[str, Field(max_length=36)]
    quantity: Amount | None = None
    urgency: Urgency = "normal"


class Delivery(Input):
    """How much was brought, and from where; without a station it is new stock."""

    quantity: Amount
    from_station_id: StationNumber | None = None


class RestockFact(Fact):
    """A fact about a request, told at its station, to the organizers and to the front of house."""

    request: RestockView

    def subject(self) -> str:
        """Name the request."""
        return f"restock:{self.request.id}"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms that must know."""
        return [station_room(self.request.station_id), ORGANIZERS(), SUPPORT_ROOM()]


class RestockRequested(RestockFact):
    """A station asks for stock."""

    name: ClassVar[str] = "restock_requested"


class RestockUpdated(RestockFact):
    """A request became urgent, was accepted, delivered or cancelled."""

    name: ClassVar[str] = "restock_updated"


EVENTS: tuple[type[Announced], ...] = (RestockRequested, RestockUpdated)

restock = Part("restock")


def _view(row: RestockRequest, item: InventoryItem) -> RestockView:
    return RestockView.model_validate({**vars(row), "code": item.code, "name": item.name})


async def ask_for(
    ctx: Ctx, station_id: int, item: InventoryItem, quantity: int | None, urgency: Urgency
) -> tuple[RestockView, bool]:
    """Ask for an item, and tell whether that is new; an open request for it is raised instead of doubled."""
    row = RestockRequest(
        station_id=station_id, item_id=item.id, quantity=quantity, urgency=urgency, requested_by=ctx.actor.id
    )
    if await ctx.try_add(row):
        view = _view(row, item)
        ctx.emit(RestockRequested(actor=by(ctx), request=view))
        return view, True
    standing = await ctx.one(STANDING, of_station=station_id, of_item=item.id)
    if standing is None:
        raise Conflict("not_open", "The request was closed at this moment; ask again.")
    if urgency == "urgent" and standing.urgency != "urgent":
        standing.urgency = "urgent"
        await _keep(ctx, standing, item)
    return _view(standing, item), False


async def _keep(ctx: Ctx, row: RestockRequest, item: InventoryItem) -> RestockView:
    await ctx.save(row)
    view = _view(row, item)
    ctx.emit(RestockUpdated(actor=by(ctx), request=view))
    return view


async def _found(ctx: Ctx, request_id: str) -> tuple[RestockRequest, InventoryItem]:
    row = await ctx.locked(RestockRequest, request_id)
    item = await ctx.find(InventoryItem, row.item_id) if row is not None else None
    if row is None or item is None:
        raise NotFound("not_found", "There is no such request.")
    return row, item


@restock.query(GET("/api/inventory/restock-requests"), allow=STAFF)
async def list_restock_requests(
    look: Look,
    status: RestockStatus | None = None,
    station_id: int | None = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[RestockView]:
    """List what was asked for, newest first."""
    statement: Any = select(RestockRequest, InventoryItem).join(
        InventoryItem, InventoryItem.id == RestockRequest.item_id
    )
    if status is not None:
        statement = statement.where(RestockRequest.status == status)
    if station_id is not None:
        statement = statement.where(RestockRequest.station_id == station_id)
    order = (RestockRequest.created_at.desc(), RestockRequest.id.desc())
    found: Any = await page(look, statement, order=order, cursor=cursor, limit=limit)
    return Items[RestockView](items=[_view(row, item) for row, item in found.rows], **found.place())


@restock.command(POST("/api/inventory/restock-requests", 201), allow=STAFF, refuses=(404, 409))
async def create_restock_request(ctx: Ctx, body: NewRequest) -> RestockView | Found:
    """Ask the runner for an item; an open request for it is answered with, raised to the new urgency."""
    item = await ctx.one(BY_CODE, of_code=body.code)
    if item is None or await ctx.find(Station, body.station_id) is None:
        raise NotFound("unknown_item" if item is None else "not_found", "There is no such item or station.")
    view, is_new = await ask_for(ctx, body.station_id, item, body.quantity, body.urgency)
    return view if is_new else Found.of(view)


@restock.command(POST("/api/inventory/restock-requests/{request_id}/accept"), allow=FRONT, refuses=(409,))
async def accept_restock_request(ctx: Ctx, request_id: str) -> RestockView:
    """Say that one brings it; one person does."""
    row, item = await _found(ctx, request_id)
    if row.status == "accepted" and row.accepted_by == ctx.actor.id:
        return _view(row, item)
    if row.status != "open":
        runner = await ctx.find(User, row.accepted_by) if row.accepted_by else None
        who = {"id": row.accepted_by, "name": runner.display_name if runner else None}
        raise Conflict("already_accepted", "Somebody brings it already.", by=who, request_status=row.status)
    row.status, row.accepted_by = "accepted", ctx.actor.id
    return await _keep(ctx, row, item)


@restock.command(POST("/api/inventory/restock-requests/{request_id}/deliver"), allow=FRONT, refuses=(404, 409))
async def deliver_restock_request(ctx: Ctx, request_id: str, body: Delivery) -> RestockView:
    """Say that it was brought: the stock moves from a station, or is new."""
    await hold(ctx)
    row, item = await _found(ctx, request_id)
    if row.status not in ("open", "accepted"):
        raise Conflict("not_open", "This request is closed.", request_status=row.status)
    if body.from_station_id == row.station_id:
        raise Conflict("same_station", "It is at this station already.")
    if body.from_station_id is not None:
        await transfer(ctx, body.from_station_id, row.station_id, {item.code: body.quantity})
    else:
        shelves = await shelves_of(ctx, row.station_id)
        await shelves.change(ctx, item.code, body.quantity, "restock")
        await tell_changed(ctx, shelves, [item.code], "restock")
    row.status, row.delivered_quantity = "delivered", body.quantity
    return await _keep(ctx, row, item)


@restock.command(POST("/api/inventory/restock-requests/{request_id}/cancel"), allow=STAFF, refuses=(403, 409))
async def cancel_restock_request(ctx: Ctx, request_id: str) -> RestockView:
    """Take a request back: one's own, or any as front of house."""
    row, item = await _found(ctx, request_id)
    if row.requested_by != ctx.actor.id and not ctx.actor.is_in(FRONT):
        raise Forbidden("forbidden", "Somebody else asked for it.")
    if row.status not in ("open", "accepted"):
        raise Conflict("not_open", "This request is closed.", request_status=row.status)
    row.status = "cancelled"
    return await _keep(ctx, row, item)


# -- stock that moves -------------------------------------------------------------------------------------------------


async def shelves_of(ctx: Ctx, station_id: int) -> Shelves:
    """Return the stock of a station that is held. Raises NotFound."""
    station = await ctx.find(Station, station_id)
    if station is None:
        raise NotFound("not_found", f"There is no station {station_id}.")
    return await read_shelves(ctx, station, await read_menu(ctx))


async def tell_changed(ctx: Ctx, shelves: Shelves, codes: Sequence[str], reason: str) -> None:
    """Store what changed at a station, and tell of it."""
    await shelves.finish(ctx)
    rows = await shelves.rows(ctx, codes)
    ctx.emit(InventoryUpdated(actor=by(ctx), station_id=shelves.station.id, items=rows, reason=reason))


async def transfer(ctx: Ctx, source_id: int, target_id: int, amounts: dict[str, int]) -> tuple[Shelves, Shelves]:
    """Take free stock from one station to another, both rows in one change (rule 37). Raises Conflict, NotFound."""
    source, target = await shelves_of(ctx, source_id), await shelves_of(ctx, target_id)
    unknown = next((code for code in amounts if code not in source.shelves or code not in target.shelves), None)
    if unknown is not None:
        raise NotFound("unknown_item", f"There is no item {unknown}.")
    short = [
        {"code": code, "needed": amount, "available": free}
        for code, amount in amounts.items()
        if (free := max(0, source.shelves[code].row.quantity - source.shelves[code].row.reserved)) < amount
    ]
    if short:
        raise Conflict("insufficient_stock", f"{source.station.name} has not so much to spare.", missing=short)
    transfer_id = new_id()
    for code, amount in amounts.items():
        await source.change(ctx, code, -amount, "transfer_out", transfer_id=transfer_id)
        await target.change(ctx, code, amount, "transfer_in", transfer_id=transfer_id)
    for shelves in sorted((source, target), key=lambda each: each.station.id):
        await tell_changed(ctx, shelves, list(amounts), "transfer")
    return source, target
