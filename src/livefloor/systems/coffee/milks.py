"""The milks with what tells them apart: colour, letter and pattern, the same three everywhere (section 5.5, rule 21)."""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select, update

from livefloor import (
    GET,
    POST,
    PUBLIC,
    Address,
    Conflict,
    Ctx,
    Event,
    Frame,
    Input,
    Invalid,
    Look,
    NotFound,
    Part,
    View,
    bindparam,
)
from livefloor.systems.coffee.models import InventoryItem, Milk
from livefloor.systems.coffee.rooms import ALL_STAFF, DISPLAY_ALL, LEADS, STAFF_AND_BOARDS, Fact, by
from livefloor.systems.coffee.rules.colours import best_text_colour, readable, too_close

Pattern = Literal["solid", "stripe", "dot", "ring", "check"]
Allergen = Literal["milk", "gluten", "soy", "tree_nut", "peanut", "egg", "sesame", "sulphite", "other"]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,32}$")]
ShortName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f<>]+$")
]
Letter = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z0-9]{1,2}$")]
HEX = re.compile(r"#[0-9a-f]{6}")

ALL = select(Milk).order_by(Milk.sort, Milk.code)
HELD = ALL.with_for_update()
SHOW = update(Milk).where(Milk.id == bindparam("of_id")).values(enabled=bindparam("shown"))
OTHERS_OF_ITEM = select(Milk.name).where(Milk.inventory_item_id == bindparam("of_item"), Milk.code != bindparam("but"))
ITEM_OF_CODE = select(InventoryItem).where(InventoryItem.code == bindparam("of_code"))
NAMES = ("name", "letter", "pattern", "enabled", "sort")


class MilkColor(View):
    """A milk as labels, cards and boards show it."""

    collection: ClassVar[str] = "milks"
    code: str
    name: str
    color: str
    text_color: str
    letter: str
    pattern: Pattern
    dairy: bool
    allergens: list[str]
    enabled: bool
    sort: int
    version: int


class MilkColors(View):
    """All milks; the version rises with each change of one."""

    milk_colors: list[MilkColor]
    version: int


class MilkChange(Input):
    """What to change of a milk; one that is new needs name, color, letter and inventory_code."""

    code: ItemCode
    name: ShortName | None = None
    color: Annotated[str, Field(max_length=20)] | None = None
    text_color: Annotated[str, Field(max_length=20)] | None = None
    letter: Letter | None = None
    pattern: Pattern | None = None
    enabled: bool | None = None
    sort: Annotated[int, Field(ge=0, le=1000)] | None = None
    allergens: Annotated[list[Allergen], Field(max_length=9)] | None = None
    dairy: bool | None = None
    inventory_code: ItemCode | None = None


class MilkChanges(Input):
    """The milks to change or to add; the others stay as they are."""

    milk_colors: list[MilkChange] = Field(min_length=1, max_length=50)
    version: int | None = None


class MilkColorsUpdated(Fact):
    """Milks were changed: all of them as they are now."""

    name: ClassVar[str] = "milk_colors_updated"
    milk_colors: list[MilkColor]

    def subject(self) -> str:
        """Name the milks."""
        return "milks"

    def rooms(self) -> Sequence[Address]:
        """Return the rooms of the whole crew and of all boards."""
        return [*ALL_STAFF, DISPLAY_ALL()]


EVENTS: tuple[type[Event], ...] = (MilkColorsUpdated,)
FRAMES: tuple[type[Frame], ...] = (MilkColorsUpdated,)

milks = Part("milks")


def _shown(rows: Sequence[Milk]) -> MilkColors:
    ordered = sorted(rows, key=lambda row: (row.sort, row.code))
    shown = [MilkColor.model_validate(row) for row in ordered]
    return MilkColors(milk_colors=shown, version=sum(row.version for row in rows))


@milks.query(GET("/api/settings/milk-colors"), allow=STAFF_AND_BOARDS | PUBLIC)
async def get_milk_colors(look: Look) -> MilkColors:
    """Show the milks with colour, letter and pattern."""
    return _shown(await look.all(ALL))


