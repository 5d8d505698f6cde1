"""The menu of the demo as the rules of texting see it."""

from collections.abc import Collection

from livefloor.systems.coffee.rules.conversation import Drink, Shop
from livefloor.systems.coffee.rules.vocabulary import Vocabulary

ALL = ("small", "regular", "large")
DRINKS = {
    "espresso": Drink("Espresso", "none", ("small",)),
    "long_black": Drink("Long black", "none", ALL),
    "macchiato": Drink("Macchiato", "required", ("small",)),
    "piccolo": Drink("Piccolo", "required", ("small",)),
    "flat_white": Drink("Flat white", "required", ALL),
    "latte": Drink("Latte", "required", ALL),
    "cappuccino": Drink("Cappuccino", "required", ALL),
    "mocha": Drink("Mocha", "required", ALL),
    "hot_chocolate": Drink("Hot chocolate", "required", ALL),
    "chai_latte": Drink("Chai latte", "required", ALL),
    "tea": Drink("Tea", "optional", ALL),
    "iced_latte": Drink("Iced latte", "required", ("regular", "large")),
    "filter": Drink("Filter", "optional", ALL),
}
MILKS = {
    "full": "Full cream",
    "skim": "Skim",
    "oat": "Oat",
    "soy": "Soy",
    "almond": "Almond",
    "lactose_free": "Lactose free",
}
OPTIONS = {
    "extra_shot": "Extra shot",
    "decaf": "Decaf",
    "vanilla": "Vanilla",
    "caramel": "Caramel",
    "sugar": "Sugar",
    "sweetener": "Sweetener",
    "extra_hot": "Extra hot",
    "half_strength": "Half strength",
    "iced": "Iced",
}
VOCABULARY = Vocabulary({code: drink.name for code, drink in DRINKS.items()}, MILKS, OPTIONS)


def shop(out: Collection[str] = (), **values: object) -> Shop:
    """Return a shop in which these drinks and milks are out everywhere."""
    return Shop(
        drinks=DRINKS,
        milks=MILKS,
        options=OPTIONS,
        vocabulary=VOCABULARY,
        on_offer=lambda drink, size, milk: drink not in out and milk not in out and size in DRINKS[drink].sizes,
        **values,  # type: ignore[arg-type]
    )
