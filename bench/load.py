"""The two measured loads, made by wrk on the other core: board reads, and start + end commands."""

import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from servers import HERE, LOAD_CORE, Client, Server

CONNECTIONS = 32
BOARD = "/api/v1/machines/"


@dataclass(frozen=True)
class Measure:
    """One measured run of one server."""

    server: str
    per_second: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    server_cpu: float
    per_core_second: float
    memory_mib: float

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}


def run_wrk(server: Server, script: str, path: str, seconds: int, threads: int) -> Measure:
    """Load one server and refuse a run in which anything but a 2xx was answered."""
    with tempfile.NamedTemporaryFile("w", suffix=".tokens") as tokens:
        tokens.write("\n".join(server.tokens[:CONNECTIONS]) + "\n")
        tokens.flush()
        command = ["taskset", "-c", LOAD_CORE, "wrk", "-t", str(threads), "-c", str(CONNECTIONS), "-d", f"{seconds}s"]
        command += ["--timeout", "20s", "-s", str(HERE / script), f"http://127.0.0.1:{server.port}{path}"]
        before, began = server.cpu_seconds(), time.monotonic()
        out = subprocess.run([*command, "--", tokens.name], capture_output=True, text=True, check=True).stdout
        cpu = (server.cpu_seconds() - before) / (time.monotonic() - began)
    lines = [line for line in out.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise SystemExit(f"wrk gave no result:\n{out}")
    result = json.loads(lines[0].removeprefix("RESULT "))
    if result["refused"] or result["broken"]:
        raise SystemExit(f"{server.name} {path}: {result}; the last of its log:\n{server.log.read_text()[-2000:]}")
    return Measure(
        server.name,
        result["requests"] / result["us"] * 1e6,
        result["p50_us"] / 1000,
        result["p99_us"] / 1000,
        result["max_us"] / 1000,
        cpu,
        result["requests"] / result["us"] * 1e6 / cpu,
        server.memory_mib(),
    )


def read_board(server: Server, seconds: int, path: str = BOARD) -> Measure:
    """Reads per second of one signed-in route."""
    return run_wrk(server, "board.lua", path, seconds, threads=1)


def start_and_end(server: Server, seconds: int) -> Measure:
    """Durable commands per second: each connection starts and ends its own machines, one command at a time."""
    server.free_machines(CONNECTIONS)
    events = server.count_events()
    # wrk has no state per connection, but it has one per thread.
    measure = run_wrk(server, "start_end.lua", "/", seconds, threads=CONNECTIONS)
    written, answered = server.count_events() - events, measure.per_second * seconds
    if written < answered * 0.99:
        raise SystemExit(f"{server.name}: {answered:.0f} commands answered, {written} events stored")
    return measure


@contextmanager
def changes_beside(server: Server, per_second: float) -> Iterator[None]:
    """Let one student start and end washer 1 at a steady pace meanwhile."""
    stop = threading.Event()
    failures: list[str] = []

    def change() -> None:
        client = Client(server.port, server.tokens[0])
        machine = {"machine_type": "washer", "machine_id": 1}
        due, running = time.monotonic(), False
        while not stop.wait(max(0.0, due - time.monotonic())):
            due += 1 / per_second
            if running:
                status, answer = client.call("POST", "/api/v1/machines/end", machine | {"collected": True})
            else:
                status, answer = client.call("POST", "/api/v1/machines/start", machine | {"category": "normal"})
            if status >= 300:
                failures.append(f"{status} {answer}")
            running = not running

    server.free_machines(1)
    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failures:
        raise SystemExit(f"{server.name}: {len(failures)} changes failed, the first: {failures[0]}")
