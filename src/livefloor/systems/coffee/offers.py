"""What each station can make at this moment: every drink in every size with every milk, and why not (section 5.8, rule 33)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import or_, select

from livefloor import GET, Look, NotFound, Part, View, bindparam
from livefloor.systems.coffee.event_settings import StationChoices, station_choices
from livefloor.systems.coffee.models import (
    AvailabilityBlock,
    InventoryItem,
    MenuItem,
    MenuOption,
    MenuVariant,
    Milk,
    RecipeLine,
    Station,
    StationInventory,
)
from livefloor.systems.coffee.rooms import STAFF_AND_BOARDS
from livefloor.systems.coffee.rules import stock

BEANS = "beans"
"""The beans that go in where the order asks for no others."""

Reason = Literal["off", "not_served", "out_of_stock"]

VARIANTS = (
    select(MenuItem.code, MenuItem.needs_milk, MenuVariant.size, MenuVariant.id)
    .join(MenuVariant, MenuVariant.menu_item_id == MenuItem.id)
    .where(MenuItem.enabled, MenuVariant.enabled)
    .order_by(MenuItem.sort, MenuItem.code, MenuVariant.volume_ml)
)
LINES = (
    select(RecipeLine.variant_id, RecipeLine.role, InventoryItem.code, RecipeLine.quantity)
    .outerjoin(InventoryItem, InventoryItem.id == RecipeLine.item_id)
    .order_by(RecipeLine.variant_id, RecipeLine.id)
)
MILKS = (
    select(Milk.code, InventoryItem.code)
    .join(InventoryItem, InventoryItem.id == Milk.inventory_item_id)
    .where(Milk.enabled)
    .order_by(Milk.sort, Milk.code)
)
BLOCKING = select(InventoryItem.code).where(InventoryItem.blocks)
FREE = (
    select(InventoryItem.code, StationInventory.quantity - StationInventory.reserved)
    .join(InventoryItem, InventoryItem.id == StationInventory.item_id)
    .where(StationInventory.station_id == bindparam("of_station"), StationInventory.enabled)
)
OFF = (
    select(MenuItem.code, Milk.code, MenuOption.code)
    .select_from(AvailabilityBlock)
    .outerjoin(MenuItem, MenuItem.id == AvailabilityBlock.menu_item_id)
    .outerjoin(Milk, Milk.id == AvailabilityBlock.milk_id)
    .outerjoin(MenuOption, MenuOption.id == AvailabilityBlock.option_id)
    .where(
        AvailabilityBlock.source == "manual",
        or_(AvailabilityBlock.station_id.is_(None), AvailabilityBlock.station_id == bindparam("of_station")),
    )
)
SERVING = select(Station.id).where(Station.kind == "service").order_by(Station.sort, Station.id)


class OfferView(View):
    """A drink in a size with a milk: whether it can be made, else why not and for want of what."""

    menu_item: str
    size: Literal["small", "regular", "large"]
    milk: str | None
    ok: bool
    reason: Reason | None
    item: str | None


class StationOffers(View):
    """What one station can make, and the options that were taken off there by hand."""

    station_id: int
    offers: list[OfferView]
    options_off: list[str]


class Availability(View):
    """What each station can make."""

    stations: list[StationOffers]


@dataclass(frozen=True, slots=True)
class Menu:
    """All that is on the menu, with what each cup takes, and the items without which none is made."""

    offers: Sequence[stock.Offer]
    blocking: frozenset[str]


async def menu_now(look: Look) -> Menu:
    """Return what the menu offers, before any station's stock is looked at."""
    lines: dict[str, list[stock.RecipeLine]] = {}
    row: Any
    for row in await look.tuples(LINES):
        lines.setdefault(row[0], []).append(stock.RecipeLine(*row[1:]))
    items = dict(await look.tuples(MILKS))
    offers = []
    for drink, needs_milk, size, variant_id in await look.tuples(VARIANTS):
        for milk in _milks(needs_milk, items):
            taken = stock.recipe(
                lines.get(variant_id, ()),
                beans=BEANS,
                needs_milk=cast(stock.NeedsMilk, needs_milk),
                milk=items[milk] if milk is not None else None,
            )
            offers.append(stock.Offer(drink, size, milk, taken))
    return Menu(offers, frozenset(await look.all(BLOCKING)))


def _milks(needs_milk: str, items: Iterable[str]) -> list[str | None]:
    if needs_milk == "required":
        return list(items)
    return [None] if needs_milk == "none" else [None, *items]


async def free_stock(look: Look, station_id: int) -> Mapping[str, int]:
    """Return what a station has of each item that is promised to no cup yet."""
    return {code: stock.available(free, 0) for code, free in await look.tuples(FREE, of_station=station_id)}


async def station_offers(look: Look, station_id: int, menu: Menu) -> StationOffers:
    """Return what a station can make of the menu, and why not the rest."""
    choices = await station_choices(look, station_id)
    off = await look.tuples(OFF, of_station=station_id)
    drinks_off, milks_off, options_off = ({row[place] for row in off if row[place]} for place in range(3))
    short = stock.shortages(menu.offers, await free_stock(look, station_id), menu.blocking)
    shown = []
    for offer in menu.offers:
        reason: Reason | None = None
        if not _serves(choices, offer):
            reason = "not_served"
        elif offer.drink in drinks_off or offer.milk in milks_off:
            reason = "off"
        elif offer in short:
            reason = "out_of_stock"
        item = short[offer] if reason == "out_of_stock" else None
        given = {"menu_item": offer.drink, "size": offer.size, "milk": offer.milk}
        shown.append(OfferView.model_validate({**given, "ok": reason is None, "reason": reason, "item": item}))
    return StationOffers(station_id=station_id, offers=shown, options_off=sorted(options_off))


def _serves(choices: StationChoices, offer: stock.Offer) -> bool:
    if choices.menu_item_codes is not None and offer.drink not in choices.menu_item_codes:
        return False
    return choices.milk_codes is None or offer.milk is None or offer.milk in choices.milk_codes


offers = Part("offers")


@offers.query(GET("/api/menu/availability"), allow=STAFF_AND_BOARDS, refuses=(404,))
async def get_availability(look: Look, station_id: int | None = None) -> Availability:
    """Show what each station can make now, or one of them."""
    serving = await look.all(SERVING)
    if station_id is not None and station_id not in serving:
        raise NotFound("not_found", "There is no such station that makes coffee.")
    menu = await menu_now(look)
    wanted = serving if station_id is None else [station_id]
    return Availability(stations=[await station_offers(look, each, menu) for each in wanted])
