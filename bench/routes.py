"""What the place in the route table costs: one small signed-in query, registered before and after all of laundry's."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from load import CONNECTIONS, Measure, read_board
from servers import HERE, Client, Plan, data_root, livefloor

FIRST, LAST = "/api/v1/bench/first", "/api/v1/bench/last"
TURNS_A_RUN = 4


def measure_routes(runs: int, seconds: int) -> dict[str, Any]:
    """Requests per second of the first and the last route, in many short turns.

    The loss is the median of the turns' ratios, counted by the core's time: a difference of a few per cent would drown in
    what else the machine does.
    """
    command = [sys.executable, str(HERE / "routes_server.py"), "{port}", "{folder}"]
    plan, turn = Plan(CONNECTIONS, 6), max(1, seconds // TURNS_A_RUN)
    with (
        tempfile.TemporaryDirectory(dir=data_root(), prefix="routes-") as folder,
        livefloor(Path(folder), plan, command) as server,
    ):
        paths = Client(server.port).call("GET", "/api/openapi.json")[1]["paths"]
        rounds: list[tuple[Measure, Measure]] = []
        for number in range(runs * TURNS_A_RUN + 1):
            # Who goes first changes with each round: the second of a pair finds the processor warmer.
            order = (FIRST, LAST) if number % 2 else (LAST, FIRST)
            found = {path: replace(read_board(server, turn, path), server=path) for path in order}
            if number > 0:
                rounds.append((found[FIRST], found[LAST]))
                first, last = rounds[-1]
                print(
                    f"  routes, run {number} of {runs}: {first.per_second:,.0f}/s, {last.per_second:,.0f}/s", flush=True
                )
    result: dict[str, Any] = {
        "count": sum(len(methods) for methods in paths.values()),
        "loss": round(1 - median(last.per_core_second / first.per_core_second for first, last in rounds), 4),
    }
    for name, column in zip(("first", "last"), zip(*rounds, strict=True), strict=True):
        result[name] = {
            "per_second": round(median(measure.per_second for measure in column), 1),
            "per_core_second": round(median(measure.per_core_second for measure in column), 1),
            "p99_ms": round(median(measure.p99_ms for measure in column), 3),
            "runs": [measure.as_json() for measure in column],
        }
    return result
