"""The AsyncAPI 3.0 document of a system: which frames go over which channels, and what clients may say."""

import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from livefloor.declare.event import Frame
from livefloor.declare.roles import Roles
from livefloor.declare.system import SSE, Pusher, SocketIO, System, WebSocketJSON
from livefloor.identity.pusher import shape_of
from livefloor.realtime.talk import body_of, result_of

REF = "#/components/schemas/{model}"
TEXT = {"type": "string"}
POSITION = {"type": "string", "examples": ["1042.0"]}

SAID_BY_SERVER: dict[str, tuple[str, dict[str, Any]]] = {
    "connected": (
        "First answer: who you are, your channels, and where the stream stands.",
        {
            "connection_id": TEXT,
            "user_id": TEXT,
            "role": TEXT,
            "channels": {"type": "array", "items": TEXT},
            "server_time": {"type": "string", "format": "date-time"},
            "heartbeat_seconds": {"type": "integer"},
            "last_id": POSITION,
        },
    ),
    "pong": ("Answer to ping.", {"server_time": {"type": "string", "format": "date-time"}}),
    "subscribed": ("The channels that this connection is on now.", {"channels": {"type": "array", "items": TEXT}}),
    "resync": ("What was missed is no longer kept: fetch everything anew.", {"reason": TEXT}),
    "signal": (
        "Something told in passing on a channel: it is not in the log, and has no position.",
        {"channel": TEXT, "name": TEXT, "data": {}, "user_id": TEXT},
    ),
    "error": ("A message could not be followed; the connection stays.", {"code": TEXT, "detail": TEXT}),
}
MEMBER = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "role": TEXT}}
SAID_OF_PRESENCE: dict[str, tuple[str, dict[str, Any]]] = {
    "members": (
        "Who is on a channel that you came to, each user once; it takes the place of what was told before.",
        {"channel": TEXT, "users": {"type": "array", "items": MEMBER}},
    ),
    "member_added": ("Somebody came to a channel.", {"channel": TEXT, "user": MEMBER}),
    "member_removed": ("Somebody left a channel with his last connection.", {"channel": TEXT, "user_id": TEXT}),
}
SAID_ON_STREAM = ("connected", "resync", "signal", *SAID_OF_PRESENCE)
SAID_BY_CLIENT: dict[str, tuple[str, dict[str, Any]]] = {
    "auth": ("Sign in as the first message, or go on with a new token.", {"token": TEXT, "last_id": POSITION}),
    "ping": ("Ask for a sign of life.", {}),
    "subscribe": ("Join channels again.", {"channels": {"type": "array", "items": TEXT}}),
    "unsubscribe": ("Leave channels.", {"channels": {"type": "array", "items": TEXT}}),
    "sync": ("Ask for what came after a position.", {"last_id": POSITION}),
}
SAID_WITH_OK: dict[str, tuple[str, dict[str, Any]]] = {
    "error_message": (
        "What you said without asking for an ack could not be done.",
        {"ok": {"const": False}, "status": {"type": "integer"}, "code": TEXT, "detail": TEXT},
    ),
    "session_ended": ("You are signed in here no more; the namespace is left.", {"code": TEXT}),
}
SAID_OF_EXPIRY: dict[str, tuple[str, dict[str, Any]]] = {
    "session_expiring": (
        "Your token is soon over, and the connection with it.",
        {"expires_at": {"type": "string", "format": "date-time"}},
    ),
}
SAID_BY_PUSHER: dict[str, tuple[str, dict[str, Any]]] = {
    "livefloor:reset": (
        "What was missed on this channel is no longer kept: fetch everything anew.",
        {"reason": TEXT, "id": POSITION, "seq": {"type": "integer"}},
    ),
    "livefloor:caught_up": (
        "All that was missed on this channel since the signed position was told; what follows is live.",
        {"id": POSITION, "seq": {"type": "integer"}},
    ),
}

STREAM_QUERY: dict[str, Any] = {
    "ticket": {
        "type": "string",
        "description": "Opens the stream in place of `Authorization: Bearer`, which EventSource cannot send: first within a "
        "minute, then again whenever it reconnects, until the token behind it ends. One stream at a time.",
    },
    "last_id": {**POSITION, "description": "Where to go on from; a `Last-Event-ID` header wins over it."},
}


def document(system: System) -> dict[str, Any]:
    """Return the AsyncAPI document."""
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (frame.event, "serialization", TypeAdapter(frame)) for frame in system.frames
    ]
    for name, saying in system.sayings().items():
        adapters.append((f"say.{name}", "validation", body_of(saying)))
        if (returns := result_of(saying)) is not None:
            adapters.append((f"ack.{name}", "serialization", returns))
    schemas, definitions = TypeAdapter.json_schemas(adapters, ref_template=REF)
    data_of = {frame: schemas[(frame.event, "serialization")] for frame in system.frames}
    described: dict[str, Any] = {"channels": {}, "operations": {}}
    messages: dict[str, Any] = {}
    for wire in system.wires:
        DESCRIBE[type(wire)](system, wire.path, data_of, described, messages)
    if system.sayings():
        _say(system, schemas, described, messages)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"{system.title}: live updates", "version": system.version},
        **described,
        "components": {"messages": messages, "schemas": definitions.get("$defs", {})},
    }


