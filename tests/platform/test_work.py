"""How a request becomes a change: rights, keys, stored answers, timers."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from livefloor import Ctx
from livefloor.kernel.problems import Unavailable
from livefloor.store.engines import UniqueViolation
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import User, ring


async def test_rights_are_the_verbs(world: World, people: People) -> None:
    """Nobody gets 401, the wrong role 403, and nothing is told."""
    anonymous, customer = await people.anonymous(), await people.client("customer")
    assert (await anonymous.post("/api/tickets", json={"bike": "x"})).status_code == 401
    assert (await customer.post("/api/tickets", json={"bike": "x"})).json()["code"] == "forbidden"
    assert await world.events() == []


async def test_a_key_gives_the_first_answer(world: World, people: People) -> None:
    """A repeated request with its key is done once, also many at the same moment; another body is refused."""
    mechanic = await people.client()
    key = {"Idempotency-Key": "k1"}
    answers = await world.race([lambda: mechanic.post("/api/tickets", json={"bike": "x"}, headers=key)] * 8)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all(answer.json()["code"] == "request_in_progress" for answer in answers if answer.status_code == 409)
    again = await mechanic.post("/api/tickets", json={"bike": "x"}, headers=key)
    assert again.status_code == 201 and again.headers["idempotent-replay"] == "true"
    assert (await mechanic.post("/api/tickets", json={"bike": "y"}, headers=key)).json()[
        "code"
    ] == "idempotency_key_reused"
    assert len(await world.events()) == 1


async def test_a_refusal_is_kept_for_its_key(world: World, people: People) -> None:
    """A 409 is the answer of its key for good, also when it would be allowed by now; another account's key is another."""
    mechanic, other = await people.client(), await people.client()
    made = (await mechanic.post("/api/tickets", json={"bike": "x"})).json()["id"]
    path, key = f"/api/tickets/{made}/move", {"Idempotency-Key": "k2"}
    first = await mechanic.post(path, json={"to": "waiting"}, headers=key)
    assert first.status_code == 409
    await mechanic.post(path, json={"to": "done"})
    again = await mechanic.post(path, json={"to": "waiting"}, headers=key)
    assert (again.status_code, again.json(), again.headers["idempotent-replay"]) == (409, first.json(), "true")
    assert (await other.post(path, json={"to": "waiting"}, headers=key)).status_code == 200


async def test_a_key_ends_after_a_day(world: World, people: People) -> None:
    """The same account's key is kept for 24 hours and may be used anew after."""
    session = await people.account()
    key = {"Idempotency-Key": "k3"}
    early = await people.with_token(people.signed(session))
    first = await early.post("/api/tickets", json={"bike": "x"}, headers=key)
    await world.advance(hours=23)
    kept = await early.post("/api/tickets", json={"bike": "x"}, headers=key)
    assert (kept.json(), kept.headers["idempotent-replay"]) == (first.json(), "true")
    await world.advance(hours=2)
    late = await people.with_token(people.signed(session))
    anew = await late.post("/api/tickets", json={"bike": "z"}, headers=key)
    assert (anew.status_code, anew.json()["bike"]) == (201, "z")


