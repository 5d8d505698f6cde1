"""A part: the queries, commands, flows, reactions and timers of one thing, gathered beside each other in one file."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

from livefloor.declare.event import Event
from livefloor.declare.roles import Actor, Roles

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from livefloor.work.ctx import Ctx, Flow, Look
    from livefloor.work.talk import Talk

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=Event)
Kind = Literal["query", "command", "flow"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a verb is called over HTTP, and the status of its good answer."""

    method: str
    path: str
    status: int = 200


def GET(path: str, status: int = 200) -> Route:  # noqa: N802 - the method's own name
    """Bind a query to GET."""
    return Route("GET", path, status)


def POST(path: str, status: int = 200) -> Route:  # noqa: N802
    """Bind a command to POST."""
    return Route("POST", path, status)


def PUT(path: str, status: int = 200) -> Route:  # noqa: N802
    """Bind a command to PUT."""
    return Route("PUT", path, status)


def PATCH(path: str, status: int = 200) -> Route:  # noqa: N802
    """Bind a command to PATCH."""
    return Route("PATCH", path, status)


def DELETE(path: str, status: int = 204) -> Route:  # noqa: N802
    """Bind a command to DELETE; 204 unless said."""
    return Route("DELETE", path, status)


@dataclass(frozen=True, slots=True)
class Stored:
    """How long an answer's bytes may be given again: until an event of `drops`, a due timer, or `seconds` have passed."""

    drops: tuple[type[Event], ...]
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Verb:
    """A declared query, command or flow."""

    kind: Kind
    name: str
    func: Callable[..., Awaitable[Any]]
    route: Route
    allow: Roles
    refuses: tuple[int, ...] = ()
    limit: str | None = None
    replay: bool = True
    stored: Stored | None = None
    heavy: bool = False
    settles: bool = True
    when: Callable[[Any], bool] | None = None
    secure: bool = False
    part: str = ""

    @property
    def summary(self) -> str:
        """Return the first line of the handler's docstring."""
        return (inspect.getdoc(self.func) or self.name.replace("_", " ")).split("\n")[0]


@dataclass(frozen=True, slots=True)
class Saying:
    """What a client may say over a live connection, by its name, and what is done then."""

    name: str
    func: Callable[..., Awaitable[Any]]
    allow: Roles
    part: str


