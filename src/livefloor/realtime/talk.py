"""What the system's own sayings do with a connection: the other side of `livefloor.work.talk`."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from livefloor.declare.part import Saying
from livefloor.declare.roles import Actor
from livefloor.kernel import tracing
from livefloor.kernel.problems import Forbidden, Invalid
from livefloor.realtime.session import Connection
from livefloor.realtime.wire import Live
from livefloor.work.talk import Talk


@functools.cache
def body_of(saying: Saying) -> TypeAdapter[Any]:
    """Return what checks the body of a saying, as its function's second parameter says."""
    name = list(inspect.signature(saying.func).parameters)[1]
    return TypeAdapter(typing.get_type_hints(saying.func, include_extras=True)[name])


@functools.cache
def result_of(saying: Saying) -> TypeAdapter[Any] | None:
    """Return what the ack of a saying tells, as its function's return type says; None when it tells nothing."""
    returns = typing.get_type_hints(saying.func).get("return")
    return None if returns in (None, type(None)) else TypeAdapter(returns)


class Line:
    """One connection, as a talk knows it."""

    def __init__(self, live: Live, connection: Connection, seen: Mapping[str, str]) -> None:
        self._live = live
        self._connection = connection
        self._seen = seen
        self._done: dict[str, float] = {}

    @property
    def actor(self) -> Actor:
        """Return whose connection it is."""
        return self._connection.actor

    def rooms(self) -> Sequence[str]:
        """Return the channels that it is on."""
        return sorted(self._connection.channels)

    async def join(self, room: str, since: int | None) -> None:
        """Put it on a channel, and tell it first what was told there after an event."""

        async def joined() -> None:
            self._live.hub.appear(self._connection)

        if room not in self._connection.channels or since is not None:
            position = None if since is None else str(since)
            await self._live.recovery.subscribe(self._connection, room, position, joined)

    def leave(self, room: str) -> None:
        """Take it off a channel."""
        self._live.hub.leave(self._connection, [room])

    def present(self, room: str) -> Sequence[Mapping[str, Any]]:
        """Return who is on a channel."""
        return [{**member.info, "id": member.id} for member in self._live.hub.presence.members(room)]

    def say(self, name: str, data: Mapping[str, Any]) -> None:
        """Say something to it alone."""
        self._connection.send(self._connection.codec.said(name, None, data))

    async def signal(self, room: str, name: str, data: Any) -> None:
        """Tell the others on a channel something in passing."""
        await self._live.hub.signal(room, name, data, but=self._connection.id)

    async def renew(self, token: str) -> Actor:
        """Go on with another token of the same account. Raises NotAuthenticated, Forbidden."""
        actor = await self._live.access.of_token(token, **self._seen)
        if actor.id != self.actor.id:
            raise Forbidden("forbidden", "This token is somebody else's.")
        self._connection.actor = actor
        self._connection.warned = False
        return actor

    def is_too_soon(self, what: str, seconds: float) -> bool:
        """Take note that it does something; tell whether it did so less than some seconds ago."""
        now = self._live.clock.now().timestamp()
        before, self._done[what] = self._done.get(what), now
        return before is not None and now - before < seconds


async def follow(live: Live, saying: Saying, line: Line, said: Any) -> dict[str, Any]:
    """Do what a client says, below the trace that it names in `traceparent`; return what its ack tells. Raises Problem."""
    parent = said.get("traceparent") if isinstance(said, dict) else None
    if parent is not None:
        said = {name: value for name, value in said.items() if name != "traceparent"}
    with tracing.span(f"said {saying.name}", parent=parent if isinstance(parent, str) else None, kind="SERVER"):
        return await _follow(live, saying, line, said)


async def _follow(live: Live, saying: Saying, line: Line, said: Any) -> dict[str, Any]:
    if not line.actor.is_in(saying.allow):
        raise Forbidden("forbidden", f"This is not for the role {line.actor.role}.")
    live.executor.means.services["count"]("requests", line.actor)
    if b"\\u0000" in orjson.dumps(said):
        raise Invalid("validation_error", "The body holds a NUL character.")
    try:
        body = body_of(saying).validate_python(said)
    except ValidationError as error:
        raise Invalid.by_fields(error) from error
    result = await saying.func(Talk(live.executor, line), body)
    return {} if result is None else result.model_dump(mode="json", by_alias=True)
