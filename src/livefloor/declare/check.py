"""Refuses a declaration that does not hold together, before it serves; each refusal says what to do."""

import importlib.util
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cronsim import CronSim, CronSimError

from livefloor.declare.event import Event
from livefloor.declare.mentions import unlisted
from livefloor.declare.part import Verb
from livefloor.declare.roles import Roles
from livefloor.declare.system import Pusher, SocketIO, System
from livefloor.kernel.settings import Settings


def check_system(system: System) -> list[str]:
    """Return what does not hold together in a declaration, as sentences; none when it is in order."""
    found = []
    roles = system.roles.names | {"public"}
    routes: set[tuple[str, str]] = set()
    for verb in system.verbs():
        unknown = verb.allow.names - roles
        if unknown:
            found.append(
                f"{verb.part}.{verb.name} allows {sorted(unknown)}, which {system.name} does not list in roles; "
                "add them to roles=, or mend allow=."
            )
        if not verb.allow.names:
            found.append(f"{verb.part}.{verb.name} allows nobody; give it allow=.")
        if (verb.route.method, verb.route.path) in routes:
            found.append(f"{verb.route.method} {verb.route.path} is declared twice; take one away.")
        routes.add((verb.route.method, verb.route.path))
        if verb.limit is not None and verb.limit not in {limit.name for limit in system.limits}:
            found.append(
                f"{verb.part}.{verb.name} has the limit {verb.limit!r}, which {system.name} does not list; add it to limits=."
            )
        if not inspect.getdoc(verb.func):
            found.append(
                f"{verb.part}.{verb.name} has no docstring; write one: its first line is the summary in the API description."
            )
        found += _ungiven(verb)
    paths = [wire.path for wire in system.wires]
    found += [
        f"{path} is spoken by a wire and called by something else; give one of them another path."
        for path in sorted(set(paths))
        if paths.count(path) > 1 or path in {route for _, route in routes}
    ]
    parts = [part.name for part in system.parts]
    if "pusher" in parts and not any(isinstance(wire, Pusher) for wire in system.wires):
        found.append("pusher_part() signs for the wire Pusher(), which is not listed; list it.")
    for wire in system.wires:
        if isinstance(wire, SocketIO):
            found += _misnamed(system, wire)
    names = [event.name for event in system.events]
    found += [
        f"The event name {name!r} is used twice; call one something else."
        for name in {name for name in names if names.count(name) > 1}
    ]
    found += [
        f"{event.__name__} has no name; give it one: name: ClassVar[str] = …"
        for event in system.events
        if not event.name
    ]
    found += [*_unhappening(system), *_unheard(system), *_unfounded(system), *unlisted(system)]
    verbs = [verb.name for verb in system.verbs()]
    found += [
        f"Two verbs are called {name!r}; the API description knows an operation by this name; rename one."
        for name in sorted({name for name in verbs if verbs.count(name) > 1})
    ]
    found += [
        f"Two parts are called {name!r}; rename one." for name in {name for name in parts if parts.count(name) > 1}
    ]
    return found


def _ungiven(verb: Verb) -> Iterator[str]:
    """Return what stands in a verb's path and is given to nobody."""
    parameters = inspect.signature(verb.func).parameters
    for name in re.findall(r"\{(\w+)\}", verb.route.path):
        if name not in parameters:
            yield (
                f"{verb.part}.{verb.name} has {{{name}}} in its path {verb.route.path} and no parameter of that name; "
                f"give it `{name}: str`, or mend the path."
            )


def _unhappening(system: System) -> Iterator[str]:
    """Return what waits for events that never happen here."""

    def is_listed(event: type[Event]) -> bool:
        return any(issubclass(one, event) for one in system.events)

    reactions = [(each.func, each.events) for each in system.reactions()]
    reactions += [(each.func, each.events) for each in system.readers()]
    for func, events in reactions:
        for event in events:
            if not is_listed(event):
                yield (
                    f"{func.__name__} reacts to {event.__name__}, which is not among the events of {system.name}; "
                    "add it to events=."
                )
    for verb in system.verbs():
        for event in verb.stored.drops if verb.stored is not None else ():
            if not is_listed(event):
                yield (
                    f"{verb.part}.{verb.name} is stored until {event.__name__}, which is not among the events of "
                    f"{system.name}; add it to events=."
                )