@dataclass(frozen=True, slots=True)
class Within:
    """A reaction in the same transaction as the fact; database effects only."""

    events: tuple[type[Event], ...]
    func: Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class After:
    """A durable reader: its position moves in the transaction of its effect, so each event takes effect once.

    The tables that it `makes` hold what the events say and nothing else: they can be made anew from the log.
    """

    reader: str
    events: tuple[type[Event], ...]
    func: Callable[..., Awaitable[None]]
    makes: tuple[type[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Timer:
    """A durable due time with arguments. `order` ranks timers due at the same moment; `settles` ones run before any
    request is answered; a `flow` timer does outside work under a lease and is at-least-once, beside others but for those of
    its own `lane`: the argument whose value they share."""

    name: str
    func: Callable[..., Awaitable[None]]
    order: int = 50
    settles: bool = True
    flow: bool = False
    tries: int = 5
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Every:
    """A period as a cron line in the room's time zone; `late` is how late it may still run after downtime."""

    name: str
    cron: str
    func: Callable[..., Awaitable[None]]
    flow: bool = False
    late: timedelta | None = None


@dataclass(slots=True)
class Part:
    """A vertical slice of a system."""

    name: str
    verbs: list[Verb] = field(default_factory=list)
    reactions: list[Within] = field(default_factory=list)
    readers: list[After] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    periods: list[Every] = field(default_factory=list)
    starts: list[Callable[..., Awaitable[None]]] = field(default_factory=list)
    filters: dict[type[Any], Callable[[Actor], Any]] = field(default_factory=dict)
    sayings: list[Saying] = field(default_factory=list)

    def query(
        self,
        route: Route,
        *,
        allow: Roles,
        refuses: Sequence[int] = (),
        stored: Stored | None = None,
        heavy: bool = False,
        settles: bool = True,
        limit: str | None = None,
    ) -> Callable[[Callable[Concatenate[Look, P], Awaitable[R]]], Callable[Concatenate[Look, P], Awaitable[R]]]:
        """Declare a read. `heavy` ones run beside the event loop; `stored` ones are answered from kept bytes."""

        def declare(func: Callable[Concatenate[Look, P], Awaitable[R]]) -> Callable[Concatenate[Look, P], Awaitable[R]]:
            self._add(
                "query",
                func,
                route,
                allow,
                refuses=tuple(refuses),
                stored=stored,
                heavy=heavy,
                settles=settles,
                limit=limit,
            )
            return func

        return declare

    def command(
        self,
        route: Route,
        *,
        allow: Roles,
        refuses: Sequence[int] = (),
        limit: str | None = None,
        replay: bool = True,
    ) -> Callable[[Callable[Concatenate[Ctx, P], Awaitable[R]]], Callable[Concatenate[Ctx, P], Awaitable[R]]]:
        """Declare a change: one transaction. `limit` names a rate limit; POSTs honour Idempotency-Key unless `replay` is off."""

        def declare(func: Callable[Concatenate[Ctx, P], Awaitable[R]]) -> Callable[Concatenate[Ctx, P], Awaitable[R]]:
            self._add("command", func, route, allow, refuses=tuple(refuses), limit=limit, replay=replay)
            return func

        return declare

    def flow(
        self,
        route: Route,
        *,
        allow: Roles,
        refuses: Sequence[int] = (),
        limit: str | None = None,
        replay: bool = True,
        when: Callable[[Any], bool] | None = None,
        secure: bool = False,
    ) -> Callable[[Callable[Concatenate[Flow, P], Awaitable[R]]], Callable[Concatenate[Flow, P], Awaitable[R]]]:
        """Declare an act of several steps (hashing, pictures, several transactions); `when(settings)` says if it exists.

        A `secure` one is refused over plain HTTP in production.
        """

        def declare(func: Callable[Concatenate[Flow, P], Awaitable[R]]) -> Callable[Concatenate[Flow, P], Awaitable[R]]:
            self._add(
                "flow",
                func,
                route,
                allow,
                refuses=tuple(refuses),
                limit=limit,
                replay=replay,
                when=when,
                secure=secure,
            )
            return func

        return declare

    def said(
        self, name: str, *, allow: Roles
    ) -> Callable[[Callable[[Talk, Any], Awaitable[R]]], Callable[[Talk, Any], Awaitable[R]]]:
        """Declare what a client may say by a name: the function takes the body as its model; the ack is what it returns.

        Only a wire on which clients name what they say carries it: Socket.IO.
        """

        def declare(func: Callable[[Talk, Any], Awaitable[R]]) -> Callable[[Talk, Any], Awaitable[R]]:
            self.sayings.append(Saying(name, func, allow, self.name))
            return func

        return declare

    def _add(self, kind: Kind, func: Callable[..., Awaitable[Any]], route: Route, allow: Roles, **options: Any) -> None:
        self.verbs.append(Verb(kind, func.__name__, func, route, allow, part=self.name, **options))

    def within(
        self, *events: type[E]
    ) -> Callable[[Callable[[Ctx, E], Awaitable[None]]], Callable[[Ctx, E], Awaitable[None]]]:
        """React to facts inside their transaction."""

        def declare(func: Callable[[Ctx, E], Awaitable[None]]) -> Callable[[Ctx, E], Awaitable[None]]:
            self.reactions.append(Within(events, func))
            return func

        return declare

    def after(
        self, *events: type[E], reader: str, makes: Sequence[type[Any]] = ()
    ) -> Callable[[Callable[[Ctx, E], Awaitable[None]]], Callable[[Ctx, E], Awaitable[None]]]:
        """React to facts after their commit, in order, with a durable position named `reader`.

        `makes` are tables that it alone writes, from the events alone: it reads the log from its beginning, and
        `livefloor verify` makes them anew and compares.
        """

        def declare(func: Callable[[Ctx, E], Awaitable[None]]) -> Callable[[Ctx, E], Awaitable[None]]:
            self.readers.append(After(reader, events, func, tuple(makes)))
            return func

        return declare

    def timer(
        self, *, order: int = 50, settles: bool = True
    ) -> Callable[[Callable[Concatenate[Ctx, P], Awaitable[None]]], Callable[Concatenate[Ctx, P], Awaitable[None]]]:
        """Declare what happens at a due time; arguments are JSON values given by keyword."""

        def declare(
            func: Callable[Concatenate[Ctx, P], Awaitable[None]],
        ) -> Callable[Concatenate[Ctx, P], Awaitable[None]]:
            self.timers.append(Timer(f"{self.name}.{func.__name__}", func, order=order, settles=settles))
            return func

        return declare

    def errand(
        self, *, tries: int = 5, lane: str = ""
    ) -> Callable[[Callable[Concatenate[Flow, P], Awaitable[None]]], Callable[Concatenate[Flow, P], Awaitable[None]]]:
        """Declare outside work to be done at a due time, under a lease and at least once.

        Several go on at once, so that one which waits for a silent service holds up no other; those that share the value
        of the argument `lane` go one after the other, in order of due time.
        """

        def declare(
            func: Callable[Concatenate[Flow, P], Awaitable[None]],
        ) -> Callable[Concatenate[Flow, P], Awaitable[None]]:
            name = f"{self.name}.{func.__name__}"
            self.timers.append(Timer(name, func, settles=False, flow=True, tries=tries, lane=lane))
            return func

        return declare

    def every(
        self, cron: str, *, late: timedelta | None = None, flow: bool = False
    ) -> Callable[[Callable[[Any], Awaitable[None]]], Callable[[Any], Awaitable[None]]]:
        """Declare a period. After downtime a missed run is made up for once, unless it is later than `late`."""

        def declare(func: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
            self.periods.append(Every(f"{self.name}.{func.__name__}", cron, func, flow, late))
            return func

        return declare

    def at_start(self, func: Callable[[Ctx], Awaitable[None]]) -> Callable[[Ctx], Awaitable[None]]:
        """Declare what one process does when the system starts, before anything else is settled."""
        self.starts.append(func)
        return func

    def visible(
        self, model: type[Any]
    ) -> Callable[[Callable[[Actor], ColumnElement[bool]]], Callable[[Actor], ColumnElement[bool]]]:
        """Declare which rows of a model an actor may see; `look.rows` and `look.get` go through it."""

        def declare(func: Callable[[Actor], ColumnElement[bool]]) -> Callable[[Actor], ColumnElement[bool]]:
            self.filters[model] = func
            return func

        return declare
