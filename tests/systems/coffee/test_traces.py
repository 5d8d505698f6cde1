"""One trace from the tap also where it came in a batch, or was said over Socket.IO."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.systems.coffee.conftest import Cafe
from tests.traces import CALLER, PARENT, TRACE, id_of, kept_traces, parent_of

OTHER = "0af7651916cd43dd8448eb211c80319c"


def chat(message: str, **more: Any) -> dict[str, Any]:
    """Return what is said to a station."""
    return {"message": message, "client_id": message, **more}


@pytest.mark.line_only
async def test_each_tap_is_one_trace(cafe: Cafe, world: World) -> None:
    """Each operation of a batch goes on with its own; what is none is no error; the name is no part of what was said."""
    bea = await cafe.barista(1)
    asked = {"key": "1", "path": "/api/chat/messages", "body": chat("waited", room="station_1"), "traceparent": PARENT}
    with kept_traces() as traces:
        other = {**asked, "key": "2", "body": chat("too", room="station_1"), "traceparent": "none"}
        batch = {"device_id": "t", "operations": [asked, other]}
        assert [one["status"] for one in (await bea.post("sync/batch", batch))["results"]] == [201, 201]
        async with (
            served(world.runtime) as port,
            connect(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket", proxy=None) as socket,
        ):
            await socket.send("40" + json.dumps({"token": bea.token}))
            for trace in (f"00-{OTHER}-{CALLER}-01", ["none"]):
                said = chat(f"said {trace}"[:20], station_id=1, traceparent=trace)
                await socket.send("420" + json.dumps(["station_chat", said]))
                while not (told := str(await socket.recv())).startswith("430"):
                    pass
                assert json.loads(told[3:])[0]["ok"], told
            await traces.ended.wait("tell chat_message")
    spans, over_socket = traces.of(TRACE), traces.of(OTHER)
    assert parent_of(spans["POST /api/chat/messages"]) == CALLER
    assert parent_of(spans["transaction"]) == id_of(spans["POST /api/chat/messages"])
    assert parent_of(over_socket["said station_chat"]) == CALLER
    assert parent_of(over_socket["transaction"]) == id_of(over_socket["said station_chat"])
    assert [one.actor["trace"][3:35] for one in await world.events() if "trace" in one.actor][:1] == [TRACE]
