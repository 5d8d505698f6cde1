"""The routes of group orders (section 5.6)."""

import hmac
import secrets
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from sqlalchemy import select

from livefloor import (
    GET,
    POST,
    PUBLIC,
    PUT,
    Conflict,
    Ctx,
    Cursor,
    Forbidden,
    FromHeader,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    PageLimit,
    Part,
    new_secret,
    page,
)
from livefloor.systems.coffee.event_settings import event_settings
from livefloor.systems.coffee.floor import hold, read_floor
from livefloor.systems.coffee.group_orders import (
    BY_CODE,
    JOIN,
    allot,
    check_pickup,
    settle,
    submit,
    tell_group,
    watch_closing,
)
from livefloor.systems.coffee.group_views import (
    CUPS_OF_GROUP,
    CodeCheck,
    GroupCupView,
    GroupOrderCreated,
    GroupPage,
    GroupPlaced,
    GroupView,
    NewGroupView,
    counted,
    group_view,
    joinable,
    shown_of_group,
)
from livefloor.systems.coffee.kitchen import read_kitchen
from livefloor.systems.coffee.making import Cancel, StatusChange, Version, cancel, pick_up
from livefloor.systems.coffee.models import GroupOrder, Station
from livefloor.systems.coffee.occasions import active_occasion
from livefloor.systems.coffee.order_views import OrderView
from livefloor.systems.coffee.ordering import check_open, place
from livefloor.systems.coffee.rooms import BARISTA, FRONT, STAFF, by
from livefloor.systems.coffee.rules import groups as states
from livefloor.systems.coffee.rules.groups import Group, GroupStatus
from livefloor.systems.coffee.rules.order_states import EDITABLE
from livefloor.systems.coffee.rules.phones import e164
from livefloor.systems.coffee.wishes import GuestCup, GuestName, Moment, Notes, Wish

GroupName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f<>]+$")]
Phone = Annotated[str | None, Field(max_length=40)]
ManageToken = Annotated[str | None, FromHeader("x-manage-token")]
MostOrders = Annotated[int, Field(ge=1, le=60)]
TRIES = 8


class GroupCup(GuestCup):
    """A cup of a group, and whose it is."""

    name: GuestName


class JoiningCup(GroupCup):
    """A cup with which somebody joins; with a number its ready text goes there."""

    phone: Phone = None


class NewGroup(Input):
    """A new group: with all its cups, or open to those who have the code."""

    group_name: GroupName
    contact_name: GuestName
    contact_phone: Phone = None
    mode: Literal["list", "open"]
    pickup_at: Moment | None = None
    closes_at: Moment | None = None
    station_id: int | None = None
    max_orders: MostOrders | None = None
    orders: Annotated[list[GroupCup], Field(max_length=60)] = Field(default_factory=list)
    notes: Notes = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.mode == "list" and not self.orders:
            raise ValueError("a list has at least one order")
        if self.max_orders is not None and len(self.orders) > self.max_orders:
            raise ValueError("there are more orders than max_orders")
        return self


class GroupChange(Input):
    """What to change of an open group."""

    version: Version = None
    group_name: GroupName | None = None
    pickup_at: Moment | None = None
    closes_at: Moment | None = None
    station_id: int | None = None
    max_orders: MostOrders | None = None
    notes: Notes | None = None


groups = Part("groups")


async def _found(look: Look, code: str) -> GroupOrder:
    normal = states.normal_code(code)
    group = await look.one(BY_CODE, of_code=normal) if normal is not None else None
    if group is None:
        raise NotFound("unknown_code", "There is no group with this code.")
    return group


async def _managed(ctx: Ctx, code: str, token: str | None) -> GroupOrder:
    """Return a group that the caller manages, with all stations held. Raises NotFound, Forbidden."""
    group = await _found(ctx, code)
    if not ctx.actor.is_in(FRONT) and not hmac.compare_digest(group.manage_token.encode(), (token or "").encode()):
        raise Forbidden("forbidden", "This takes the token that came with the group.")
    await hold(ctx)
    return await _found(ctx, code)


