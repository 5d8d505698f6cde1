"""What a function of a system reaches by the names in its source: the refusals that it raises, the facts that it tells, and
the channels and frames that they are told by.

Nothing is called. What a function is given at run time is not seen, so that a list made here may lack something; that a
refusal stands in it means that some road through the function leads there.
"""

import ast
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from livefloor.declare.channel import Address, Channel
from livefloor.declare.event import Announced, Event, Frame
from livefloor.kernel.problems import Problem

ROOMS = ("livefloor.systems", "livefloor.parts", "livefloor.identity", "livefloor.store", "livefloor.work")
"""Where a function is looked into; what another room refuses is the same for every route."""
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
MISSING = object()


@dataclass
class Reached:
    """What was found: codes by status, facts, frames, channels."""

    codes: set[tuple[int, str]] = field(default_factory=set)
    facts: set[type[Event]] = field(default_factory=set)
    frames: set[type[Frame]] = field(default_factory=set)
    channels: list[Channel] = field(default_factory=list)
    addresses: set[Address] = field(default_factory=set)


@cache
def _functions(module: str) -> dict[int, Function]:
    """Return the functions of a module's source by the line on which the first decorator, or they themselves, stand."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found: dict[int, Function] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[min([node.lineno, *(each.lineno for each in node.decorator_list)])] = node
    return found


def reach(starts: Iterable[Callable[..., Any]], owner: Any = None, without: frozenset[Any] = frozenset()) -> Reached:
    """Return what functions reach: those of a class, if one is their owner; `without` are those put off, as timers are."""
    found = Reached()
    waiting: list[tuple[Any, Any]] = [(func, owner) for func in starts]
    seen: set[Any] = set()
    while waiting:
        func, of = waiting.pop()
        func = inspect.unwrap(func)
        if (func, of) in seen or not isinstance(func, FunctionType) or not func.__module__.startswith(ROOMS):
            continue
        seen.add((func, of))
        node = _functions(func.__module__).get(func.__code__.co_firstlineno)
        if node is not None:
            waiting += _look_at(func, of, node, found, without)
    return found


def told_by(event: type[Event]) -> Reached:
    """Return the frames and channels by which a fact is told live."""
    starts = [each for each in (event.frames, getattr(event, "rooms", None)) if each is not None]
    found = reach([each for each in starts if each.__module__ != Event.__module__], event)
    if issubclass(event, Announced) and event.rooms is not Announced.rooms:
        found.frames.add(event)
    return found


def _look_at(
    func: FunctionType, owner: Any, node: Function, found: Reached, without: frozenset[Any]
) -> list[tuple[Any, Any]]:
    """Note what one function mentions; return the functions that it leads to."""
    names = _Names(func, owner)
    further: list[tuple[Any, Any]] = []
    for each in _evaluated(node):
        if isinstance(each, ast.Call):
            found.codes.update(codes_in(each, names.value))
        value = names.value(each)
        if inspect.isclass(value) and issubclass(value, Event) and value.name:
            found.facts.add(value)
        if inspect.isclass(value) and issubclass(value, Frame) and value.event:
            found.frames.add(value)
        if isinstance(value, Channel) and value not in found.channels:
            found.channels.append(value)
        if inspect.isfunction(value) and value not in without:
            further.append((value, None))
        if isinstance(value, list | tuple):
            found.addresses |= {one for one in value if isinstance(one, Address)}
        further += [(method, owner) for method in names.methods(each)]
    return further


def _evaluated(node: Function) -> Iterator[ast.AST]:
    """Return what is evaluated in a function's body: no annotations, no `isinstance`, no `Fact.name`."""
    waiting: list[ast.AST] = [*node.body] if isinstance(node.body, list) else [node.body]
    while waiting:
        each = waiting.pop()
        if (
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Name)
            and each.func.id in ("isinstance", "issubclass")
        ):
            continue
        if isinstance(each, ast.Attribute) and each.attr in ("name", "event"):
            continue
        yield each
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += each.body
        elif isinstance(each, ast.AnnAssign):
            waiting += [each.value] if each.value is not None else []
        else:
            waiting += ast.iter_child_nodes(each)


@dataclass
class _Names:
    """What the names in a function stand for: those of its module, and those that it closes over."""

    func: FunctionType
    owner: Any

    def value(self, node: ast.AST) -> Any:
        """Return what a name or `module.name` stands for, or MISSING."""
        if isinstance(node, ast.Name):
            free = dict(zip(self.func.__code__.co_freevars, self.func.__closure__ or (), strict=True))
            if node.id in free:
                try:
                    return free[node.id].cell_contents
                except ValueError:
                    return MISSING
            return self.func.__globals__.get(node.id, MISSING)
        if isinstance(node, ast.Attribute):
            held = self.value(node.value)
            if isinstance(held, ModuleType) or (inspect.isclass(held) and issubclass(held, Event)):
                return getattr(held, node.attr, MISSING)
        return MISSING

    def methods(self, node: ast.AST) -> list[Any]:
        """Return the methods that `self.…` and `super().…` stand for in the owner's class."""
        if self.owner is None or not isinstance(node, ast.Attribute):
            return []
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            found = inspect.getattr_static(self.owner, node.attr, None)
            return [found] if inspect.isfunction(found) else []
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "super":
            inherited = [vars(base).get(node.attr) for base in self.owner.__mro__[1:]]
            return [each for each in inherited if inspect.isfunction(each)][:2]
        return []


def codes_in(call: ast.Call, value_of: Callable[[ast.AST], Any]) -> Iterator[tuple[int, str]]:
    """Return the codes that a call makes a refusal of; `value_of` says what a name stands for."""
    func, at = call.func, 0
    if isinstance(func, ast.Attribute) and func.attr == "field":
        func, at = func.value, 2
    kind = value_of(func)
    if not (inspect.isclass(kind) and issubclass(kind, Problem)):
        return
    given = call.args[at] if len(call.args) > at else None
    given = given or next((each.value for each in call.keywords if each.arg == "code"), None)
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        yield kind.status, kind.default_code
        return
    for each in ast.walk(given):
        value = each.value if isinstance(each, ast.Constant) else value_of(each)
        if isinstance(value, str) and value.replace("_", "").isalnum() and value == value.lower():
            yield kind.status, value
