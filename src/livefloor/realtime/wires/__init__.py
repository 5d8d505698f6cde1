"""The wires, by how a system lists them."""

from typing import Any

from livefloor.declare.system import SSE, Pusher, SocketIO, WebSocketJSON
from livefloor.realtime.wire import Live, LiveWire
from livefloor.realtime.wires.pusher import PusherWire
from livefloor.realtime.wires.socketio import SocketIOWire
from livefloor.realtime.wires.sse import SseWire
from livefloor.realtime.wires.websocket import WebSocketWire

KINDS: dict[type[Any], Any] = {
    WebSocketJSON: WebSocketWire,
    SSE: SseWire,
    SocketIO: SocketIOWire,
    Pusher: PusherWire,
}


def wires_of(live: Live) -> list[LiveWire]:
    """Return the wires that a system lists, ready to speak."""
    return [KINDS[type(wire)](wire, live) for wire in live.system.wires]