def _socket(
    system: System, path: str, data_of: Mapping[type[Frame], Any], described: dict[str, Any], messages: dict[str, Any]
) -> None:
    """Describe the WebSocket wire."""
    heard = {frame.event: _frame_message(frame, data) for frame, data in data_of.items()}
    for name, (summary, data) in _said(system).items():
        payload = _object({"event": {"const": name}, "data": _object(data)})
        heard[name] = {"name": name, "summary": summary, "payload": payload}
    said = {
        name: {"name": name, "summary": summary, "payload": _object({"type": {"const": name}, **data})}
        for name, (summary, data) in SAID_BY_CLIENT.items()
    }
    messages.update({**heard, **said})
    described["channels"]["socket"] = {
        "address": path,
        "description": _channels_text(system),
        "bindings": {"ws": {"method": "GET"}},
        "messages": _references([*heard, *said]),
    }
    described["operations"]["receive"] = _operation("send", "socket", list(heard))
    described["operations"]["say"] = _operation("receive", "socket", list(said))


def _stream(
    system: System, path: str, data_of: Mapping[type[Frame], Any], described: dict[str, Any], messages: dict[str, Any]
) -> None:
    """Describe the wire of Server-Sent Events: the same data, with its event and id in fields of their own."""
    heard = {
        f"stream.{frame.event}": _event_message(frame.event, _summary(frame), data) for frame, data in data_of.items()
    }
    for name, (summary, data) in _said(system).items():
        if name not in SAID_ON_STREAM:
            continue
        heard[f"stream.{name}"] = _event_message(name, summary, _object(data))
    messages.update(heard)
    described["channels"]["stream"] = {
        "address": path,
        "description": _channels_text(system),
        "messages": _references(list(heard)),
    }
    described["operations"]["listen"] = {
        **_operation("send", "stream", list(heard)),
        "bindings": {"http": {"method": "GET", "query": _object(STREAM_QUERY)}},
    }


def _said(system: System) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what the server says of itself; of presence where a channel has it."""
    return {**SAID_BY_SERVER, **(SAID_OF_PRESENCE if any(channel.presence for channel in system.channels) else {})}


def _pusher(
    system: System, path: str, data_of: Mapping[type[Frame], Any], described: dict[str, Any], messages: dict[str, Any]
) -> None:
    """Describe the wire of Pusher's protocol: the frames under the names that its clients know the channels by."""
    heard = {f"pusher.{frame.event}": _pusher_message(frame, data) for frame, data in data_of.items()}
    for name, (summary, data) in SAID_BY_PUSHER.items():
        payload = _object({"event": {"const": name}, "channel": TEXT, "data": _in_text(_object(data))})
        heard[f"pusher.{name}"] = {"name": name, "summary": summary, "payload": payload}
    messages.update(heard)
    lines = [f"- `{channel.pattern}` as `{shape_of(channel)}`" for channel in system.channels]
    described["channels"]["pusher"] = {
        "address": f"{path}/{{key}}",
        "parameters": {"key": {"description": "The key of the app."}},
        "description": "Pusher's protocol 7. Channels:\n" + "\n".join(lines),
        "bindings": {"ws": {"method": "GET", "query": _object({"protocol": {"enum": ["5", "6", "7"]}})}},
        "messages": _references(list(heard)),
    }
    described["operations"]["follow"] = _operation("send", "pusher", list(heard))


def _pusher_message(frame: type[Frame], schema: dict[str, Any]) -> dict[str, Any]:
    where = _object({"last_id": POSITION, "seq": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}})
    payload = _object(
        {"event": {"const": frame.event}, "channel": TEXT, "data": _in_text({"allOf": [where, schema]})},
    )
    return {"name": frame.event, "summary": _summary(frame), "payload": payload}


def _in_text(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}