# -- a new group ------------------------------------------------------------------------------------------------------


@groups.command(POST("/api/group-orders/", 201), allow=PUBLIC | FRONT, refuses=(403, 404, 409), limit="public_orders")
async def create_group_order(ctx: Ctx, body: NewGroup) -> GroupPlaced:
    """Begin a group: a list is taken whole or not at all, an open one can be joined by its code (rules 64, 65)."""
    await hold(ctx)
    settings, occasion = await event_settings(ctx), await active_occasion(ctx)
    if not ctx.actor.is_in(FRONT):
        _refuse_to_public(body, is_on=settings.group_ordering)
    await _check_times(ctx, body, occasion.ends_at)
    phone = e164(body.contact_phone, settings.default_country) if body.contact_phone else None
    group = await _add(ctx, body, phone, occasion.id)
    orders, ready_by = await _take(ctx, group, body)
    floor = await read_floor(ctx)
    view = group_view(group, floor)
    stations = {order.station_id for order in orders} | {group.station_id}
    told = sorted(number for number in stations if number is not None)
    ctx.emit(GroupOrderCreated(actor=by(ctx), group_order=view, stations=told, orders=orders))
    await watch_closing(ctx, group)
    url = f"{ctx.settings.public_url.rstrip('/')}/g/{group.code}"
    new = NewGroupView(**view.model_dump(), manage_token=group.manage_token, join_url=url)
    return GroupPlaced(group_order=new, orders=orders, station_id=group.station_id, ready_by=ready_by)


def _refuse_to_public(body: NewGroup, *, is_on: bool) -> None:
    if not is_on:
        raise Forbidden("forbidden", "Groups are ordered at the stations.")
    if body.mode != "open":
        raise Invalid.field("mode", "Lists are taken at the stations.")
    if not body.contact_phone:
        raise Invalid.field("contact_phone", "A number is needed.")


async def _check_times(ctx: Ctx, body: NewGroup | GroupChange, ends_at: datetime) -> None:
    if body.closes_at is not None and body.closes_at <= ctx.now:
        raise Invalid.field("closes_at", "This is over.")
    if body.pickup_at is not None and body.pickup_at > ends_at:
        raise Invalid.field("pickup_at", "This must be before the end of the event.")
    station = await ctx.find(Station, body.station_id) if body.station_id is not None else None
    if body.station_id is not None and (station is None or station.kind != "service"):
        raise Invalid.field("station_id", "There is no such station that makes coffee.")


async def _add(ctx: Ctx, body: NewGroup, phone: str | None, event_id: str) -> GroupOrder:
    """Store a group under a code that was never used (rule 64)."""
    for _ in range(TRIES):
        group = GroupOrder(
            **body.model_dump(exclude={"orders", "contact_phone", "max_orders"}),
            contact_phone=phone,
            max_orders=body.max_orders or max(20, len(body.orders)),
            joined=len(body.orders),
            event_id=event_id,
            code=states.code_from([secrets.randbelow(len(states.CODE_ALPHABET)) for _ in range(states.CODE_LENGTH)]),
            manage_token=new_secret(),
            status="submitted" if body.mode == "list" else "open",
        )
        if await ctx.try_add(group):
            return group
    raise Conflict("conflict", "No code was free; try again.")


