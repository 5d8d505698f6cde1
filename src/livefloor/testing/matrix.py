"""Role × route from the declaration, in both directions: who may is let in, who may not is refused and nothing is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import httpx

from livefloor.declare.part import Verb
from livefloor.declare.system import System
from livefloor.kernel.settings import Settings
from livefloor.testing.world import World

ANONYMOUS = "nobody"
"""The role of a request without a token."""


class Cell(NamedTuple):
    """One verb, called by one role."""

    verb: Verb
    role: str

    @property
    def allowed(self) -> bool:
        """Tell whether the declaration lets this role in."""
        return "public" in self.verb.allow or self.role in self.verb.allow

    def __str__(self) -> str:
        return f"{self.verb.route.method} {self.verb.route.path} as {self.role}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of calling a verb as a role: the answer's status and code, and how many events were told."""

    cell: Cell
    status: int
    code: str
    events: int


class Sent(NamedTuple):
    """A request: what stands in the path's braces, the query, the body, headers beside the token."""

    path: dict[str, Any] | None = None
    query: dict[str, Any] | None = None
    body: dict[str, Any] | None = None
    headers: dict[str, str] | None = None


class Scene(Protocol):
    """The system as one cell finds it, and the client in whose name it is asked."""

    @property
    def client(self) -> httpx.AsyncClient:
        """Return the client of who acts; one without a token for nobody."""
        ...


S = TypeVar("S", bound=Scene)
Request = Callable[[S], Awaitable[Sent]]
"""Puts in place what a verb is asked about; returns what is sent."""


def plain(**sent: Any) -> Callable[[Scene], Awaitable[Sent]]:
    """Return a request that needs nothing to be there."""

    async def request(scene: Scene) -> Sent:
        return Sent(**sent)

    return request


def cells(system: System, settings: Settings) -> list[Cell]:
    """Return every verb of a system with every role, and with nobody."""
    verbs = [verb for verb in system.verbs() if verb.when is None or verb.when(settings)]
    return [Cell(verb, role) for verb in verbs for role in (ANONYMOUS, *system.roles)]


async def outcomes(
    world: World, requests: Mapping[str, Request[S]], scene: Callable[[Cell, int], Awaitable[S]]
) -> list[Outcome]:
    """Call every verb as every role, each in a scene of its own.

    `requests` are by method and path, as `GET /api/health`. Raises AssertionError when they are not just those of the system.
    """
    table = cells(world.system, world.settings)
    names = {_name(cell) for cell in table}
    assert names == set(requests), f"not asked: {names - set(requests)}; not there: {set(requests) - names}"
    found = []
    for number, cell in enumerate(table):
        here = await scene(cell, number)
        sent = await requests[_name(cell)](here)
        before = await world.head()
        path = cell.verb.route.path.format(**(sent.path or {}))
        said: dict[str, Any] = {"params": sent.query, "json": sent.body, "headers": sent.headers}
        answer = await here.client.request(cell.verb.route.method, path, **said)
        problem = "json" in answer.headers.get("content-type", "") and answer.status_code >= 400
        code = answer.json()["code"] if problem else ""
        found.append(Outcome(cell, answer.status_code, code, await world.head() - before))
    return found


def _name(cell: Cell) -> str:
    return f"{cell.verb.route.method} {cell.verb.route.path}"


def broken(
    outcomes: Collection[Outcome],
    refuses: Mapping[str, Collection[str]] | None = None,
    unsigned: str = "not_authenticated",
) -> list[str]:
    """Return, as sentences, where a system did otherwise than it declares.

    `refuses` names, by verb, the codes of 401 and 403 that a rule of the system gives to somebody who may call it;
    `unsigned` is the system's code for a request without a token.
    """
    found = []
    for one in outcomes:
        said = f"{one.cell}: {one.status} {one.code}"
        if one.cell.allowed:
            if one.status in (401, 403) and one.code not in (refuses or {}).get(one.cell.verb.name, ()):
                found.append(f"{said}, and the role may")
            if one.status >= 500:
                found.append(said)
        else:
            wanted = (401, unsigned) if one.cell.role == ANONYMOUS else (403, "forbidden")
            if (one.status, one.code) != wanted:
                found.append(f"{said}, and the role may not")
            if one.events:
                found.append(f"{said}, and {one.events} events were told all the same")
    return found
