"""The packets of Socket.IO 5: what stands in a message of Engine.IO, read and written.

`<type>[<attachments>-][<namespace>,][<ack id>][JSON]`; bytes in the data travel as attachments, in messages that follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

from livefloor.declare.system import SocketIO

MAX_ATTACHMENTS = 10
MAX_DEPTH = 64
"""How deep in the data of a packet an attachment may lie."""

_FORM = re.compile(r"([0-6])(?:([0-9]{1,4})-)?(?:(/[^,]*)(?:,|\Z))?([0-9]{1,15})?(.*)", re.DOTALL)
_BINARY = 3
"""How much higher the type of an event or ack is when attachments follow."""


class BadPacket(Exception):
    """What came is not of the protocol; the connection ends."""


class Kind(IntEnum):
    """What a packet is; that of an event or ack with attachments differs on the wire alone."""

    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; `id` asks for an ack, or names what is acknowledged."""

    kind: Kind
    namespace: str = "/"
    data: Any = None
    id: int | None = None


def encode(packet: Packet) -> list[str | bytes]:
    """Return a packet as messages: its text, then its attachments."""
    attachments: list[bytes] = []
    data = _without_bytes(packet.data, attachments)
    kind = f"{packet.kind + _BINARY}{len(attachments)}-" if attachments else str(int(packet.kind))
    namespace = "" if packet.namespace == "/" else packet.namespace + ","
    number = "" if packet.id is None else str(packet.id)
    body = "" if data is None else orjson.dumps(data, option=orjson.OPT_UTC_Z).decode()
    return [kind + namespace + number + body, *attachments]


def decode(text: str) -> tuple[Packet, int]:
    """Return the packet of a text and how many attachments follow it. Raises BadPacket."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise BadPacket("unknown type of packet")
    kind, many, namespace, number, body = found.groups()
    is_binary = int(kind) > Kind.CONNECT_ERROR
    if is_binary != (many is not None) or int(many or 0) > MAX_ATTACHMENTS:
        raise BadPacket("attachments are not as they may be")
    try:
        data = orjson.loads(body) if body else None
    except orjson.JSONDecodeError as error:
        raise BadPacket("the data is not JSON") from error
    packet = Packet(
        Kind(int(kind) - (_BINARY if is_binary else 0)),
        namespace or "/",
        data,
        None if number is None else int(number),
    )
    if not _is_valid(packet, has_data=bool(body)):
        raise BadPacket("the data is not what this type of packet has")
    return packet, int(many or 0)


class Assembler:
    """Puts a packet and its attachments together as they come; they may weigh `most` bytes in all."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._packet: Packet | None = None
        self._missing = 0
        self._attachments: list[bytes] = []

    def add(self, message: str | bytes) -> Packet | None:
        """Take the next message; return the packet that is whole with it. Raises BadPacket."""
        if isinstance(message, str):
            if self._packet is not None:
                raise BadPacket("text came where an attachment was due")
            packet, self._missing = decode(message)
            if not self._missing:
                return packet
            self._packet = packet
            return None
        if self._packet is None:
            raise BadPacket("an attachment came that belongs to nothing")
        self._attachments.append(message)
        if sum(map(len, self._attachments)) > self._most:
            raise BadPacket("the attachments are too large")
        if len(self._attachments) < self._missing:
            return None
        whole, attachments = self._packet, self._attachments
        self._packet, self._attachments = None, []
        return Packet(whole.kind, whole.namespace, _with_bytes(whole.data, attachments), whole.id)


def _is_valid(packet: Packet, *, has_data: bool) -> bool:
    """Tell whether the data fits the type of packet."""
    data = packet.data
    match packet.kind:
        case Kind.CONNECT:
            return packet.id is None and (not has_data or isinstance(data, dict))
        case Kind.DISCONNECT:
            return packet.id is None and not has_data
        case Kind.CONNECT_ERROR:
            return packet.id is None and isinstance(data, str | dict)
        case Kind.ACK:
            return packet.id is not None and isinstance(data, list)
    if not isinstance(data, list) or not data:
        return False
    name = data[0]
    return (
        name not in SocketIO.RESERVED if isinstance(name, str) else isinstance(name, int) and not isinstance(name, bool)
    )


def _without_bytes(data: Any, attachments: list[bytes]) -> Any:
    """Return data with a placeholder for each of its bytes, which are put among the attachments."""
    if isinstance(data, bytes):
        attachments.append(data)
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(data, dict):
        return {key: _without_bytes(value, attachments) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_bytes(value, attachments) for value in data]
    return data


def _with_bytes(data: Any, attachments: Sequence[bytes], depth: int = 0) -> Any:
    """Return data with the attachments in the place of their placeholders. Raises BadPacket."""
    if depth > MAX_DEPTH:
        raise BadPacket("the data is too deep for attachments")
    if isinstance(data, dict):
        if data.get("_placeholder") is True:
            number = data.get("num")
            if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(attachments):
                raise BadPacket("a placeholder names no attachment")
            return attachments[number]
        return {key: _with_bytes(value, attachments, depth + 1) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_bytes(value, attachments, depth + 1) for value in data]
    return data
