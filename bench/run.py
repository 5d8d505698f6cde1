"""Measure livefloor beside its peers: `uv run python bench/run.py [--only http|fanout|routes|orders] [--runs N]`."""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import report
from fanout import measure_fanout
from load import CONNECTIONS, Measure, changes_beside, read_board, start_and_end
from orders import measure_orders
from routes import measure_routes
from servers import HERE, LOAD_CORE, SERVERS, Plan, Server, data_root, install_peers

CHANGES_PER_SECOND = 10.0


def in_turn(servers: list[Server], runs: int, measure: Callable[[Server], Measure], title: str) -> list[list[Measure]]:
    """Warm each server up, then measure them one after the other, `runs` times round."""
    rounds: list[list[Measure]] = []
    for number in range(runs + 1):
        measures = [measure(server) for server in servers]
        word = "warm-up" if number == 0 else f"run {number} of {runs}"
        print(f"  {title}, {word}: " + ", ".join(f"{m.server} {m.per_second:,.0f}/s" for m in measures), flush=True)
        if number > 0:
            rounds.append(measures)
    return rounds


def summed_up(rounds: list[list[Measure]]) -> dict[str, Any]:
    """Medians for each server, and every single run beside them."""
    names = [measure.server for measure in rounds[0]]
    table: dict[str, Any] = {}
    for index, name in enumerate(names):
        measures = [row[index] for row in rounds]
        table[name] = {
            field: round(median(getattr(m, field) for m in measures), 3)
            for field in ("per_second", "p50_ms", "p99_ms", "max_ms", "server_cpu", "per_core_second", "memory_mib")
        } | {"runs": [m.as_json() for m in measures]}
    return table


def measure_http(names: list[str], runs: int, seconds: int) -> dict[str, Any]:
    """Board reads, board reads while the room changes, and durable starts + ends."""
    result: dict[str, Any] = {}
    with serving(names, Plan(CONNECTIONS, 6)) as servers:
        result["reads"] = summed_up(in_turn(servers, runs, lambda s: read_board(s, seconds), "board reads"))

        def busy_room(server: Server) -> Measure:
            with changes_beside(server, CHANGES_PER_SECOND):
                return read_board(server, seconds)

        result["reads_beside_changes"] = summed_up(in_turn(servers, runs, busy_room, "board reads, busy room"))
    with serving(names, Plan(CONNECTIONS, CONNECTIONS)) as servers:
        result["writes"] = summed_up(in_turn(servers, runs, lambda s: start_and_end(s, seconds), "starts + ends"))
    return result


@contextmanager
def serving(names: list[str], plan: Plan) -> Iterator[list[Server]]:
    """Several servers at once, each with a fresh folder; only one of them is loaded at a time."""
    with ExitStack() as stack:
        servers = []
        for name in names:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=data_root(), prefix=f"{name}-"))
            servers.append(stack.enter_context(SERVERS[name](Path(folder), plan)))
        yield servers


def describe_machine() -> dict[str, Any]:
    about = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in about if line.startswith("model name")), platform.machine())
    probe = data_root() / "flush"
    with probe.open("wb", buffering=0) as file:
        began = time.perf_counter()
        for _ in range(200):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        flush_ms = (time.perf_counter() - began) / 200 * 1000
    probe.unlink()
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "linux": platform.release(),
        "python": platform.python_version(),
        "node": subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip(),
        "flush_of_4_kib_ms": round(flush_ms, 3),
        "load_average": [round(value, 2) for value in os.getloadavg()],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["http", "fanout", "routes", "orders"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--servers", default=",".join(SERVERS), help="which servers `http` measures, by comma")
    options = parser.parse_args()
    if shutil.which("wrk") is None or shutil.which("taskset") is None:
        raise SystemExit("needs wrk and taskset (Debian: apt-get install wrk util-linux)")
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("needs two cores: one for the server, one for the load")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    result: dict[str, Any] = {"machine": describe_machine(), "runs": options.runs, "seconds": options.seconds}
    file = HERE / "results" / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    names = options.servers.split(",")
    sections: dict[str, Callable[[], dict[str, Any]]] = {
        "http": lambda: measure_http(names, options.runs, options.seconds),
        "routes": lambda: measure_routes(options.runs, options.seconds),
        "fanout": lambda: measure_fanout(options.runs, options.seconds),
        "orders": lambda: measure_orders(options.runs, options.seconds),
    }
    if options.only in (None, "http"):
        install_peers()
    for section, measure in sections.items():
        if options.only in (None, section):
            result[section] = measure()
            file.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(report.page(result))
    print(f"written to {file.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
