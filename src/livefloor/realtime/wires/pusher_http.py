"""Pusher's HTTP API: what stock server libraries call to publish, to see who is where, and to end a user's connections.

What is published here is told in passing: it is in no log, has no position, and whoever is away misses it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from livefloor.declare.channel import Address, Channel
from livefloor.identity.pusher import SOCKET_ID, App, Names
from livefloor.kernel.problems import BadRequest, Forbidden, MethodNotAllowed, NotAuthenticated, NotFound, TooLarge
from livefloor.realtime.wire import Live, Receive, Scope, Send

MOST_BODY = 256 * 1024
MOST_DATA = 10 * 1024
SIGNED_WITHIN_S = 600
RESERVED = ("pusher:", "pusher_internal:", "livefloor:")

M = TypeVar("M", bound=BaseModel)
Query = Mapping[str, str]
Found = tuple[str, Channel, Address]


class _Said(BaseModel):
    """What libraries of every age may send more is let pass."""

    model_config = ConfigDict(extra="ignore", strict=True)
    name: str = Field(min_length=1, max_length=200)
    data: str
    socket_id: str | None = Field(None, pattern=SOCKET_ID)
    info: str = ""


class _Event(_Said):
    channel: str | None = None
    channels: list[str] = Field([], max_length=100)


class _OfBatch(_Said):
    channel: str


class _Batch(BaseModel):
    batch: list[_OfBatch] = Field(max_length=10)


class PublisherApi:
    """Answers at `/apps/{id}/…`."""

    def __init__(self, live: Live, app: App, names: Names) -> None:
        self._live = live
        self._app = app
        self._names = names
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Awaitable[Any]]]] = [
            ("POST", re.compile(r"events"), self._publish),
            ("POST", re.compile(r"batch_events"), self._publish_batch),
            ("GET", re.compile(r"channels"), self._channels),
            ("GET", re.compile(r"channels/([^/]+)"), self._channel),
            ("GET", re.compile(r"channels/([^/]+)/users"), self._members),
            ("POST", re.compile(r"users/([^/]+)/terminate_connections"), self._terminate),
        ]

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises Problem."""
        app_id, _, path = scope["path"].removeprefix("/apps/").partition("/")
        if app_id != self._app.id:
            raise NotFound("unknown_app", "There is no app of this id.")
        body = await _body(receive)
        query = self._checked(scope, body)
        answer = orjson.dumps(await self._routed(scope["method"], path, query, body))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer})

    def _checked(self, scope: Scope, body: bytes) -> Query:
        """Return the query if key, time, body and signature hold. Raises NotAuthenticated."""
        try:
            pairs = parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict")
        except ValueError as error:
            raise BadRequest("bad_query", "The query is not valid UTF-8.") from error
        query = {name.lower(): value for name, value in pairs}
        signature = query.pop("auth_signature", "")
        signed = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
        right = self._app.sign(f"{scope['method']}\n{scope['path']}\n{signed}")
        if query.get("auth_key") != self._app.key or query.get("auth_version") != "1.0":
            raise NotAuthenticated("bad_signature", "auth_key or auth_version is not that of this app.")
        if len(pairs) != len(query) + 1 or not hmac.compare_digest(right.encode(), signature.encode()):
            raise NotAuthenticated("bad_signature", "auth_signature is not that of this request.")
        moment = query.get("auth_timestamp", "")
        now = self._live.clock.now().timestamp()
        if not re.fullmatch(r"[0-9]{1,12}", moment) or abs(now - int(moment)) > SIGNED_WITHIN_S:
            raise NotAuthenticated("bad_signature", f"auth_timestamp is more than {SIGNED_WITHIN_S} s away.")
        if (body or "body_md5" in query) and query.get("body_md5") != hashlib.md5(body).hexdigest():  # noqa: S324 - Pusher's
            raise NotAuthenticated("bad_signature", "body_md5 is not that of the body.")
        return query

    async def _routed(self, method: str, path: str, query: Query, body: bytes) -> Any:
        taken = [(verb, found, call) for verb, route, call in self._routes if (found := route.fullmatch(path))]
        if not taken:
            raise NotFound("not_found", "There is nothing at this address.")
        for verb, found, call in taken:
            if method == verb or (method, verb) == ("HEAD", "GET"):
                return await call(*found.groups(), query=query, body=body)
        raise MethodNotAllowed(None, None, allow=[verb for verb, _, _ in taken])

    # -- publishing -----------------------------------------------------------------------------------------------

    async def _publish(self, query: Query, body: bytes) -> Any:
        said = _parsed(_Event, body)
        names = list(dict.fromkeys(said.channels or ([said.channel] if said.channel is not None else [])))
        if not names:
            raise BadRequest("no_channel", "Name the channel or the channels.")
        channels = [self._sendable(name, said) for name in names]
        for _, channel, address in channels:
            await self._tell(channel, address, said)
        if not said.info:
            return {}
        return {"channels": {found[0]: await self._state(found, said.info) for found in channels}}

    async def _publish_batch(self, query: Query, body: bytes) -> Any:
        batch = _parsed(_Batch, body).batch
        channels = [self._sendable(said.channel, said) for said in batch]
        for (_, channel, address), said in zip(channels, batch, strict=True):
            await self._tell(channel, address, said)
        if not any(said.info for said in batch):
            return {}
        states = [await self._state(found, said.info) for found, said in zip(channels, batch, strict=True)]
        return {"batch": states}

    async def _tell(self, channel: Channel, address: Address, said: _Said) -> None:
        await self._live.hub.signal(address, said.name, said.data, but=said.socket_id, keep=channel.cached)

    def _sendable(self, name: str, said: _Said) -> Found:
        """Return the channel for an event that may go there. Raises BadRequest, Forbidden or TooLarge."""
        if len(said.data.encode()) > MOST_DATA:
            raise TooLarge("event_too_large", f"The data of an event holds at most {MOST_DATA} bytes.")
        if said.name.startswith(RESERVED):
            raise Forbidden("reserved_name", f"No event of a publisher is called {said.name[:20]}….")
        found = self._found(name)
        unknown = {part for part in said.info.split(",") if part} - {"user_count", "subscription_count"}
        if unknown or ("user_count" in said.info and not found[1].presence):
            raise BadRequest("bad_info", "info is subscription_count and, of presence channels, user_count.")
        return found

    def _found(self, name: str) -> Found:
        found = self._names.find(name)
        if found is None:
            raise BadRequest("unknown_channel", f"There is no channel {name[:200]!r}.")
        return name, *found

    # -- looking --------------------------------------------------------------------------------------------------

    async def _channels(self, query: Query, body: bytes) -> Any:
        prefix, info = query.get("filter_by_prefix", ""), query.get("info", "")
        if "user_count" in info and not prefix.startswith("presence-"):
            raise BadRequest("bad_info", "user_count is of presence channels; ask with filter_by_prefix=presence-.")
        found = [
            (name, channel, Address(address))
            for address in self._live.hub.occupied()
            if (channel := self._names.channel(address)) and (name := self._names.name(address)).startswith(prefix)
        ]
        return {"channels": {one[0]: await self._state(one, info) for one in found}}

    async def _channel(self, name: str, query: Query, body: bytes) -> Any:
        found = self._found(name)
        info = query.get("info", "")
        if "user_count" in info and not found[1].presence:
            raise BadRequest("bad_info", "user_count is of presence channels.")
        state = {"occupied": bool(self._live.hub.on(found[2])), **await self._state(found, info)}
        kept = self._live.hub.kept.get(found[2])
        if "cache" in info.split(",") and kept is not None:
            state["cache"] = {"data": kept[2]}
        return state

    async def _members(self, name: str, query: Query, body: bytes) -> Any:
        _, channel, address = self._found(name)
        if not channel.presence:
            raise BadRequest("no_presence", "Only presence channels have users.")
        return {"users": [{"id": member.id} for member in self._live.hub.presence.members(address)]}

    async def _state(self, found: Found, info: str) -> dict[str, Any]:
        asked = info.split(",")
        state: dict[str, Any] = {}
        if "user_count" in asked:
            state["user_count"] = len(self._live.hub.presence.members(found[2]))
        if "subscription_count" in asked:
            state["subscription_count"] = len(self._live.hub.on(found[2]))
        return state

    async def _terminate(self, user_id: str, query: Query, body: bytes) -> Any:
        self._live.hub.terminate(user_id)
        return {}


async def _body(receive: Receive) -> bytes:
    """Return the body. Raises TooLarge."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BODY:
            raise TooLarge()
    return body


def _parsed(model: type[M], body: bytes) -> M:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadRequest("bad_body", f"{where}: {first['msg']}".lstrip(": ")) from error
