"""Each system keeps the contract in specs/: its routes and who may call them, its live events, tables and settings."""

import json
import re
from typing import Any

import pytest
import yaml

from livefloor.cli import load
from livefloor.declare.system import System
from livefloor.platform_tables import MODULES
from livefloor.store.models import PlatformTables
from livefloor.systems.laundry.settings import RoomSettings
from scripts.generate import ROOT, SYSTEMS, said

SOCKETS = {"WS", "SSE"}
BEARERS = {"customer", "twilio"}
"""Who holds a token or signs instead of having an account: to the declaration a member of the public."""
TABLES = {"coffee": {"events": "occasions", "event_log": "events"}}
"""Tables under other names: the log has `events` in every system."""


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


def anybody(roles: set[str]) -> set[str]:
    """Return who may call a route: where the public may, everybody may."""
    return {"public"} if roles & {"public", *BEARERS} else roles


def promised(contract: dict[str, Any]) -> dict[tuple[str, str], set[str]]:
    """Return the roles of each HTTP route of a contract."""
    return {
        (route["method"], shape(route["path"])): anybody(set(route["roles"]))
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
    said_of = {(verb.route.method, shape(verb.route.path)): anybody(set(verb.allow)) for verb in system.verbs()}
    wrong = {
        route: (said_of[route], roles[route])
        for route in roles.keys() & said_of.keys()
        if said_of[route] != roles[route]
    }
    assert wrong == {}, "declared, promised"


def test_every_promised_event_is_told(name: str, contract: dict[str, Any]) -> None:
    messages = json.loads(said("asyncapi", name))["components"]["messages"]
    names = {message["name"] for message in messages.values()}
    events = {event["name"] for side in ("server", "client") for event in contract["events"][side]}
    assert events - names == set()


def test_the_socket_is_where_the_contract_says(system: System, contract: dict[str, Any]) -> None:
    paths = {route["path"] for route in contract["routes"] if route["method"] in SOCKETS}
    assert paths <= {wire.path for wire in system.wires}
    assert contract["port"] == system.port


def test_every_promised_table_is_there(system: System, contract: dict[str, Any]) -> None:
    assert MODULES
    tables = system.tables.metadata.tables.keys() | PlatformTables.metadata.tables.keys()
    renamed = TABLES.get(system.name, {})
    assert {renamed.get(table, table) for table in contract["tables"]} - tables == set()


def test_the_roles_are_those_of_the_contract(system: System, contract: dict[str, Any]) -> None:
    assert set(contract["roles"]) | {"public"} == system.roles.names | {"public"}


def test_the_environment_has_the_promised_defaults() -> None:
    """The contract of laundry names them; that of coffee does not."""
    promised = yaml.safe_load((ROOT / "specs" / "laundry.yaml").read_text())["environment"]
    fields = load("laundry").settings.model_fields
    assert {name: fields[name.lower()].default for name in promised if name.lower() in fields} == promised


def test_the_room_has_the_promised_settings() -> None:
    promised = yaml.safe_load((ROOT / "specs" / "laundry.yaml").read_text())["settings"]
    assert promised.items() <= RoomSettings().model_dump().items()
