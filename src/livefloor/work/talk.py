"""What a handler is given of a live connection: who says something, the rooms they are in, and what is said back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from livefloor.declare.event import Frame
from livefloor.declare.roles import Actor
from livefloor.kernel.problems import Forbidden
from livefloor.work.ctx import Ctx, Flow
from livefloor.work.execute import Executor

T = TypeVar("T")
P = ParamSpec("P")


class Line(Protocol):
    """The connection behind a talk, as the live side holds it."""

    @property
    def actor(self) -> Actor:
        """Return whose connection it is."""
        ...

    def rooms(self) -> Sequence[str]:
        """Return the channels that it is on."""
        ...

    async def join(self, room: str, since: int | None) -> None:
        """Put it on a channel, and tell it first what was told there after an event."""
        ...

    def leave(self, room: str) -> None:
        """Take it off a channel."""
        ...

    def present(self, room: str) -> Sequence[Mapping[str, Any]]:
        """Return who is on a channel."""
        ...

    def say(self, name: str, data: Mapping[str, Any]) -> None:
        """Say something to it alone."""
        ...

    async def signal(self, room: str, name: str, data: Any) -> None:
        """Tell the others on a channel something in passing."""
        ...

    async def renew(self, token: str) -> Actor:
        """Go on with another token of the same account. Raises NotAuthenticated, Forbidden."""
        ...

    def is_too_soon(self, what: str, seconds: float) -> bool:
        """Take note that it does something; tell whether it did so less than some seconds ago."""
        ...


class Talk(Flow):
    """One thing that a client says: as a Flow it reads and changes; besides it joins rooms, leaves them, and answers."""

    __slots__ = ("_line",)

    def __init__(self, executor: Executor, line: Line) -> None:
        super().__init__(executor, line.actor, executor.clock.now())
        self._line = line

    @property
    def rooms(self) -> Sequence[str]:
        """Return the rooms that this connection is in."""
        return self._line.rooms()

    async def execute(
        self, command: Callable[Concatenate[Ctx, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a change in one transaction; it counts as a write of the account, like one over HTTP. Raises TooMany."""
        self.means.services["count"]("writes", self.actor)
        return await super().execute(command, *args, **kwargs)

    async def join(self, room: str, *, since: int | None = None) -> None:
        """Join a room; with `since` what was told there after that event follows at once. Raises Forbidden."""
        if not self.means.system.admits(self.actor, room):
            raise Forbidden("forbidden", "This room is not yours to join.")
        await self._line.join(room, since)

    def leave(self, room: str) -> None:
        """Leave a room, if it is in it."""
        if room in self._line.rooms():
            self._line.leave(room)

    def present(self, room: str) -> Sequence[Mapping[str, Any]]:
        """Return who is in a room, each account once."""
        return self._line.present(room)

    def say(self, frame: Frame) -> None:
        """Say something to this connection alone; it is not in the log."""
        self._line.say(frame.event, frame.model_dump(mode="json", by_alias=True))

    async def signal(self, room: str, frame: Frame) -> None:
        """Tell the others in a room something in passing; it is not in the log."""
        await self._line.signal(room, frame.event, frame.model_dump(mode="json", by_alias=True))

    async def renew(self, token: str) -> Actor:
        """Go on with another token of the same account. Raises NotAuthenticated, Forbidden."""
        self.actor = await self._line.renew(token)
        return self.actor

    def is_too_soon(self, what: str, seconds: float) -> bool:
        """Take note that something is done; tell whether this connection did it less than some seconds ago."""
        return self._line.is_too_soon(what, seconds)
