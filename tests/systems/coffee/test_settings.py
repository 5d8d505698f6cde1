"""The settings of the event and of stations, and the milks (section 5.5, feature rows 13 and 14)."""

from livefloor.systems.coffee.event_settings import EventSettings
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, good, refused


async def test_event_settings(cafe: Cafe, world: World) -> None:
    """All have defaults; a change is told to the crew; each wrong one is named; guests see no VIP word."""
    lead, bea = await cafe.organizer(), await cafe.barista()
    found = await bea.get("settings/event")
    assert found["settings"] == EventSettings().model_dump(mode="json")
    before = await world.head()
    asked = {
        "late_minutes": 8,
        "vip_word": "sesame",
        "service_windows": [{"start": "13:00", "end": "18:00"}, {"start": "08:00", "end": "12:00"}],
    }
    changed = await lead.post("settings/event", {"settings": asked, "version": found["version"]})
    assert changed["version"] == found["version"] + 1
    assert changed["settings"]["service_windows"][0]["start"] == "08:00"
    told = await world.frames(before)
    frames = [frame for frame in told if frame["data"]["scope"] == "event"]
    assert {frame["channel"] for frame in frames} == {"organizers", "baristas", "support"}
    inherited = {frame["data"]["station_id"]: frame["data"]["changed"] for frame in told if frame not in frames}
    assert inherited == {
        station: ["late_minutes"] for station in (1, 2, 3, 4)
    }  # what each of them takes from the event
    assert frames[0]["data"]["changed"] == ["late_minutes", "service_windows", "vip_word"]
    stale = refused(await lead.do("POST", "settings/event", {"settings": {}, "version": 1}), 412, "stale_version")
    assert stale["current"]["settings"]["late_minutes"] == 8
    wrong = {
        "late_minutes": 0,
        "colour": "red",
        "service_windows": [{"start": "09:00", "end": "08:00"}],
        "currency": None,
    }
    body = refused(await lead.do("POST", "settings/event", {"settings": wrong}), 422, "validation_failed")
    assert {error["field"] for error in body["errors"]} == {
        "settings.late_minutes",
        "settings.colour",
        "settings.service_windows.0",
        "settings.currency",
    }
    assert (await lead.post("settings/event", {"settings": {"vip_word": None}}))["settings"]["vip_word"] is None
    guest = await cafe.client()
    public = good(await guest.get("/api/settings/event"))["settings"]
    assert public["currency"] == "AUD"
    assert "vip_word" not in public
    refused(await bea.do("POST", "settings/event", {"settings": {}}), 403, "forbidden")
    refused(await (await cafe.client("bad.to.ken")).get("/api/settings/event"), 401, "not_signed_in")


async def test_words_that_guests_use(cafe: Cafe) -> None:
    """Section 4: the settings add words to those that are understood; each stands for something on the menu."""
    lead, guest = await cafe.organizer(), await cafe.client()
    words = {"Flattie ": "flat_white", "moo": "full", "huge": "large", "posh": "extra_shot"}
    for wrong in ({"flattie": "moon"}, {"": "latte"}, {"a=b": "latte"}, {"flattie": "Flat white"}):
        body = {"settings": {"sms_words": wrong}}
        refused(await lead.do("POST", "settings/event", body), 422, "validation_failed")
    found = await lead.post("settings/event", {"settings": {"sms_words": words}})
    assert found["settings"]["sms_words"]["flattie"] == "flat_white"
    said = {"from": "+61491570156", "body": "huge flattie moo posh for Kim"}
    [reply] = good(await guest.post("/api/sms/simulator/inbound", json=said))["replies"]
    assert reply.startswith("Large flat white, full cream, extra shot, for Kim?")


async def test_how_often_the_vip_word_counted(cafe: Cafe) -> None:
    """Rule 62: those who lead see how much of the word is left; others see nothing of it."""
    lead, bea, guest = await cafe.organizer(), await cafe.barista(), await cafe.client()
    await lead.post("settings/event", {"settings": {"vip_word": "sesame"}})
    cup = {"menu_item": "espresso", "size": "small"}
    order = {"event_code": "HARBOUR", "customer_name": "Dr Tan", "items": [cup], "vip_word": "Sesame"}
    good(await guest.post("/api/public/orders", json=order), 201)
    assert (await lead.get("settings/event"))["vip_word_uses"] == 1
    assert (await bea.get("settings/event"))["vip_word_uses"] is None


async def test_texts_are_worded_by_the_event(cafe: Cafe) -> None:
    """Section 4: the wording may be changed, the braces must stay; organizers are shown how it comes."""
    lead, guest = await cafe.organizer(), await cafe.client()
    original = (await lead.get("settings/sms"))["wordings"]["ask_name"]
    assert original == "What name for the {drink}?"
    for wrong in ({"ask_name": "Name?"}, {"ask_name": "{drink} for {whom}?"}, {"hello": "Hi"}, {"text_only": ""}):
        refused(
            await lead.do("POST", "settings/event", {"settings": {"sms_wordings": wrong}}), 422, "validation_failed"
        )
    await lead.post("settings/event", {"settings": {"sms_wordings": {"ask_name": "Who gets the {drink}?"}}})
    said = {"from": "+61491570156", "body": "flat white oat"}
    answer = good(await guest.post("/api/sms/simulator/inbound", json=said))
    assert answer["replies"] == ["Who gets the Small flat white, oat?"]


