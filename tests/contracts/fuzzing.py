"""Schemathesis over the routes of a system: no 500, and no answer that is not described."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from livefloor import System
from livefloor.http.openapi import document
from livefloor.kernel.settings import read_settings
from tests.conftest import Run

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class Stage:
    """A place in which something is going on, and the client in whose name all is asked."""

    client: httpx.AsyncClient

    def __init__(self, role: str) -> None:
        self.role = role
        self.known: dict[str, list[Any]] = {}
        """Values that are there, by the names of parameters and fields."""
        self.ids: dict[str, list[str]] = {}
        """Values of the parameter `id`, by a word of the path."""

    async def set_up(self) -> None:
        """Let something go on, so that what is asked meets something."""
        raise NotImplementedError

    async def renew(self) -> None:
        """Sign in somebody of the role: the one before may have signed out, or be blocked."""
        raise NotImplementedError

    def aim(self, case: Case, chance: Random) -> None:
        """Put what is there in place of some of what was made up."""
        body = case.body if isinstance(case.body, dict) else {}
        for given_values in (case.path_parameters, case.query, body):
            for name in given_values or ():
                if name in self.known and chance.random() < 0.6:
                    given_values[name] = chance.choice(self.known[name])
        there = [ids for word, ids in self.ids.items() if word in case.operation.path.split("/")]
        if there and "id" in (case.path_parameters or ()) and chance.random() < 0.8:
            case.path_parameters["id"] = chance.choice(there[0])
        for name in case.path_parameters or ():
            case.path_parameters[name] = quote(str(case.path_parameters[name]), safe="") or "_"

    async def send(self, case: Case) -> httpx.Response:
        """Send a case in the person's name."""
        sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
        headers = {name: value for name, value in sent.headers.items() if name.lower() != "authorization"}
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body
        answer = await self.client.request(sent.method, sent.url, headers=headers, content=body)
        if answer.status_code == 401:
            await self.renew()
        return answer


class Routes:
    """The routes of a system in groups, by which they are shared out among the workers, and who asks which."""

    def __init__(self, system: System, roles: Sequence[str], group_of: Callable[[str], str]) -> None:
        self.system = system
        test_clock = {"LIVEFLOOR_TEST_CLOCK": "1"}
        schema = schemathesis.openapi.from_dict(
            document(system, read_settings(system.settings, system.name, test_clock, alone=True))
        )
        self.groups: dict[str, list[APIOperation[Any]]] = defaultdict(list)
        for result in schema.get_all_operations():
            operation = result.ok()
            self.groups[group_of(operation.path)].append(operation)
        allowed = {(verb.route.method, verb.route.path): verb.allow.names for verb in system.verbs()}
        first = roles[0]
        self._asked = {
            (group, role): [
                one
                for one in operations
                if role in (names := allowed[one.method.upper(), one.path]) or (role == first and "public" in names)
            ]
            for group, operations in self.groups.items()
            for role in roles
        }

    @property
    def params(self) -> list[Any]:
        """Return who asks what: refusals of roles that may not are the matrix's (livefloor.testing.matrix)."""
        return [pytest.param(*key, id="-".join(key)) for key, operations in self._asked.items() if operations]

    def failures(self, run: Run[Any], stage: Stage, group: str, examples: int) -> list[str]:
        """Ask each route of a group many things; return what was answered that should not have been."""
        run(stage.set_up())
        return [
            failure
            for operation in self._asked[group, stage.role]
            for failure in _failures(run, stage, operation, examples)
        ]

    def check_complete(self) -> None:
        """Raise AssertionError unless each route of the declaration is asked by somebody."""
        asked = {(one.method.upper(), one.path) for operations in self._asked.values() for one in operations}
        assert asked == {(verb.route.method, verb.route.path) for verb in self.system.verbs()}


def _failures(run: Run[Any], stage: Stage, operation: APIOperation[Any], examples: int) -> Iterator[str]:
    takes_something = bool(operation.body) or any(True for _ in operation.iter_parameters())
    for mode in GenerationMode if takes_something else (GenerationMode.POSITIVE,):
        try:
            _ask(run, stage, operation.as_strategy(generation_mode=mode), examples)
        except Unsatisfiable:
            # A route that takes any text breaks no description, whatever it is asked.
            assert mode is GenerationMode.NEGATIVE
        except (Exception, FailureGroup) as error:
            yield f"{operation.label} as {stage.role}, {mode.value} data: {error}"


def _ask(run: Run[Any], stage: Stage, cases: Any, examples: int) -> None:
    """Ask what a strategy makes up."""

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    @given(case=cases, seed=st.integers(0, 2**32))
    def one(case: Case, seed: int) -> None:
        stage.aim(case, Random(seed))
        case.validate_response(run(stage.send(case)), checks=CHECKS)

    one()
