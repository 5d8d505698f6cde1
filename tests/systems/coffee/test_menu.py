"""The menu: drinks, sizes, recipes, options, and what is off (section 5.8, rule 28)."""

from datetime import timedelta

from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, refused

MAGIC = {
    "code": "magic",
    "name": "Magic",
    "category": "coffee",
    "needs_milk": "required",
    "variants": [
        {
            "size": "small",
            "volume_ml": 160,
            "prep_seconds": 45,
            "recipe": [
                {"role": "beans", "quantity": 22},
                {"role": "milk", "quantity": 120},
                {"code": "cup_small", "quantity": 1},
            ],
        }
    ],
}


async def test_drinks(cafe: Cafe, world: World) -> None:
    """Rule 28: a small latte takes 18 g of beans, its milk, a cup and a lid. Drinks are added, changed, taken off."""
    lead, bea = await cafe.organizer(), await cafe.barista()
    menu = await bea.get("menu")
    drinks = {drink["code"]: drink for drink in menu["items"]}
    assert (menu["total"], len(menu["options"])) == (13, 9)
    latte = drinks["latte"]["variants"]
    assert [one["size"] for one in latte] == ["small", "regular", "large"]
    assert {(line["role"], line["code"], line["quantity"]) for line in latte[0]["recipe"]} == {
        ("beans", None, 18),
        ("milk", None, 180),
        ("fixed", "cup_small", 1),
        ("fixed", "lid", 1),
    }
    before = await world.head()
    made = await lead.post("menu/", MAGIC, 201)
    refused(await lead.do("POST", "menu", MAGIC), 409, "code_taken")
    small = MAGIC["variants"][0]
    refused(
        await lead.do("POST", "menu", {**MAGIC, "code": "m2", "variants": [{**small, "recipe": []}]}),
        422,
        "recipe_empty",
    )
    unknown = {**small, "recipe": [{"code": "moon_dust", "quantity": 1}]}
    refused(await lead.do("POST", "menu", {**MAGIC, "code": "m2", "variants": [unknown]}), 422, "unknown_item")
    path = f"menu/{made['id']}"
    changed = await lead.put(path, {"version": 1, "variants": [{"size": "small", "prep_seconds": 50}]})
    assert (changed["version"], changed["variants"][0]["prep_seconds"]) == (2, 50)
    refused(await lead.do("PUT", path, {"version": 1, "name": "M"}), 412, "stale_version")
    refused(await lead.do("PUT", path, {"name": "M"}, If_Match="1"), 412, "stale_version")
    recipe = {"size": "small", "recipe": [{"role": "beans", "quantity": 20}], "version": 2}
    assert (await lead.put(f"{path}/recipe", recipe))["variants"][0]["recipe"] == [
        {"role": "beans", "code": None, "quantity": 20}
    ]
    refused(await lead.do("PUT", f"{path}/recipe", {**recipe, "version": 3, "size": "large"}), 422, "validation_failed")
    twice = [{"role": "milk", "quantity": 1}, {"role": "milk", "quantity": 2}]
    refused(await lead.do("PUT", f"{path}/recipe", {"size": "small", "recipe": twice}), 422, "validation_failed")
    assert (await lead.do("DELETE", path)).status_code == 204
    assert next(drink for drink in (await bea.get("menu"))["items"] if drink["code"] == "magic")["enabled"] is False
    assert await cafe.told(before) == ["menu_updated"] * 4
    refused(await bea.do("POST", "menu", MAGIC), 403, "forbidden")


async def test_options(cafe: Cafe, world: World) -> None:
    """An option is added, or changed where the code is known."""
    lead = await cafe.organizer()
    option = {"code": "honey", "name": "Honey", "kind": "count", "max": 2, "item": "sugar", "quantity": 1}
    made = await lead.post("menu/options", option, 201)
    assert (made["item"], made["version"]) == ("sugar", 1)
    assert (await lead.post("menu/options", {**option, "max": 3, "version": 1}, 200))["max"] == 3
    refused(await lead.do("POST", "menu/options", {**option, "version": 1}), 412, "stale_version")
    refused(await lead.do("POST", "menu/options", {**option, "item": "moon"}), 422, "unknown_item")
    refused(await lead.do("POST", "menu/options", {**option, "kind": "flag"}), 422, "validation_failed")
    assert (await lead.get("menu/options"))["total"] == 10


