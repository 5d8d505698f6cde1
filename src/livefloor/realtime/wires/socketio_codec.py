"""How what is told is written for Socket.IO's clients."""

import functools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from livefloor.declare.event import Told
from livefloor.realtime.frames import Codec, data_json
from livefloor.realtime.wires.engineio_session import binary_frame
from livefloor.realtime.wires.socketio_packets import Packet, encode
from livefloor.realtime.wires.websocket import text_frame


def frames_of(packet: Packet) -> bytes:
    """Return a packet ready for the transport, with its attachments right behind it."""
    return b"".join(
        text_frame(b"4" + part.encode()) if isinstance(part, str) else binary_frame(part) for part in encode(packet)
    )


@functools.cache
def codec_of(namespace: str, acks_ok: bool = False) -> Codec:
    """Return how events are written in a namespace; with `acks_ok` signals go under their own names."""
    head = b"42[" if namespace == "/" else b"42" + namespace.encode() + b",["

    def frame(seq: int, place: int, at: datetime, told: Told) -> bytes:
        own = {"seq": seq, "at": at}
        # A frame that has such a field itself has its own value there.
        before = {name: value for name, value in own.items() if name not in type(told.frame).model_fields}
        data = orjson.dumps(before, option=orjson.OPT_UTC_Z)[:-1], data_json(told)[1:]
        glue = b"," if before and data[1] != b"}" else b""
        name = orjson.dumps(told.frame.event)
        return text_frame(b'%b%b,%b%b%b,"%d.%d"]' % (head, name, data[0], glue, data[1], seq, place))

    def said(event: str, at: str | None, data: Mapping[str, Any]) -> bytes:
        if acks_ok and event == "caught_up":
            return b""  # its client has asked, and is answered by the ack
        if acks_ok and event == "signal":
            event, data = data["name"], data["data"]
        args = [event, data] if at is None else [event, data, at]
        return text_frame(head + orjson.dumps(args, option=orjson.OPT_UTC_Z)[1:])

    return Codec(frame, said, "socketio")
