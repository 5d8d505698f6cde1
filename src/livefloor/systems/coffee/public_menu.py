"""What anybody may see on the own phone: the drinks, what is out and where there is some, and the waits (section 5.11)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from livefloor import GET, PUBLIC, Conflict, Look, NotFound, Part, Stored, View
from livefloor.systems.coffee.availability import MenuUpdated
from livefloor.systems.coffee.kitchen import Kitchen, read_kitchen
from livefloor.systems.coffee.milks import MilkColorsUpdated
from livefloor.systems.coffee.models import Station
from livefloor.systems.coffee.occasions import OccasionUpdated
from livefloor.systems.coffee.order_views import QueueEta
from livefloor.systems.coffee.ordering import check_open
from livefloor.systems.coffee.rules import stock
from livefloor.systems.coffee.rules.stock import Offer
from livefloor.systems.coffee.settings import SettingsUpdated
from livefloor.systems.coffee.station_views import StationUpdated

Made = dict[tuple[str, str, str | None], list[int]]
"""The stations that can make a drink in a size with a milk now."""

SHOWN_AGAIN = Stored(
    (MenuUpdated, MilkColorsUpdated, OccasionUpdated, QueueEta, SettingsUpdated, StationUpdated), seconds=5
)


class PublicStation(View):
    """An open station and its wait."""

    id: int
    name: str
    location: str
    minutes: int


class PublicStations(View):
    """The open stations."""

    stations: list[PublicStation]


class PublicMilk(View):
    """A milk with what tells it apart (rule 21) and what is in it."""

    code: str
    name: str
    letter: str
    color: str
    text_color: str
    pattern: str
    dairy: bool
    allergens: list[str]
    out: bool


class PublicOption(View):
    """What a drink may have besides, and the stations that have it now."""

    code: str
    name: str
    kind: str
    max: int
    stations: list[int]


class PublicOffer(View):
    """A size of a drink with a milk, and the stations that can make it now."""

    size: str
    milk: str | None
    stations: list[int]


class PublicDrink(View):
    """A drink; out when no open station can make it (rule 34)."""

    code: str
    name: str
    category: str
    description: str
    needs_milk: str
    allergens: list[str]
    out: bool
    offers: list[PublicOffer]


class PublicMenu(View):
    """The menu of the event as it can be ordered now."""

    event_name: str
    event_code: str
    web_ordering: bool
    taking_orders: bool
    next_opening: datetime | None
    max_cups: int
    drinks: list[PublicDrink]
    milks: list[PublicMilk]
    options: list[PublicOption]
    stations: list[PublicStation]


public_menu = Part("public_menu")


def made_at(kitchen: Kitchen, offer: Offer) -> list[int]:
    """Return where this can be made now: at open stations that are heard of, have the stock, and make it at all."""
    floor, menu = kitchen.floor, kitchen.menu
    drink = menu.drinks[offer.drink]
    milk = menu.milks[offer.milk] if offer.milk else None
    needs = stock.total([offer.recipe])
    return [
        station.id
        for station in open_stations(kitchen)
        if floor.serves(station.id, drink.id, drink.code, (milk.id, milk.code) if milk else None, ())
        and not kitchen.shelves[station.id].missing(needs)
    ]


def _had_at(kitchen: Kitchen, option_id: str) -> list[int]:
    return [station.id for station in open_stations(kitchen) if option_id not in kitchen.floor.off_at(station.id)]


def open_stations(kitchen: Kitchen) -> list[Station]:
    """Return the stations that take orders."""
    return [each for each in kitchen.floor.service if each.status == "open" and each.connection != "lost"]


def public_stations(kitchen: Kitchen, now: datetime, station_id: int | None = None) -> list[PublicStation]:
    """Return the open stations with their waits, or one of them."""
    floor = kitchen.floor
    return [
        PublicStation(
            id=each.id,
            name=each.name,
            location=each.location,
            minutes=floor.quoted(floor.wait_seconds(each.id, now)) // 60,
        )
        for each in open_stations(kitchen)
        if station_id in (None, each.id)
    ]


@public_menu.query(GET("/api/public/stations"), allow=PUBLIC, stored=SHOWN_AGAIN)
async def list_public_stations(look: Look) -> PublicStations:
    """List the open stations with their waits."""
    return PublicStations(stations=public_stations(await read_kitchen(look), look.now))


@public_menu.query(GET("/api/public/menu"), allow=PUBLIC, refuses=(404,), stored=SHOWN_AGAIN)
async def show_public_menu(look: Look, station_id: int | None = None) -> PublicMenu:
    """Show what can be ordered now, with the wait of every open station or of one."""
    kitchen = await read_kitchen(look)
    floor = kitchen.floor
    if floor.occasion is None:
        raise NotFound("no_active_event", "No event is active.")
    if station_id is not None and station_id not in [station.id for station in floor.service]:
        raise NotFound("not_found", "There is no such station that makes coffee.")
    opens = opening_of(kitchen, look.now)
    made = {(offer.drink, offer.size, offer.milk): made_at(kitchen, offer) for offer in kitchen.menu.offers()}
    return PublicMenu(
        event_name=floor.occasion.name,
        event_code=floor.occasion.code,
        web_ordering=floor.settings.web_ordering,
        taking_orders=opens is True,
        next_opening=opens if isinstance(opens, datetime) else None,
        max_cups=floor.settings.max_cups_per_ticket,
        drinks=_drinks(kitchen, made),
        milks=[
            PublicMilk.model_validate({**vars(milk), "out": not _served(made, milk=milk.code)})
            for milk in kitchen.menu.milks.values()
        ],
        options=[
            PublicOption.model_validate({**vars(option), "stations": _had_at(kitchen, option.id)})
            for option in kitchen.menu.options.values()
        ],
        stations=public_stations(kitchen, look.now, station_id),
    )


def opening_of(kitchen: Kitchen, now: datetime) -> bool | datetime:
    """Return True while orders are taken (rule 20), else when they are next, or False."""
    try:
        check_open(kitchen.floor, now, for_later=False)
    except Conflict as closed:
        opens = closed.extra["next_opening"]
        return datetime.fromisoformat(opens) if opens else False
    return True


def _drinks(kitchen: Kitchen, made: Made) -> list[PublicDrink]:
    menu, inside = kitchen.menu, kitchen.menu.allergens
    drinks: dict[str, dict[str, Any]] = {}
    for offer in menu.offers():
        drink = menu.drinks[offer.drink]
        milk = menu.milk_item(menu.milks[offer.milk]) if offer.milk else None
        shown = drinks.setdefault(offer.drink, {**vars(drink), "allergens": set(), "offers": []})
        shown["allergens"] |= {each for line in offer.recipe if line.item != milk for each in inside[line.item]}
        at = made[offer.drink, offer.size, offer.milk]
        shown["offers"].append(PublicOffer(size=offer.size, milk=offer.milk, stations=at))
    return [
        PublicDrink.model_validate(
            {**shown, "allergens": sorted(shown["allergens"]), "out": not _served(made, drink=code)}
        )
        for code, shown in drinks.items()
    ]


def _served(made: Made, *, drink: str | None = None, milk: str | None = None) -> bool:
    found: Iterable[list[int]] = (
        at for (code, _, with_milk), at in made.items() if drink in (None, code) and milk in (None, with_milk)
    )
    return any(found)
