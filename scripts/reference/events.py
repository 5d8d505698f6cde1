"""The page of a system's facts and of what is told live: channels, frames with an example, what clients say, by wire."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from livefloor.declare.channel import Channel
from livefloor.declare.event import Event, Frame
from livefloor.declare.roles import Roles
from livefloor.declare.system import SSE, Pusher, SocketIO, System, WebSocketJSON
from livefloor.identity.pusher import shape_of
from scripts.reference.reach import told_by
from scripts.reference.routes import MADE
from scripts.reference.shapes import MOMENT, Schema, answered, example, fields, printed, slug, table

WIRES = {WebSocketJSON: "WebSocket", SSE: "Server-Sent Events", SocketIO: "Socket.IO", Pusher: "Pusher"}
SIGNS = {WebSocketJSON: "", SSE: "stream.", SocketIO: "socketio.", Pusher: "pusher."}
"""What the names of a wire's messages begin with in the AsyncAPI document."""


class Telling:
    """Which frames tell which facts, on which channels, with one that was really made of an example of the fact."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.facts: dict[type[Frame], list[type[Event]]] = {}
        self.frames: dict[type[Event], list[type[Frame]]] = {}
        self.channels: dict[type[Frame], list[Channel]] = {}
        self.examples: dict[type[Frame], Frame] = {}
        for fact in sorted(system.events, key=lambda each: each.name):
            self._note(fact)

    def _note(self, fact: type[Event]) -> None:
        told, seen = told_by(fact), _made(fact)
        # An example that is told to nobody: the code of its kind could tell it, and does not for this one.
        if seen is not None and not seen:
            return
        for each in seen or ():
            self.examples.setdefault(type(each.frame), each.frame)
        for frame in sorted(told.frames, key=lambda one: (one.event, one.__name__)):
            self.facts.setdefault(frame, []).append(fact)
            self.frames.setdefault(fact, []).append(frame)
            here = {each.channel for each in seen or () if type(each.frame) is frame}
            # Of several frames each has its own channels, which the code does not say.
            alone = len(told.frames) == 1 or not here
            known = self.channels.setdefault(frame, [])
            for one in self.system.channels:
                listed = alone and (one in told.channels or _is_among(one, told.addresses))
                if one not in known and (listed or _is_among(one, here)):
                    known.append(one)


def _is_among(channel: Channel, addresses: Iterable[str]) -> bool:
    return any(channel.parameters_of(address) is not None for address in addresses)


def _made(fact: type[Event]) -> list[Any] | None:
    """Return what an example of a fact is told by; None when none can be made."""
    schema = fact.model_json_schema()
    try:
        return list(fact.model_validate(example(schema, schema.get("$defs", {}))).frames())
    except (LookupError, TypeError, ValueError):
        return None


def events_page(system: System, document: Mapping[str, Any]) -> str:
    """Return the page of what is told live, and of the facts behind it."""
    telling = Telling(system)
    lines = [f"# {system.title}: events", "", MADE, "", *_opening(system), *_channels(system)]
    lines += ["## Told live", ""]
    for frame in sorted(system.frames, key=lambda each: (each.event, each.__name__)):
        lines += _frame(telling, frame, shared=[one.event for one in system.frames].count(frame.event) > 1)
    lines += _server_words(system, document)
    lines += _client_words(system, document)
    lines += ["## Facts", "", "What the log keeps, under the names that audit trail and webhooks know.", ""]
    for fact in sorted(system.events, key=lambda each: each.name):
        lines += _fact(telling, fact)
    return "\n".join(lines).rstrip() + "\n"


def _opening(system: System) -> list[str]:
    wires = ", ".join(f"{WIRES[type(wire)]} at `{wire.path}`" for wire in system.wires)
    return [
        (
            f"Spoken over {wires}; the [guide](../../guides/live-updates.md) says how. Every frame below goes over each of these, in the form that "
            "its clients expect:"
        ),
        "",
        *table(("wire", "a frame"), [(WIRES[type(wire)], f"`{_form(wire)}`") for wire in system.wires]),
        "A frame goes to those on its channels who may be there. Which facts it tells is read from their code.",
        "",
    ]


def _form(wire: Any) -> str:
    where = f'"seq": 1042, "at": "{MOMENT}"'
    return {
        WebSocketJSON: f'{{"event": NAME, "id": "1042.0", {where}, "data": DATA}}',
        SSE: "event: NAME, id: 1042.0, data: DATA",
        SocketIO: f'[NAME, {{{where}, …DATA}}, "1042.0"]',
        Pusher: f'{{"event": NAME, "channel": CHANNEL, "data": "{{"last_id": "1042.0", {where}, …DATA}}"}}',
    }[type(wire)]


def _channels(system: System) -> list[str]:
    pushes = any(isinstance(wire, Pusher) for wire in system.wires)
    rows = []
    for channel in system.channels:
        who = ", ".join(channel.join) if isinstance(channel.join, Roles) else "by rule"
        marks = ["who is there is told"] * channel.presence + ["the last frame is kept"] * channel.cached
        marks += [f"to Pusher's clients `{shape_of(channel)}`"] * pushes
        rows.append((f"`{channel.pattern}`", who, "; ".join(part for part in (channel.summary, *marks) if part)))
    return ["## Channels", "", *table(("channel", "who may join", "what"), rows)]


def _frame(telling: Telling, frame: type[Frame], *, shared: bool) -> list[str]:
    heading = f"`{frame.event}`" + (f" ({frame.__name__})" if shared else "")
    lines = [f"### {heading}", "", (frame.__doc__ or "").strip(), ""]
    channels, facts = telling.channels.get(frame, []), telling.facts.get(frame, [])
    if channels:
        lines.append(f"- on {', '.join(f'`{one.pattern}`' for one in channels)}")
    if facts and facts != [frame]:
        lines.append(f"- tells {', '.join(_link(one) for one in facts)}")
    lines += [""] if channels or facts else []
    schema = TypeAdapter(frame).json_schema(mode="serialization")
    lines += table(("field", "type", "what"), _flat(schema, answered))
    made = telling.examples.get(frame)
    data = made.model_dump(mode="json") if made is not None else example(schema, schema.get("$defs", {}))
    return [*lines, *printed(data)]


def _link(fact: type[Event]) -> str:
    return f"[`{fact.name}`](#{slug(f'fact `{fact.name}`')})"


def _flat(schema: Schema, read: Any, depth: int = 0, prefix: str = "") -> list[tuple[str, str, str]]:
    """Return the fields of an object with those of the objects within it, to three levels."""
    shapes = schema.get("$defs", {})
    rows: list[tuple[str, str, str]] = []
    for name, each in schema.get("properties", {}).items():
        held, mark = _object_in(each, shapes)
        kind = f"object{mark}" if held is not None else None
        if held is not None and mark.startswith(" or null") is False and "items" in each:
            kind = "list of objects"
        one = read({"properties": {name: each}, "required": schema.get("required", ())}, None)[0]
        rows.append((one[0].replace(f"`{name}`", f"`{prefix}{name}`"), kind or one[1], one[2]))
        if held is not None and depth < 2:
            rows += _flat(
                {**held, "$defs": shapes},
                read,
                depth + 1,
                f"{prefix}{name}{'[]' if kind == 'list of objects' else ''}.",
            )
    return rows


def _object_in(schema: Schema, shapes: Mapping[str, Schema]) -> tuple[Schema | None, str]:
    """Return the object that a value is, or holds, and what else it may be."""
    if "$ref" in schema:
        return shapes.get(schema["$ref"].rsplit("/", 1)[-1]), ""
    for kind in ("anyOf", "oneOf"):
        named = [each for each in schema.get(kind, ()) if "$ref" in each]
        if len(named) == 1:
            return _object_in(named[0], shapes)[0], " or null"
    if "$ref" in schema.get("items", {}):
        return _object_in(schema["items"], shapes)
    return None, ""


def _fact(telling: Telling, fact: type[Event]) -> list[str]:
    lines = [f"### fact `{fact.name}`", "", (fact.__doc__ or "").strip(), ""]
    frames = dict.fromkeys(frame.event for frame in telling.frames.get(fact, ()))
    if frames:
        lines += [f"Told live as {', '.join(f'`{name}`' for name in frames)}.", ""]
    if fact in telling.facts.get(fact, ()):  # type: ignore[call-overload]
        return lines
    return [
        *lines,
        *table(("field", "type", "what"), _flat(fact.model_json_schema(mode="serialization"), answered, depth=2)),
    ]


def _server_words(system: System, document: Mapping[str, Any]) -> list[str]:
    """Return what the server says of itself on each wire."""
    own = {frame.event for frame in system.frames}
    lines: list[str] = []
    for wire in system.wires:
        rows = [
            (f"`{message['name']}`", message.get("summary", ""), _names(message["payload"]))
            for key, message in _of_wire(document, wire)
            if message["name"] not in own and not _said_by_client(message, key, wire)
        ]
        lines += [
            f"## What the server says of itself: {WIRES[type(wire)]}",
            "",
            *table(("name", "what", "fields"), rows),
        ]
    return lines


def _client_words(system: System, document: Mapping[str, Any]) -> list[str]:
    """Return what clients may say on each wire, what a system declares with its fields and its ack."""
    lines: list[str] = []
    for wire in system.wires:
        said = [(key, message) for key, message in _of_wire(document, wire) if _said_by_client(message, key, wire)]
        if not said:
            continue
        lines += [f"## What clients say: {WIRES[type(wire)]}", ""]
        plain = [message for _, message in said if "x-ack" not in message]
        lines += table(
            ("name", "what", "fields"),
            [(f"`{each['name']}`", each.get("summary", ""), _names(each["payload"])) for each in plain],
        )
        for _, message in said:
            if "x-ack" in message:
                lines += _saying(message, document["components"]["schemas"])
    return lines


def _of_wire(document: Mapping[str, Any], wire: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    sign = SIGNS[type(wire)]
    others = tuple(each for each in SIGNS.values() if each)
    for key, message in document["components"]["messages"].items():
        if key.startswith(sign) if sign else not key.startswith(others):
            yield key, message


def _said_by_client(message: Mapping[str, Any], key: str, wire: Any) -> bool:
    if isinstance(wire, SocketIO):
        return key.startswith("socketio.say.")
    return "type" in message["payload"].get("properties", {}) and "event" not in message["payload"]["properties"]


def _names(payload: Schema) -> str:
    """Return the names of what a message carries beside its own name and position."""
    data: Schema = payload.get("properties", {}).get("data", payload)
    if payload.get("type") == "array":
        data = payload["prefixItems"][1] if len(payload["prefixItems"]) > 1 else {}
    data = data.get("contentSchema", data)
    found = dict(data.get("properties", {}))
    for each in data.get("allOf", ()):
        found |= each.get("properties", {})
    return ", ".join(f"`{name}`" for name in found if name not in ("event", "type"))


def _saying(message: Mapping[str, Any], shapes: Mapping[str, Schema]) -> list[str]:
    """Return the section of one thing that clients may say."""
    body = message["payload"]["prefixItems"][1]
    named = shapes[body["$ref"].rsplit("/", 1)[-1]] if "$ref" in body else body
    lines = [f"### says `{message['name']}`", "", f"{message['summary']} {message['description']}".strip(), ""]
    lines += table(("field", "type", "what"), _flat({**named, "$defs": shapes}, fields))
    done = message["x-ack"]["oneOf"][0]
    lines += ["The ack:", "", *printed(example(_whole(done, shapes), shapes))]
    return lines


def _whole(schema: Schema, shapes: Mapping[str, Schema]) -> Schema:
    return {**schema, "$defs": shapes}
