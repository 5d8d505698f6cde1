"""Pusher's protocol 7, frame by frame: signatures, names, the handshake, what is not understood, the ends."""

import asyncio
import json
import re
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from livefloor import PUBLIC, Channel
from livefloor.declare.check import check_system
from livefloor.identity.pusher import App, Names, joining, signing_in
from livefloor.realtime.asyncapi import document
from livefloor.realtime.session import Connection
from livefloor.realtime.wires import pusher_talk
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.conftest import Postgres
from tests.platform.conftest import People
from tests.platform.shop import system as shop
from tests.wires.pusher_raw import ASKED, PATIENCE_S, app_of, authorized, connected, dialled, end, tell

pytestmark = pytest.mark.line_only


SUCCEEDED = "pusher_internal:subscription_succeeded"

DOCS = App("42", "test-key", "test-secret")
ROOFING = App("42", "roofing-docs-key", "roofing-docs-secret")
DANA = '{"user_id":"0190a000-0000-7000-8000-000000000001","user_info":{"name":"Dana Whitlock","role":"manager"}}'


# -- signatures and names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "text", "auth"),
    [
        (
            DOCS,
            joining("123.456", "private-orders", None),
            "test-key:546e8f7fb7bd881757aa4989b347943b7815f8d553af7bdfa04c49cb5202247e",
        ),
        (
            DOCS,
            joining("123.456", "presence-station-1", '{"user_id":"u1","user_info":{"name":"Ana"}}'),
            "test-key:79d1c3eb97aa8eb8776d15388b6d61df0e81dedf2af6f9aef95d27aff875591b",
        ),
        (
            DOCS,
            signing_in("123.456", '{"id":"u1"}'),
            "test-key:d4c538cd81c67beb7d015ae812c46e2a7902b8a533bd07465896d23cb81209e7",
        ),
        (
            ROOFING,
            joining("1234.5678", "private-leads", None),
            "roofing-docs-key:31a7f0165d082153e8db80bb06dad952b8f8652ec5a66f3bebdbbf4ae169dcaf",
        ),
        (
            ROOFING,
            joining("1234.5678", "presence-office", DANA),
            "roofing-docs-key:835eea9596ae5130c1eb1aa619718db9bf7900098188a1136877a9d873dd32ac",
        ),
    ],
    ids=["private", "presence", "sign-in", "roofing-private", "roofing-presence"],
)
def test_signatures(app: App, text: str, auth: str) -> None:
    """The vectors that the official libraries give."""
    assert app.auth(text) == auth
    assert app.is_auth(text, auth)
    assert not app.is_auth(text + " ", auth)
    assert not app.is_auth(text, auth[:-1] + "ü")


def test_names_of_channels() -> None:
    """The prefix says the kind, and of two patterns that fit a name the more exact one has it."""
    anyone = lambda actor, **parameters: True  # noqa: E731
    project = Channel("project:{id}", join=anyone)
    money = Channel("project:{id}:finance", join=anyone)
    office = Channel("office", join=anyone, presence=True)
    status = Channel("company-status", join=PUBLIC)
    hours = Channel("hours:{day}", join=PUBLIC, cached=True)
    names = Names((project, money, office, status, hours))
    for channel, address, name in (
        (project, "project:0190-ab", "private-project-0190-ab"),
        (money, "project:0190-ab:finance", "private-project-0190-ab-finance"),
        (office, "office", "presence-office"),
        (status, "company-status", "company-status"),
        (hours, "hours:monday", "cache-hours-monday"),
    ):
        assert names.name(address) == name
        assert names.find(name) == (channel, address)
    for wrong in (
        "office",
        "private-office",
        "hours-monday",
        "private-project-",
        "private-project-a:b",
        "private-project-a b",
    ):
        assert names.find(wrong) is None
    assert names.find("private-project-" + "x" * 148) is not None
    assert names.find("private-project-" + "x" * 149) is None