async def test_off_by_hand(cafe: Cafe, world: World) -> None:
    """One thing at a time goes off, at one station or at all, for good or until a moment."""
    lead, bea = await cafe.organizer(), await cafe.barista(1)
    until = (cafe.now + timedelta(minutes=5)).isoformat()
    before = await world.head()
    off = await bea.post(
        "menu/availability", {"station_id": 1, "menu_item": "mocha", "available": False, "until": until}
    )
    assert [(block["station_id"], block["source"]) for block in off["blocks"]] == [(1, "manual")]
    off = await lead.post("menu/availability", {"milk": "oat", "available": False, "reason": "recall"})
    assert len(off["blocks"]) == 2
    again = await lead.post("menu/availability", {"milk": "oat", "available": False})
    assert len(again["blocks"]) == 2
    frames = await world.frames(before)
    assert {frame["channel"] for frame in frames} == {"organizers", "baristas", "support", "display_all"}
    await world.advance(minutes=5)
    assert len((await lead.post("menu/availability", {"milk": "oat", "available": True}))["blocks"]) == 0
    assert len(await cafe.told(before)) == 5
    refused(
        await bea.do("POST", "menu/availability", {"station_id": 2, "milk": "oat", "available": False}),
        403,
        "not_your_station",
    )
    refused(await bea.do("POST", "menu/availability", {"milk": "oat", "available": False}), 403, "not_your_station")
    refused(await lead.do("POST", "menu/availability", {"available": False}), 422, "one_target")
    both = {"milk": "oat", "option": "decaf", "available": False}
    refused(await lead.do("POST", "menu/availability", both), 422, "one_target")
    refused(await lead.do("POST", "menu/availability", {"milk": "camel", "available": False}), 422, "validation_failed")
    same = [lambda: lead.do("POST", "menu/availability", {"option": "decaf", "available": False}) for _ in range(3)]
    assert {answer.status_code for answer in await world.race(same)} == {200}


async def test_availability(cafe: Cafe, world: World) -> None:
    """Rule 33: what a station lacks, does not serve, or has taken off is not to be had there; sachets stop nothing."""
    lead = await cafe.organizer()
    await cafe.set_stock(1, "milk_oat", 179)
    await cafe.set_stock(1, "sugar", 0)
    await cafe.set_stock(1, "lid", 0)
    for off in ({"station_id": 1, "menu_item": "mocha"}, {"station_id": 1, "option": "vanilla"}, {"option": "decaf"}):
        await lead.post("menu/availability", {**off, "available": False})
    await lead.post("settings/station/1", {"settings": {"milk_codes": ["full", "oat"]}})

    async def why(station_id: int) -> dict[tuple[str, str, str | None], tuple[str | None, str | None]]:
        found = (await lead.get("menu/availability", station_id=station_id))["stations"]
        assert [one["station_id"] for one in found] == [station_id]
        return {(o["menu_item"], o["size"], o["milk"]): (o["reason"], o["item"]) for o in found[0]["offers"]}

    foyer = await why(1)
    assert foyer["latte", "small", "oat"] == ("out_of_stock", "milk_oat")
    assert foyer["flat_white", "small", "oat"] == (None, None)
    assert foyer["mocha", "small", "full"] == ("off", None)
    assert foyer["latte", "small", "soy"] == ("not_served", None)
    assert foyer["tea", "small", None] == (None, None)
    assert set((await why(2)).values()) == {(None, None)}
    everywhere = (await lead.get("menu/availability"))["stations"]
    assert [one["station_id"] for one in everywhere] == [1, 2, 3, 4]
    assert [one["options_off"] for one in everywhere] == [["decaf", "vanilla"], *[["decaf"]] * 3]
    shown = (await lead.get("public/menu"))["options"]
    assert {one["code"]: one["stations"] for one in shown if one["stations"] != [1, 2, 3]} == {
        "decaf": [],
        "vanilla": [2, 3],
    }
    extra = {"menu_item": "latte", "size": "small", "milk": "full", "options": {"vanilla": 1}}
    order = {"customer_name": "Mina", "items": [extra]}
    refused(await lead.do("POST", "orders/", {**order, "station_id": 1}), 409, "station_unavailable")
    assert (await lead.post("orders/", order, 201))["ticket"]["station_id"] != 1
    refused(await lead.do("GET", "menu/availability?station_id=9"), 404, "not_found")
