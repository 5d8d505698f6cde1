"""Pusher's HTTP API, called by the official Python library and by requests that are wrong in one thing."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pusher import Pusher as Publisher
from pusher.errors import PusherBadRequest, PusherForbidden

from livefloor.identity.pusher import App
from livefloor.serve import App as Application
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.wires.pusher_raw import app_of, connected, tell

pytestmark = pytest.mark.line_only


VECTOR = '{"name":"order_updated","channel":"private-orders","data":"{\\"id\\":1}"}'


@pytest.fixture
def publish(world: World, port: int, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Give what calls the official library, in a thread, by the clock of the world."""
    monkeypatch.setattr("pusher.http.time", SimpleNamespace(time=lambda: world.clock.now().timestamp()))
    app = app_of(world)
    publisher = Publisher(app_id=app.id, key=app.key, secret=app.secret, host="127.0.0.1", port=port, ssl=False)

    async def call(method: str, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(getattr(publisher, method), *args, **kwargs)

    return call


def signed(world: World, method: str, path: str, body: str = "", **query: str) -> dict[str, str]:
    """Return the query of a signed request, as the libraries make it."""
    app = app_of(world)
    query = {
        "auth_key": app.key,
        "auth_timestamp": str(int(world.clock.now().timestamp())),
        "auth_version": "1.0",
        **({"body_md5": hashlib.md5(body.encode()).hexdigest()} if body else {}),
        **query,
    }
    text = "&".join(f"{name}={value}" for name, value in sorted((k.lower(), v) for k, v in query.items()))
    return {**query, "auth_signature": app.sign(f"{method}\n{path}\n{text}")}


async def asked(world: World, client: httpx.AsyncClient, method: str, path: str, body: Any = None, **query: str) -> Any:
    """Send a signed request; return the answer."""
    said = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    path = f"/apps/{app_of(world).id}/{path}"
    return await client.request(method, path, params=signed(world, method, path, said, **query), content=said)


def test_the_vector_of_the_libraries() -> None:
    """The signature that they make of this request."""
    assert hashlib.md5(VECTOR.encode()).hexdigest() == "7a4bb226ac510cfcee8afd3e32dad839"
    text = (
        "POST\n/apps/42/events\nauth_key=test-key&auth_timestamp=1700000000&auth_version=1.0"
        "&body_md5=7a4bb226ac510cfcee8afd3e32dad839"
    )
    right = "0fea020f544b4fedeaf98919b41a831a92ab2dc5c74ba1c640a43a165730e1ca"
    assert App("42", "test-key", "test-secret").sign(text) == right


async def test_publishing(world: World, people: People, port: int, publish: Callable[..., Any]) -> None:
    """To one channel or several, but not to the socket that is named; nothing of it goes into the log."""
    page = await people.client()
    async with connected(world, port) as one, connected(world, port) as two:
        for client in (one, two):
            await client.subscribe("news")
            await client.subscribe("private-board", page)
            await client.settled()
        await two.settled()
        await one.settled()
        assert await publish("trigger", "news", "sale", {"off": 20}) == {}
        assert await one.hear() == {"event": "sale", "channel": "news", "data": {"off": 20}}
        await publish("trigger", ["news", "private-board"], "sale", {"off": 30}, two.socket_id)
        assert [said["channel"] for said in (await one.hear(), await one.hear())] == ["news", "private-board"]
        assert [said["data"]["off"] for said in await two.settled()] == [20]
        batch = [
            {"channel": "news", "name": "a", "data": "1"},
            {"channel": "private-board", "name": "b", "data": {"x": 2}},
        ]
        assert await publish("trigger_batch", batch) == {}
        assert [(said["event"], said["data"]) for said in await one.settled()] == [("a", 1), ("b", {"x": 2})]
        await two.settled()
        answer = await asked(
            world,
            page,
            "POST",
            "events",
            {"name": "c", "channels": ["news"], "data": "x", "info": "subscription_count"},
        )
        assert answer.json() == {"channels": {"news": {"subscription_count": 2}}}
        assert await world.head() == 0


async def test_the_data_arrives_as_it_was_sent(world: World, port: int, people: People) -> None:
    """A string is a string of the same bytes, whatever is in it."""
    client = await people.anonymous()
    async with connected(world, port) as one:
        await one.subscribe("news")
        await one.settled()
        for data in ("plain", '{"a": 1.0, "b":"ü\\u2028"}', "", "[", '"', "\x01"):
            answer = await asked(world, client, "POST", "events", {"name": "n", "channel": "news", "data": data})
            assert (answer.status_code, answer.json()) == (200, {})
            assert json.loads(await one.socket.recv())["data"] == data


async def test_what_is_kept_of_a_cached_channel(
    world: World, port: int, people: People, publish: Callable[..., Any]
) -> None:
    """Who joins later is given the last event, be it published or of the log."""
    await tell(world, "of the log", "hours:monday")
    async with asyncio.timeout(20):
        while world.runtime.hub.reached[0] < 1:
            await asyncio.sleep(0)
    await publish("trigger", "cache-hours-monday", "notice", {"text": "published"})
    async with connected(world, port) as one:
        await one.subscribe("cache-hours-monday")
        assert (await one.hear_of("notice", "word"))["data"] == {"text": "published"}
        assert [said["event"] for said in await one.settled()] == ["pusher_internal:subscription_count"]
        await tell(world, "later", "hours:monday")
        await one.hear_of("word")
        async with connected(world, port) as two:
            await two.subscribe("cache-hours-monday")
            assert (await two.hear_of("notice", "word"))["data"]["text"] == "later"
    state = await asked(world, await people.anonymous(), "GET", "channels/cache-hours-monday", info="cache")
    assert state.json()["cache"] == {"data": '{"text": "published"}'}


async def test_who_is_where(world: World, people: People, port: int, publish: Callable[..., Any]) -> None:
    """Channels that somebody is on, how many there are, and the users of presence channels."""
    account = await people.account()
    page = await people.with_token(people.signed(account))
    async with connected(world, port) as one, connected(world, port) as two:
        await one.subscribe("news")
        for client in (one, two):
            await client.subscribe("presence-bench-1", page)
        found = await publish("channels_info")
        assert found == {"channels": {"news": {}, "presence-bench-1": {}}}
        found = await publish("channels_info", "presence-", ["user_count"])
        assert found == {"channels": {"presence-bench-1": {"user_count": 1}}}
        assert await publish("channel_info", "news", ["subscription_count"]) == {
            "occupied": True,
            "subscription_count": 1,
        }
        assert await publish("channel_info", "presence-bench-2", ["user_count"]) == {"occupied": False, "user_count": 0}
        assert await publish("users_info", "presence-bench-1") == {"users": [{"id": account.user_id}]}
    for call in (
        ("users_info", "news"),
        ("channel_info", "news", ["user_count"]),
        ("channels_info", "", ["user_count"]),
    ):
        with pytest.raises((PusherBadRequest, ValueError)):
            await publish(*call)


async def test_sending_to_a_user_and_ending_connections(
    world: World, people: People, port: int, publish: Callable[..., Any]
) -> None:
    """What is sent to a user reaches their sockets alone; ended ones are told to stay away."""
    me, you = await people.account(), await people.account()
    async with connected(world, port) as one, connected(world, port) as two:
        for client, session in ((one, me), (two, you)):
            await client.sign_in(await people.with_token(people.signed(session)))
            await client.subscribe(f"#server-to-user-{session.user_id}")
            await client.settled()
        await publish("send_to_user", me.user_id, "note", {"for": "me"})
        assert (await one.hear_of("note"))["data"] == {"for": "me"}
        # The library leaves `/apps/{id}` out of this one address.
        answer = await asked(world, await people.anonymous(), "POST", f"users/{me.user_id}/terminate_connections", {})
        assert answer.json() == {}
        assert await one.close_code() == 4009
        assert "note" not in [said["event"] for said in await two.settled()]


async def test_wrong_signatures(world: World, people: People) -> None:
    """A request that is wrong in one thing is refused; one that is right passes."""
    client = await people.anonymous()
    app = app_of(world)
    path, body = f"/apps/{app.id}/events", '{"name":"n","channel":"news","data":"x"}'
    right = signed(world, "POST", path, body)
    old, new = (str(int(world.clock.now().timestamp()) + by) for by in (-601, 601))
    wrong: list[dict[str, Any]] = [
        {},
        {**right, "auth_signature": "0" * 64},
        {**right, "auth_signature": "ü"},
        {name: value for name, value in right.items() if name != "auth_signature"},
        {**right, "auth_timestamp": str(int(right["auth_timestamp"]) + 1)},
        {**right, "more": "1"},
        signed(world, "POST", path, body, auth_key="another"),
        signed(world, "POST", path, body, auth_version="2.0"),
        signed(world, "POST", path, body, auth_timestamp=old),
        signed(world, "POST", path, body, auth_timestamp=new),
        signed(world, "POST", path, body, auth_timestamp="now"),
        signed(world, "POST", path, body, body_md5="0" * 32),
        signed(world, "POST", path, ""),
        signed(world, "GET", path, body),
        signed(world, "POST", f"/apps/{app.id}/batch_events", body),
    ]
    for query in wrong:
        answer = await client.post(path, params=query, content=body)
        assert answer.status_code == 401, query
    assert (await client.post(path, params=right, content=body + " ")).status_code == 401
    twice = [*right.items(), ("auth_version", "1.0")]
    assert (await client.post(path, params=twice, content=body)).status_code == 401
    shouted = {name.upper(): value for name, value in right.items()}
    assert (await client.post(path, params=shouted, content=body)).status_code == 200
    assert (await client.post(path, params=right, content=body)).status_code == 200
    await world.advance(seconds=601)  # the same request, kept by somebody for later
    assert (await client.post(path, params=right, content=body)).status_code == 401
    assert (await client.post("/apps/1/events", params=right, content=body)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "events", "", 400),
        ("POST", "events", "{", 400),
        ("POST", "events", "[]", 400),
        ("POST", "events", '{"name":"n","data":"x"}', 400),
        ("POST", "events", '{"name":"","channel":"news","data":"x"}', 400),
        ("POST", "events", '{"name":"n","channel":"news","data":{}}', 400),
        ("POST", "events", '{"name":"n","channel":"nothing","data":"x"}', 400),
        ("POST", "events", '{"name":"n","channel":"private-encrypted-x","data":"x"}', 400),
        ("POST", "events", '{"name":"n","channel":"news","data":"x","socket_id":"1"}', 400),
        ("POST", "events", '{"name":"n","channel":"news","data":"x","info":"user_count"}', 400),
        ("POST", "events", '{"name":"n","channel":"news","data":"x","info":"secrets"}', 400),
        ("POST", "events", json.dumps({"name": "n", "channels": ["news"] * 101, "data": "x"}), 400),
        ("POST", "events", json.dumps({"name": "n", "channel": "news", "data": "x" * 10_241}), 413),
        ("POST", "events", json.dumps({"name": "n", "channel": "news", "data": "x" * 300_000}), 413),
        ("POST", "events", '{"name":"pusher:error","channel":"news","data":"x"}', 403),
        ("POST", "events", '{"name":"pusher_internal:member_added","channel":"news","data":"{}"}', 403),
        ("POST", "batch_events", json.dumps({"batch": [{"name": "n", "channel": "news", "data": "x"}] * 11}), 400),
        ("POST", "batch_events", "{}", 400),
        ("GET", "events", "", 405),
        ("POST", "channels", "{}", 405),
        ("GET", "channels/private-nothing", "", 400),
        ("GET", "channels/news/members", "", 404),
        ("GET", "", "", 404),
    ],
)
async def test_bad_requests(world: World, people: People, method: str, path: str, body: str, status: int) -> None:
    """Each is refused with its status, and nobody is told anything."""
    answer = await asked(world, await people.anonymous(), method, path, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_all_or_nothing(world: World, people: People, port: int) -> None:
    """A batch or a list of channels with one that is wrong tells nobody anything."""
    client = await people.anonymous()
    async with connected(world, port) as one:
        await one.subscribe("news")
        await one.settled()
        fine, bad = {"name": "n", "channel": "news", "data": "x"}, {"name": "n", "channel": "nothing", "data": "x"}
        assert (await asked(world, client, "POST", "batch_events", {"batch": [fine, bad]})).status_code == 400
        body = {"name": "n", "channels": ["news", "nothing"], "data": "x"}
        assert (await asked(world, client, "POST", "events", body)).status_code == 400
        assert await one.settled() == []


async def test_a_refusal_reaches_the_library(publish: Callable[..., Any]) -> None:
    """It reads the status and the words."""
    with pytest.raises(PusherForbidden, match="reserved_name"):
        await publish("trigger", "news", "pusher:error", {})
    with pytest.raises(PusherBadRequest, match="unknown_channel"):
        await publish("trigger", "nothing", "n", {})


async def test_publishers_call_the_root_of_the_host(world: World) -> None:
    """Their libraries know no other path: among several systems the app's id says which is meant."""
    application = Application([world.runtime, world.runtime])
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        body = {"name": "n", "channel": "news", "data": "x"}
        assert (await asked(world, client, "POST", "events", body)).json() == {}
        assert (await client.post("/apps/1/events")).status_code == 404
