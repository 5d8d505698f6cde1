"""Whose a Pusher socket is: signing in, ended sessions, members of channels, and what clients tell each other."""

import asyncio
import functools
import json
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from websockets.asyncio.client import connect

from livefloor.identity import tickets
from livefloor.identity.pusher import joining, signing_in
from livefloor.realtime.codes import RIGHTS_CHANGED
from livefloor.realtime.presence import Presence
from livefloor.realtime.wires import pusher_talk
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.wires.pusher_raw import PATIENCE_S, app_of, connected, demote, end, tell

pytestmark = pytest.mark.line_only


SUCCEEDED = "pusher_internal:subscription_succeeded"


# -- who is whose -----------------------------------------------------------------------------------------------------


async def test_signing_in(world: World, people: People, port: int) -> None:
    """A socket that has signed in hears what is sent to its user, and nobody else's."""
    me, you = await people.account("customer"), await people.account("customer")
    page = await people.with_token(people.signed(me, "customer"))
    async with connected(world, port) as client:
        own = f"#server-to-user-{me.user_id}"
        assert (await client.subscribe(own))["data"]["type"] == "AuthError"
        said = await client.sign_in(page)
        assert said["event"] == "pusher:signin_success"
        assert json.loads(said["data"]["user_data"])["id"] == me.user_id
        assert (await client.subscribe(own))["event"] == SUCCEEDED
        assert (await client.subscribe(f"#server-to-user-{you.user_id}"))["event"] == "pusher:subscription_error"
        await world.runtime.hub.signal(f"#user:{you.user_id}", "note", '{"for":"you"}')
        await world.runtime.hub.signal(f"#user:{me.user_id}", "note", '{"for":"me"}')
        said = await client.hear_of("note")
        assert (said["channel"], said["data"]) == (own, {"for": "me"})


async def test_a_wrong_sign_in_closes(world: World, people: People, port: int) -> None:
    """Wrong signatures, somebody else's words, and a grant used twice end the socket for good."""
    page = await people.client()
    app = app_of(world)
    for user_data in ('{"id":"u1"}', '{"id":1}', "{}", "x", None):
        async with connected(world, port) as client:
            auth = app.auth(signing_in(client.socket_id, str(user_data)))
            await client.say("pusher:signin", {"auth": auth, "user_data": user_data})
            assert (await client.hear())["data"]["code"] == 4009
            assert await client.close_code() == 4009
    async with connected(world, port) as client, connected(world, port) as other:
        grant = (await page.post("/pusher/user-auth", data={"socket_id": client.socket_id})).json()
        assert (await client.ask("pusher:signin", grant))["event"] == "pusher:signin_success"
        await other.say("pusher:signin", grant)
        assert await other.close_code() == 4009


async def test_log_out_expiry_and_roles_reach_open_sockets(world: World, people: People, port: int) -> None:
    """A dead session is told to stay away, changed rights and an old token to come back; nothing forbidden is heard."""
    gone, demoted = await people.account(), await people.account()
    async with connected(world, port) as one, connected(world, port) as two, connected(world, port) as three:
        for client, session in ((one, gone), (two, demoted)):
            page = await people.with_token(people.signed(session))
            await client.subscribe("private-staff", page)
        await three.subscribe("private-board", page)
        await end(world, gone)
        await demote(world, demoted)
        await tell(world, "for the staff", "staff")
        async with asyncio.timeout(2):
            assert await one.hear_of("pusher:error", "word") == {
                "event": "pusher:error",
                "data": {"code": 4009, "message": "Not allowed, or not any more"},
            }
            assert await one.close_code() == 4009
            assert (await two.hear_of("pusher:error", "word"))["data"]["code"] == 4200
            assert await two.close_code() == 4200
        await three.settled()  # it has lost nothing by it
        world.clock.advance(timedelta(hours=24))
        assert await three.close_code() == 4200