# -- the handshake ----------------------------------------------------------------------------------------------------


async def test_the_first_frame(world: World, port: int) -> None:
    """The data is a string of JSON; the id has the form that the server libraries check, and is new each time."""
    ids = set()
    for _ in range(3):
        async with connect(f"ws://127.0.0.1:{port}/app/{app_of(world).key}?{ASKED}", proxy=None) as socket:
            said = json.loads(await socket.recv())
            assert said["event"] == "pusher:connection_established" and isinstance(said["data"], str)
            data = json.loads(said["data"])
            assert data["activity_timeout"] == 30 and re.fullmatch(r"\d+\.\d+", data["socket_id"])
            ids.add(data["socket_id"])
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/app/{key}x?protocol=7", 4001),
        ("/app/?protocol=7", 4005),
        ("/app/{key}/more?protocol=7", 4005),
        ("/app/{key}?protocol=7&version=new%20one", 4006),
        ("/app/{key}?protocol=4", 4007),
        ("/app/{key}?protocol=seven", 4007),
        ("/app/{key}", 4008),
    ],
)
async def test_refused_after_accepting(world: World, port: int, path: str, code: int) -> None:
    """A client that is wrong here is told so by a code after which it stays away, with an error before it."""
    async with dialled(port, path.format(key=app_of(world).key)) as client:
        said = await client.hear()
        assert (said["event"], said["data"]["code"]) == ("pusher:error", code)
        assert await client.close_code() == code
    assert not world.runtime.hub.connections


async def test_older_protocols_are_spoken(world: World, port: int) -> None:
    """Five, six and seven say the same of what is spoken here."""
    for protocol in (5, 6, 7):
        async with dialled(port, f"/app/{app_of(world).key}?protocol={protocol}") as client:
            assert (await client.hear())["event"] == "pusher:connection_established"


async def test_pages_of_other_origins_are_refused(world: World, port: int) -> None:
    """A page of somebody else is turned away for good; our own is not."""
    path = f"/app/{app_of(world).key}?{ASKED}"
    async with dialled(port, path, origin="https://evil.example") as client:
        assert await client.close_code() == 4009
    async with dialled(port, path, origin=f"http://127.0.0.1:{port}") as client:
        assert (await client.hear())["event"] == "pusher:connection_established"


async def test_a_path_for_sockets_alone(people: People) -> None:
    """Whoever calls it without an upgrade is told."""
    client = await people.anonymous()
    assert (await client.get("/app/x?protocol=7")).status_code == 404


# -- talk -------------------------------------------------------------------------------------------------------------


async def test_ping_and_what_is_not_understood(world: World, port: int) -> None:
    """A ping is answered, unknown words of the protocol are passed over, nonsense is told and the socket stays."""
    async with connected(world, port) as client:
        assert await client.ask("pusher:ping", {}) == {"event": "pusher:pong", "data": {}}
        await client.say("pusher:pong", {})
        await client.say("pusher:something_new", {"a": 1})
        for nonsense in ("not json", "[]", '{"data":{}}', '{"event":7}', '{"event":"shout"}', b"\x00"):
            await client.socket.send(nonsense)
            said = await client.hear()
            assert (said["event"], said["data"]["code"]) == ("pusher:error", 4302)
        await client.say("pusher:subscribe", "no object")
        assert (await client.hear())["data"]["code"] == 4302
        assert await client.settled() == []


async def test_data_as_a_string(world: World, port: int) -> None:
    """Older clients send the data as JSON in a string."""
    async with connected(world, port) as client:
        assert (await client.ask("pusher:subscribe", '{"channel":"news"}'))["event"] == SUCCEEDED


async def test_too_much_nonsense_closes(world: World, port: int) -> None:
    """More than ten messages in a minute that cannot be read, or three hundred of any kind in ten seconds."""
    async with connected(world, port) as client:
        for _ in range(11):
            await client.socket.send("{")
        assert await client.close_code() == 4100
    async with connected(world, port) as client:
        with suppress(ConnectionClosed):
            for _ in range(400):
                await client.say("pusher:ping")
        assert await client.close_code() == 4100