async def _take(ctx: Ctx, group: GroupOrder, body: NewGroup) -> tuple[list[OrderView], datetime | None]:
    """Take the cups that came with a group: those of a list go where the list goes, those of an open one are held."""
    wanted = [cup.wanted() for cup in body.orders]
    if not wanted:
        return [], None
    listed, later = body.mode == "list", body.pickup_at is not None or body.mode == "open"
    kitchen = await read_kitchen(ctx)
    check_open(kitchen.floor, ctx.now, for_later=later)
    planned = [kitchen.menu.plan(cup, f"orders.{n}.") for n, cup in enumerate(wanted)]
    chosen, stations = allot(kitchen, planned, body.station_id, ctx.now, later=later)
    check_pickup(body.pickup_at, chosen, ctx.now)
    for cup, one, station_id in zip(body.orders, wanted, stations, strict=True):
        wish = Wish(
            cup.name,
            [one],
            channel="group",
            station_id=station_id,
            requested_for=body.pickup_at if listed else None,
            group_order_id=group.id,
            held=not listed,
        )
        await place(ctx, wish)
    if listed:
        group.station_id = chosen.station_id
        await ctx.save(group)
    orders = await shown_of_group(ctx, group.id)
    etas = [order.eta_at for order in orders if order.eta_at is not None]
    return orders, body.pickup_at or max(etas, default=None)


# -- by its code ------------------------------------------------------------------------------------------------------


@groups.query(GET("/api/group-orders/validate-code/{code}"), allow=PUBLIC | STAFF, limit="code_checks", refuses=(429,))
async def validate_group_code(look: Look, code: str) -> CodeCheck:
    """Tell whether a code lets somebody join; that it does not is no error."""
    normal = states.normal_code(code)
    group = await look.one(BY_CODE, of_code=normal) if normal is not None else None
    reason = states.why_closed(_as_rule(group) if group is not None else None, look.now)
    if group is None or reason is not None:
        return CodeCheck(valid=False, reason=reason)
    return CodeCheck(valid=True, group=joinable(group, await read_floor(look)))


def _as_rule(group: GroupOrder) -> Group:
    return Group(group.status, group.joined, group.max_orders, group.closes_at)  # type: ignore[arg-type]


@groups.query(GET("/api/group-orders/by-code/{code}"), allow=PUBLIC | STAFF, limit="code_checks", refuses=(429,))
async def show_group_order(look: Look, code: str) -> GroupPage:
    """Show a group with its cups; to those who only have the code first names, drinks and states alone."""
    group, floor = await _found(look, code), await read_floor(look)
    orders = await shown_of_group(look, group.id, floor)
    counts, progress = counted(orders)
    if look.actor.is_in(STAFF):
        view = group_view(group, floor)
        return GroupPage(group_order=view, orders=orders, counts=counts, progress_pct=progress)
    cups = [
        GroupCupView(name=order.called.split(" ")[0], drink_name=order.drink_name, status=order.status)
        for order in orders
    ]
    return GroupPage(group_order=joinable(group, floor), orders=cups, counts=counts, progress_pct=progress)


@groups.query(GET("/api/group-orders/"), allow=STAFF)
async def list_group_orders(
    look: Look,
    status: GroupStatus | None = None,
    from_: Annotated[Moment | None, Field(alias="from")] = None,
    to: Moment | None = None,
    cursor: Cursor = None,
    limit: PageLimit = 50,
) -> Items[GroupView]:
    """List the groups, newest first."""
    statement: Any = select(GroupOrder)
    if status is not None:
        statement = statement.where(GroupOrder.status == status)
    if from_ is not None:
        statement = statement.where(GroupOrder.created_at >= from_)
    if to is not None:
        statement = statement.where(GroupOrder.created_at < to)
    order = (GroupOrder.created_at.desc(), GroupOrder.id.desc())
    found = await page(look, statement, order=order, cursor=cursor, limit=limit)
    floor = await read_floor(look)
    return Items[GroupView](items=[group_view(row, floor) for row in found.rows], **found.place())


