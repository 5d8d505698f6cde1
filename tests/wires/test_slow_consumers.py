"""Who stops reading: sent away in the way of the wire, counted, no burden to the others, and complete on return."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack

import pytest

from livefloor import Ctx
from livefloor.realtime.session import Connection
from livefloor.testing.world import World
from tests.platform.conftest import People
from tests.platform.shop import ShopTold
from tests.wires.lines import PATIENCE_S, Line, opened

MANY, LONG = 60, 200_000
"""More than the kernel takes for a client that reads nothing."""

CODES = {"websocket": 4410, "pusher": 4100, "socketio": 1006, "sse": None, "polling": None}
"""What says: come back later. Where the protocol has no word for it, it is a cut, after which its clients come back."""


@pytest.fixture
def database_url() -> str:
    """One database is enough: what is read again from the log is tried on both elsewhere."""
    return ""


def numbers(line: Line) -> list[int]:
    """Return the numbers of what a client has heard."""
    return [int(number) for number in re.findall(rb"<(\d+)>", line.heard)]


async def tell(world: World, number: int) -> None:
    """Tell the board something long."""

    async def work(ctx: Ctx) -> None:
        ctx.emit(ShopTold(channels=["board"], text=f"<{number}>" + "x" * LONG))

    await world.change(work)


@pytest.mark.parametrize("wire", CODES)
async def test_who_stops_reading_is_sent_away_and_complete_on_return(
    world: World, people: People, port: int, monkeypatch: pytest.MonkeyPatch, wire: str
) -> None:
    """It is closed once its queue is full, under the name of its wire; others hear all at once; it comes back to the rest."""
    monkeypatch.setattr(Connection, "QUEUE", 8)
    name = "socketio" if wire == "polling" else wire
    key = world.runtime.means.secrets["pusher_key"]
    hub = world.runtime.hub
    token = await people.token("customer")
    async with AsyncExitStack() as stack:
        slow = await opened(stack, wire, port, token, key=key)
        quick = await opened(stack, wire, port, await people.token("customer"), key=key)
        slow.stop()
        for number in range(1, MANY + 1):
            await tell(world, number)
            await quick.until(rb"<%d>" % number)
        async with asyncio.timeout(PATIENCE_S):
            while len(hub.connections) > 1:
                await asyncio.sleep(0)
        assert numbers(quick) == list(range(1, MANY + 1))
        figures = (await (await people.client()).get("/api/metrics")).text
        assert f'livefloor_wire_connections_closed_total{{reason="slow_consumer",wire="{name}"}} 1.0' in figures
        assert f'livefloor_wire_frames_dropped_total{{wire="{name}"}} 9.0' in figures
        slow.go_on()
        await slow.until_ended()
        assert slow.code == CODES[wire]
        heard = numbers(slow)
        assert heard == list(range(1, len(heard) + 1))
        assert len(heard) < MANY
        pid = re.search(rb'"pid":"([^"]+)"', slow.heard)
        since = str(len(heard))  # the log began with the first of them
        back = await opened(stack, wire, port, token, since, pid[1].decode() if pid else "", key=key)
        await back.until(rb"<%d>" % MANY)
        assert heard + numbers(back) == list(range(1, MANY + 1))
        await tell(world, MANY + 1)
        for line in (quick, back):
            await line.until(rb"<%d>" % (MANY + 1))
