"""Each system keeps the contract in specs/: its routes and who may call them, its live events, tables and settings."""

import json
import re
from importlib import import_module
from typing import Any

import pytest
import yaml

from livefloor.cli import load
from livefloor.declare.system import System
from livefloor.platform_tables import MODULES
from livefloor.store.models import PlatformTables
from scripts.generate import ROOT, SYSTEMS, said

SOCKETS = {"WS", "SSE"}


@pytest.fixture(params=SYSTEMS)
def name(request: pytest.FixtureRequest) -> str:
    given: str = request.param
    return given


@pytest.fixture
def system(name: str) -> System:
    loaded: System = load(name)
    return loaded


@pytest.fixture
def contract(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "specs" / f"{name}.yaml").read_text())
    return read


def shape(path: str) -> str:
    """Return a path whose parameters have no names and which ends without a slash: spellings do not matter."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/") or "/"


def promised(contract: dict[str, Any]) -> dict[tuple[str, str], set[str]]:
    """Return the roles of each HTTP route of a contract."""
    return {
        (route["method"], shape(route["path"])): set(route["roles"])
        for route in contract["routes"]
        if route["method"] not in SOCKETS
    }


def test_every_promised_route_is_served(name: str, contract: dict[str, Any]) -> None:
    served = {
        (method.upper(), shape(path))
        for path, item in json.loads(said("openapi", name))["paths"].items()
        for method in item
    }
    assert promised(contract).keys() - served == set()


def test_every_route_is_for_whom_the_contract_says(system: System, contract: dict[str, Any]) -> None:
    roles = promised(contract)
    said_of = {(verb.route.method, shape(verb.route.path)): set(verb.allow) for verb in system.verbs()}
    wrong = {
        route: (said_of[route], roles[route])
        for route in roles.keys() & said_of.keys()
        if said_of[route] != roles[route]
    }
    assert wrong == {}, "declared, promised"


def test_every_promised_event_is_told(name: str, contract: dict[str, Any]) -> None:
    messages = json.loads(said("asyncapi", name))["components"]["messages"]
    events = {event["name"] for side in ("server", "client") for event in contract["events"][side]}
    assert events - messages.keys() == set()


def test_the_socket_is_where_the_contract_says(system: System, contract: dict[str, Any]) -> None:
    assert {route["path"] for route in contract["routes"] if route["method"] in SOCKETS} == {
        wire.path for wire in system.wires
    }
    assert contract["port"] == system.port


def test_every_promised_table_is_there(system: System, contract: dict[str, Any]) -> None:
    assert MODULES
    tables = system.tables.metadata.tables.keys() | PlatformTables.metadata.tables.keys()
    assert set(contract["tables"]) - tables == set()


def test_the_roles_are_those_of_the_contract(system: System, contract: dict[str, Any]) -> None:
    assert set(contract["roles"]) == system.roles.names | {"public"}


def test_the_environment_has_the_promised_defaults(system: System, contract: dict[str, Any]) -> None:
    fields = system.settings.model_fields
    given = {
        variable: fields[variable.lower()].default for variable in contract["environment"] if variable.lower() in fields
    }
    assert given == contract["environment"]


def test_the_room_has_the_promised_settings(name: str, contract: dict[str, Any]) -> None:
    defaults = import_module(f"livefloor.systems.{name}.settings").RoomSettings().model_dump()
    assert contract["settings"].items() <= defaults.items()
