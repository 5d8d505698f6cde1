"""Stock pusher-js against the real server: nothing of it is changed, and nothing is lost or told twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from livefloor.realtime.codes import GOING_AWAY
from livefloor.realtime.presence import Presence
from livefloor.serve import Runtime
from livefloor.testing.server import free_port, process, served
from livefloor.testing.world import World
from tests.conftest import Postgres
from tests.platform.conftest import People
from tests.platform.shop import system as shop
from tests.wires.pusher_node import Stock, stock
from tests.wires.pusher_raw import app_of, demote, end, tell


@pytest.fixture
async def node() -> AsyncIterator[Stock]:
    """Give pages that use the stock client."""
    async with stock() as node:
        yield node


async def test_public_and_private(world: World, people: People, port: int, node: Stock) -> None:
    """Both kinds are joined and heard; what was left is not."""
    page = await people.client()
    await node.open(port, app_of(world), await people.token())
    await node.join("news")
    await node.join("private-board")
    await tell(world, "hello", "news")
    assert (await node.event("word", "news"))["data"]["text"] == "hello"
    await page.post("/api/tickets", json={"bike": "a"})
    said = await node.event("ticket_update", "private-board")
    assert (said["data"]["ticket"]["bike"], said["data"]["id"]) == ("a", "2.0")
    await node.act("unsubscribe", channel="news")
    await node.until(lambda said: said.get("left", False))
    await tell(world, "unheard", "news")
    await tell(world, "heard", "board")
    assert (await node.event("word"))["data"]["text"] == "heard"


async def test_refused(world: World, people: People, port: int, node: Stock) -> None:
    """A channel that is not one's own, a wrong token and a wrong key each reach the page as an error."""
    await node.open(port, app_of(world), await people.token("customer"))
    await node.act("subscribe", channel="private-staff")
    assert (await node.event("pusher:subscription_error"))["data"]["status"] == 403
    await node.open(port, app_of(world), "a.b.c", id="b")
    await node.act("subscribe", "b", channel="private-board")
    assert (await node.event("pusher:subscription_error", id="b"))["data"]["status"] == 401
    app = app_of(world)
    await node.open(port, type(app)(app.id, "wrong", app.secret), "", id="c")
    await node.state("disconnected", id="c")
    assert {"id": "c", "error": {"code": 4001, "message": "There is no app of this key"}} in node.heard


