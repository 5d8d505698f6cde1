"""What a new coffee service knows to begin with: items, milks, drinks with their recipes, options (section 12)."""

from sqlalchemy import func, select

from livefloor import Ctx
from livefloor.systems.coffee.models import InventoryItem, MenuItem, MenuOption, MenuVariant, Milk, RecipeLine

ITEMS = (
    # code, name, category, unit, low, critical, capacity, pack, blocks
    ("beans", "Coffee beans", "coffee", "g", 2000, 800, 10000, 1000, True),
    ("beans_decaf", "Decaf beans", "coffee", "g", 400, 150, 2000, 500, True),
    ("milk_full", "Full cream milk", "milk", "ml", 4000, 1500, 24000, 2000, True),
    ("milk_skim", "Skim milk", "milk", "ml", 2000, 800, 12000, 2000, True),
    ("milk_oat", "Oat milk", "milk", "ml", 2000, 800, 12000, 1000, True),
    ("milk_soy", "Soy milk", "milk", "ml", 2000, 800, 12000, 1000, True),
    ("milk_almond", "Almond milk", "milk", "ml", 1500, 600, 8000, 1000, True),
    ("milk_lactose_free", "Lactose free milk", "milk", "ml", 1500, 600, 6000, 1000, True),
    ("cup_small", "Small cup (8 oz)", "cup", "pcs", 60, 25, 500, 50, True),
    ("cup_regular", "Regular cup (12 oz)", "cup", "pcs", 60, 25, 500, 50, True),
    ("cup_large", "Large cup (16 oz)", "cup", "pcs", 40, 15, 300, 50, True),
    ("cup_espresso", "Espresso cup", "cup", "pcs", 20, 8, 200, 50, True),
    ("lid", "Lid", "lid", "pcs", 80, 30, 1000, 100, False),
    ("chocolate", "Chocolate powder", "powder", "g", 300, 100, 2000, 1000, True),
    ("chai_syrup", "Chai syrup", "syrup", "ml", 400, 150, 3000, 1000, True),
    ("tea_bag", "Tea bag", "tea", "pcs", 20, 8, 200, 50, True),
    ("vanilla", "Vanilla syrup", "syrup", "ml", 150, 50, 1000, 1000, True),
    ("caramel", "Caramel syrup", "syrup", "ml", 150, 50, 1000, 1000, True),
    ("sugar", "Sugar sachet", "sweetener", "pcs", 60, 20, 1000, 500, False),
    ("sweetener", "Sweetener sachet", "sweetener", "pcs", 40, 15, 500, 250, False),
    ("ice", "Ice", "ice", "g", 2000, 800, 10000, 2000, True),
    ("filter_coffee", "Filter coffee", "coffee", "ml", 1500, 600, 8000, 2000, True),
)

MILKS = (
    # code, name, colour, text colour, letter, pattern, allergen, dairy
    ("full", "Full cream", "#1e66d0", "#ffffff", "F", "solid", "milk", True),
    ("skim", "Skim", "#c2185b", "#ffffff", "SK", "stripe", "milk", True),
    ("oat", "Oat", "#d9a441", "#000000", "O", "stripe", "gluten", False),
    ("soy", "Soy", "#2e8b57", "#000000", "S", "dot", "soy", False),
    ("almond", "Almond", "#7b3fa0", "#ffffff", "A", "ring", "tree_nut", False),
    ("lactose_free", "Lactose free", "#00a3b4", "#000000", "LF", "check", "milk", True),
)
"""The text colour is black or white, whichever has the higher contrast."""

ALLERGENS = {f"milk_{code}": [allergen] for code, _, _, _, _, _, allergen, _ in MILKS}
VOLUMES = {"small": 240, "regular": 355, "large": 475}

Size = tuple[str, int, int, dict[str, int], int]
"""Size, grams of beans, millilitres of milk, further items, seconds of work."""
NO_LID: dict[str, int] = {"cup_espresso": 1}


def _cup(size: str, **more: int) -> dict[str, int]:
    return {f"cup_{size}": 1, "lid": 1, **more}


