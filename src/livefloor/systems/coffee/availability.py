"""What is off the menu, at one station or at all: by hand here, for want of stock where the stock is (section 5.8, rule 33)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, StringConstraints
from sqlalchemy import select

from livefloor import POST, Address, Ctx, Event, Frame, Input, Invalid, Part, View, bindparam
from livefloor.systems.coffee.accounts import refuse_unknown_station
from livefloor.systems.coffee.milks import ItemCode
from livefloor.systems.coffee.models import AvailabilityBlock, MenuItem, MenuOption, Milk
from livefloor.systems.coffee.rooms import ALL_STAFF, BARISTA, DISPLAY_ALL, FRONT, Fact, by
from livefloor.systems.coffee.staffing import check_own_station

MANUAL = select(AvailabilityBlock).where(
    AvailabilityBlock.source == "manual",
    AvailabilityBlock.target == bindparam("of_target"),
    AvailabilityBlock.station_id.is_not_distinct_from(bindparam("of_station")),
)
BLOCKS = select(AvailabilityBlock).order_by(AvailabilityBlock.created_at, AvailabilityBlock.id)


class AvailabilityChange(Input):
    """Take one drink, milk or option off the menu, of one station or of all, or put it on again."""

    station_id: int | None = None
    menu_item: ItemCode | None = None
    milk: ItemCode | None = None
    option: ItemCode | None = None
    available: bool
    until: AwareDatetime | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""


class BlockView(View):
    """What is off the menu, where, why, and until when."""

    station_id: int | None
    menu_item_id: str | None
    milk_id: str | None
    option_id: str | None
    source: Literal["manual", "stock"]
    reason: str
    until: datetime | None


class Blocks(View):
    """All that is off the menu now."""

    blocks: list[BlockView]


class MenuLine(View):
    """A drink in a size with a milk."""

    menu_item: str
    size: str
    milk: str | None


class MenuUpdated(Fact):
    """The menu was changed: what about it, and where; a page that shows it reads it again."""

    name: ClassVar[str] = "menu_updated"
    change: Literal["drink", "recipe", "option", "availability"]
    code: str | None = None
    station_id: int | None = None
    blocks: list[BlockView] | None = None
    gone: list[MenuLine] | None = None
    """What a station can no longer make for want of stock (rule 33)."""
    back: list[MenuLine] | None = None

    def subject(self) -> str:
        """Name the menu."""
        return "menu"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms of the whole crew and of all boards."""
        return [*ALL_STAFF, DISPLAY_ALL()]


EVENTS: tuple[type[Event], ...] = (MenuUpdated,)
FRAMES: tuple[type[Frame], ...] = (MenuUpdated,)

availability = Part("availability")


async def _target(ctx: Ctx, body: AvailabilityChange) -> tuple[str, str]:
    """Return the column and the id of the one thing that is meant. Raises Invalid `one_target`."""
    named = [
        (column, model, code)
        for column, model, code in (
            ("menu_item_id", MenuItem, body.menu_item),
            ("milk_id", Milk, body.milk),
            ("option_id", MenuOption, body.option),
        )
        if code is not None
    ]
    if len(named) != 1:
        raise Invalid(
            "one_target",
            "Name one of menu_item, milk and option.",
            errors=[{"field": "menu_item", "message": "or milk, or option"}],
        )
    column, model, code = named[0]
    found: str | None = await ctx.one(select(model.id).where(model.code == code))
    if found is None:
        raise Invalid.field(column.removesuffix("_id"), f"{code} is not known")
    return column, found


@availability.command(POST("/api/menu/availability"), allow=FRONT | BARISTA)
async def set_availability(ctx: Ctx, body: AvailabilityChange) -> Blocks:
    """Take something off the menu by hand, or put it on again."""
    await check_own_station(ctx, body.station_id)
    await refuse_unknown_station(ctx, body.station_id)
    if body.until is not None and body.until <= ctx.now:
        raise Invalid.field("until", "is a moment to come")
    column, target = await _target(ctx, body)
    await ctx.lock(f"availability:{target}")
    block = await ctx.one(MANUAL, of_target=target, of_station=body.station_id)
    if block is not None:
        await ctx.cancel(lift, block_id=block.id)
        await ctx.delete(block)
    if not body.available:
        given = {"target": target, column: target, "source": "manual", "reason": body.reason, "until": body.until}
        block = AvailabilityBlock(station_id=body.station_id, actor_id=ctx.actor.id, **given)
        await ctx.add(block)
        if body.until is not None:
            await ctx.schedule(lift, body.until, block_id=block.id)
    return await _tell_blocks(ctx, body.station_id)


async def _tell_blocks(ctx: Ctx, station_id: int | None) -> Blocks:
    now = Blocks(blocks=[BlockView.model_validate(block) for block in await ctx.all(BLOCKS)])
    ctx.emit(MenuUpdated(actor=by(ctx), change="availability", station_id=station_id, blocks=now.blocks))
    return now


@availability.timer()
async def lift(ctx: Ctx, block_id: str) -> None:
    """Put on the menu again what was off until now."""
    block = await ctx.find(AvailabilityBlock, block_id)
    if block is not None:
        await ctx.delete(block)
        await _tell_blocks(ctx, block.station_id)