def _unfounded(system: System) -> Iterator[str]:
    """Return what the declaration stands on and is not there: roles of channels, tables, migrations, pages, times."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", system.name):
        yield f"{system.name!r} names a database and settings; a system's name is a-z, 0-9 and _, and begins with a letter."
    for channel in system.channels:
        if isinstance(channel.join, Roles) and (unknown := channel.join.names - system.roles.names - {"public"}):
            yield (
                f"The channel {channel.pattern!r} lets in {sorted(unknown)}, which {system.name} does not list in roles; "
                "add them to roles=, or mend join=."
            )
    if not issubclass(system.user, system.tables):
        yield f"{system.user.__name__} is not among the tables of {system.name}; derive it from {system.tables.__name__}."
    if not _is_package(system.migrations):
        yield (
            f"There is no package {system.migrations}; make the folder with an __init__.py in it, and write the first "
            'migration with: livefloor revise MODULE:NAME "first"'
        )
    if system.pages and not (Path(system.pages) / "index.html").is_file():
        yield f"There is no index.html in {system.pages}; put one there, or mend pages=."
    for period in system.periods().values():
        try:
            CronSim(period.cron, datetime(2000, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            yield f"{period.name} runs at {period.cron!r}, which is no cron line ({error}); write one such as '0 3 * * *'."


def _is_package(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _unheard(system: System) -> list[str]:
    """Return what clients could not say as it is declared."""
    sayings = [saying for part in system.parts for saying in part.sayings]
    names = [saying.name for saying in sayings]
    found = [f"{name!r} can be said in two ways; call one something else." for name in names if names.count(name) > 1]
    if sayings and not any(isinstance(wire, SocketIO) for wire in system.wires):
        found.append(
            f"{names[0]!r} is for clients to say, and only SocketIO() carries it, which is not listed; list it."
        )
    for saying in sayings:
        if saying.name in SocketIO.RESERVED:
            found.append(f"{saying.name!r} is kept by Socket.IO clients for themselves; call it something else.")
        if unknown := saying.allow.names - system.roles.names:
            found.append(
                f"{saying.part}.{saying.name} allows {sorted(unknown)}, which {system.name} does not list in roles; "
                "add them to roles=, or mend allow=."
            )
        if not inspect.getdoc(saying.func):
            found.append(
                f"{saying.part}.{saying.name} has no docstring; write one: its first line is the summary in the API description."
            )
    return found


def _misnamed(system: System, wire: SocketIO) -> list[str]:
    """Return what the clients of Socket.IO could not be told by its name."""
    return [
        *(
            f"{frame.__name__} is called {frame.event!r}, which a Socket.IO client keeps for itself; call it something else."
            for frame in system.frames
            if frame.event in SocketIO.RESERVED
        ),
        *(
            f"{name!r} is no namespace of Socket.IO: it begins with / and has no comma."
            for name in wire.namespaces
            if not name.startswith("/") or "," in name
        ),
    ]


def verb_table(system: System) -> str:
    """Return the table of verbs and who may call them."""
    rows = [f"{verb.route.method:6} {verb.route.path:60} {verb.kind:8} {_who(verb)}" for verb in system.verbs()]
    return "\n".join(rows)


def _who(verb: Verb) -> str:
    return ", ".join(verb.allow)


def deploy_gaps(settings: Settings) -> list[str]:
    """Return what is missing before a start in production, with the variable's name and an example."""
    gaps = []
    if settings.debug:
        gaps.append("LIVEFLOOR_ENV: this is a development start; for example LIVEFLOOR_ENV=production")
    if not settings.is_postgres:
        gaps.append(
            "LIVEFLOOR_DATABASE_URL: SQLite serves one process; for several LIVEFLOOR_DATABASE_URL=postgresql://user:password@host/livefloor"
        )
    if not settings.secret_key:
        gaps.append(
            "LIVEFLOOR_SECRET_KEY: kept in the data folder; several hosts need the same one, for example LIVEFLOOR_SECRET_KEY=<64 random characters>"
        )
    if "*" in settings.cors_origins:
        gaps.append(
            "LIVEFLOOR_CORS_ORIGINS: every origin is let in; for example LIVEFLOOR_CORS_ORIGINS=https://laundry.example.org"
        )
    if not settings.trusted_proxies:
        gaps.append(
            "LIVEFLOOR_TRUSTED_PROXIES: behind an HTTPS proxy name its address, for example LIVEFLOOR_TRUSTED_PROXIES=127.0.0.1"
        )
    backups = settings.data / "backups"
    if not (backups.is_dir() and any(backups.iterdir())):
        gaps.append(f"{backups}: no backup was made yet; run livefloor backup")
    if settings.log_level == "debug":
        gaps.append("LIVEFLOOR_LOG_LEVEL: debug logs are for development; for example LIVEFLOOR_LOG_LEVEL=info")
    return gaps