async def test_presence(world: World, people: People, port: int, node: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tabs of one user are one member; the last to go is told."""
    monkeypatch.setattr(Presence, "GRACE_S", 0.0)
    ana, bo = await people.account(), await people.account("customer")
    name = "presence-bench-7"
    await node.open(port, app_of(world), people.signed(ana))
    assert (await node.join(name))["members"] == [ana.user_id]
    for tab in ("b", "c"):
        await node.open(port, app_of(world), people.signed(bo, "customer"), id=tab)
        assert (await node.join(name, tab))["members"] == sorted([ana.user_id, bo.user_id])
    assert [said["data"]["id"] for said in node.heard if said.get("event") == "pusher:member_added"] == [bo.user_id]
    await node.act("disconnect", "b")
    await node.act("trigger", "c", channel=name, event="client-typing", data={"x": 1})
    said = await node.until(lambda said: "typed" in said)
    assert (said["id"], said["typed"], said["from"]) == ("a", {"x": 1}, bo.user_id)
    assert "pusher:member_removed" not in [said.get("event") for said in node.heard]
    await node.act("disconnect", "c")
    assert (await node.event("pusher:member_removed", name))["members"] == [ana.user_id]


async def test_client_events(world: World, people: People, port: int, node: Stock) -> None:
    """To the others, not to oneself."""
    for tab in ("a", "b"):
        await node.open(port, app_of(world), await people.token(), id=tab)
        await node.join("private-board", tab)
    await node.act("trigger", channel="private-board", event="client-typing", data={"who": "a"})
    assert (await node.event("client-typing", id="b"))["data"] == {"who": "a"}
    await node.act("trigger", "b", channel="private-board", event="client-typing", data={"who": "b"})
    assert (await node.event("client-typing"))["data"] == {"who": "b"}


async def test_signing_in(world: World, people: People, port: int, node: Stock) -> None:
    """What is sent to a user reaches the page, again after a reconnect."""
    session = await people.account()
    await node.open(port, app_of(world), people.signed(session))
    await node.state("connected")
    await node.act("signin")
    said = await node.until(lambda said: "signed" in said)
    assert said["signed"]["id"] == session.user_id
    own = f"#user:{session.user_id}"
    for turn in range(2):
        async with asyncio.timeout(20):
            while not world.runtime.hub.on(own):
                await asyncio.sleep(0)
        await world.runtime.hub.signal(own, "note", f'{{"turn":{turn}}}')
        assert (await node.event("note"))["data"] == {"turn": turn}
        for connection in tuple(world.runtime.hub.connections.values()):
            connection.close(GOING_AWAY)
        await node.state("connected")


async def test_a_cached_channel(world: World, people: People, port: int, node: Stock) -> None:
    """The last event comes at once, or a miss."""
    await node.open(port, app_of(world), "")
    await node.act("subscribe", channel="cache-hours-monday")
    await node.event("pusher:cache_miss")
    await tell(world, "9-17", "hours:monday")
    assert (await node.event("word"))["data"]["text"] == "9-17"
    await node.open(port, app_of(world), "", id="b")
    await node.act("subscribe", "b", channel="cache-hours-monday")
    assert (await node.event("word", id="b"))["data"]["text"] == "9-17"


async def test_nothing_is_lost_over_cuts(world: World, people: People, port: int, node: Stock) -> None:
    """Sixty events pour in over two channels while the line is cut again and again, by either side."""
    await node.open(port, app_of(world), await people.token())
    for channel in ("private-board", "private-staff"):
        await node.join(channel, since="0")

    async def pour() -> None:
        for turn in range(60):
            await tell(world, str(turn), "board", "staff")
            if turn in (10, 25):
                await node.act("cut")
            if turn % 7 == 3:
                for connection in tuple(world.runtime.hub.connections.values()):
                    connection.close(GOING_AWAY)
            await asyncio.sleep(0)

    async def hear() -> None:
        while node.told("private-board")[-1:] != [60] or node.told("private-staff")[-1:] != [60]:
            await node.event("word")

    await asyncio.gather(pour(), hear())
    assert node.told("private-board") == node.told("private-staff") == list(range(1, 61))


async def test_a_dead_line_is_noticed(world: World, people: People, port: int, node: Stock) -> None:
    """When nothing comes any more the client asks, gets no answer, and connects anew; it has missed nothing."""
    await node.open(port, app_of(world), await people.token(), activityTimeout=200, pongTimeout=200)
    await node.join("private-board", since="0")
    await tell(world, "heard", "board")
    await node.event("word")
    await node.act("freeze")
    await tell(world, "into the void", "board")
    await node.event("word")
    assert node.told("private-board") == [1, 2]


async def test_nothing_is_lost_over_a_restart(world: World, people: People, node: Stock) -> None:
    """A page that stood in one server goes on at the next, with what happened between them."""
    token = await people.token()
    async with served(world.runtime) as port:
        await node.open(port, app_of(world), token)
        await node.join("private-board", since="0")
        await tell(world, "before", "board")
        await node.event("word")
    await tell(world, "without a server", "board")
    await world.runtime.close()
    world.runtime = Runtime(world.system, world.settings, world.clock)
    await world.runtime.open(background=False)
    await tell(world, "after", "board")
    async with served(world.runtime, port):
        while len(node.told("private-board")) < 3:
            await node.event("word")
        await tell(world, "live", "board")
        await node.event("word")
        assert node.told("private-board") == [1, 2, 3, 4]


async def test_nothing_is_lost_over_a_killed_process(postgres: Postgres, tmp_path: Path, node: Stock) -> None:
    """While events pour in from elsewhere the server is killed as by a power cut, twice, and started again."""
    name, port = await postgres.create(shop), free_port()
    environ = {
        "LIVEFLOOR_SECRET_KEY": "one for both, and long enough for it",
        "LIVEFLOOR_PUSHER_APP_ID": "4242",
        "LIVEFLOOR_PUSHER_KEY": "shop-key",
        "LIVEFLOOR_PUSHER_SECRET": "another one for both, and long enough",
    }
    served_by = {**environ, "LIVEFLOOR_DATABASE_URL": postgres.url(name), "PYTHONPATH": str(Path(__file__).parents[2])}
    async with AsyncExitStack() as stack:
        elsewhere = World(shop, database_url=postgres.url(name), environ=environ, start=datetime.now(UTC))
        world = await stack.enter_async_context(elsewhere)
        token = await People(world, stack).token()
        for turn in range(3):
            with process("tests.platform.shop:system", data=tmp_path, port=port, wait=False, **served_by) as server:
                await asyncio.to_thread(server.wait_until_ready)
                if turn == 0:
                    await node.open(port, app_of(world), token)
                    for channel in ("private-board", "private-staff"):
                        await node.join(channel, since="0")
                for count in range(20):
                    await tell(world, str(count), "board", "staff")
                    if count == 10:
                        await node.event("word")
                while turn == 2 and not node.told("private-board")[-1:] == node.told("private-staff")[-1:] == [60]:
                    await node.event("word")
                server.kill()
    assert node.told("private-board") == node.told("private-staff") == list(range(1, 61))
    await postgres.drop(name)


async def test_away_for_too_long(world: World, people: People, port: int, node: Stock) -> None:
    """What is no longer kept is told by one reset; then it is live."""
    await tell(world, "old", "board")
    await tell(world, "old too", "board")
    await world.advance(hours=25)
    await node.open(port, app_of(world), await people.token())
    await node.act("subscribe", channel="private-board", since="1.0")
    assert (await node.event("livefloor:reset"))["data"]["reason"] == "position_expired"
    await tell(world, "new", "board")
    assert (await node.event("word"))["data"]["text"] == "new"
    assert [said.get("event") for said in node.heard].count("livefloor:reset") == 1


async def test_log_out_and_changed_rights(world: World, people: People, port: int, node: Stock) -> None:
    """After a log-out the client stays away; after a change of rights it comes back with what it still may join."""
    gone, demoted = await people.account(), await people.account()
    for tab, session in (("a", gone), ("b", demoted)):
        await node.open(port, app_of(world), people.signed(session), id=tab)
        for channel in ("private-board", "private-staff"):
            await node.join(channel, tab)
    await end(world, gone)
    await node.state("disconnected")
    await demote(world, demoted)
    said = await node.event("pusher:subscription_error", "private-staff", id="b")
    assert said["data"]["status"] == 403
    async with asyncio.timeout(20):
        while not world.runtime.hub.on("board"):
            await asyncio.sleep(0)
    await tell(world, "for all", "staff", "board")
    assert (await node.event("word", id="b"))["channel"] == "private-board"
    assert node.told("private-staff", "b") == node.told("private-board", "a") == []