async def test_a_sixth_socket_closes_the_oldest(world: World, people: People, port: int) -> None:
    """The hub's limit counts sockets once it knows whose they are."""
    session = await people.account()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connected(world, port)) for _ in range(7)]
        for client in clients[:6]:
            page = await people.with_token(people.signed(session))
            assert (await client.subscribe("private-board", page))["event"] == SUCCEEDED
        assert await clients[0].close_code() == 4004
        hub = world.runtime.hub
        ending, last = hub.connections[clients[6].socket_id], hub.connections[clients[5].socket_id]
        ending.close(RIGHTS_CHANGED)
        hub.know(ending, last.actor)  # one that is ending takes nobody's place
        assert [hub.connections[client.socket_id].closing.done() for client in clients[1:6]] == [False] * 5


# -- presence ---------------------------------------------------------------------------------------------------------


async def test_members_come_and_go(world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One member for each user, whatever the tabs; the others are told of the first to come and the last to go."""
    monkeypatch.setattr(Presence, "GRACE_S", 0.0)
    ana, bo = await people.account("mechanic"), await people.account("customer")
    page_a, page_b = await people.with_token(people.signed(ana)), await people.with_token(people.signed(bo, "customer"))
    name = "presence-bench-1"
    async with connected(world, port) as one:
        said = await one.subscribe(name, page_a)
        assert said["data"]["presence"] == {
            "ids": [ana.user_id],
            "hash": {ana.user_id: {"name": "mechanic", "role": "mechanic"}},
            "count": 1,
        }
        async with connected(world, port) as two, connected(world, port) as tab:
            said = await two.subscribe(name, page_b)
            assert sorted(said["data"]["presence"]["ids"]) == sorted([ana.user_id, bo.user_id])
            assert (await tab.subscribe(name, page_b))["data"]["presence"]["count"] == 2
            assert await one.settled() == [
                {
                    "event": "pusher_internal:member_added",
                    "channel": name,
                    "data": {"user_id": bo.user_id, "user_info": {"name": "customer", "role": "customer"}},
                }
            ]
            assert await two.settled() == []
            await tab.say("pusher:unsubscribe", {"channel": name})
            await tab.settled()
            assert await one.settled() == []
        said = await one.hear()
        assert (said["event"], said["data"]) == ("pusher_internal:member_removed", {"user_id": bo.user_id})
    async with asyncio.timeout(PATIENCE_S):
        while world.runtime.hub.presence.members("bench:1"):
            await asyncio.sleep(0)


async def test_a_page_change_does_not_flicker(world: World, people: People, port: int) -> None:
    """Who comes back within the grace time was never away; who leaves on purpose is gone at once."""
    name = "presence-bench-1"
    page_a, page_b = await people.client(), await people.client()
    async with connected(world, port) as one:
        await one.subscribe(name, page_a)
        for _ in range(3):
            async with connected(world, port) as two:
                await two.subscribe(name, page_b)
        async with connected(world, port) as two:
            assert (await two.subscribe(name, page_b))["data"]["presence"]["count"] == 2
            assert [said["event"] for said in await one.settled()] == ["pusher_internal:member_added"]
            await two.say("pusher:unsubscribe", {"channel": name})
            assert (await one.hear())["event"] == "pusher_internal:member_removed"


def _about(user_id: str, size: int) -> str:
    return json.dumps({"user_id": user_id, "user_info": {"name": "x" * size}})


async def test_members_say_who_they_are_by_the_signature_alone(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signed word of somebody else's id, or without one, lets nobody in; nor is there room without end."""
    monkeypatch.setattr(pusher_talk, "MOST_MEMBERS", 1)
    name = "presence-bench-1"
    page, other = await people.client(), await people.client()
    async with connected(world, port) as one, connected(world, port) as two:
        assert (await one.subscribe(name))["data"]["type"] == "AuthError"
        app = app_of(world)
        for data in ('{"user_id":"somebody"}', "{}", '"x"', "x"):
            auth = app.auth(joining(one.socket_id, name, data))
            asked = {"channel": name, "auth": auth, "channel_data": data}
            assert (await one.ask("pusher:subscribe", asked))["data"]["type"] == "AuthError"
        session = await people.account()
        actor = await world.runtime.access.of_token(people.signed(session))
        for data, why in (('{"user_id":"somebody"}', "AuthError"), (_about(session.user_id, 2000), "LimitReached")):
            auth = app.auth(joining(one.socket_id, name, data))
            await world.change(functools.partial(tickets.issue, opens="socket", secret=auth), actor)
            asked = {"channel": name, "auth": auth, "channel_data": data}
            assert (await one.ask("pusher:subscribe", asked))["data"]["type"] == why
        page = await people.with_token(people.signed(session))
        assert (await one.subscribe(name, page))["event"] == SUCCEEDED
        assert (await two.subscribe(name, other))["data"]["type"] == "LimitReached"
        assert not [each for each in world.runtime.hub.on("bench:1") if each.id == two.socket_id]


# -- clients among themselves -----------------------------------------------------------------------------------------


async def test_client_events(world: World, people: People, port: int) -> None:
    """To all others on the channel as they came; on a presence channel with whose they are; never into the log."""
    page_a, page_b = await people.client(), await people.client()
    async with connected(world, port) as one, connected(world, port) as two:
        for client, page in ((one, page_a), (two, page_b)):
            for name in ("private-board", "presence-bench-1"):
                await client.subscribe(name, page)
        await one.settled()
        await two.settled()
        for data in ({"text": "…"}, "plain", None, [1]):
            await one.socket.send(json.dumps({"event": "client-typing", "channel": "private-board", "data": data}))
            heard = json.loads(await two.socket.recv())
            assert heard == {"event": "client-typing", "channel": "private-board", "data": data}
        await one.say("client-typing", {"x": 1}, channel="presence-bench-1")
        said = await two.hear()
        assert (
            said["user_id"]
            == (await page_a.post("/pusher/user-auth", data={"socket_id": "1.2"})).json()["user_data"].split('"')[3]
        )
        assert await one.settled() == []
        assert await world.head() == 0


async def test_the_other_wires_hear_them_too(world: World, people: People, port: int) -> None:
    """What passes by the log is a `signal` there, with its channel and name beside its data."""
    token, page = await people.token(), await people.client()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        connect(f"ws://127.0.0.1:{port}/api/ws", additional_headers=headers, proxy=None) as socket,
        connected(world, port) as client,
    ):
        assert json.loads(await socket.recv())["event"] == "connected"
        await client.subscribe("private-board", page)
        await client.say("client-typing", {"x": 1}, channel="private-board")
        assert json.loads(await socket.recv()) == {
            "event": "signal",
            "data": {"channel": "board", "name": "client-typing", "data": {"x": 1}},
        }


