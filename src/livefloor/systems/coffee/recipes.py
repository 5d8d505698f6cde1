"""What can be made: drinks with sizes, milks and options as they stand, and what one cup of them takes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select

from livefloor import Invalid, Look
from livefloor.systems.coffee.models import InventoryItem, MenuItem, MenuOption, MenuVariant, Milk, Order, RecipeLine
from livefloor.systems.coffee.rules import stock
from livefloor.systems.coffee.rules.making import base_work
from livefloor.systems.coffee.rules.stock import Line, Offer

Size = Literal["small", "regular", "large"]

BEANS = "beans"
"""The item that a line of beans stands for, unless the order says decaf."""

ITEMS = select(InventoryItem)
MILKS = select(Milk).order_by(Milk.sort, Milk.code)
OPTIONS = select(MenuOption).order_by(MenuOption.sort, MenuOption.code)
DRINKS = select(MenuItem).order_by(MenuItem.sort, MenuItem.code)
VARIANTS = select(MenuVariant)
LINES = select(RecipeLine)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cup as somebody asks for it."""

    menu_item: str
    size: str
    milk: str | None = None
    options: Mapping[str, int] = field(default_factory=dict)
    notes: str = ""
    allergies: Sequence[str] = ()
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A cup that can be made: what it takes, and the seconds of work that rule 4 gives it."""

    drink: MenuItem
    size: str
    milk: Milk | None
    options: dict[str, int]
    recipe: tuple[Line, ...]
    base_work: int
    milk_item: str | None
    notes: str
    allergies: list[str]
    vip: bool

    @property
    def needs(self) -> dict[str, int]:
        """Return what it takes, by item."""
        return stock.total([self.recipe])

    def frozen(self) -> list[dict[str, Any]]:
        """Return the recipe as it is kept with the cup."""
        mark = {self.milk_item: {"milk": True}} if self.milk_item else {}
        return [{"code": line.item, "quantity": line.quantity, **mark.get(line.item, {})} for line in self.recipe]


@dataclass(slots=True)
class Menu:
    """The catalogue by codes; what is disabled is only in `every_milk` and `every_drink`, which go by id."""

    items: dict[str, InventoryItem]
    code_of: dict[str, str]
    milks: dict[str, Milk]
    options: dict[str, MenuOption]
    drinks: dict[str, MenuItem]
    every_milk: dict[str, Milk]
    every_drink: dict[str, MenuItem]
    variants: dict[tuple[str, str], MenuVariant]
    lines: dict[str, list[stock.RecipeLine]]
    _offers: list[Offer] = field(default_factory=list)
    _needs: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def blocking(self) -> set[str]:
        """Return the items without which ordering stops."""
        return {code for code, item in self.items.items() if item.blocks}

    @property
    def allergens(self) -> dict[str, set[str]]:
        """Return what each item contains; a milk's own list counts as well as its item's."""
        found = {code: set(item.allergens) for code, item in self.items.items()}
        for milk in self.milks.values():
            found[self.code_of[milk.inventory_item_id]] |= set(milk.allergens)
        return found

    def milk_item(self, milk: Milk | None) -> str | None:
        """Return the item that a milk is."""
        return None if milk is None else self.code_of[milk.inventory_item_id]

    def sizes(self, drink: str) -> list[str]:
        """Return the sizes in which a drink is made."""
        return [size for code, size in self.variants if code == drink]

    def plan(self, wanted: Wanted, place: str = "") -> Planned:
        """Return what a cup takes (rules 4, 23, 28); `place` is where its fields stand in the request.

        Raises Invalid for what is not on the menu and for allergen_conflict, Conflict milk_required.
        """
        drink = self.drinks.get(wanted.menu_item)
        if drink is None:
            raise Invalid.field(f"{place}menu_item", f"There is no drink {wanted.menu_item}.", "unknown_menu_item")
        variant = self.variants.get((drink.code, wanted.size))
        if variant is None:
            raise Invalid.field(f"{place}size", f"{drink.name} is not made in this size.", "size_not_made")
        milk = self.milks.get(wanted.milk) if wanted.milk is not None else None
        if wanted.milk is not None and milk is None:
            raise Invalid.field(f"{place}milk", f"There is no milk {wanted.milk}.", "unknown_milk")
        options = {code: count for code, count in wanted.options.items() if count}
        unknown = next((code for code in options if code not in self.options), None)
        if unknown is not None:
            raise Invalid.field(f"{place}options.{unknown}", f"There is no option {unknown}.", "unknown_option")
        recipe = self._recipe(drink, variant, milk, options)
        stock.check_allergies(wanted.allergies, wanted.notes, [line.item for line in recipe], self.allergens)
        work = base_work(
            variant.prep_seconds,
            [(self.options[code].prep_seconds_extra, count) for code, count in options.items()],
            non_dairy=milk is not None and not milk.dairy,
        )
        notes, allergies = wanted.notes, sorted(set(wanted.allergies))
        return Planned(
            drink, wanted.size, milk, options, recipe, work, self.milk_item(milk), notes, allergies, wanted.vip
        )

    def planned(self, order: Order) -> Planned:
        """Return a cup that was ordered already, with its recipe as it was frozen then (rule 28)."""
        milk = self.every_milk[order.milk_id] if order.milk_id else None
        recipe = tuple(Line(line["code"], line["quantity"]) for line in order.recipe)
        return Planned(
            self.every_drink[order.menu_item_id],
            order.size,
            milk,
            order.options,
            recipe,
            order.prep_seconds,
            self.milk_item(milk),
            order.notes,
            order.allergies,
            order.priority == "vip",
        )

    def _recipe(
        self, drink: MenuItem, variant: MenuVariant, milk: Milk | None, options: Mapping[str, int]
    ) -> tuple[Line, ...]:
        return stock.recipe(
            self.lines.get(variant.id, ()),
            beans=BEANS,
            needs_milk=drink.needs_milk,  # type: ignore[arg-type]
            milk=self.milk_item(milk),
            options=[(self._option(code), count) for code, count in options.items()],
        )

    def _option(self, code: str) -> stock.Option:
        option = self.options[code]
        item = None if option.item_id is None else self.code_of[option.item_id]
        return stock.Option(code, option.max, item, option.quantity, option.effect)  # type: ignore[arg-type]

    def offers(self) -> list[Offer]:
        """Return every drink in every size with every milk it may have, and what it takes."""
        if not self._offers:
            self._offers.extend(self._made())
        return self._offers

    def _made(self) -> Iterator[Offer]:
        for (code, size), variant in self.variants.items():
            drink = self.drinks[code]
            milks: list[Milk | None] = list(self.milks.values()) if drink.needs_milk != "none" else []
            if drink.needs_milk != "required":
                milks.append(None)
            for milk in milks:
                yield Offer(code, size, milk.code if milk else None, self._recipe(drink, variant, milk, {}))

    def needs(self) -> dict[str, tuple[int, int]]:
        """Return the least and the most that any drink takes of each item; options count where no drink takes it.

        It is asked at every change of stock, so it looks at the lines and not at every offer made of them.
        """
        if self._needs:
            return self._needs
        found = self._needs
        beans = [
            BEANS,
            *(self.code_of[o.item_id] for o in self.options.values() if o.effect == "replace_beans" and o.item_id),
        ]
        milks = [self.code_of[milk.inventory_item_id] for milk in self.milks.values()]
        for variant in self.variants.values():
            for role, item, quantity in self.lines.get(variant.id, ()):
                for code in {"beans": beans, "milk": milks}.get(role, [item]):
                    least, most = found.get(code or "", (quantity, quantity))
                    found[code or ""] = (min(least, quantity), max(most, quantity))
        for option in self.options.values():
            if option.item_id is not None and option.quantity:
                found.setdefault(self.code_of[option.item_id], (option.quantity, option.quantity))
        return found


async def read_menu(look: Look) -> Menu:
    """Return the catalogue as it stands."""
    items, milks, every = await look.all(ITEMS), await look.all(MILKS), await look.all(DRINKS)
    code_of = {item.id: item.code for item in items}
    drinks = {drink.id: drink for drink in every if drink.enabled}
    lines: dict[str, list[stock.RecipeLine]] = {}
    for line in await look.all(LINES):
        item = None if line.item_id is None else code_of[line.item_id]
        lines.setdefault(line.variant_id, []).append(stock.RecipeLine(line.role, item, line.quantity))  # type: ignore[arg-type]
    return Menu(
        items={item.code: item for item in items},
        code_of=code_of,
        milks={milk.code: milk for milk in milks if milk.enabled},
        every_milk={milk.id: milk for milk in milks},
        every_drink={drink.id: drink for drink in every},
        options={option.code: option for option in await look.all(OPTIONS) if option.enabled},
        drinks={drink.code: drink for drink in drinks.values()},
        variants={
            (drinks[variant.menu_item_id].code, variant.size): variant
            for variant in await look.all(VARIANTS)
            if variant.enabled and variant.menu_item_id in drinks
        },
        lines=lines,
    )
