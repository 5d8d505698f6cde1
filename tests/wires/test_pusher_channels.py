"""Pusher's channels: who may join, how often, what is kept of them, and what was missed on them."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from livefloor.identity.pusher import App
from livefloor.realtime.session import Connection
from livefloor.realtime.wires import pusher, pusher_talk
from livefloor.serve import Runtime
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.wires.pusher_raw import app_of, authorized, connected, end, tell

SUCCEEDED = "pusher_internal:subscription_succeeded"
COUNT = "pusher_internal:subscription_count"


# -- channels ---------------------------------------------------------------------------------------------------------


async def test_a_public_channel(world: World, port: int) -> None:
    """Anybody joins; frames say where they come from; twice is once; after leaving nothing comes."""
    async with connected(world, port) as client:
        assert await client.subscribe("news") == {"event": SUCCEEDED, "channel": "news", "data": {}}
        assert (await client.hear())["event"] == COUNT
        assert (await client.subscribe("news"))["event"] == SUCCEEDED
        world.runtime.hub.expire(world.clock.now().timestamp())  # nobody's token is over
        await tell(world, "hello", "news")
        said = await client.hear()
        assert (said["event"], said["channel"], said["data"]["text"]) == ("word", "news", "hello")
        assert (said["data"]["id"], said["data"]["seq"]) == ("1.0", 1) and "at" in said["data"]
        await client.say("pusher:unsubscribe", {"channel": "news"})
        await client.say("pusher:unsubscribe", {"channel": "news"})
        await client.say("pusher:unsubscribe", {"channel": "never-was"})
        await client.settled()
        await tell(world, "gone", "news")
        assert not world.runtime.hub.on("news")
        assert await client.settled() == []


async def test_a_private_channel(world: World, people: People, port: int) -> None:
    """With a signature of one who may; each frame once, whichever channel it came over, in order."""
    page = await people.client()
    async with connected(world, port) as client:
        assert (await client.subscribe("private-board", page))["event"] == SUCCEEDED
        assert (await client.subscribe("private-staff", page))["event"] == SUCCEEDED
        await client.settled()
        await page.post("/api/tickets", json={"bike": "a"})
        heard = [await client.hear(), await client.hear()]
        assert [(said["event"], said["channel"], said["data"]["id"]) for said in heard] == [
            ("ticket_update", "private-board", "1.0"),
            ("ticket_update", "private-staff", "1.1"),
        ]
        assert heard[0]["data"]["ticket"]["bike"] == "a"


async def test_who_may_not_join(world: World, people: People, port: int) -> None:
    """Without, with a wrong, a foreign, or another socket's signature one stays out; the socket stays open."""
    me, you = await people.account("customer"), await people.account("customer")
    page = await people.with_token(people.signed(me, "customer"))
    app, own = app_of(world), f"#server-to-user-{me.user_id}"
    async with connected(world, port) as client, connected(world, port) as other:
        forged = App(app.id, app.key, "another secret").auth(f"{client.socket_id}:private-board")
        of_other = (await authorized(page, other.socket_id, "private-board"))["auth"]
        ungranted = app.auth(f"{client.socket_id}:private-board")
        changed = dict(await authorized(page, client.socket_id, "private-board", since="1.0"))
        changed["channel_data"] = changed["channel_data"].replace("1.0", "0.0")
        for asked in (
            {},
            {"auth": ""},
            {"auth": 7},
            {"auth": forged},
            {"auth": of_other},
            {"auth": ungranted},
            {"auth": "ü:ü"},
            {"auth": ungranted, "channel_data": {"since": "0.0"}},
            changed,
        ):
            said = await client.ask("pusher:subscribe", {"channel": "private-board", **asked})
            assert (said["event"], said["channel"]) == ("pusher:subscription_error", "private-board")
            assert (said["data"]["type"], said["data"]["status"]) == ("AuthError", 401)
        for name in ("private-staff", f"private-user-{you.user_id}", "private-nothing", own, "news"):
            answer = await page.post("/pusher/auth", data={"socket_id": client.socket_id, "channel_name": name})
            assert answer.status_code == (200 if name == "news" else 403)
        assert (await client.subscribe(f"private-user-{me.user_id}", page))["event"] == SUCCEEDED


async def test_names_that_are_none(world: World, port: int) -> None:
    """What is no channel is refused by name; the socket stays."""
    async with connected(world, port) as client:
        for name in (
            "nothing",
            "private-encrypted-board",
            "news:x",
            "new s",
            "x" * 300,
            "",
            "#news",
            7,
            None,
            ["news"],
        ):
            said = await client.ask("pusher:subscribe", {"channel": name})
            assert (said["event"], said["data"]["status"]) == ("pusher:subscription_error", 404)
        assert (await client.subscribe("news"))["event"] == SUCCEEDED


