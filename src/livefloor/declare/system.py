"""What a system says of itself, on one screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from livefloor.declare.channel import OWN, Channel
from livefloor.declare.event import Event, Frame
from livefloor.declare.part import After, Every, Part, Saying, Timer, Verb, Within
from livefloor.declare.roles import Actor, Roles
from livefloor.kernel.problems import Problem
from livefloor.kernel.settings import Settings

if TYPE_CHECKING:
    from livefloor.work.ctx import Ctx, Look


@dataclass(frozen=True, slots=True)
class WebSocketJSON:
    """The plain WebSocket wire and the path at which it is spoken."""

    path: str
    heartbeat_s: int = 25


@dataclass(frozen=True, slots=True)
class SSE:
    """The wire of Server-Sent Events and the path at which it is spoken."""

    path: str
    heartbeat_s: int = 15


@dataclass(frozen=True, slots=True)
class Pusher:
    """Pusher's protocol 7 below a path, which the app's key completes, and its HTTP API below `/apps/`.

    With `counts` those on a channel are told how many they are.
    """

    path: str = "/app"
    activity_s: int = 30
    counts: bool = False


@dataclass(frozen=True, slots=True)
class SocketIO:
    """The wire of Socket.IO 5 over Engine.IO 4 and the path at which it is spoken; times in seconds, sizes in bytes."""

    RESERVED: ClassVar[frozenset[str]] = frozenset(
        {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
    )
    """Names of events that mean something else to the client."""
    path: str = "/socket.io"
    namespaces: Sequence[str] = ("/",)
    tokens: Mapping[str, str] = field(default_factory=lambda: {"token": "not_authenticated"})
    """Under which names of `auth` a client gives its token, and the code with which one is refused that is nobody's."""
    inactive: str = ""
    """The code with which one is refused whose account is switched off; else it is that of a session that has ended."""
    acks_ok: bool = False
    """Whether acks begin with `ok`, a refusal without an ack comes as `error_message`, the code is the message of a
    `connect_error`, a session that ends is told by `session_ended`, and signals go under their own names."""
    pace: tuple[int, float] = (20, 10.0)
    """How many messages a client may send, in how many seconds."""
    patience: int = 0
    """How often within that time a client that says more is told `rate_limited` before it is cut off."""
    ping_interval_s: float = 25
    ping_timeout_s: float = 20
    max_payload: int = 1_000_000
    connect_timeout_s: float = 45


Wire = WebSocketJSON | SSE | SocketIO | Pusher


@dataclass(frozen=True, slots=True)
class Presence:
    """How a system tells itself who is on a channel: as one frame with all of them, made of the channel and its members."""

    frame: Callable[[str, Sequence[Mapping[str, Any]]], Frame]


@dataclass(frozen=True, slots=True)
class LiveTerms:
    """How a system's live side differs from the platform's.

    `lines` is how many lines one account of a role may have, five unless said. Who is gone is away after `grace_s`. `greets`
    says further words of `connected`. `warns_s` is how long before the end of a token `session_expiring` is said.
    """

    lines: Mapping[str, int] = field(default_factory=dict)
    grace_s: float | None = None
    presence: Presence | None = None
    greets: Callable[[Look], Awaitable[Mapping[str, Any]]] | None = None
    warns_s: float | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate limit by its name: at most `count` in `seconds`, for each account, for each address, or for all together.

    `requests` counts every request, `writes` all that change something, `public` those that ask for no sign-in and
    name no limit of their own; others count the verbs that name them.
    """

    name: str
    count: int
    seconds: int
    by: Literal["account", "address", "all"] = "account"
    unless_known: bool = False
    """Whether those who are signed in are not counted."""


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How long a session lives after its last refresh, and how long a used refresh token is still taken.

    With `same_again` a token that is used twice in that time by one device gives the same pair both times.
    """

    lives: timedelta = timedelta(days=30)
    grace: timedelta = timedelta(seconds=30)
    same_again: bool = False


