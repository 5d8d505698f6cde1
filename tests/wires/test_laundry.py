"""The laundry on all four wires: one declaration of channels and events, whichever client listens."""

from dataclasses import replace

import pytest

from livefloor import SSE, Pusher, SocketIO, System, WebSocketJSON
from livefloor.declare.check import check_system
from livefloor.parts.pusher import pusher_part
from livefloor.systems.laundry import system as laundry
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.chaos.wires import CLIENTS, WIRES
from tests.systems.laundry.conftest import Room
from tests.wires.stock import stock

EVENTS = ["machine_update", "waitlist_updated", "activity_logged", "notification_received"]


@pytest.fixture
def system() -> System:
    """Let the laundry list all wires."""
    signs = pusher_part(allow=laundry.roles)
    wires = [WebSocketJSON("/api/ws"), SSE("/api/stream"), SocketIO(), Pusher()]
    return replace(laundry, parts=[*laundry.parts, signs], wires=wires)


async def test_everybody_is_told_the_same(world: World, system: System) -> None:
    """What one does in the room is told to a stock client of each wire: the same frames, of the same ids, with the same data."""
    assert check_system(system) == []
    async with served(world.runtime) as port, Room(world) as room, stock(*CLIENTS) as js:
        for wire in WIRES:
            person = await room.student()
            token = person.client.headers["Authorization"].removeprefix("Bearer ")
            key = world.runtime.means.secrets["pusher_key"]
            base = f"http://127.0.0.1:{port}"
            joins = ["private-machines", "private-waitlist-washer", f"private-user-{person.id}"]
            js.do(
                "open", name=wire, wire=wire, base=base, token=token, key=key, events=EVENTS, channels=joins, tells=True
            )
        for wire in WIRES:
            await js.hear("live", name=wire)
        one = await room.student()
        await one.start(3)
        told = [await js.hear("told", name=wire, event="machine_update") for wire in WIRES]
        assert len({said["id"] for said in told}) == 1
        for said in told:
            assert (said["data"]["machine_id"], said["data"]["status"]) == (3, "in_use")
        where = {"id", "last_id", "seq", "at"}
        views = [{field: value for field, value in said["data"].items() if field not in where} for said in told]
        assert all(view == views[0] for view in views)