DRINKS: tuple[tuple[str, str, str, str, str, tuple[Size, ...]], ...] = (
    # code, name, category, milk, description, sizes
    ("espresso", "Espresso", "coffee", "none", "One short shot.", (("small", 18, 0, NO_LID, 25),)),
    (
        "long_black",
        "Long black",
        "coffee",
        "none",
        "Espresso over hot water.",
        (
            ("small", 18, 0, _cup("small"), 30),
            ("regular", 18, 0, _cup("regular"), 30),
            ("large", 27, 0, _cup("large"), 36),
        ),
    ),
    ("macchiato", "Macchiato", "coffee", "required", "Espresso with a spot of milk.", (("small", 18, 20, NO_LID, 30),)),
    ("piccolo", "Piccolo", "coffee", "required", "A small, strong latte.", (("small", 18, 70, NO_LID, 35),)),
    (
        "flat_white",
        "Flat white",
        "coffee",
        "required",
        "Espresso and silky milk, little foam.",
        (
            ("small", 18, 160, _cup("small"), 40),
            ("regular", 18, 250, _cup("regular"), 44),
            ("large", 27, 340, _cup("large"), 48),
        ),
    ),
    (
        "latte",
        "Latte",
        "coffee",
        "required",
        "Espresso with plenty of milk.",
        (
            ("small", 18, 180, _cup("small"), 42),
            ("regular", 18, 270, _cup("regular"), 46),
            ("large", 27, 360, _cup("large"), 50),
        ),
    ),
    (
        "cappuccino",
        "Cappuccino",
        "coffee",
        "required",
        "Espresso, milk foam, chocolate on top.",
        (
            ("small", 18, 150, _cup("small", chocolate=2), 45),
            ("regular", 18, 230, _cup("regular", chocolate=3), 49),
            ("large", 27, 310, _cup("large", chocolate=4), 53),
        ),
    ),
    (
        "mocha",
        "Mocha",
        "coffee",
        "required",
        "Espresso, chocolate and milk.",
        (
            ("small", 18, 160, _cup("small", chocolate=20), 55),
            ("regular", 18, 240, _cup("regular", chocolate=25), 59),
            ("large", 27, 320, _cup("large", chocolate=30), 63),
        ),
    ),
    (
        "hot_chocolate",
        "Hot chocolate",
        "chocolate",
        "required",
        "Chocolate and milk, no coffee.",
        (
            ("small", 0, 180, _cup("small", chocolate=25), 40),
            ("regular", 0, 270, _cup("regular", chocolate=30), 44),
            ("large", 0, 360, _cup("large", chocolate=40), 48),
        ),
    ),
    (
        "chai_latte",
        "Chai latte",
        "chai",
        "required",
        "Spiced tea syrup and milk.",
        (
            ("small", 0, 170, _cup("small", chai_syrup=30), 40),
            ("regular", 0, 255, _cup("regular", chai_syrup=40), 44),
            ("large", 0, 340, _cup("large", chai_syrup=55), 48),
        ),
    ),
    (
        "tea",
        "Tea",
        "tea",
        "optional",
        "Breakfast tea.",
        (
            ("small", 0, 30, _cup("small", tea_bag=1), 20),
            ("regular", 0, 30, _cup("regular", tea_bag=1), 20),
            ("large", 0, 30, _cup("large", tea_bag=2), 22),
        ),
    ),
    (
        "iced_latte",
        "Iced latte",
        "iced",
        "required",
        "Espresso and cold milk on ice.",
        (("regular", 18, 200, _cup("regular", ice=120), 40), ("large", 27, 270, _cup("large", ice=160), 46)),
    ),
    (
        "filter",
        "Filter coffee",
        "filter",
        "optional",
        "From the big pot.",
        (
            ("small", 0, 30, _cup("small", filter_coffee=200), 10),
            ("regular", 0, 30, _cup("regular", filter_coffee=300), 10),
            ("large", 0, 30, _cup("large", filter_coffee=400), 10),
        ),
    ),
)

