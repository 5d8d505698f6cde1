"""What Pusher's clients hear (protocol 7): the frames of the log, the server's words, errors and closes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from livefloor.declare.event import Told
from livefloor.identity.pusher import Names
from livefloor.realtime.codes import (
    EXPIRED,
    FORBIDDEN,
    GOING_AWAY,
    NOT_AUTHENTICATED,
    RIGHTS_CHANGED,
    SILENT,
    SLOW_CONSUMER,
    TOO_MANY,
    Close,
)
from livefloor.realtime.frames import Codec, data_json
from livefloor.realtime.wires.websocket import text_frame

UNKNOWN_APP = Close(4001, "There is no app of this key", False)
BAD_PATH = Close(4005, "The path is /app/ and a key", False)
BAD_VERSION = Close(4006, "The client's version cannot be read", False)
BAD_PROTOCOL = Close(4007, "The protocol is not one of 5, 6, 7", False)
NO_PROTOCOL = Close(4008, "Name the protocol: ?protocol=7", False)
UNAUTHORIZED = Close(4009, "Not allowed, or not any more", False)
TOO_MUCH_NONSENSE = Close(4100, "Too many messages that cannot be read", True)
TOO_MANY_MESSAGES = Close(4100, "Too many messages", True)
FAILED = Close(4100, "Something went wrong on our side", True)

CLOSES: Mapping[Close, Close] = {
    GOING_AWAY: Close(4200, "The server goes away; come back", True),
    RIGHTS_CHANGED: Close(4200, "What you may join has changed; come back", True),
    EXPIRED: Close(4200, "The access token is over; come back with another", True),
    SILENT: Close(4201, "Nothing was heard", True),
    SLOW_CONSUMER: Close(4100, "You read too slowly; what you missed waits", True),
    TOO_MANY: Close(4004, "Too many connections of one user", False),
    NOT_AUTHENTICATED: UNAUTHORIZED,
    FORBIDDEN: UNAUTHORIZED,
}
"""The hub's reasons as Pusher's codes: after 4000–4099 a client stays away, after 4100 it waits 1 s, after 4200 it waits not."""

TOO_FAST, UNREADABLE = 4301, 4302
"""Codes of errors after which the connection stays."""


def frame(event: str, data: Any, channel: str | None = None) -> bytes:
    """Return a frame whose data is a string of JSON, as all but errors are."""
    return raw_frame(event, orjson.dumps(data, option=orjson.OPT_UTC_Z).decode(), channel)


def raw_frame(event: str, data: Any, channel: str | None = None, **more: Any) -> bytes:
    """Return a frame with its data as it is, ready for the transport."""
    where = {"channel": channel} if channel is not None else {}
    return text_frame(orjson.dumps({"event": event, **where, "data": data, **more}))


def error(code: int | None, message: str) -> bytes:
    """Return an error; the connection stays, unless a close follows."""
    return raw_frame("pusher:error", {"code": code, "message": message})


def refused(channel: str, kind: str, why: str, status: int) -> bytes:
    """Return the refusal of a subscription."""
    return raw_frame("pusher:subscription_error", {"type": kind, "error": why, "status": status}, channel)


def cache_miss(channel: str) -> bytes:
    """Return the word that nothing is kept of a channel."""
    return raw_frame("pusher:cache_miss", "{}", channel)


def _reset(data: Mapping[str, Any], at: str | None) -> Any:
    return {"reason": "position_expired", **_caught_up(data, at)}


def _caught_up(data: Mapping[str, Any], at: str | None) -> Any:
    return {"id": at, "seq": int((at or "0").split(".")[0])}


def _members(data: Mapping[str, Any], at: str | None) -> Any:
    hash = {user["id"]: {name: value for name, value in user.items() if name != "id"} for user in data["users"]}
    return {"presence": {"ids": list(hash), "hash": hash, "count": len(hash)}}


def _member(data: Mapping[str, Any], at: str | None) -> Any:
    info = dict(data["user"])
    return {"user_id": info.pop("id"), "user_info": info}


WORDS: Mapping[str, tuple[str, Callable[[Mapping[str, Any], str | None], Any]]] = {
    "resync": ("livefloor:reset", _reset),
    "caught_up": ("livefloor:caught_up", _caught_up),
    "members": ("pusher_internal:subscription_succeeded", _members),
    "member_added": ("pusher_internal:member_added", _member),
    "member_removed": ("pusher_internal:member_removed", lambda data, at: {"user_id": data["user_id"]}),
}
"""The hub's words about a channel, as Pusher's clients hear them."""


def codec_of(names: Names) -> Codec:
    """Return how a system's frames are written for Pusher's clients.

    The position stands among the fields of the frame: as `last_id`, and as `id` where the frame has no id of its own.
    """

    def tell(seq: int, place: int, at: datetime, told: Told) -> bytes:
        data, own = data_json(told), type(told.frame).model_fields
        where = {"id": f"{seq}.{place}", "last_id": f"{seq}.{place}", "seq": seq, "at": at}
        head = orjson.dumps({k: v for k, v in where.items() if k not in own}, option=orjson.OPT_UTC_Z)
        both = head if data == b"{}" else head[:-1] + b"," + data[1:]
        return raw_frame(told.frame.event, both.decode(), names.name(told.channel))

    def said(event: str, at: str | None, data: Mapping[str, Any]) -> bytes:
        channel = names.name(data["channel"])
        if event == "signal":
            who = {"user_id": data["user_id"]} if "user_id" in data else {}
            return raw_frame(data["name"], data["data"], channel, **who)
        name, shape = WORDS[event]
        return frame(name, shape(data, at), channel)

    return Codec(tell, said, "pusher", by_channel=True)
