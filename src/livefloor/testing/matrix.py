"""Role × route from the declaration, in both directions: who may is let in, who may not is refused and nothing is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

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


Ask = Callable[[Cell], Awaitable[httpx.Response]]
"""Calls a verb as a role, with a target that is there already."""


def cells(system: System, settings: Settings) -> list[Cell]:
    """Return every verb of a system with every role, and with nobody."""
    verbs = [verb for verb in system.verbs() if verb.when is None or verb.when(settings)]
    return [Cell(verb, role) for verb in verbs for role in (ANONYMOUS, *system.roles)]


async def outcome(world: World, cell: Cell, ask: Ask) -> Outcome:
    """Call a verb as a role."""
    before = await world.head()
    answer = await ask(cell)
    problem = "json" in answer.headers.get("content-type", "") and answer.status_code >= 400
    return Outcome(cell, answer.status_code, answer.json()["code"] if problem else "", await world.head() - before)


def broken(outcomes: Collection[Outcome], refuses: Mapping[str, Collection[str]] | None = None) -> list[str]:
    """Return, as sentences, where a system did otherwise than it declares.

    `refuses` names, by verb, the codes of 401 and 403 that a rule of the system gives to somebody who may call it.
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
            wanted = (401, "not_authenticated") if one.cell.role == ANONYMOUS else (403, "forbidden")
            if (one.status, one.code) != wanted:
                found.append(f"{said}, and the role may not")
            if one.events:
                found.append(f"{said}, and {one.events} events were told all the same")
    return found
