"""The socket with the stock socket.io-client: who gets in, rooms, what clients say, and how they come back (section 6)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from livefloor import Look
from livefloor.systems.coffee.models import Ticket
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.systems.coffee.asking import order
from tests.systems.coffee.conftest import Cafe, Person
from tests.wires.stock import Stock, stock

SOCKET, POLLING = {"transports": ["websocket"]}, {"transports": ["polling"]}
SCRIPT = __file__.replace("systems/coffee/test_socket.py", "wires/socketio_client.mjs")


class Tablets:
    """Stock clients at the service."""

    def __init__(self, js: Stock, port: int) -> None:
        self.js = js
        self.url = f"http://127.0.0.1:{port}"

    async def come(self, name: str, who: Person, **how: Any) -> dict[str, Any]:
        """Connect somebody of the crew; return what the client is told first."""
        return await self.bring(name, {"token": who.token}, **how)

    async def bring(self, name: str, auth: dict[str, Any], options: Any = None, **how: Any) -> dict[str, Any]:
        """Connect with a token; return what the client is told first."""
        self.js.do("open", name=name, url=self.url, auth=auth, options=options or SOCKET, **how)
        await self.js.hear("connect", name=name)
        first: dict[str, Any] = (await self.js.events(name, "connected", 1))[0][0]
        return first

    async def turned_away(self, name: str, auth: dict[str, Any]) -> dict[str, Any]:
        """Try to connect; return the refusal."""
        self.js.do("open", name=name, url=self.url, auth=auth, options=SOCKET)
        return await self.js.hear("connect_error", name=name)

    async def ask(self, name: str, event: str, /, **said: Any) -> dict[str, Any]:
        """Say something; return the ack."""
        self.js.do("ask", name=name, event=event, args=[said], tag=event)
        answer: dict[str, Any] = (await self.js.hear("ack", name=name, tag=event))["args"]
        return answer

    async def told(self, name: str, event: str) -> dict[str, Any]:
        """Return the data of the next event of a name."""
        data: dict[str, Any] = (await self.js.events(name, event, 1))[0][0]
        return data

    async def settle(self, *names: str) -> None:
        """Wait until each has heard all that was told before."""
        for name in names:
            await self.ask(name, "leave_station", station_id=98)

    def unheard(self, name: str, event: str) -> int:
        """Return how many events of a name are there that nobody has looked at."""
        return sum(
            said.get("name") == name and said["on"] == "event" and said["event"] == event for said in self.js.unheard
        )


@pytest.fixture
async def tablets(world: World, cafe: Cafe) -> AsyncIterator[Tablets]:
    """Give stock clients and a real server."""
    async with served(world.runtime) as port, stock(SCRIPT) as js:
        yield Tablets(js, port)


def code_of(refusal: dict[str, Any]) -> str:
    """Return the code of an ack that says no."""
    assert refusal["ok"] is False, refusal
    assert refusal["detail"]
    code: str = refusal["code"]
    return code


async def test_who_gets_in(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """A good token joins its rooms in both namespaces and over both transports; a bad one is told its code."""
    bea, oren = await cafe.barista(1), await cafe.organizer()
    first = await tablets.come("bea", bea)
    assert first["user"] == {"id": bea.id, "name": "Bea Holm", "role": "barista", "station_id": 1}
    assert (first["rooms"], first["last_seq"]) == ([f"user_{bea.id}", "baristas"], await world.head())
    assert first["server_time"].startswith("2025-03-02")
    assert (await tablets.come("api", oren, namespace="/api", options=POLLING))["rooms"][1] == "organizers"
    for name, auth, code in (
        ("nobody", {}, "not_signed_in"),
        ("tampered", {"token": bea.token[:-3] + "abc"}, "not_signed_in"),
        ("guest", {"order_token": "nothing"}, "order_unknown"),
        ("board", {"device_token": "nothing"}, "not_signed_in"),
    ):
        refusal = await tablets.turned_away(name, auth)
        assert (refusal["message"], refusal["data"]["code"]) == (code, code)
        assert refusal["data"]["detail"]
    assert (await oren.do("PUT", f"users/{bea.id}", {"active": False})).status_code == 200
    assert (await tablets.told("bea", "session_ended"))["code"] == "not_signed_in"
    assert (await tablets.turned_away("off", {"token": bea.token}))["message"] == "user_inactive"
    await world.advance(days=401)
    assert (await tablets.turned_away("late", {"token": bea.token}))["message"] == "token_expired"


async def test_rooms(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """Events of a station come only while it is joined, once for each socket; foreign roles are refused."""
    bea, oren, sue = await cafe.barista(2), await cafe.organizer(), await cafe.support()
    await tablets.come("bea", bea)
    await tablets.come("oren", oren)
    joined = await tablets.ask("bea", "join_station", station_id=1)
    assert joined == {
        "ok": True,
        "station_id": 1,
        "room": "station_1",
        "last_seq": joined["last_seq"],
        "presence": [{"id": bea.id, "name": "Bea Holm", "state": "online"}],
    }
    assert (await tablets.told("bea", "station_joined"))["room"] == "station_1"
    # Whoever is in two of its rooms is told a fact once.
    await tablets.ask("oren", "join_station", station_id=1)
    users = (await tablets.told("bea", "presence"))["users"]
    while len(users) < 2:
        users = (await tablets.told("bea", "presence"))["users"]
    assert {user["name"] for user in users} == {"Bea Holm", "Oren Vale"}
    made = await order(sue, station_id=1)
    for name in ("bea", "oren"):
        created = await tablets.told(name, "order_created")
        assert (created["order"]["number"], created["seq"]) == (made["number"], await world.head())
    await tablets.settle("bea", "oren")
    assert tablets.unheard("oren", "order_created") == 0
    assert await tablets.ask("bea", "leave_station", station_id=1) == {"ok": True}
    await order(sue, station_id=1)
    await tablets.settle("bea")
    assert tablets.unheard("bea", "order_created") == 0

    assert (await tablets.ask("oren", "join_role", role="baristas"))["room"] == "baristas"
    assert code_of(await tablets.ask("bea", "join_role", role="organizers")) == "forbidden"
    assert code_of(await tablets.ask("bea", "join_role", role="displays")) == "validation_failed"
    assert code_of(await tablets.ask("bea", "join_station", station_id=77)) == "not_found"
    assert code_of(await tablets.ask("bea", "join_station")) == "validation_failed"
    assert code_of(await tablets.ask("bea", "shout")) == "unknown_event"
    tablets.js.do("emit", name="bea", event="join_station", args=[{"station_id": 77}])
    assert (await tablets.told("bea", "error_message"))["code"] == "not_found"


async def test_order_update(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """A step over the socket is the one over HTTP: checked, then told; one that may not be reaches nobody."""
    bea, tom, sue = await cafe.barista(1), await cafe.barista(1, "Tom Aster"), await cafe.support()
    for name, who in (("bea", bea), ("tom", tom), ("sue", sue)):
        await tablets.come(name, who)
        await tablets.ask(name, "join_station", station_id=1)
    made = await order(sue, station_id=1)
    done = await tablets.ask("bea", "order_update", order_id=made["id"], status="in_progress")
    assert (done["ok"], done["order"]["status"], done["order"]["barista_id"]) == (True, "in_progress", bea.id)
    told = await tablets.told("tom", "order_updated")
    assert (told["status"], told["previous_status"], told["actor"]["name"]) == ("in_progress", "pending", "Bea Holm")
    before = await world.head()
    refusal = await tablets.ask("tom", "order_update", order_id=made["id"], status="in_progress")
    assert (code_of(refusal), refusal["status"]) == ("order_taken", 409)
    assert (
        code_of(await tablets.ask("bea", "order_update", order_id=made["id"], status="scheduled")) == "bad_transition"
    )
    assert code_of(await tablets.ask("sue", "order_update", order_id=made["id"], status="completed")) == "forbidden"
    assert await world.head() == before


async def test_chat_and_typing(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """What is said is stored, told where it is addressed, and once for a client_id; typing passes by."""
    bea, lio, oren = await cafe.barista(1), await cafe.barista(2, "Lio Penn"), await cafe.organizer()
    for name, who in (("bea", bea), ("lio", lio), ("oren", oren)):
        await tablets.come(name, who)
    for name, station_id in (("bea", 1), ("lio", 2)):
        await tablets.ask(name, "join_station", station_id=station_id)
    said = {"station_id": 2, "message": "Can you spare 2 l oat?", "client_id": "c1"}
    first = await tablets.ask("bea", "station_chat", **said)
    assert first == {"ok": True, "id": first["id"], "seq": await world.head()}
    for name in ("bea", "lio"):
        message = await tablets.told(name, "chat_message")
        assert (message["sender"], message["client_id"]) == ({"id": bea.id, "name": "Bea Holm", "station_id": 1}, "c1")
    assert (await tablets.ask("bea", "station_chat", **said))["id"] == first["id"]
    await tablets.ask("bea", "station_chat", message="Machine down", to="organizers", urgent=True)
    assert (await tablets.told("oren", "chat_message"))["urgent"] is True
    assert (await bea.get("chat/messages", room="station_2"))["total"] == 1
    assert (await tablets.ask("lio", "typing", room="station_2"))["ok"]
    assert code_of(await tablets.ask("lio", "typing", room="station_2")) == "rate_limited"
    await tablets.ask("bea", "join_station", station_id=2)
    await world.advance(seconds=3)
    await tablets.ask("lio", "typing", room="station_2")
    typing = await tablets.told("bea", "chat_typing")
    assert typing == {"room": "station_2", "user": {"id": lio.id, "name": "Lio Penn"}}
    await tablets.settle("oren")
    assert tablets.unheard("oren", "chat_message") == 0


async def test_coming_back(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """Missed events come in order, else all anew; what is missed of one station follows its joining."""
    bea, sue = await cafe.barista(1), await cafe.support()
    since = await world.head()
    made = [await order(sue, station_id=1) for _ in range(3)]
    await tablets.come("bea", bea)
    missed = await tablets.ask("bea", "request_sync", since=since, station_id=1)
    created = [change for change in missed["events"] if change["event"] == "order_created"]
    assert [change["data"]["order"]["number"] for change in created] == [cup["number"] for cup in made]
    assert [change["seq"] for change in missed["events"]] == sorted({change["seq"] for change in missed["events"]})
    assert (missed["more"], missed["last_seq"]) == (False, await world.head())
    assert (await tablets.told("bea", "sync_data"))["events"] == missed["events"]
    over_http = await bea.get("sync/changes", since=since, station_id=1)
    assert over_http["events"] == missed["events"]
    assert (await bea.get("sync/changes", since=await world.head()))["events"] == []

    await tablets.ask("bea", "join_station", station_id=1, since=since)
    assert [(await tablets.told("bea", "order_created"))["order"]["number"] for _ in range(3)] == [
        cup["number"] for cup in made
    ]
    for missed in (await tablets.ask("bea", "request_sync"), await tablets.ask("bea", "request_sync", since=10**9)):
        assert missed["resync"] is True
        assert len(missed["snapshot"]["queues"]) == 4
    assert await bea.get("sync/changes") == {"resync": True, "last_seq": await world.head()}
    snapshot = await bea.get("sync/snapshot", station_id=1)
    assert snapshot["seq"] == await world.head()
    assert [cup["number"] for cup in snapshot["queues"][0]["pending"]] == [cup["number"] for cup in made]
    assert {"inventory", "availability", "schedules", "settings", "milk_colors", "chat"} <= snapshot.keys()
    await world.advance(hours=2, minutes=1)
    assert (await bea.get("sync/changes", since=since))["resync"] is True


async def test_guests_and_boards(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """Guests and boards are told less, and may say nothing but that they are back; a revoked board goes dark."""
    bea, oren = await cafe.barista(1), await cafe.organizer()
    made = await order(bea, station_id=1, phone="+61491570006")

    async def token(look: Look) -> str:
        ticket = await look.find(Ticket, made["ticket_id"])
        assert ticket is not None
        return ticket.token

    await tablets.bring("guest", {"order_token": await world.look(token)})
    device = await oren.post("display/devices", {"name": "TV", "station_id": 1}, 201)
    answer = await (await cafe.client()).post("/api/display/pair", json={"pair_code": device["pair_code"]})
    await tablets.bring("tv", {"device_token": answer.json()["device_token"]})
    assert (await tablets.ask("tv", "join_station", station_id=1))["room"] == "display_1"
    assert code_of(await tablets.ask("tv", "join_station", station_id=2)) == "not_your_station"
    beat = {"queue_seq": 0, "pending_local": 0}
    assert code_of(await tablets.ask("tv", "heartbeat", station_id=2, **beat)) == "not_your_station"
    assert (await tablets.ask("tv", "heartbeat", station_id=1, **beat))["ok"]
    for name in ("guest", "tv"):
        assert code_of(await tablets.ask(name, "station_chat", message="Hi")) == "forbidden"
    assert code_of(await tablets.ask("guest", "request_sync", station_id=1)) == "forbidden"
    await bea.post(f"orders/{made['id']}/start")
    for name in ("guest", "tv"):
        told = await tablets.told(name, "order_updated")
        assert (told["status"], told["order"]["name"]) == ("in_progress", "Mina")
        assert not {"actor", "phone_masked", "notes", "allergies"} & {*told, *told["order"]}
    await tablets.settle("tv")
    assert tablets.unheard("tv", "order_updated") == 0
    again = await tablets.ask("guest", "request_sync")
    assert [cup["number"] for cup in again["snapshot"]["orders"]] == [made["number"]]
    assert set(again["snapshot"]) == {"seq", "as_of", "orders"}
    board = (await tablets.ask("tv", "request_sync"))["snapshot"]
    assert [cup["name"] for cup in board["boards"][0]["making"]] == ["Mina"]
    assert set(board) == {"seq", "as_of", "boards", "milk_colors"}
    for number in range(3):
        await tablets.bring(f"guest{number}", {"order_token": await world.look(token)})
    assert (await tablets.told("guest", "session_ended"))["code"] == "too_many"
    await oren.do("DELETE", f"display/devices/{device['id']}")
    assert (await tablets.told("tv", "session_ended"))["code"] == "not_signed_in"
    assert (await tablets.js.hear("disconnect", name="tv"))["reason"] == "io server disconnect"


async def test_limits_and_ends(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """Twenty events in a second; five sockets; a warning before the token ends, unless another one came."""
    bea = await cafe.barista(1)
    await tablets.come("s0", bea)
    for _ in range(23):
        tablets.js.do("emit", name="s0", event="leave_station", args=[{"station_id": 1}])
    assert [(await tablets.told("s0", "error_message"))["code"] for _ in range(3)] == ["rate_limited"] * 3
    for number in range(1, 6):
        await tablets.come(f"s{number}", bea)
    assert (await tablets.told("s0", "session_ended"))["code"] == "too_many"
    assert (await tablets.js.hear("disconnect", name="s0"))["active"] is False
    for _ in range(30):
        tablets.js.do("emit", name="s1", event="leave_station", args=[{"station_id": 1}])
    assert (await tablets.js.hear("disconnect", name="s1"))["reason"].startswith("transport")

    ends = next(one.actor.expires_at for one in world.runtime.hub.connections.values())
    world.runtime.hub.expire(ends - 61)
    await tablets.settle("s5")
    assert tablets.unheard("s5", "session_expiring") == 0
    world.runtime.hub.expire(ends - 60)
    assert (await tablets.told("s5", "session_expiring"))["expires_at"]
    assert code_of(await tablets.ask("s5", "refresh_auth", token="x.y.z")) == "not_signed_in"
    assert (await tablets.ask("s5", "refresh_auth", token=bea.token))["ok"]
    other = await cafe.barista(2)
    assert code_of(await tablets.ask("s5", "refresh_auth", token=other.token)) == "forbidden"


async def test_who_is_gone_is_away(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """Presence goes after five seconds of grace."""
    bea, tom = await cafe.barista(1), await cafe.barista(1, "Tom Aster")
    presence = world.runtime.hub.presence
    assert presence.GRACE_S == 5
    presence.GRACE_S = 0.0
    for name, who in (("bea", bea), ("tom", tom)):
        await tablets.come(name, who)
        await tablets.ask(name, "join_station", station_id=1)
    tablets.js.do("close", name="bea")
    async with asyncio.timeout(30):
        users = [{}, {}]
        while len(users) != 1 or users[0]["id"] != tom.id:
            users = (await tablets.told("tom", "presence"))["users"]
    async with asyncio.timeout(30):
        while len(world.runtime.hub.connections) > 1:
            await asyncio.sleep(0)