async def test_client_events_that_may_not_be(world: World, people: People, port: int) -> None:
    """Not joined, not declared, public, too large or too many: told, not sent, and the socket stays."""
    page = await people.client()
    async with connected(world, port) as one, connected(world, port) as two:
        await one.subscribe("news")
        await one.subscribe("private-staff", page)
        await two.subscribe("private-board", page)
        await one.settled()
        for event, channel, data in (
            ("client-typing", "private-board", {}),
            ("client-typing", "private-staff", {}),
            ("client-typing", "news", {}),
            ("client-typing", "nothing", {}),
            ("client-typing", None, {}),
        ):
            said = await one.ask(event, data, channel=channel)
            assert (said["event"], said["data"]["code"]) == ("pusher:error", 4301)
        await one.subscribe("private-board", page)
        await one.settled()
        assert (await one.ask("client-shouting", {}, channel="private-board"))["data"]["code"] == 4301
        deep = json.loads("[" * 400 + "]" * 400)
        for data in ("x" * 10_300, deep):
            assert (await one.ask("client-typing", data, channel="private-board"))["data"]["code"] == 4301
        await two.settled()
        for turn in range(12):
            await one.say("client-typing", {"turn": turn}, channel="private-board")
        errors = await one.settled()
        assert [said["data"]["code"] for said in errors] == [4301] * 2
        assert [said["data"]["turn"] for said in await two.settled()] == list(range(10))
