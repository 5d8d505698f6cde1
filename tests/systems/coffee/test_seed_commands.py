"""The commands and client snippets that the seed of coffee prints, as they stand there, against `python run_server.py`."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from livefloor.systems.coffee.demo import CREW, PASSWORD
from livefloor.testing.server import Process, forked, free_port
from tests.acceptance import printed

TOP = Path(__file__).parents[3]
LOGIN = (
    'curl -X POST http://localhost:5001/api/auth/login -H "Content-Type: application/json"'
    """ -d '{"username":"barista","password":"…"}'"""
)
INVENTORY = 'curl -H "Authorization: Bearer $TOKEN" http://localhost:5001/api/inventory/station/1'
SCHEDULES = 'curl -H "Authorization: Bearer $TOKEN" http://localhost:5001/api/schedules/today'
CONSOLE = """
const socket = io('http://localhost:5001', { auth: { token } })
socket.on('connect', () => console.log('connected'))
socket.emit('join_station', { station_id: 1 })
"""
SERVICE = """
const socket = io(API_BASE_URL, { auth: { token }, transports: ['websocket', 'polling'] })
socket.on('order_updated', (data) => done({ order_updated: data }))
const inventory = (await api('/inventory/station/1')).data.inventory
const kept = (await api('/inventory/station/1', { inventory })).data.inventory
const schedules = (await api('/schedules/today')).data.schedules
const group = (await api('/group-orders', { group_name: 'Team', contact_name: 'Kim', contact_phone: '+61491570199', mode: 'open' }))
"""
AROUND = """
const { createRequire } = require('node:module')
const { io } = createRequire(process.argv[1])('socket.io-client')
const token = process.argv[2], API_BASE_URL = process.argv[3]
const done = (said) => { console.log(JSON.stringify(said)); process.exit(0) }
const api = async (path, body) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const asked = { headers, redirect: 'error', ...(body && { method: 'POST', body: JSON.stringify(body) }) }
  const answer = await fetch(API_BASE_URL + path, asked)
  return { status: answer.status, data: await answer.json() }
}
setTimeout(() => { console.error('nothing was heard'); process.exit(1) }, 20000);
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give `python run_server.py` at the top of the tree, with the demo's data, and a port of its own."""
    data, port = tmp_path_factory.mktemp("seed"), free_port()
    words = [str(TOP / "run_server.py"), "--demo", "--data", str(data), "--port", str(port)]
    with forked(python, words, data=data, port=port) as server:
        server.wait_until_ready("/health")
        yield server


def python(words: list[str]) -> None:
    """Be `python <words>`."""
    sys.argv = words
    runpy.run_path(words[0], run_name="__main__")


def said(server: Process, command: str) -> Any:
    """Run a command as it is printed, but for the port, and return the JSON that it prints."""
    return printed.said(command.replace(":5001", f":{server.port}"))


@pytest.fixture(scope="module")
def token(server: Process) -> str:
    """Give the token that the seed's first command reads."""
    signed_in: str = said(server, LOGIN.replace("…", PASSWORD))["access_token"]
    return signed_in


def played(server: Process, script: str, *arguments: str) -> list[str]:
    """Run a snippet in Node with the stock client; return the lines that it prints."""
    words = ["node", "--eval", AROUND + script.replace(":5001", f":{server.port}")]
    at = str(TOP / "web" / "package.json")
    done = subprocess.run([*words, at, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_the_port_is_5001() -> None:
    """`python run_server.py` alone is the server on port 5001."""
    assert '"--port", "5001"' in (TOP / "run_server.py").read_text()


def test_all_demo_accounts_sign_in(server: Process) -> None:
    """The login command with each of the demo's names; the token is at top level. Few enough for the limit of rule 71."""
    for username, *_ in CREW:
        command = LOGIN.replace("barista", username).replace("…", PASSWORD)
        assert said(server, command)["access_token"].count(".") == 2


def test_inventory_and_schedules(server: Process, token: str) -> None:
    """The two commands that take the token."""
    stock = said(server, INVENTORY.replace("$TOKEN", token))
    assert (stock["station_id"], len(stock["inventory"])) == (1, 22)
    assert len(said(server, SCHEDULES.replace("$TOKEN", token))["schedules"]) == 5


def test_the_console_of_a_browser(server: Process, token: str) -> None:
    """The snippet for the console connects and joins the station."""
    lines = played(server, CONSOLE + "\nsocket.on('station_joined', done)", token)
    assert lines[0] == "connected"
    assert json.loads(lines[1])["room"] == "station_1"


@pytest.mark.parametrize("base", ["", "/api"])
def test_the_service_of_the_front_end(server: Process, token: str, base: str) -> None:
    """What the front end's service reads and posts, without a redirect; the socket opens with and without `/api`."""
    act = """
      await new Promise((go) => socket.emit('join_station', { station_id: 1 }, go))
      const queue = (await api('/orders/queue/station/1')).data
      const cup = [...queue.pending].find((one) => one.allergies.length === 0)
      console.log(JSON.stringify({ lines: [inventory.length, kept.length], shifts: schedules.length, group: group.status }))
      await api(`/orders/${cup.id}/start`, {})
    """
    script = SERVICE.replace("io(API_BASE_URL", f"io('http://localhost:5001{base}'")
    wrapped = f"(async () => {{ {script} {act} }})().catch((error) => {{ console.error(error); process.exit(1) }})"
    told = [json.loads(line) for line in played(server, wrapped, token, f"http://localhost:{server.port}/api")]
    found = {name: value for line in told for name, value in line.items()}
    assert found["order_updated"]["status"] == "in_progress"
    assert (found["lines"], found["shifts"], found["group"]) == ([22, 22], 5, 201)