async def test_a_line_that_breaks_after_the_commit_keeps_the_key(
    world: World, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that is stored although its COMMIT seemed to fail is answered from its key, never done twice."""
    mechanic, key = await people.client(), {"Idempotency-Key": "k4"}
    store = world.runtime.executor.store
    write, writes = store.write, 0

    async def breaking(work: Any) -> Any:
        nonlocal writes
        writes += 1
        result = await write(work)
        if writes == 2:  # the first takes the key, the second is the change
            raise Unavailable("unavailable", "The line broke.")
        return result

    monkeypatch.setattr(store, "write", breaking)
    assert (await mechanic.post("/api/tickets", json={"bike": "x"}, headers=key)).status_code == 503
    again = await mechanic.post("/api/tickets", json={"bike": "x"}, headers=key)
    assert (again.status_code, again.headers["idempotent-replay"]) == (201, "true")
    assert len((await mechanic.get("/api/tickets")).json()["tickets"]) == len(await world.events()) == 1


async def test_a_stored_answer_is_never_older_than_the_last_commit(world: World, people: People) -> None:
    """Who has written reads it at once; who has the newest is told so by 304."""
    mechanic = await people.client()
    for turn in range(5):
        await mechanic.post("/api/tickets", json={"bike": str(turn)})
        board = await mechanic.get("/api/tickets")
        assert len(board.json()["tickets"]) == turn + 1
        unchanged = await mechanic.get("/api/tickets", headers={"If-None-Match": board.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
    world.clock.advance(timedelta(seconds=2))
    later = await mechanic.get("/api/tickets")
    assert later.headers["etag"] == board.headers["etag"]


async def test_due_timers_are_settled_before_an_answer(world: World, people: People) -> None:
    """A read and a change that come when a timer is due find it applied, at the moment it was due."""
    mechanic = await people.client()
    made = (await mechanic.post("/api/tickets", json={"bike": "x"})).json()["id"]
    start = world.clock.now()
    world.clock.advance(timedelta(minutes=7))
    assert (await mechanic.get("/api/tickets")).json()["tickets"][0]["status"] == "late"
    assert (await mechanic.post(f"/api/tickets/{made}/move", json={"to": "late"})).status_code == 409
    assert ((await world.events())[-1].at - start).total_seconds() == 300


async def test_one_timer_runs_once_however_many_settle(world: World, people: People) -> None:
    """Many requests at the due moment apply a timer once."""
    mechanic = await people.client()
    await mechanic.post("/api/tickets", json={"bike": "x"})
    world.clock.advance(timedelta(minutes=7))
    await world.race([lambda: mechanic.get("/api/tickets"), world.runtime.jobs.run_due] * 8)
    assert [one.event.name for one in await world.events()] == ["ticket.opened", "ticket.moved"]


async def test_a_silent_service_holds_up_nobody_else(world: World) -> None:
    """Errands go beside each other and beside the timers, those of one lane in their order; a failed one is tried again."""
    answered, rung = asyncio.Event(), list[tuple[str, str]]()

    async def service(phone: str, words: str) -> None:
        if phone == "silent":
            await answered.wait()
        rung.append((phone, words))
        if phone == "busy" and len(rung) < 4:
            raise ConnectionError
        if phone == "quick":
            answered.set()

    world.runtime.means.services["ring"] = service
    calls = (("silent", "first"), ("silent", "second"), ("busy", "once"), ("quick", "at once"))

    async def plan(ctx: Ctx) -> None:
        for second, (phone, words) in enumerate(calls):
            await ctx.schedule(ring, ctx.now + timedelta(seconds=second), phone=phone, words=words)

    await world.change(plan)
    async with asyncio.timeout(20):
        await world.advance(seconds=5)
        assert set(rung) == set(calls)
        assert rung.index(calls[3]) < rung.index(calls[0]) < rung.index(calls[1])
        await world.advance(seconds=5)
    assert rung.count(calls[2]) == 2
    assert len(rung) == 5


async def test_bad_input_is_told_with_its_field(world: World, people: People) -> None:
    """Every kind of bad body or path has a clear answer and changes nothing."""
    mechanic = await people.client()
    misspelt = await mechanic.post("/api/tickets", json={"bike": "x", "colour": "red"})
    assert (misspelt.status_code, misspelt.json()["errors"][0]["field"]) == (422, "colour")
    assert (
        await mechanic.post("/api/tickets", content=b"{", headers={"Content-Type": "application/json"})
    ).status_code == 422
    assert (await mechanic.post("/api/tickets", content=b"bike=x")).status_code == 415
    nul = await mechanic.post(
        "/api/tickets", content=b'{"bike":"\\u0000"}', headers={"Content-Type": "application/json"}
    )
    assert nul.status_code == 422
    large = await mechanic.post(
        "/api/tickets", content=b" " * (8 * 2**20 + 1), headers={"Content-Type": "application/json"}
    )
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    wrong = await mechanic.put("/api/tickets", json={})
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST")
    assert (await mechanic.get("/api/nothing")).json()["code"] == "not_found"
    assert (await mechanic.get("/api/tickets/%00")).status_code == 404
    assert await world.events() == []


async def test_both_slashes_answer(people: People) -> None:
    """A path answers with and without its trailing slash."""
    mechanic = await people.client()
    assert (await mechanic.get("/api/tickets")).status_code == (await mechanic.get("/api/tickets/")).status_code == 200


@pytest.mark.world(environ={"LIVEFLOOR_CORS_ORIGINS": "https://front.example"})
async def test_only_listed_origins_may_call(people: People) -> None:
    """A page of a listed origin is let in, one of another is not, and no page may send cookies along."""
    mechanic = await people.client()
    ours = await mechanic.get("/api/tickets", headers={"Origin": "https://front.example"})
    assert ours.headers["access-control-allow-origin"] == "https://front.example"
    foreign = await mechanic.get("/api/tickets", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers
    ask = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert (await mechanic.options("/api/tickets", headers=ask)).status_code == 400
    ask |= {"Origin": "https://front.example", "Access-Control-Request-Headers": "idempotency-key, traceparent"}
    allowed = await mechanic.options("/api/tickets", headers=ask)
    assert allowed.status_code == 200 and "access-control-allow-credentials" not in allowed.headers


async def test_many_rows_go_in_together(world: World) -> None:
    """`add_all` stores rows of several tables with their defaults; one that may not be takes all of them with it."""

    def users(*ids: str) -> list[User]:
        return [User(id=id, role="mechanic", display_name=id) for id in ids]

    await world.change(lambda ctx: ctx.add_all([*users("a", "b"), *users("c")]))
    found = await world.look(lambda look: look.all(select(User).order_by(User.id)))
    assert [(user.id, user.status, user.version, user.created_at) for user in found] == [
        (id, "active", 1, world.clock.now()) for id in "abc"
    ]
    with pytest.raises(UniqueViolation):
        await world.change(lambda ctx: ctx.add_all(users("d", "a")))
    assert len(await world.look(lambda look: look.all(select(User.id)))) == 3