async def test_station_settings(cafe: Cafe, world: World) -> None:
    """What a station does not set is the event's; a barista sets sound, layout and printer of the own station."""
    lead, bea = await cafe.organizer(), await cafe.barista(1)
    found = await bea.get("settings/station/1")
    assert found["inherited"] == ["max_queue", "reminder_minutes", "board_clear_minutes", "late_minutes"]
    assert (found["settings"]["max_queue"], found["settings"]["late_minutes"]) == (25, 10)
    before = await world.head()
    body = {"settings": {"late_minutes": 5, "milk_codes": ["oat", "soy"]}, "version": found["version"]}
    changed = await lead.post("settings/station/1", body)
    assert changed["settings"]["late_minutes"] == 5
    assert "late_minutes" not in changed["inherited"]
    frames = await world.frames(before)
    assert [frame["channel"] for frame in frames] == ["station_1", "organizers"]
    assert (
        frames[0]["data"] | {"scope": "station", "station_id": 1, "changed": ["late_minutes", "milk_codes"]}
        == frames[0]["data"]
    )
    refused(await lead.do("POST", "settings/station/1", body), 412, "stale_version")
    back = await lead.post("settings/station/1", {"settings": {"late_minutes": None}})
    assert back["settings"]["late_minutes"] == 10
    assert (await bea.post("settings/station/1", {"settings": {"layout": "list"}}))["settings"]["layout"] == "list"
    refused(await bea.do("POST", "settings/station/1", {"settings": {"vip_allowed": False}}), 403, "forbidden")
    refused(await bea.do("POST", "settings/station/2", {"settings": {"layout": "list"}}), 403, "not_your_station")
    for wrong in ({"label_copies": 3}, {"milk_codes": ["camel"]}, {"more": 1}, {"board_message": "<b>"}):
        refused(await lead.do("POST", "settings/station/1", {"settings": wrong}), 422, "validation_failed")
    refused(await lead.do("GET", "settings/station/50"), 404, "not_found")
    refused(await lead.do("GET", "settings/station/x"), 404, "not_found")


async def test_milk_colors(cafe: Cafe, world: World) -> None:
    """Rule 21: colour, letter and pattern together; too alike, hard to read or a letter twice is refused."""
    lead = await cafe.organizer()
    shown = good(await (await cafe.client()).get("/api/settings/milk-colors"))
    assert [milk["letter"] for milk in shown["milk_colors"]] == ["F", "SK", "O", "S", "A", "LF"]
    assert (
        shown["milk_colors"][2] | {"code": "oat", "text_color": "#000000", "allergens": ["gluten"], "dairy": False}
        == shown["milk_colors"][2]
    )
    before = await world.head()

    async def change(status: int, code: str, *changes: dict[str, object]) -> None:
        answer = await lead.do("POST", "settings/milk-colors", {"milk_colors": list(changes)})
        refused(answer, status, code)

    await change(422, "color_format", {"code": "oat", "color": "yellow"})
    await change(422, "contrast_too_low", {"code": "oat", "text_color": "#ffffff"})
    await change(409, "colors_too_close", {"code": "oat", "color": "#1e66d8"})
    await change(409, "letter_taken", {"code": "oat", "letter": "s"})
    await change(422, "validation_failed", {"code": "rice", "name": "Rice"})
    new = {"code": "rice", "name": "Rice", "color": "#f4f4f4", "letter": "R"}
    await change(404, "unknown_item", {**new, "inventory_code": "milk_rice"})
    await change(409, "inventory_taken", {**new, "inventory_code": "milk_oat"})
    assert await world.head() == before
    swap = [{"code": "oat", "letter": "S"}, {"code": "soy", "letter": "O", "allergens": ["soy", "gluten"]}]
    after = await lead.post("settings/milk-colors", {"milk_colors": [*swap, {**new, "inventory_code": "ice"}]})
    assert {milk["code"]: milk["letter"] for milk in after["milk_colors"]} | {"oat": "S", "soy": "O", "rice": "R"} == {
        milk["code"]: milk["letter"] for milk in after["milk_colors"]
    }
    assert all(milk["enabled"] for milk in after["milk_colors"])
    frames = await world.frames(before)
    assert {frame["channel"] for frame in frames} == {"organizers", "baristas", "support", "display_all"}
    assert len(frames[0]["data"]["milk_colors"]) == 7
    stale = {"milk_colors": [{"code": "oat", "name": "Oat"}], "version": shown["version"]}
    refused(await lead.do("POST", "settings/milk-colors", stale), 412, "stale_version")
    both = [
        lambda letter=letter: lead.do(
            "POST", "settings/milk-colors", {"milk_colors": [{"code": letter[1], "letter": letter[0]}]}
        )
        for letter in (("Z", "full"), ("Z", "skim"))
    ]
    assert sorted(answer.status_code for answer in await world.race(both)) == [200, 409]