@dataclass(frozen=True, slots=True)
class Bearers:
    """Those who hold a token without an account, as a paired screen or a guest does: `find` says for whom a token stands,
    `stands` whether it still does."""

    find: Callable[[Look, str], Awaitable[Actor | None]]
    stands: Callable[[Look, Actor], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Manners:
    """How a system's HTTP answers differ from the platform's: other `codes` for its refusals, the header that tells the
    log's number, `headers` on all answers of the API, the largest body that it takes (8 MiB unless said), and how long an
    Idempotency-Key gives its first answer."""

    codes: Mapping[str, str] = field(default_factory=dict)
    seq_header: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    most_bytes: int = 8 * 1024 * 1024
    keys_kept: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo data that anybody may try: what it is for, by language, and the page on which it signs in."""

    role: str
    id: str
    secret: str
    says: Mapping[str, str]
    page: str


@dataclass(frozen=True, slots=True)
class BusyTime:
    """A stretch of a full day, played to people who look on.

    `opens` gives the moment, from now on, at which the demo data must stand. `play` takes an HTTP client of the running
    system and the real seconds that a minute lasts; it acts, moves the test clock, and gives time and sentence of each step.
    `accounts` are those from which one sees most of it.
    """

    accounts: Sequence[DemoAccount]
    opens: Callable[[datetime], datetime]
    play: Callable[[Any, float], AsyncIterator[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a newcomer is shown: the data that `fill` puts into an empty database, accounts to try, a busy time.

    `pages` are those that one can look at without an account, by their path: what each is, by language.
    """

    fill: Callable[[Ctx], Awaitable[None]]
    accounts: Sequence[DemoAccount] = ()
    pages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    busy: BusyTime | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A command of one system: `run` takes a Flow and the words that `takes` names, and returns what is printed."""

    name: str
    says: str
    run: Callable[..., Awaitable[str]]
    takes: Sequence[str] = ()


@dataclass(frozen=True)
class System:
    """One product: its accounts, roles, channels, parts, wires, tables; one database, one log."""

    name: str
    title: str
    port: int
    version: str
    tables: type[Any]
    user: type[Any]
    roles: Roles
    channels: Sequence[Channel]
    frames: Sequence[type[Frame]]
    events: Sequence[type[Event]]
    parts: Sequence[Part]
    wires: Sequence[Wire]
    migrations: str
    home: Callable[[Actor], Sequence[str]] | None = None
    """The channels that a connection is put on; unless said, all that its actor may join and whose name is made of nothing
    but the actor's own id."""
    settings: type[Settings] = Settings
    limits: Sequence[Limit] = (Limit("requests", 120, 60),)
    session_terms: SessionTerms = SessionTerms()
    bearers: Bearers | None = None
    manners: Manners = field(default_factory=Manners)
    live: LiveTerms = field(default_factory=LiveTerms)
    first: Callable[[Ctx], Awaitable[None]] | None = None
    demo: Demo | None = None
    create_admin: Callable[..., Awaitable[None]] | None = None
    set_password: Callable[..., Awaitable[None]] | None = None
    """What `livefloor user set-password` does, given a Flow, an account's id and the password; a system whose accounts are
    those of `parts.passwords` need not say it."""
    words: Sequence[Word] = ()
    """Its own words of the command: `livefloor do <system> <word>`."""
    signing_key: tuple[str, str] = ("", "")
    """The variables of the secret that signs, and of the one before it while it is changed."""
    secrets: Callable[[Any], dict[str, str]] | None = None
    timezone: Callable[[Any], Awaitable[str]] | None = None
    description: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    """The description in further languages, by their tags."""
    picture: str = ""
    """A file among the pages of web/apps/home."""
    pages: str | Path = ""
    """The whole path of the folder of its pages; those that are built into livefloor for its name unless said."""
    _events: dict[str, type[Event]] = field(default_factory=dict, init=False)
    _timers: dict[str, Timer] = field(default_factory=dict, init=False)
    _filters: dict[type[Any], Callable[[Actor], Any]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._events.update({event.name: event for event in self.events})
        for part in self.parts:
            self._timers.update({timer.name: timer for timer in part.timers})
            self._filters.update(part.filters)

    def body_of(self, problem: Problem) -> dict[str, Any]:
        """Return what a refusal says, under the code that this system has for it."""
        body = problem.body()
        return {**body, "code": self.code_of(problem.code)}

    def secrets_of(self, settings: Settings) -> dict[str, str]:
        """Return the system's own secrets. Raises SettingError for settings that production refuses."""
        return self.secrets(settings) if self.secrets is not None else {}

    def verbs(self) -> list[Verb]:
        """Return all verbs in order of declaration."""
        return [verb for part in self.parts for verb in part.verbs]

    def sayings(self) -> dict[str, Saying]:
        """Return what clients may say, by name."""
        return {saying.name: saying for part in self.parts for saying in part.sayings}

    def code_of(self, code: str) -> str:
        """Return what this system calls a refusal."""
        return self.manners.codes.get(code, code)

    def reactions(self) -> list[Within]:
        """Return all reactions within the transaction."""
        return [reaction for part in self.parts for reaction in part.reactions]

    def readers(self) -> list[After]:
        """Return all durable readers."""
        return [reader for part in self.parts for reader in part.readers]

    def periods(self) -> dict[str, Every]:
        """Return all periods by name."""
        return {period.name: period for part in self.parts for period in part.periods}

    def starts(self) -> list[Callable[[Ctx], Awaitable[None]]]:
        """Return what one process does at the start."""
        return [start for part in self.parts for start in part.starts]

    def timer(self, name: str) -> Timer | None:
        """Return the timer of a name, or None when the system knows it no more."""
        return self._timers.get(name)

    def timer_of(self, func: Callable[..., Any]) -> Timer:
        """Return the timer that a function was declared as. Raises LookupError."""
        for timer in self._timers.values():
            if timer.func is func:
                return timer
        raise LookupError(f"{func.__qualname__} is not a timer of a part of {self.name}")

    def filter_of(self, model: type[Any]) -> Callable[[Actor], Any]:
        """Return the row filter of a model. Raises LookupError for a model without one."""
        if model not in self._filters:
            raise LookupError(f"{model.__name__} has no visible() rule, so nobody may list it")
        return self._filters[model]

    def has_filter(self, model: type[Any]) -> bool:
        """Tell whether a part says which rows of a model one may see."""
        return model in self._filters

    def event(self, name: str) -> type[Event] | None:
        """Return the event class of a name, or None when the system knows it no more."""
        return self._events.get(name)

    def home_of(self, actor: Actor) -> list[str]:
        """Return the channels that a connection of the actor is put on."""
        if self.home is not None:
            return list(self.home(actor))
        own = {"id": actor.id or ""}
        named = [channel(**own) for channel in self.channels if channel.parameters <= own.keys()]
        return [address for address in named if self.admits(actor, address)]

    def admits(self, actor: Actor, address: str) -> bool:
        """Tell whether the actor may join this channel address."""
        return any(channel.admits(actor, address) for channel in (*self.channels, OWN))

    def has_presence(self, address: str) -> bool:
        """Tell whether those on this channel address are told who else is on it."""
        return any(channel.presence and channel.parameters_of(address) is not None for channel in self.channels)