@milks.command(POST("/api/settings/milk-colors"), allow=LEADS, refuses=(409, 412))
async def change_milk_colors(ctx: Ctx, body: MilkChanges) -> MilkColors:
    """Change milks, or add some."""
    await ctx.lock("milks")
    known = {row.code: row for row in await ctx.all(HELD)}
    before = _shown(list(known.values()))
    ctx.check_version(before.version, body.version, before)
    added = []
    for place, change in enumerate(body.milk_colors):
        row = known.get(change.code)
        if row is None:
            row = known[change.code] = _new(change, place)
            added.append(row)
        await _apply(ctx, row, change, place)
    if len({row.inventory_item_id for row in known.values()}) < len(known):
        raise Conflict("inventory_taken", "Two milks cannot be one item of the inventory.")
    _refuse_alike([row for row in known.values() if row.enabled])
    await _store(ctx, known.values(), added, before)
    after = _shown(list(known.values()))
    if after != before:
        ctx.emit(MilkColorsUpdated(actor=by(ctx), milk_colors=after.milk_colors))
    return after


async def _store(ctx: Ctx, rows: Iterable[Milk], added: Sequence[Milk], before: MilkColors) -> None:
    """Store all rows; letters may be exchanged, so those that give one up are out of the way meanwhile."""
    letters = {milk.code: milk.letter for milk in before.milk_colors}
    moving = [row for row in rows if row not in added and row.letter != letters[row.code]]
    for row in moving:
        await ctx.run(SHOW, of_id=row.id, shown=False)
    for row in rows:
        await (ctx.add(row) if row in added else ctx.save(row))
    for row in moving:
        await ctx.run(SHOW, of_id=row.id, shown=row.enabled)


def _new(change: MilkChange, place: int) -> Milk:
    for name in ("name", "color", "letter", "inventory_code"):
        if getattr(change, name) is None:
            raise Invalid.field(f"milk_colors.{place}.{name}", "is needed for a new milk")
    return Milk(code=change.code, pattern="solid", enabled=True, sort=place + 1, allergens=[], dairy=False)


async def _apply(ctx: Ctx, row: Milk, change: MilkChange, place: int) -> None:
    """Put what was asked for into a milk. Raises Invalid, NotFound `unknown_item`."""
    for name in NAMES:
        value = getattr(change, name)
        if value is not None:
            setattr(row, name, value)
    if change.allergens is not None:
        row.allergens = sorted(set(change.allergens))
        row.dairy = "milk" in row.allergens
    if change.dairy is not None:
        row.dairy = change.dairy
    await _apply_item(ctx, row, change)
    if change.color is not None:
        row.color = _color(change.color, f"milk_colors.{place}.color")
        row.text_color = best_text_colour(row.color)
    if change.text_color is not None:
        row.text_color = _color(change.text_color, f"milk_colors.{place}.text_color")
    if not readable(row.text_color, row.color):
        field = f"milk_colors.{place}.text_color"
        raise Invalid.field(field, "is hard to read on this colour: the contrast is under 4.5 to 1", "contrast_too_low")


async def _apply_item(ctx: Ctx, row: Milk, change: MilkChange) -> None:
    """Bind a milk to its item of the inventory, which contains the same allergens."""
    if change.inventory_code is not None:
        item = await ctx.one(ITEM_OF_CODE, of_code=change.inventory_code)
        if item is None:
            raise NotFound("unknown_item", f"There is no item {change.inventory_code}.")
        other = await ctx.one(OTHERS_OF_ITEM, of_item=item.id, but=row.code)
        if other is not None:
            raise Conflict("inventory_taken", f"{change.inventory_code} is {other} already.")
        row.inventory_item_id = item.id
    elif change.allergens is None:
        return
    held = await ctx.locked(InventoryItem, row.inventory_item_id)
    assert held is not None
    if held.allergens != row.allergens:
        held.allergens = row.allergens
        await ctx.save(held)


def _color(said: str, field: str) -> str:
    color = said.strip().lower()
    if not HEX.fullmatch(color):
        raise Invalid.field(field, "is a colour such as #d9a441", "color_format")
    return color


def _refuse_alike(enabled: Sequence[Milk]) -> None:
    """Refuse two milks that would be taken for each other. Raises Conflict."""
    for one, other in combinations(enabled, 2):
        if one.letter == other.letter:
            raise Conflict(
                "letter_taken",
                f"{one.name} and {other.name} have the letter {one.letter}.",
                codes=[one.code, other.code],
            )
        if too_close(one.color, other.color):
            raise Conflict("colors_too_close", f"{one.name} and {other.name} look alike.", codes=[one.code, other.code])
