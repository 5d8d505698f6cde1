"""A session of Engine.IO 4: a line to one client, over polling requests, over a WebSocket, or first the one and then the other.

What is written to it is a finished WebSocket frame: polling takes the header off the same bytes, so that an event is encoded
once for all clients, whatever carries it. What the messages mean is another's matter (`Receiver`).
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from livefloor.declare.system import SocketIO
from livefloor.kernel.ids import new_secret
from livefloor.realtime.codes import BAD_MESSAGE, GOING_AWAY, SILENT, Close
from livefloor.realtime.wires.socketio_packets import BadPacket
from livefloor.realtime.wires.websocket import SocketProtocol, text_frame

MAX_PACKETS = 1000
"""How many packets one polling request may bring."""

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"


class Receiver(Protocol):
    """Who hears the messages of a session."""

    def hear(self, message: str | bytes) -> None:
        """Take a message. Raises BadPacket, which ends the session."""
        ...

    def drained(self) -> None:
        """Write what waits: the session has room."""
        ...

    def closed(self) -> None:
        """Hear that the session has ended."""
        ...


def binary_frame(payload: bytes) -> bytes:
    """Return an unmasked binary frame (RFC 6455 section 5.2)."""
    return b"\x82" + text_frame(payload)[1:]


def unframed(frames: bytes) -> Iterator[bytes]:
    """Give the packets of our own frames in the form of polling: binary as `b` and base64."""
    at = 0
    while at < len(frames):
        opcode, size, at = frames[at], frames[at + 1], at + 2
        wide = {126: 2, 127: 8}.get(size, 0)
        if wide:
            size, at = int.from_bytes(frames[at : at + wide], "big"), at + wide
        payload = frames[at : at + size]
        yield payload if opcode == 0x81 else b"b" + base64.b64encode(payload)
        at += size


def packets_of(body: bytes) -> list[str | bytes]:
    """Return the packets of a polling request. Raises BadPacket."""
    if body.count(b"\x1e") >= MAX_PACKETS:
        raise BadPacket("too many packets")
    try:
        return [
            base64.b64decode(packet[1:], validate=True) if packet.startswith("b") else packet
            for packet in body.decode().split("\x1e")
        ]
    except ValueError as error:
        raise BadPacket("neither text nor base64") from error


class Session:
    """One session, which is the pipe of all that its receiver writes."""

    def __init__(
        self,
        wire: SocketIO,
        seen: Mapping[str, str],
        opened: Callable[[Session], Receiver],
        welcomed: Callable[[Session], None],
        ended: Callable[[Session], None],
    ) -> None:
        self.sid = new_secret()
        self.seen = seen
        self.closed = False
        self.is_posting = False
        self.is_probing = False
        self.socket: SocketProtocol | None = None
        self._wire = wire
        self._welcomed = welcomed
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._poll: asyncio.Future[bytes] | None = None
        self._waiting: list[bytes] = []
        self._size = 0
        self._probed = False
        self._flushing = False
        self._pinged = False
        self._timer = self._loop.call_later(wire.ping_interval_s, self._ping)
        self.receiver = opened(self)

    # -- the pipe -------------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send finished frames; over polling they wait for the client's next request."""
        if self.socket is not None:
            self.socket.write(data)
        elif not self.closed:
            self._waiting.append(data)
            self._size += len(data)
            if self._poll is not None and not self._flushing:
                # What is written in the same turn goes in the same answer.
                self._flushing = True
                self._loop.call_soon(self._flush)

    def is_full(self) -> bool:
        """Tell whether to hold back: bytes wait for the kernel, or no request of the client waits for an answer."""
        if self.socket is not None:
            return self.socket.is_full()
        return self._poll is None or self._size >= self._wire.max_payload

    def drained(self) -> None:
        """Let those who have something to say go on."""
        self.receiver.drained()

    def text(self, packet: str) -> None:
        """Send a packet."""
        self.write(text_frame(packet.encode()))

    # -- polling --------------------------------------------------------------------------------------------------

    def poll(self) -> asyncio.Future[bytes]:
        """Return what will be the answer to a request for messages. Raises BadPacket for one out of turn."""
        if self.socket is not None:
            raise BadPacket("this session has gone over to a WebSocket")
        if self._poll is not None:
            self.close(BAD_MESSAGE)
            raise BadPacket("a request waits already")
        answer = self._poll = self._loop.create_future()
        self.receiver.drained()
        if self._waiting or self._probed:
            self._flush()
        return answer

    def _flush(self, last: str = "") -> None:
        """Answer the request that waits with all that waits for one."""
        self._flushing = False
        if self._poll is None:
            return
        packets = [packet for frames in self._waiting for packet in unframed(frames)]
        packets += [last.encode()] if last else []
        self._poll.set_result(b"\x1e".join(packets) or NOOP.encode())
        self._poll = None
        self._waiting, self._size = [], 0

    # -- the upgrade ----------------------------------------------------------------------------------------------

    def probed(self) -> None:
        """Let a request that waits go: the client stops polling before it changes over."""
        self._probed = True
        self._flush()

    def end_probe(self) -> None:
        """Poll on, or go on over the WebSocket."""
        self.is_probing = self._probed = False

    def carry(self, socket: SocketProtocol) -> None:
        """Go on over a WebSocket, beginning with what still waits."""
        self.socket = socket
        socket.carry(self)
        waiting, self._waiting = b"".join(self._waiting), []
        if waiting:
            socket.write(waiting)
        self.receiver.drained()

    # -- packets, life and end ------------------------------------------------------------------------------------

    def hear(self, packet: str | bytes) -> None:
        """Take a packet of the client. Raises BadPacket."""
        if self.closed:
            return
        if isinstance(packet, bytes) or packet.startswith(MESSAGE):
            self.receiver.hear(packet if isinstance(packet, bytes) else packet[1:])
        elif packet == PONG and self._pinged:
            self._pinged = False
            self._timer.cancel()
            self._timer = self._loop.call_later(self._wire.ping_interval_s, self._ping)
        elif packet == CLOSE:
            self.close(last="")
        else:
            raise BadPacket("unknown type of packet, or not its time")

    def _ping(self) -> None:
        self._pinged = True
        self._timer = self._loop.call_later(self._wire.ping_timeout_s, self.close, SILENT)
        self.text(PING)

    def let_in(self) -> None:
        """Count no longer as a stranger, who goes first when there are too many."""
        self._welcomed(self)

    def close(self, why: Close = GOING_AWAY, last: str = CLOSE) -> None:
        """End now; the answer to a polling request that waits ends with `last`."""
        if self.closed:
            return
        self.closed = True
        self._timer.cancel()
        self._ended(self)
        self.receiver.closed()
        if self.socket is not None:
            self.socket.leave(why)
        else:
            self._flush(last)