def _socketio(
    system: System, path: str, data_of: Mapping[type[Frame], Any], described: dict[str, Any], messages: dict[str, Any]
) -> None:
    """Describe the wire of Socket.IO: an event's arguments are its data and, at the end, the position for recovery."""
    before = _object({"seq": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}})
    heard = {
        f"socketio.{frame.event}": _arguments(frame.event, _summary(frame), {"allOf": [before, data]}, POSITION)
        for frame, data in data_of.items()
    }
    wire = next(wire for wire in system.wires if isinstance(wire, SocketIO))
    ok, tokens = wire.acks_ok, "|".join(wire.tokens)
    for name, (summary, data) in _said_on_socketio(system, ok=ok).items():
        ends = (POSITION,) if name in SAID_ON_STREAM else ()
        heard[f"socketio.{name}"] = _arguments(name, summary, _object(data), *ends)
    # Signing in is the CONNECT packet's; `auth` then goes on with a new token.
    said = {
        f"socketio.say.{name}": _arguments(name, summary, _object(data))
        for name, (summary, data) in ({} if ok else SAID_BY_CLIENT).items()
    }
    said |= _packets(wire)
    messages.update({**heard, **said})
    described["channels"]["socketio"] = {
        "address": path,
        "description": f"Socket.IO 5 over Engine.IO 4; `auth: {{{tokens}}}` signs in.\n\n{_channels_text(system)}",
        "messages": _references([*heard, *said]),
    }
    described["operations"]["hear_socketio"] = _operation("send", "socketio", list(heard))
    described["operations"]["say_socketio"] = _operation("receive", "socketio", list(said))


def _packets(wire: SocketIO) -> dict[str, Any]:
    """Return the two packets of a namespace's beginning and end; clients send them by themselves."""
    auth = {"type": "object", "properties": dict.fromkeys(wire.tokens, TEXT), "minProperties": 1}
    coming = {
        "name": "connect",
        "summary": "The CONNECT packet: comes to a namespace with its `auth`.",
        "payload": auth,
    }
    going = {"name": "disconnect", "summary": "The DISCONNECT packet: leaves it.", "payload": {"type": "null"}}
    return {f"socketio.say.{packet['name']}": packet for packet in (coming, going)}


def _said_on_socketio(system: System, *, ok: bool) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what the server says of itself to clients of Socket.IO."""
    expiry = SAID_OF_EXPIRY if system.live.warns_s is not None else {}
    if not ok:
        return {**SAID_BY_SERVER, **expiry}
    # Errors come as acks or `error_message`, signals under their own names, and nobody pings by hand.
    own = {name: said for name, said in SAID_BY_SERVER.items() if name in ("connected", "resync")}
    return {**own, **SAID_WITH_OK, **expiry}


def _say(
    system: System, schemas: Mapping[tuple[Any, Any], Any], described: dict[str, Any], messages: dict[str, Any]
) -> None:
    """Describe what the system itself lets clients say over Socket.IO; each with its ack beside it."""
    found: dict[str, Any] = {}
    for name, saying in system.sayings().items():
        done: dict[str, Any] = _object({"ok": {"const": True}})
        if (f"ack.{name}", "serialization") in schemas:
            done = {"allOf": [done, schemas[f"ack.{name}", "serialization"]]}
        found[f"socketio.say.{name}"] = {
            **_arguments(
                name, (inspect.getdoc(saying.func) or "").split("\n")[0], schemas[f"say.{name}", "validation"]
            ),
            "description": f"For {', '.join(saying.allow)}.",
            "x-ack": {"oneOf": [done, _object(SAID_WITH_OK["error_message"][1])]},
        }
    messages.update(found)
    channel, operation = described["channels"]["socketio"], described["operations"]["say_socketio"]
    channel["messages"].update(_references(list(found)))
    operation["messages"] += [{"$ref": f"#/channels/socketio/messages/{name}"} for name in found]


def _arguments(event: str, summary: str, *data: dict[str, Any]) -> dict[str, Any]:
    payload = {"type": "array", "prefixItems": [{"const": event}, *data]}
    return {"name": event, "summary": summary, "payload": payload}


def _references(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _operation(action: str, channel: str, names: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
    }


def _event_message(name: str, summary: str, data: Any) -> dict[str, Any]:
    fields = _object({"event": {"const": name}, "id": POSITION})
    return {"name": name, "summary": summary, "contentType": "application/json", "headers": fields, "payload": data}


def _summary(frame: type[Frame]) -> str:
    return (frame.__doc__ or "").split("\n")[0]


def _frame_message(frame: type[Frame], schema: dict[str, Any]) -> dict[str, Any]:
    payload = _object(
        {
            "event": {"const": frame.event},
            "id": POSITION,
            "seq": {"type": "integer"},
            "at": {"type": "string", "format": "date-time"},
            "data": schema,
        }
    )
    return {"name": frame.event, "summary": _summary(frame), "payload": payload}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _channels_text(system: System) -> str:
    lines = []
    for channel in system.channels:
        who = ", ".join(channel.join) if isinstance(channel.join, Roles) else "by rule"
        lines.append(f"- `{channel.pattern}` ({who}) {channel.summary}".rstrip())
    return "Channels:\n" + "\n".join(lines)


DESCRIBE: Mapping[type[Any], Any] = {WebSocketJSON: _socket, SSE: _stream, SocketIO: _socketio, Pusher: _pusher}
"""How each wire is described."""
