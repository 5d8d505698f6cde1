"""What can be ordered: drinks with their sizes and recipes, options (section 5.8)."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import delete, select

from livefloor import (
    DELETE,
    GET,
    POST,
    PUT,
    Conflict,
    Ctx,
    Found,
    Input,
    Invalid,
    Items,
    Look,
    NotFound,
    Part,
    View,
    bindparam,
)
from livefloor.systems.coffee.availability import MenuUpdated
from livefloor.systems.coffee.milks import ItemCode, ShortName
from livefloor.systems.coffee.models import (
    InventoryItem,
    MenuItem,
    MenuOption,
    MenuVariant,
    RecipeLine,
)
from livefloor.systems.coffee.rooms import (
    LEADS,
    STAFF,
    STAFF_AND_BOARDS,
    by,
)

Category = Literal["coffee", "chocolate", "tea", "chai", "iced", "filter"]
NeedsMilk = Literal["none", "required", "optional"]
SizeName = Literal["small", "regular", "large"]
Effect = Literal["none", "replace_beans", "halve_beans"]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Sort = Annotated[int, Field(ge=0, le=1000)]
Quantity = Annotated[int, Field(ge=1, le=100_000)]
Seconds = Annotated[int, Field(ge=5, le=600)]
Volume = Annotated[int, Field(ge=1, le=2000)]

DRINKS = select(MenuItem).order_by(MenuItem.sort, MenuItem.code)
VARIANTS = select(MenuVariant).order_by(MenuVariant.menu_item_id, MenuVariant.volume_ml, MenuVariant.size)
LINES = (
    select(RecipeLine, InventoryItem.code)
    .outerjoin(InventoryItem, InventoryItem.id == RecipeLine.item_id)
    .order_by(RecipeLine.variant_id, RecipeLine.role, InventoryItem.code)
)
OPTIONS = (
    select(MenuOption, InventoryItem.code)
    .outerjoin(InventoryItem, InventoryItem.id == MenuOption.item_id)
    .order_by(MenuOption.sort, MenuOption.code)
)
OPTION_OF_CODE = select(MenuOption).where(MenuOption.code == bindparam("of_code"))
VARIANT_OF_SIZE = select(MenuVariant).where(
    MenuVariant.menu_item_id == bindparam("of_drink"), MenuVariant.size == bindparam("of_size")
)
ITEM_OF_CODE = select(InventoryItem).where(InventoryItem.code == bindparam("of_code"), InventoryItem.enabled)
CLEAR_RECIPE = delete(RecipeLine).where(RecipeLine.variant_id == bindparam("of_variant"))


class LineView(View):
    """A line of a recipe; which milk and which beans, the order says."""

    role: Literal["fixed", "milk", "beans"]
    code: str | None
    quantity: int


class VariantView(View):
    """A size of a drink."""

    id: str
    size: SizeName
    volume_ml: int
    prep_seconds: int
    enabled: bool
    recipe: list[LineView]


class DrinkView(View):
    """A drink with its sizes and recipes."""

    collection: ClassVar[str] = "menu"
    id: str
    code: str
    name: str
    category: Category
    needs_milk: NeedsMilk
    description: str
    enabled: bool
    sort: int
    version: int
    variants: list[VariantView]


class OptionView(View):
    """An option."""

    collection: ClassVar[str] = "menu_options"
    id: str
    code: str
    name: str
    kind: Literal["count", "flag"]
    max: int
    item: str | None
    quantity: int
    prep_seconds_extra: int
    effect: Effect
    enabled: bool
    sort: int
    version: int


class MenuView(Items[DrinkView]):
    """The whole menu."""

    options: list[OptionView]


class Line(Input):
    """A line of a recipe; a fixed one names its item."""

    role: Literal["fixed", "milk", "beans"] = "fixed"
    code: ItemCode | None = None
    quantity: Quantity


Recipe = Annotated[list[Line], Field(max_length=20)]


class NewVariant(Input):
    """A size of a drink with its recipe."""

    size: SizeName
    volume_ml: Volume
    prep_seconds: Seconds
    enabled: bool = True
    recipe: Recipe


class VariantEdit(Input):
    """What to change of a size; a new one needs all."""

    size: SizeName
    volume_ml: Volume | None = None
    prep_seconds: Seconds | None = None
    enabled: bool | None = None
    recipe: Recipe | None = None


class NewDrink(Input):
    """A new drink."""

    code: ItemCode
    name: ShortName
    category: Category
    needs_milk: NeedsMilk
    description: Description = ""
    enabled: bool = True
    sort: Sort = 0
    variants: list[NewVariant] = Field(min_length=1, max_length=3)


class DrinkEdit(Input):
    """What to change of a drink; cups that were ordered keep their recipe."""

    version: int | None = None
    name: ShortName | None = None
    category: Category | None = None
    needs_milk: NeedsMilk | None = None
    description: Description | None = None
    enabled: bool | None = None
    sort: Sort | None = None
    variants: Annotated[list[VariantEdit], Field(min_length=1, max_length=3)] | None = None


class RecipeEdit(Input):
    """The recipe of one size."""

    version: int | None = None
    size: SizeName
    recipe: Recipe


class OptionInput(Input):
    """An option as it shall be."""

    version: int | None = None
    code: ItemCode
    name: ShortName
    kind: Literal["count", "flag"]
    max: Annotated[int, Field(ge=1, le=5)] = 1
    item: ItemCode | None = None
    quantity: Annotated[int, Field(ge=0, le=100_000)] = 0
    prep_seconds_extra: Annotated[int, Field(ge=0, le=600)] = 0
    effect: Effect = "none"
    enabled: bool = True
    sort: Sort = 0


menu = Part("menu")


# -- looking ----------------------------------------------------------------------------------------------------------


def _drinks(drinks: Sequence[MenuItem], variants: Sequence[MenuVariant], lines: Sequence[Any]) -> list[DrinkView]:
    recipes: dict[str, list[LineView]] = {variant.id: [] for variant in variants}
    for line, code in lines:
        if line.variant_id in recipes:
            recipes[line.variant_id].append(LineView(role=line.role, code=code, quantity=line.quantity))
    of_drink: dict[str, list[VariantView]] = {drink.id: [] for drink in drinks}
    for variant in variants:
        if variant.menu_item_id in of_drink:
            shown = VariantView.model_validate({**vars(variant), "recipe": recipes[variant.id]})
            of_drink[variant.menu_item_id].append(shown)
    return [DrinkView.model_validate({**vars(drink), "variants": of_drink[drink.id]}) for drink in drinks]


async def _drink(look: Look, drink: MenuItem) -> DrinkView:
    variants = await look.all(VARIANTS.where(MenuVariant.menu_item_id == drink.id))
    lines = await look.tuples(LINES.where(RecipeLine.variant_id.in_([variant.id for variant in variants])))
    return _drinks([drink], variants, lines)[0]


def _option(option: MenuOption, item: str | None) -> OptionView:
    return OptionView.model_validate({**vars(option), "item": item})


@menu.query(GET("/api/menu/"), allow=STAFF_AND_BOARDS)
async def get_menu(look: Look) -> MenuView:
    """Show all drinks with sizes and recipes, and all options."""
    drinks = _drinks(await look.all(DRINKS), await look.all(VARIANTS), await look.tuples(LINES))
    options = [_option(option, code) for option, code in await look.tuples(OPTIONS)]
    return MenuView(items=drinks, options=options, next_cursor=None, total=len(drinks))


@menu.query(GET("/api/menu/options"), allow=STAFF)
async def list_options(look: Look) -> Items[OptionView]:
    """List the options."""
    items = [_option(option, code) for option, code in await look.tuples(OPTIONS)]
    return Items[OptionView](items=items, next_cursor=None, total=len(items))


# -- drinks -----------------------------------------------------------------------------------------------------------


async def _item_id(ctx: Ctx, code: str) -> str:
    item = await ctx.one(ITEM_OF_CODE, of_code=code)
    if item is None:
        raise Invalid(
            "unknown_item", f"There is no item {code}.", errors=[{"field": "code", "message": "is not known"}]
        )
    return item.id


async def _set_recipe(ctx: Ctx, variant: MenuVariant, recipe: Sequence[Line]) -> None:
    """Replace the recipe of a size. Raises Invalid `recipe_empty`, `unknown_item`."""
    if not recipe:
        raise Invalid(
            "recipe_empty", "A recipe has at least one line.", errors=[{"field": "recipe", "message": "is empty"}]
        )
    named = [(line.role, line.code) for line in recipe]
    if len(set(named)) < len(named):
        raise Invalid.field("recipe", "names something twice")
    await ctx.run(CLEAR_RECIPE, of_variant=variant.id)
    for line in recipe:
        if (line.role == "fixed") != (line.code is not None):
            raise Invalid.field("recipe", "a fixed line names an item; milk and beans are those of the order")
        item_id = await _item_id(ctx, line.code) if line.code is not None else None
        await ctx.add(RecipeLine(variant_id=variant.id, role=line.role, item_id=item_id, quantity=line.quantity))


@menu.command(POST("/api/menu/", 201), allow=LEADS, refuses=(409,))
async def create_drink(ctx: Ctx, body: NewDrink) -> DrinkView:
    """Put a drink on the menu."""
    drink = MenuItem(**body.model_dump(exclude={"variants"}))
    if not await ctx.try_add(drink):
        raise Conflict("code_taken", "Another drink has this code.")
    if len({variant.size for variant in body.variants}) < len(body.variants):
        raise Invalid.field("variants", "names a size twice")
    for new in body.variants:
        variant = MenuVariant(menu_item_id=drink.id, **new.model_dump(exclude={"recipe"}))
        await ctx.add(variant)
        await _set_recipe(ctx, variant, new.recipe)
    ctx.emit(MenuUpdated(actor=by(ctx), change="drink", code=drink.code))
    return await _drink(ctx, drink)


async def _held(ctx: Ctx, menu_item_id: str, given: int | None) -> MenuItem:
    drink = await ctx.locked(MenuItem, menu_item_id)
    if drink is None:
        raise NotFound()
    if (given if given is not None else ctx.actor.if_match) is not None:
        ctx.check_version(drink.version, given, await _drink(ctx, drink))
    return drink


@menu.command(PUT("/api/menu/{menu_item_id}"), allow=LEADS, refuses=(412,))
async def change_drink(ctx: Ctx, menu_item_id: str, body: DrinkEdit) -> DrinkView:
    """Change a drink; open orders keep the recipe with which they were made."""
    drink = await _held(ctx, menu_item_id, body.version)
    for name in body.model_fields_set - {"version", "variants"}:
        value = getattr(body, name)
        if value is None:
            raise Invalid.field(name, "must not be null")
        setattr(drink, name, value)
    for edit in body.variants or ():
        await _edit_variant(ctx, drink, edit)
    drink.changes += 1
    await ctx.save(drink)
    ctx.emit(MenuUpdated(actor=by(ctx), change="drink", code=drink.code))
    return await _drink(ctx, drink)


async def _edit_variant(ctx: Ctx, drink: MenuItem, edit: VariantEdit) -> None:
    variant = await ctx.one(VARIANT_OF_SIZE, of_drink=drink.id, of_size=edit.size)
    if variant is None:
        if edit.volume_ml is None or edit.prep_seconds is None or edit.recipe is None:
            raise Invalid.field("variants", f"{edit.size} is new and needs volume_ml, prep_seconds and recipe")
        variant = MenuVariant(menu_item_id=drink.id, size=edit.size, volume_ml=edit.volume_ml)
        variant.prep_seconds, variant.enabled = edit.prep_seconds, edit.enabled is not False
        await ctx.add(variant)
    else:
        for name in ("volume_ml", "prep_seconds", "enabled"):
            if getattr(edit, name) is not None:
                setattr(variant, name, getattr(edit, name))
        await ctx.save(variant)
    if edit.recipe is not None:
        await _set_recipe(ctx, variant, edit.recipe)


@menu.command(DELETE("/api/menu/{menu_item_id}"), allow=LEADS)
async def disable_drink(ctx: Ctx, menu_item_id: str) -> None:
    """Take a drink off the menu for good; what was ordered stays."""
    drink = await _held(ctx, menu_item_id, None)
    if not drink.enabled:
        return
    drink.enabled = False
    await ctx.save(drink)
    ctx.emit(MenuUpdated(actor=by(ctx), change="drink", code=drink.code))


@menu.command(PUT("/api/menu/{menu_item_id}/recipe"), allow=LEADS, refuses=(412,))
async def change_recipe(ctx: Ctx, menu_item_id: str, body: RecipeEdit) -> DrinkView:
    """Replace the recipe of one size."""
    drink = await _held(ctx, menu_item_id, body.version)
    variant = await ctx.one(VARIANT_OF_SIZE, of_drink=drink.id, of_size=body.size)
    if variant is None:
        raise Invalid.field("size", "this drink is not made in this size")
    await _set_recipe(ctx, variant, body.recipe)
    drink.changes += 1
    await ctx.save(drink)
    ctx.emit(MenuUpdated(actor=by(ctx), change="recipe", code=drink.code))
    return await _drink(ctx, drink)


# -- options ----------------------------------------------------------------------------------------------------------


@menu.command(POST("/api/menu/options", 201), allow=LEADS, refuses=(412,))
async def set_option(ctx: Ctx, body: OptionInput) -> OptionView | Found:
    """Add an option, or change the one of this code."""
    if body.kind == "flag" and body.max != 1:
        raise Invalid.field("max", "a flag is taken once")
    item_id = await _item_id(ctx, body.item) if body.item is not None else None
    given = {**body.model_dump(exclude={"version", "item"}), "item_id": item_id}
    option = MenuOption(**given)
    is_new = await ctx.try_add(option)
    if not is_new:
        found = await ctx.one(OPTION_OF_CODE.with_for_update(), of_code=body.code)
        assert found is not None
        option = found
        ctx.check_version(option.version, body.version)
        for name, value in given.items():
            if getattr(option, name) != value:
                setattr(option, name, value)
        await ctx.save(option)
    ctx.emit(MenuUpdated(actor=by(ctx), change="option", code=option.code))
    view = _option(option, body.item)
    return view if is_new else Found.of(view)
