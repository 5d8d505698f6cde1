"""The chat of the crew over HTTP: rooms, speed, repeats, who has read how far."""

from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe, refused


async def test_chat(cafe: Cafe, world: World) -> None:
    """What is said goes to whom it is addressed, once for a client_id; reading never moves backwards."""
    bea, lio, oren = await cafe.barista(1), await cafe.barista(2, "Lio Penn"), await cafe.organizer()
    before = await world.head()
    asked = {"room": "station_2", "message": "  Can you spare 2 l oat? ", "client_id": "a1"}
    first = await bea.post("chat/messages", asked, 201)
    assert first["sender"] == {"id": bea.id, "name": "Bea Holm", "station_id": 1}
    assert (first["message"], first["urgent"], first["client_id"]) == ("Can you spare 2 l oat?", False, "a1")
    assert await bea.post("chat/messages", asked, 200) == first
    refused(await lio.do("POST", "chat/messages", asked), 409, "client_id_taken")
    assert [(f["event"], f["channel"]) for f in await world.frames(before)] == [
        ("chat_message", "station_2"),
        ("chat_message", "station_1"),
    ]
    second = await lio.post("chat/messages", {"room": "station_2", "message": "Yes"}, 201)
    shown = await lio.get("chat/messages", room="station_2", limit=1)
    assert (shown["items"], shown["unread"], shown["total"]) == ([second], 1, 2)
    older = await lio.get("chat/messages", room="station_2", before=shown["next_cursor"])
    assert (older["items"], older["next_cursor"]) == ([first], None)

    for last_read_id in (second["id"], first["id"], second["id"]):
        assert (
            await lio.do("POST", "chat/read", {"room": "station_2", "last_read_id": last_read_id})
        ).status_code == 204
    read = await bea.get("chat/messages", room="station_2")
    assert read["readers"] == [{"id": lio.id, "name": "Lio Penn", "last_read_id": second["id"]}]
    assert read["unread"] == 1
    assert (await lio.get("chat/messages", room="station_2"))["unread"] == 0
    assert (await cafe.told(before)).count("chat_read") == 1
    elsewhere = {"room": "all", "last_read_id": first["id"]}
    refused(await lio.do("POST", "chat/read", elsewhere), 422, "validation_failed")

    # A barista can call the organizers, and does not read what they say among themselves.
    before = await world.head()
    await bea.post("chat/messages", {"room": "organizers", "message": "Machine down", "urgent": True}, 201)
    await oren.post("chat/messages", {"room": "all", "message": "Break at 10:30"}, 201)
    told = [(f["channel"], f["data"]["urgent"]) for f in await world.frames(before)]
    assert told == [("organizers", True), ("organizers", False), ("baristas", False), ("support", False)]
    refused(await bea.do("GET", "chat/messages?room=organizers"), 403, "room_not_allowed")
    assert (await oren.get("chat/messages", room="organizers"))["unread"] == 1
    for wrong in ({"room": "station_8"}, {"room": "kitchen"}, {"message": " "}, {"message": "x" * 501}):
        refused(await bea.do("POST", "chat/messages", {**asked, "client_id": "b", **wrong}), 422, "validation_failed")


async def test_not_too_fast(cafe: Cafe, world: World) -> None:
    """Ten messages in ten seconds; a repeat is none, and the one that came at the same moment with its twin is one."""
    bea = await cafe.barista()
    body = {"room": "all", "message": "Hi"}
    twins = await world.race([lambda: bea.do("POST", "chat/messages", {**body, "client_id": "twin"})] * 3)
    assert sorted(answer.status_code for answer in twins) == [200, 200, 201]
    for number in range(9):
        await bea.post("chat/messages", {**body, "client_id": str(number)}, 201)
    fast = await bea.do("POST", "chat/messages", body)
    refused(fast, 429, "chat_too_fast")
    assert fast.headers["retry-after"] == "10"
    await bea.post("chat/messages", {**body, "client_id": "3"}, 200)
    await world.advance(seconds=10)
    await bea.post("chat/messages", body, 201)
