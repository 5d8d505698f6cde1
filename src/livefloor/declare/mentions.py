"""What the functions of a system mention, held against what it lists: an event that is told and not listed reaches nobody.

It is read from their compiled code, so nothing is called. What a function is given at run time is not seen; such a mistake
is told when it happens.
"""

import dis
import inspect
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import CodeType, FunctionType
from typing import Any

from livefloor.declare.channel import Channel
from livefloor.declare.event import Announced, Event, Frame
from livefloor.declare.part import Part
from livefloor.declare.system import System

FIRST = ("look", "ctx", "flow")
"""What handlers call what they are given."""


def unlisted(system: System) -> list[str]:
    """Return what the code of a system uses and its declaration does not list, as sentences."""
    found: list[str] = []
    for module in sorted({func.__module__ for func in _handlers(system)}):
        for func in _functions(module):
            found += [*_events(system, func), *_timers(system, func), *_models(system, func)]
        found += _parts(system, module)
    for event in system.events:
        found += _told(system, event)
    return list(dict.fromkeys(found))


def _handlers(system: System) -> Iterator[FunctionType]:
    for part in system.parts:
        yield from (each.func for each in part.verbs)  # type: ignore[misc]
        yield from (each.func for each in part.reactions)  # type: ignore[misc]
        yield from (each.func for each in part.readers)  # type: ignore[misc]
        yield from (each.func for each in part.timers)  # type: ignore[misc]
        yield from (each.func for each in part.periods)  # type: ignore[misc]
        yield from (each.func for each in part.sayings)  # type: ignore[misc]


def _functions(module: str) -> list[FunctionType]:
    """Return the functions that a module defines."""
    found = vars(sys.modules[module]).values()
    return [each for each in found if inspect.isfunction(each) and each.__module__ == module]


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Return a function's code and that of the functions within it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _mentioned(func: FunctionType) -> list[Any]:
    """Return what of its module a function mentions, also as `module.name`."""
    found = []
    for code in _codes(func.__code__):
        for name in code.co_names:
            value = func.__globals__.get(name)
            found.append(value)
            if inspect.ismodule(value):
                found += [vars(value)[inner] for inner in code.co_names if inner in vars(value)]
    return found


def _given_to(func: FunctionType, *methods: str) -> Iterator[Any]:
    """Return what a function gives first to a method of its ctx, look or flow, where it is a name of its module."""
    for code in _codes(func.__code__):
        if not set(methods) & set(code.co_names):
            continue
        steps = list(dis.get_instructions(code))
        for (held, asked), (_, given) in pairwise(pairwise(steps)):
            if asked.argval in methods and held.argval in FIRST and given.opname == "LOAD_GLOBAL":
                yield func.__globals__.get(given.argval)


def _named(func: Callable[..., Any]) -> str:
    return f"{func.__module__}.{func.__qualname__}"


def _events(system: System, func: FunctionType) -> Iterator[str]:
    if any("emit" in code.co_names for code in _codes(func.__code__)):
        for event in _mentioned(func):
            if inspect.isclass(event) and issubclass(event, Event) and event.name and event not in system.events:
                yield f"{_named(func)} tells {event.__name__}, which {system.name} does not list; add it to events=."


def _timers(system: System, func: FunctionType) -> Iterator[str]:
    known = {timer.func for part in system.parts for timer in part.timers}
    for timer in _given_to(func, "schedule", "cancel"):
        if inspect.isfunction(timer) and timer not in known:
            yield (
                f"{_named(func)} schedules {timer.__name__}, which no listed part declares; "
                "put @part.timer() or @part.errand() before it, or add its part to parts=."
            )


def _models(system: System, func: FunctionType) -> Iterator[str]:
    for model in _given_to(func, "rows", "get"):
        if hasattr(model, "__table__") and not system.has_filter(model):
            yield (
                f"{_named(func)} reads {model.__name__} for its caller, and nothing says which rows one may see; "
                f"declare it with @part.visible({model.__name__})."
            )


def _parts(system: System, module: str) -> Iterator[str]:
    for name, part in vars(sys.modules[module]).items():
        if (
            isinstance(part, Part)
            and not any(part is listed for listed in system.parts)
            and (part.verbs or part.timers)
        ):
            yield f"{module}.{name} is a part that {system.name} does not list; add it to parts=."


def _told(system: System, event: type[Event]) -> Iterator[str]:
    """Return what tells a fact live and is not listed: then nobody can join the channel, or no document has the frame."""
    names = {frame.event for frame in system.frames}
    if issubclass(event, Announced) and event.rooms is not Announced.rooms and event.event not in names:
        yield f"{event.__name__} is told live as it stands, and is not listed as a frame; add it to frames= of {system.name}."
    for each in (event.frames, event.rooms) if issubclass(event, Announced) else (event.frames,):
        if not inspect.isfunction(each) or each.__module__ == Event.__module__:
            continue
        for value in _mentioned(each):
            if isinstance(value, Channel) and value not in system.channels:
                yield (
                    f"{event.__name__} is told on {value.pattern!r}, which {system.name} does not list, so that nobody can "
                    "join it; add it to channels=."
                )
            if inspect.isclass(value) and issubclass(value, Frame) and value.event and value.event not in names:
                yield f"{event.__name__} is told as {value.__name__}, which is not listed; add it to frames= of {system.name}."