async def test_silence_is_asked_about_and_then_closed(world: World, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of which nothing is heard gets a ping; one that does not answer is closed, one that does stays."""
    monkeypatch.setattr(pusher_talk, "PING_AFTER_S", 0.05)
    monkeypatch.setattr(pusher_talk, "PONG_WITHIN_S", 0.5)
    async with connected(world, port) as silent, connected(world, port) as answering:
        for _ in range(15):
            await answering.hear_of("pusher:ping")
            await answering.say("pusher:pong")
        assert (await silent.hear())["event"] == "pusher:ping"
        assert await silent.close_code() == 4201
        await answering.settled()


# -- the ends ---------------------------------------------------------------------------------------------------------


async def test_a_slow_reader_is_closed_and_complete_when_it_returns(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that stops reading is told to come back later, harms nobody, and catches up whole."""
    monkeypatch.setattr(Connection, "QUEUE", 8)
    page = await people.client("customer")
    async with (
        connected(world, port, max_size=None) as reading,
        connected(world, port, max_size=None, max_queue=1) as stalled,
    ):
        for client in (reading, stalled):
            await client.subscribe("private-board", page)
        stalled.socket.transport.pause_reading()
        for _ in range(60):
            await tell(world, "x" * 200_000, "board")
            await reading.hear_of("word")
        stalled.socket.transport.resume_reading()
        assert await stalled.close_code() == 4100
    async with connected(world, port, max_size=None) as client:
        await client.subscribe("private-board", page, since="0")
        assert [(await client.hear_of("word"))["data"]["seq"] for _ in range(60)] == list(range(1, 61))


async def test_shutdown_says_come_back(world: World, people: People) -> None:
    """When the server stops, clients are told 4200, with an error before it."""
    async with AsyncExitStack() as stack:
        async with served(world.runtime) as port:
            client = await stack.enter_async_context(connected(world, port))
        assert (await client.hear())["data"]["code"] == 4200
        assert await client.close_code() == 4200


async def test_a_failure_says_come_back_later(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong on our side ends the socket before anything is told past a hole."""
    page = await people.client()
    async with connected(world, port) as client:
        grant = await authorized(page, client.socket_id, "private-board", since="0")

        async def broken() -> None:
            await tell(world, "live", "board")
            while world.runtime.hub.reached[0] < 1:
                await asyncio.sleep(0)
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(world.runtime.wires["/app/"].live.recovery, "_head", broken)  # type: ignore[attr-defined]
        await client.say("pusher:subscribe", {"channel": "private-board", **grant})
        assert (await client.hear_of("word", "pusher:error"))["data"].get("code") == 4100
        assert await client.close_code() == 4100
    async with asyncio.timeout(PATIENCE_S):
        while world.runtime.hub.connections:
            await asyncio.sleep(0)


async def test_any_process_serves_any_client(postgres: Postgres, tmp_path: Path) -> None:
    """Granted by one process, joined at another, revoked at the first; what was missed here is told there."""
    name = await postgres.create(shop)
    environ = {
        "LIVEFLOOR_SECRET_KEY": "one for both, and long enough for it",
        "LIVEFLOOR_PUSHER_APP_ID": "4242",
        "LIVEFLOOR_PUSHER_KEY": "shop-key",
        "LIVEFLOOR_PUSHER_SECRET": "another one for both, and long enough",
    }
    async with AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(World(shop, database_url=postgres.url(name), environ=environ)) for _ in "ab"
        ]
        ports = [await stack.enter_async_context(served(world.runtime)) for world in (one, two)]
        people = People(one, stack)
        session = await people.account()
        page = await people.with_token(people.signed(session))
        async with connected(one, ports[0]) as here:
            await here.subscribe("private-board", page, since="0")
            await tell(two, "a", "board")
            last = (await here.hear_of("word"))["data"]["last_id"]
        await tell(one, "b", "board")
        async with connected(two, ports[1]) as there:
            await there.subscribe("private-board", page, since=last)
            assert (await there.hear_of("word"))["data"]["text"] == "b"
            await end(one, session)
            async with asyncio.timeout(2):
                assert await there.close_code() == 4009
    await postgres.drop(name)


# -- the routes -------------------------------------------------------------------------------------------------------


async def test_forms_and_json_and_what_is_neither(people: People) -> None:
    """The form of stock clients and JSON are the same; what a page sends more is let pass, what is wrong is named."""
    page = await people.client("customer")
    asked = {"socket_id": "123.456", "channel_name": "private-board", "csrf": "x"}
    by_form, by_json = await page.post("/pusher/auth", data=asked), await page.post("/pusher/auth", json=asked)
    assert by_form.status_code == by_json.status_code == 200
    assert by_form.json() == by_json.json() and set(by_form.json()) == {"auth"}
    for wrong in (
        {"socket_id": "123", "channel_name": "private-board"},
        {"socket_id": "1.2:private-staff", "channel_name": "private-board"},
        {"socket_id": "1.2\n", "channel_name": "private-board"},
        {"socket_id": "123.456"},
        {"channel_name": "private-board"},
        {"socket_id": "123.456", "channel_name": "x" * 300},
        {"socket_id": "123.456", "channel_name": "private-board", "since": "{"},
        {"socket_id": "123.456", "channel_name": "private-board", "since": "x" * 100},
        {"socket_id": "123.456", "channel_name": "private-board", "since": '{"a":[1]}'},
        {"socket_id": "123.456", "channel_names": "a", "channel_names[]": "private-board\x00"},
    ):
        assert (await page.post("/pusher/auth", data=wrong)).status_code == 422
    assert (await page.post("/pusher/auth", content=b"\xff", headers={"content-type": "text/plain"})).status_code == 415
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await page.post("/pusher/auth", content=b"socket_id=%ff", headers=form)).status_code == 422
    assert (await (await people.anonymous()).post("/pusher/auth", data=asked)).status_code == 401


async def test_many_channels_in_one_request(world: World, people: People, port: int) -> None:
    """Each gets the answer that it would have alone."""
    page = await people.client("customer")
    async with connected(world, port) as client:
        names = ["private-board", "private-staff", "presence-bench-1", "nothing"]
        asked = {"socket_id": client.socket_id, "channel_names[]": names, "since": "0"}
        answer = await page.post("/pusher/auth", data=asked)
        found = answer.json()
        assert {name: one["status"] for name, one in found.items()} == {
            "private-board": 200,
            "private-staff": 403,
            "presence-bench-1": 200,
            "nothing": 403,
        }
        for name in ("private-board", "presence-bench-1"):
            await client.say("pusher:subscribe", {"channel": name, **found[name]["data"]})
            assert (await client.hear_of(SUCCEEDED, "pusher:subscription_error"))["event"] == SUCCEEDED
        assert (await page.post("/pusher/auth", data={**asked, "channel_names[]": ["x"] * 101})).status_code == 422


def test_asyncapi_describes_the_wire() -> None:
    """The channels stand under the names that clients know, the frames with their data in a string."""
    found = document(shop)
    channel = found["channels"]["pusher"]
    assert channel["address"] == "/app/{key}"
    assert "`presence-bench-{id}`" in channel["description"]
    heard = found["components"]["messages"]["pusher.ticket_update"]["payload"]["properties"]
    assert heard["data"]["contentMediaType"] == "application/json"
    assert "pusher.livefloor:reset" in channel["messages"]


def test_the_part_needs_the_wire() -> None:
    """Without it there is nothing to sign with, which is told before it serves."""
    assert check_system(shop) == []
    assert len(check_system(replace(shop, wires=shop.wires[:-1]))) == 1
