"""The AsyncAPI 3.0 document of a system: which frames go over which channels, and what clients may say."""

from typing import Any

from pydantic import TypeAdapter

from livefloor.declare.event import Frame
from livefloor.declare.roles import Roles
from livefloor.declare.system import System

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
    "error": ("A message could not be followed; the connection stays.", {"code": TEXT, "detail": TEXT}),
}
SAID_BY_CLIENT: dict[str, tuple[str, dict[str, Any]]] = {
    "auth": ("Sign in as the first message, or go on with a new token.", {"token": TEXT, "last_id": POSITION}),
    "ping": ("Ask for a sign of life.", {}),
    "subscribe": ("Join channels again.", {"channels": {"type": "array", "items": TEXT}}),
    "unsubscribe": ("Leave channels.", {"channels": {"type": "array", "items": TEXT}}),
    "sync": ("Ask for what came after a position.", {"last_id": POSITION}),
}


def document(system: System) -> dict[str, Any]:
    """Return the AsyncAPI document."""
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (frame.event, "serialization", TypeAdapter(frame)) for frame in system.frames
    ]
    schemas, definitions = TypeAdapter.json_schemas(adapters, ref_template=REF)
    messages = {frame.event: _frame_message(frame, schemas[(frame.event, "serialization")]) for frame in system.frames}
    for name, (summary, data) in SAID_BY_SERVER.items():
        payload = _object({"event": {"const": name}, "data": _object(data)})
        messages[name] = {"name": name, "summary": summary, "payload": payload}
    for name, (summary, data) in SAID_BY_CLIENT.items():
        messages[name] = {"name": name, "summary": summary, "payload": _object({"type": {"const": name}, **data})}
    wire = system.wires[0].path
    references = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"{system.title}: live updates", "version": system.version},
        "channels": {
            "socket": {
                "address": wire,
                "description": _channels_text(system),
                "bindings": {"ws": {"method": "GET"}},
                "messages": references,
            }
        },
        "operations": {
            "receive": _operation("send", [*[frame.event for frame in system.frames], *SAID_BY_SERVER]),
            "say": _operation("receive", list(SAID_BY_CLIENT)),
        },
        "components": {"messages": messages, "schemas": definitions.get("$defs", {})},
    }


def _operation(action: str, names: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{name}"} for name in names],
    }


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
    return {"name": frame.event, "summary": (frame.__doc__ or "").split("\n")[0], "payload": payload}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _channels_text(system: System) -> str:
    lines = []
    for channel in system.channels:
        who = ", ".join(channel.join) if isinstance(channel.join, Roles) else "by rule"
        lines.append(f"- `{channel.pattern}` ({who}) {channel.summary}".rstrip())
    return "Channels:\n" + "\n".join(lines)