OPTIONS = (
    # code, name, kind, max, item, quantity, seconds, effect
    ("extra_shot", "Extra shot", "count", 2, "beans", 9, 10, "none"),
    ("decaf", "Decaf", "flag", 1, "beans_decaf", 0, 5, "replace_beans"),
    ("half_strength", "Half strength", "flag", 1, None, 0, 0, "halve_beans"),
    ("vanilla", "Vanilla", "count", 2, "vanilla", 15, 3, "none"),
    ("caramel", "Caramel", "count", 2, "caramel", 15, 3, "none"),
    ("sugar", "Sugar", "count", 5, "sugar", 1, 0, "none"),
    ("sweetener", "Sweetener", "count", 5, "sweetener", 1, 0, "none"),
    ("extra_hot", "Extra hot", "flag", 1, None, 0, 0, "none"),
    ("iced", "Iced", "flag", 1, "ice", 120, 0, "none"),
)

COUNT = select(func.count()).select_from(InventoryItem)


async def fill_catalogue(ctx: Ctx) -> None:
    """Put in items, milks, drinks, recipes and options, unless there are items already."""
    if await ctx.one(COUNT):
        return
    items = [_item(*row) for row in ITEMS]
    await ctx.add_all(items)
    ids = {item.code: item.id for item in items}
    milks = []
    for sort, (code, name, color, text_color, letter, pattern, allergen, dairy) in enumerate(MILKS, start=1):
        milk = Milk(code=code, name=name, color=color, text_color=text_color, letter=letter, pattern=pattern)
        milk.allergens, milk.dairy, milk.sort, milk.inventory_item_id = [allergen], dairy, sort, ids[f"milk_{code}"]
        milks.append(milk)
    drinks = [
        MenuItem(code=code, name=name, category=category, needs_milk=needs_milk, description=description, sort=sort)
        for sort, (code, name, category, needs_milk, description, _) in enumerate(DRINKS, start=1)
    ]
    options = []
    for sort, (code, name, kind, most, item, quantity, seconds, effect) in enumerate(OPTIONS, start=1):
        option = MenuOption(code=code, name=name, kind=kind, max=most, quantity=quantity, effect=effect, sort=sort)
        option.item_id, option.prep_seconds_extra = ids[item] if item else None, seconds
        options.append(option)
    await ctx.add_all([*milks, *drinks, *options])
    sizes = [(drink.id, size) for drink, row in zip(drinks, DRINKS, strict=True) for size in row[-1]]
    variants = [_variant(drink_id, size) for drink_id, size in sizes]
    await ctx.add_all(variants)
    recipes = zip(variants, sizes, strict=True)
    await ctx.add_all([line for variant, (_, size) in recipes for line in _recipe(variant.id, size, ids)])


def _item(
    code: str, name: str, category: str, unit: str, low: int, critical: int, capacity: int, pack: int, blocks: bool
) -> InventoryItem:
    return InventoryItem(
        code=code,
        name=name,
        category=category,
        unit=unit,
        default_low=low,
        default_critical=critical,
        default_capacity=capacity,
        pack_size=pack,
        blocks=blocks,
        allergens=ALLERGENS.get(code, []),
    )


def _variant(drink_id: str, of_size: Size) -> MenuVariant:
    size, _, _, others, seconds = of_size
    volume = 90 if others is NO_LID else VOLUMES[size]
    return MenuVariant(menu_item_id=drink_id, size=size, volume_ml=volume, prep_seconds=seconds)


def _recipe(variant_id: str, of_size: Size, ids: dict[str, str]) -> list[RecipeLine]:
    _, beans, milk, others, _ = of_size
    asked = [(role, quantity) for role, quantity in (("beans", beans), ("milk", milk)) if quantity]
    return [
        *(RecipeLine(variant_id=variant_id, role=role, quantity=quantity) for role, quantity in asked),
        *(
            RecipeLine(variant_id=variant_id, role="fixed", item_id=ids[code], quantity=quantity)
            for code, quantity in others.items()
        ),
    ]