async def test_a_signature_is_good_once_and_for_a_minute(world: World, people: People, port: int) -> None:
    """Used twice, late, or after log-out it opens nothing."""
    session = await people.account("customer")
    page = await people.with_token(people.signed(session, "customer"))
    async with connected(world, port) as client:
        once = {"channel": "private-board", **await authorized(page, client.socket_id, "private-board")}
        assert (await client.ask("pusher:subscribe", once))["event"] == SUCCEEDED
        await client.say("pusher:unsubscribe", {"channel": "private-board"})
        await client.settled()
        assert (await client.ask("pusher:subscribe", once))["data"]["type"] == "AuthError"
        again = {"channel": "private-board", **await authorized(page, client.socket_id, "private-board")}
        assert again == once  # the same signature, granted anew
        await authorized(page, client.socket_id, "private-board")
        assert (await client.ask("pusher:subscribe", again))["event"] == SUCCEEDED
    async with connected(world, port) as client:
        late = {"channel": "private-board", **await authorized(page, client.socket_id, "private-board")}
        world.clock.advance(timedelta(seconds=60))
        assert (await client.ask("pusher:subscribe", late))["data"]["type"] == "AuthError"
        ended = {"channel": "private-board", **await authorized(page, client.socket_id, "private-board")}
        await end(world, session)
        assert (await client.ask("pusher:subscribe", ended))["data"]["type"] == "AuthError"


async def test_of_many_who_use_a_grant_at_once_one_has_it(world: World, people: People, port: int) -> None:
    """Whatever the race, the row is deleted for one of them."""
    page = await people.client("customer")
    access = world.runtime.access
    auth = (await authorized(page, "1.2", "private-board"))["auth"]
    won = await asyncio.gather(*(access.of_ticket(auth, "socket") for _ in range(8)), return_exceptions=True)
    assert sum(not isinstance(one, Exception) for one in won) == 1


async def test_a_grant_opens_no_stream_and_a_ticket_no_channel(world: World, people: People, port: int) -> None:
    """Both stand in one table and are good for their own thing alone."""
    page = await people.client("customer")
    auth = (await authorized(page, "1.2", "private-board"))["auth"]
    anonymous = await people.anonymous()
    assert (await anonymous.get("/api/stream", params={"ticket": auth})).status_code in (401, 503)
    assert await world.runtime.access.of_ticket(auth, "socket")
    ticket = (await page.post("/api/stream/ticket")).json()["ticket"]
    with pytest.raises(Exception, match="invalid_ticket"):
        await world.runtime.access.of_ticket(ticket, "socket")


async def test_one_socket_is_one_persons(world: World, people: People, port: int) -> None:
    """Who has joined by somebody's signature does not go on as somebody else."""
    me, you = await people.client(), await people.client()
    async with connected(world, port) as client:
        assert (await client.subscribe("private-board", me))["event"] == SUCCEEDED
        await client.settled()
        assert (await client.subscribe("private-staff", you))["data"]["type"] == "AuthError"
        assert (await client.subscribe("private-staff", me))["event"] == SUCCEEDED


async def test_a_hundred_channels_and_no_more(world: World, port: int) -> None:
    """The hundred and first is refused, the others stay."""
    async with connected(world, port) as client:
        for day in range(100):
            await client.say("pusher:subscribe", {"channel": f"cache-hours-{day}"})
        answers = [said for said in await client.settled() if said["event"] == SUCCEEDED]
        assert len(answers) == 100
        assert (await client.subscribe("news"))["data"]["type"] == "LimitReached"
        await client.say("pusher:unsubscribe", {"channel": "cache-hours-0"})
        await client.settled()
        assert (await client.subscribe("news"))["event"] == SUCCEEDED