@groups.command(
    POST("/api/group-orders/{code}/orders", 201), allow=PUBLIC | STAFF, refuses=(409,), limit="public_orders"
)
async def join_group_order(ctx: Ctx, code: str, body: JoiningCup) -> OrderView:
    """Join an open group with a cup; its stock is kept until the group is handed in (rule 66)."""
    await hold(ctx)
    group = await _found(ctx, code)
    reason = states.why_closed(_as_rule(group), ctx.now)
    if group.mode != "open" or reason not in (None, "full"):
        raise Conflict("group_closed", "Nobody can join this group any more.", reason=reason or "closed")
    if reason == "full" or not await ctx.run(JOIN, of_id=group.id):
        raise Conflict("group_full", "This group is full.", max_orders=group.max_orders)
    wish = Wish(
        body.name,
        [body.wanted()],
        channel="group",
        phone=body.phone,
        station_id=group.station_id,
        group_order_id=group.id,
        held=True,
    )
    placed = await place(ctx, wish)
    await tell_group(ctx, await _found(ctx, code))
    return placed.orders[0]


# -- those who manage it ----------------------------------------------------------------------------------------------


@groups.command(POST("/api/group-orders/{code}/submit"), allow=PUBLIC | FRONT, refuses=(403, 409), limit="code_checks")
async def submit_group_order(ctx: Ctx, code: str, token: ManageToken = None) -> GroupPage:
    """Hand a group in: its cups are queued, or set for the time of pick-up."""
    await submit(ctx, await _managed(ctx, code, token))
    return await show_group_order(ctx, code)


@groups.command(POST("/api/group-orders/{code}/cancel"), allow=PUBLIC | FRONT, refuses=(403, 409), limit="code_checks")
async def cancel_group_order(ctx: Ctx, code: str, token: ManageToken = None) -> GroupPage:
    """Call a group off; cups that somebody has begun stay."""
    group = await _managed(ctx, code, token)
    group.status = states.after(group.status, "cancel")  # type: ignore[arg-type]
    await ctx.save(group)
    for cup in await ctx.all(CUPS_OF_GROUP, group_id=group.id):
        if cup.status in EDITABLE:
            await cancel(ctx, cup.id, Cancel(reason="customer"), anywhere=True)
    await tell_group(ctx, group)
    return await show_group_order(ctx, code)


@groups.command(PUT("/api/group-orders/{code}"), allow=PUBLIC | FRONT, refuses=(403, 409, 412), limit="code_checks")
async def change_group_order(ctx: Ctx, code: str, body: GroupChange, token: ManageToken = None) -> GroupView:
    """Change a group that is open still."""
    group = await _managed(ctx, code, token)
    floor = await read_floor(ctx)
    ctx.check_version(group.version, body.version, group_view(group, floor))
    if group.status != "open":
        raise Conflict("not_open", f"This group order is {group.status}.")
    await _check_times(ctx, body, (await active_occasion(ctx)).ends_at)
    if body.max_orders is not None and body.max_orders < group.joined:
        raise Invalid.field("max_orders", f"{group.joined} have joined already.")
    given = body.model_dump(include=body.model_fields_set - {"version"})
    for name, value in given.items():
        if value is not None or name in ("pickup_at", "closes_at", "station_id"):
            setattr(group, name, value)
    await ctx.save(group)
    await watch_closing(ctx, group)
    await tell_group(ctx, group, floor)
    return group_view(group, floor)


@groups.command(POST("/api/group-orders/{code}/collect"), allow=FRONT | BARISTA, refuses=(403, 409))
async def collect_group_order(ctx: Ctx, code: str, partial: bool = False) -> GroupPage:
    """Hand out what is made, together; what is not made yet only holds it up unless a part is enough."""
    await hold(ctx)
    group = await _found(ctx, code)
    cups = await ctx.all(CUPS_OF_GROUP, group_id=group.id)
    missing = [cup.number for cup in cups if cup.status in ("scheduled", "pending", "in_progress")]
    if group.status not in ("submitted", "ready") or (missing and not partial):
        raise Conflict("not_ready", "Not all of it is made.", missing=missing, status=group.status)
    for cup in cups:
        if cup.status in ("completed", "uncollected"):
            await pick_up(ctx, cup.id, StatusChange(status="picked_up"))
    await settle(ctx, await _found(ctx, code))
    return await show_group_order(ctx, code)
