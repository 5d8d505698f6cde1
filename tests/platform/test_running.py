"""What runs by itself is shown as it gets on, and what was set aside is tried again by whoever may."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from websockets.asyncio.client import connect

from livefloor.store.readers import DeadLetter
from livefloor.store.timers import Heartbeat
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import Ticket


async def test_how_it_gets_on(world: World, people: People) -> None:
    clerk, mechanic = await people.client("clerk"), await people.client()
    for bike in ("a", "b"):
        await mechanic.post("/api/tickets", json={"bike": bike})
    me = Heartbeat(process=world.runtime.means.process, last_tick_at=world.clock.now(), connections=0)
    await world.change(lambda ctx: ctx.add(me))
    async with served(world.runtime) as port, connect(f"ws://127.0.0.1:{port}/api/ws", proxy=None) as socket:
        await socket.send('{"type": "auth", "token": "' + await people.token() + '"}')
        await socket.recv()
        found = (await clerk.get("/api/running")).json()
    # What this process holds is told as it is now, not as of its last sign of life.
    assert [one["connections"] for one in found["processes"]] == [1]
    assert {one["name"]: one["connections"] for one in found["wires"]}["websocket"] == 1
    [counter] = found["readers"]
    assert (counter["name"], counter["behind"], counter["tries"]) == ("counter", found["head"] - counter["position"], 0)
    assert counter["behind"] > 0
    assert [(job["name"], job["kind"], job["tries"]) for job in found["jobs"]] == [("tickets.remind", "timer", 0)] * 2
    assert (found["jobs_total"], found["jobs_overdue"], found["dead_letters"]) == (2, 0, 0)


async def test_what_was_set_aside_is_seen_and_tried_again(world: World, people: People) -> None:
    """It fails again and says why; once its cause is gone it succeeds, is gone from the list, and the log says who did it."""
    clerk, mechanic = await people.client("clerk"), await people.client()
    made = (await mechanic.post("/api/tickets", json={"bike": "timer trouble"})).json()["id"]

    async def set_status(status: str) -> None:
        await world.change(lambda ctx: ctx.run(update(Ticket).where(Ticket.id == made).values(status=status)))

    await set_status("broken")
    for _ in range(12):
        await world.advance(hours=1)
    [letter] = (await clerk.get("/api/running/dead-letters")).json()["items"]
    assert (letter["kind"], letter["name"], letter["args"]) == ("timer", "tickets.remind", {"ticket_id": made})
    assert "this ticket is broken" in letter["error"]
    assert (await clerk.get("/api/running")).json()["dead_letters"] == 1
    path = f"/api/running/dead-letters/{letter['id']}/retry"
    assert (await mechanic.post(path)).status_code == 403
    await set_status("waiting")
    assert (await clerk.post(path)).status_code == 204
    assert (await clerk.get("/api/running/dead-letters")).json()["items"] == []
    assert (await clerk.post(path)).status_code == 404
    await world.run_due()
    [told] = [one for one in await world.events() if one.event.name == "dead_letter.retried"]
    assert (told.actor["role"], told.event.model_dump()["work"]) == ("clerk", "tickets.remind")


@pytest.mark.line_only
async def test_what_fails_again_says_why(world: World, people: People) -> None:
    clerk, mechanic = await people.client("clerk"), await people.client()
    await mechanic.post("/api/tickets", json={"bike": "cursed"})
    [opened] = [one for one in await world.events() if one.event.name == "ticket.opened"]
    letter = DeadLetter(
        id="one", kind="event", name="counter", seq=opened.seq, args=None, error="?", at=world.clock.now()
    )
    await world.change(lambda ctx: ctx.add(letter))
    answer = await clerk.post("/api/running/dead-letters/one/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "dead_letter_failed")
    assert "this bike cannot be counted" in answer.json()["detail"]
    assert len((await clerk.get("/api/running/dead-letters")).json()["items"]) == 1