async def test_they_are_told_how_many_they_are(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each coming and going; when they are many, now and then."""
    async with connected(world, port) as one, connected(world, port) as two:
        await one.subscribe("news")
        assert (await one.hear_of(COUNT))["data"] == {"subscription_count": 1}
        await two.subscribe("news")
        assert (await one.hear_of(COUNT))["data"] == {"subscription_count": 2}
        await two.say("pusher:unsubscribe", {"channel": "news"})
        assert (await one.hear_of(COUNT))["data"] == {"subscription_count": 1}
        monkeypatch.setattr(pusher, "COUNT_AT_ONCE", 0)
        await two.settled()
        await two.subscribe("news")
        assert [said for said in await one.settled() if said["event"] == COUNT] == []


# -- what is kept -----------------------------------------------------------------------------------------------------


async def test_a_cached_channel_gives_its_last_event(world: World, port: int) -> None:
    """From the log, also after a restart of everything; nothing yet is told as a miss; then it is live."""
    async with connected(world, port) as client:
        await client.subscribe("cache-hours-monday")
        assert await client.hear_of("pusher:cache_miss") == {
            "event": "pusher:cache_miss",
            "channel": "cache-hours-monday",
            "data": {},
        }
        for text in ("9-17", "10-16"):
            await tell(world, text, "news", "hours:monday", "hours:tuesday")
        assert (await client.hear_of("word"))["data"]["text"] == "9-17"
        live = await client.hear_of("word")
    async with connected(world, port) as client:
        assert (await client.subscribe("cache-hours-monday"))["event"] == SUCCEEDED
        assert await client.hear() == live
        await tell(world, "closed", "hours:monday")
        assert (await client.hear_of("word"))["data"]["text"] == "closed"
    await world.advance(hours=25)
    async with connected(world, port) as client:
        await client.subscribe("cache-hours-monday")
        assert (await client.hear())["event"] == "pusher:cache_miss"


# -- what was missed --------------------------------------------------------------------------------------------------


async def test_what_was_missed_comes_first(world: World, people: People, port: int) -> None:
    """From the signed position on, in order, each once, then live; also from an event's number."""
    page = await people.client("customer")
    for text in "abcd":
        await tell(world, text, "board", "news")
    for since, missed in (("2.0", "cd"), ("2", "cd"), ("0", "abcd"), ("4", ""), ("4.0", "")):
        async with connected(world, port) as client:
            assert (await client.subscribe("private-board", page, since=since))["event"] == SUCCEEDED
            heard = [said for said in await client.settled() if said["event"] != COUNT]
            assert [said["data"].get("text") for said in heard] == [*missed, None]
            assert heard[-1] == {
                "event": "livefloor:caught_up",
                "channel": "private-board",
                "data": {"id": "4.1", "seq": 4},
            }
    for nothing in ("", "null", "undefined"):
        async with connected(world, port) as client:
            await client.subscribe("private-board", page, since=nothing)
            assert [said["event"] for said in await client.settled()] == [COUNT]


async def test_each_channel_from_its_own_position(world: World, people: People, port: int) -> None:
    """What one channel has told already is not told again because another one joins from further back."""
    session = await people.account()
    page = await people.with_token(people.signed(session))
    mine = f"user:{session.user_id}"
    for text in "abc":
        await tell(world, text, "board", "staff", mine)
    since = json.dumps({"private-board": "2.2", "private-staff": "1.1", "*": "0"})
    async with connected(world, port) as client:
        for name in ("private-board", "private-staff", "private-user-" + session.user_id):
            asked = await authorized(page, client.socket_id, name, since=since)
            await client.say("pusher:subscribe", {"channel": name, **asked})
        await tell(world, "d", "board", "staff", mine)
        heard: dict[str, list[str]] = {}
        while sum(len(texts) for texts in heard.values()) < 9:
            said = await client.hear_of("word")
            heard.setdefault(said["channel"].split("-")[1], []).append(said["data"]["text"])
        assert heard == {"board": ["c", "d"], "staff": ["b", "c", "d"], "user": ["a", "b", "c", "d"]}
        assert "word" not in [said["event"] for said in await client.settled()]


async def test_joining_in_a_storm_leaves_no_hole_and_no_double(world: World, people: People, port: int) -> None:
    """While events pour in, sockets join channel after channel; each hears an unbroken line on each of them."""
    page = await people.client()

    async def pour() -> None:
        for turn in range(60):
            await tell(world, str(turn), "board", "staff", "news")

    async def come(start: int) -> dict[str, list[int]]:
        while await world.head() < start:
            await asyncio.sleep(0)
        seen: dict[str, list[int]] = {"private-board": [], "private-staff": []}
        async with connected(world, port) as client:
            for name in seen:
                await client.say(
                    "pusher:subscribe",
                    {"channel": name, **await authorized(page, client.socket_id, name, since="0")},
                )
            while not all(line and line[-1] == 60 for line in seen.values()):
                said = await client.hear_of("word")
                seen[said["channel"]].append(said["data"]["seq"])
        return seen

    _, *lines = await asyncio.gather(pour(), *(come(start) for start in (0, 5, 20, 40)))
    for line in lines:
        assert line == {"private-board": list(range(1, 61)), "private-staff": list(range(1, 61))}


async def test_more_than_is_held_back_while_catching_up(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When more happens meanwhile than is kept in memory, it comes from the log."""
    page = await people.client()
    for turn in range(30):
        await tell(world, str(turn), "board", "staff")
    async with connected(world, port) as client:
        await client.subscribe("private-staff", page)
        look, hub = world.runtime.executor.look, world.runtime.hub
        socket = hub.connections[client.socket_id]
        monkeypatch.setattr(Connection, "QUEUE", 8)

        async def slow_look(work: Any, *args: Any, **kwargs: Any) -> Any:
            found = await look(work, *args, **kwargs)
            if socket._held is not None and hub.reached[0] < 80:
                for turn in range(20):
                    await tell(world, str(turn), "board", "staff")
                while hub.reached[0] < await world.head():
                    await asyncio.sleep(0)
            return found

        grant = await authorized(page, client.socket_id, "private-board", since="0")
        monkeypatch.setattr(world.runtime.executor, "look", slow_look)
        await client.say("pusher:subscribe", {"channel": "private-board", **grant})
        board, staff = [], []
        while not board or board[-1] < 80:
            said = await client.hear_of("word")
            (board if said["channel"] == "private-board" else staff).append(said["data"]["seq"])
        assert board == list(range(1, board[-1] + 1))
        assert staff == list(range(31, staff[-1] + 1))


async def test_a_channel_has_a_position_before_anything_happens_on_it(world: World, people: People, port: int) -> None:
    """A page that heard nothing yet but where its channel stands misses nothing that happens while it is away."""
    page = await people.client("customer")
    await tell(world, "before", "news")
    async with connected(world, port) as client:
        client.minds_positions = True
        await client.subscribe("private-board", page)
        at = (await client.hear_of("livefloor:caught_up"))["data"]["id"]
    await tell(world, "meanwhile", "board")
    async with connected(world, port) as client:
        await client.subscribe("private-board", page, since=json.dumps({"private-board": at}))
        assert (await client.hear_of("word"))["data"]["text"] == "meanwhile"


async def test_what_passes_meanwhile_comes_after_what_was_missed(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signals wait while a channel is caught up; who would have to wait for too many must come again."""
    page, hub = await people.client(), world.runtime.hub
    recovery = world.runtime.wires["/app/"].live.recovery  # type: ignore[attr-defined]
    head, signals = recovery._head, 3

    async def meanwhile() -> Any:
        for turn in range(signals):
            await hub.signal("board", "note", str(turn))
        return await head()

    monkeypatch.setattr(recovery, "_head", meanwhile)
    await tell(world, "missed", "board")
    async with connected(world, port) as client:
        await client.subscribe("private-board", page, since="0")
        heard = [said["event"] for said in await client.settled() if said["event"] != COUNT]
        assert heard == ["word", "livefloor:caught_up", "note", "note", "note"]
    signals = Connection.QUEUE + 1
    async with connected(world, port) as client:
        await client.subscribe("private-board", page, since="0")
        assert await client.close_code() == 4100


async def test_a_new_process_repeats_nothing(world: World, people: People) -> None:
    """Who joins without a position after a start is not told the past when another channel catches up."""
    for text in "abc":
        await tell(world, text, "board", "staff")
    await world.runtime.close()
    world.runtime = Runtime(world.system, world.settings, world.clock)
    await world.runtime.open(background=False)
    page = await people.client()
    async with served(world.runtime) as port, connected(world, port) as client:
        await client.subscribe("private-board", page)
        await client.subscribe("private-staff", page, since="2")
        heard = [said for said in await client.settled() if said["event"] == "word"]
        assert [(said["channel"], said["data"]["seq"]) for said in heard] == [("private-staff", 3)]


async def test_a_rate_recovers() -> None:
    """What was long ago does not count."""
    strict, lenient = pusher_talk.Rate(2, 60), pusher_talk.Rate(2, 0)
    assert [strict.is_over() for _ in range(4)] == [False, False, True, True]
    assert not any(lenient.is_over() for _ in range(4))


async def test_too_far_back_is_said_plainly(world: World, people: People, port: int) -> None:
    """A position out of the window, unknown or of nonsense gives one reset on that channel, then live frames."""
    for _ in range(2):
        await tell(world, "old", "board")
    await world.advance(hours=25)
    page = await people.client("customer")
    for since in ("0.0", "1", "99.0", "nonsense"):
        head = await world.head()
        async with connected(world, port) as client:
            await client.subscribe("private-board", page, since=since)
            said = await client.hear_of("livefloor:reset")
            assert (said["channel"], said["data"]["reason"]) == ("private-board", "position_expired")
            assert said["data"]["seq"] == head
            await tell(world, "new", "board")
            assert (await client.hear_of("word"))["data"]["seq"] == head + 1
