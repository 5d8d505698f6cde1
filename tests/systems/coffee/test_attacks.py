"""Attacks on a running service: foreign roles over the socket, floods, replays, other people's ids."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from livefloor.store.idempotency import IdempotencyKey
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.systems.coffee.asking import cup, order, wish
from tests.systems.coffee.conftest import Cafe, good, refused
from tests.systems.coffee.test_socket import SCRIPT, Tablets, code_of
from tests.wires.stock import stock

STAFF = frozenset({"admin", "organizer", "barista", "support"})
MAY = {
    "join_station": STAFF | {"display"},
    "leave_station": STAFF | {"display"},
    "join_role": frozenset({"admin", "organizer"}),
    "order_update": frozenset({"admin", "organizer", "barista"}),
    "station_chat": STAFF,
    "typing": STAFF,
    "heartbeat": frozenset({"barista", "support", "display"}),
    "request_sync": STAFF | {"display", "guest"},
    "refresh_auth": STAFF,
}
"""Who may say what (section 6); a board only for its own station, a guest only for the own order."""


@pytest.fixture
async def tablets(world: World, cafe: Cafe) -> AsyncIterator[Tablets]:
    """Give stock clients and a real server."""
    async with served(world.runtime) as port, stock(SCRIPT) as js:
        yield Tablets(js, port)


async def test_each_event_by_each_role(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """Rows 19 and 20: who may not say something is told `forbidden`, and it reaches nobody."""
    sue, oren = await cafe.support(), await cafe.organizer()
    placed = await sue.post("orders/", wish(cup(milk="full"), station_id=1), 201)
    crew = {role: await cafe.person(role, role.title(), 1 if role == "barista" else None) for role in sorted(STAFF)}
    for role, person in crew.items():
        await tablets.come(role, person)
    device = await oren.post("display/devices", {"name": "TV", "station_id": 1}, 201)
    paired = await (await cafe.client()).post("/api/display/pair", json={"pair_code": device["pair_code"]})
    await tablets.bring("display", {"device_token": good(paired)["device_token"]})
    await tablets.bring("guest", {"order_token": placed["ticket"]["token"]})
    said: dict[str, dict[str, Any]] = {
        "join_station": {"station_id": 1},
        "leave_station": {"station_id": 1},
        "join_role": {"role": "organizers"},
        "order_update": {"order_id": placed["orders"][0]["id"], "status": "in_progress"},
        "station_chat": {"station_id": 1, "message": "Hi"},
        "typing": {"room": "station_1"},
        "heartbeat": {"station_id": 1, "queue_seq": 0, "pending_local": 0},
        "request_sync": {},
        "refresh_auth": {"token": "x.y.z"},
    }
    assert said.keys() == MAY.keys() == world.system.sayings().keys()
    roles = [*crew, "display", "guest"]
    before = await world.head()
    for event, allowed in MAY.items():
        for role in roles:
            if role not in allowed:
                assert code_of(await tablets.ask(role, event, **said[event])) == "forbidden", (event, role)
    assert await world.head() == before
    for event, allowed in MAY.items():
        for role in roles:
            if role in allowed:
                answer = await tablets.ask(role, event, **said[event])
                assert answer["ok"] or answer["code"] not in ("forbidden", "internal_error"), (event, role, answer)
    assert code_of(await tablets.ask("admin", "no_such_event")) == "unknown_event"


@pytest.mark.world(environ={"LIVEFLOOR_LIMITS": "on"})
@pytest.mark.usefixtures("within_a_minute")
async def test_floods(cafe: Cafe, world: World, tablets: Tablets) -> None:
    """Rule 71: writes over HTTP and the socket count together for one person, others go on; guesses of codes are few."""
    bea, tom = await cafe.barista(1), await cafe.barista(1, "Tom Aster")
    await tablets.come("bea", bea)
    await tablets.come("tom", tom)
    beat: dict[str, Any] = {"queue_seq": 0, "pending_local": 0}
    for _ in range(119):
        await bea.post("stations/1/heartbeat", beat, 204)
    assert (await tablets.ask("bea", "heartbeat", station_id=1, **beat))["ok"]
    turned_away = await tablets.ask("bea", "heartbeat", station_id=1, **beat)
    assert code_of(turned_away) == "rate_limited"
    assert turned_away["retry_after"] > 0
    over_http = await bea.do("POST", "stations/1/heartbeat", beat)
    refused(over_http, 429, "rate_limited")
    assert int(over_http.headers["retry-after"]) > 0
    assert (await tablets.ask("tom", "heartbeat", station_id=1, **beat))["ok"]
    guest = await cafe.client(address="10.7.7.7")
    for method, path, most, body in (
        ("GET", "/api/group-orders/validate-code/ABC234", 10, None),
        ("POST", "/api/display/pair", 5, {"pair_code": "000000"}),
        ("POST", "/api/public/orders", 10, {}),
        ("GET", "/api/public/stations", 60, None),
    ):
        answers = [await guest.request(method, path, json=body) for _ in range(most + 1)]
        assert 429 not in {answer.status_code for answer in answers[:-1]}, path
        refused(answers[-1], 429, "rate_limited")
        assert int(answers[-1].headers["retry-after"]) > 0


async def test_replays(cafe: Cafe, world: World) -> None:
    """Rule 72: a key gives the first answer again, to its own person alone; with another body or path it is refused."""
    sue, other = await cafe.support(), await cafe.support("Other")
    key = {"Idempotency_Key": "k1"}
    first = await sue.do("POST", "orders/", wish(), **key)
    again = await sue.do("POST", "orders/", wish(), **key)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) and first.status_code == 201
    assert again.headers["idempotent-replay"] == "true"
    refused(await sue.do("POST", "orders/", wish(name="Kim"), **key), 422, "idempotency_mismatch")
    refused(await sue.do("POST", "orders/estimate", {"items": [cup()]}, **key), 422, "idempotency_mismatch")
    theirs = await other.do("POST", "orders/", wish(), **key)
    assert theirs.status_code == 201 and theirs.json()["ticket"]["id"] != first.json()["ticket"]["id"]
    await world.advance(hours=47)
    kept = await sue.do("POST", "orders/", wish(), **key)
    assert (kept.status_code, kept.headers.get("idempotent-replay")) == (201, "true")
    for _ in range(3):
        await world.advance(hours=1)
    assert await world.look(lambda look: look.all(select(IdempotencyKey))) == []
    anew = await sue.do("POST", "orders/", wish(name="Kim"), **key)
    refused(anew, 409, "service_closed")  # the event is over by then, and the key is free


async def test_other_peoples_ids(cafe: Cafe, world: World) -> None:
    """A guest's link opens the own order alone; a group is managed by its own token; a barista reads the own guests' texts."""
    sue, bea, web = await cafe.support(), await cafe.barista(2), await cafe.client()
    mine, theirs = [await sue.post("orders/", wish(cup(milk="full"), station_id=1), 201) for _ in range(2)]
    token, foreign = mine["ticket"]["token"], theirs["orders"][0]["id"]
    before = await world.head()
    for path, body in (("cancel", {"order_id": foreign}), ("feedback", {"order_id": foreign, "rating": 5})):
        answer = await web.post(f"/api/public/orders/{token}/{path}", json=body)
        assert answer.status_code in (404, 422), answer.text
    assert await world.head() == before
    for wrong in (token[:-1], token + "0", token.swapcase(), theirs["ticket"]["id"], "' OR 1=1 --", "%00"):
        assert (await web.get(f"/api/public/orders/{wrong}")).status_code in (400, 404, 422), wrong
    group = {"group_name": "Team", "contact_name": "Kim", "contact_phone": "+61491570199", "mode": "open"}
    one, two = [good(await web.post("/api/group-orders/", json=group), 201)["group_order"] for _ in range(2)]
    before = await world.head()
    for manage in (two["manage_token"], "", "é"):
        headers = {"X-Manage-Token": manage.encode()}
        for method, path, body in (("POST", "/submit", None), ("POST", "/cancel", None), ("PUT", "", {"notes": "x"})):
            answer = await web.request(method, f"/api/group-orders/{one['code']}{path}", json=body, headers=headers)
            refused(answer, 403, "forbidden")
    await order(sue, cup(milk="full"), station_id=1, phone="+61491570150")
    before = await world.head()
    talk = (await sue.get("messages/conversations"))["items"][0]
    for method, path, body in (
        ("GET", "", None), ("POST", "/messages", {"body": "x"}), ("POST", "/take-over", None), ("POST", "/read", None)
    ):  # fmt: skip
        answer = await bea.do(method, f"messages/conversations/{talk['id']}{path}", body)
        assert answer.status_code in (403, 404), (path, answer.text)
    assert await world.head() == before


async def test_tokens_of_others_open_nothing(cafe: Cafe, world: World) -> None:
    """A token of another kind, signed otherwise or cut short is nobody's, over HTTP and in a query string alike."""
    bea = await cafe.barista(1)
    head, body, tail = bea.token.split(".")
    tried = (f"{head}.{body}.", f"{head}.{body}.{tail[::-1]}", f"eyJhbGciOiJub25lIn0.{body}.", body, "null", "a.b.c")
    for token in tried:
        client: httpx.AsyncClient = await cafe.client(token)
        refused(await client.get("/api/auth/me"), 401, "not_signed_in")
    nobody = await cafe.client()
    refused(
        await nobody.get("/api/auth/me", params={"token": bea.token, "access_token": bea.token}), 401, "not_signed_in"
    )
