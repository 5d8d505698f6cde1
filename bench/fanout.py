"""One change to 1,000 subscribers: when the last has it, deliveries a second, and what others wait meanwhile."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from servers import HERE, LOAD_CORE, Plan, Server, data_root, livefloor

SUBSCRIBERS = 1000
SOCKETS_A_USER = 5
MACHINES = 16
PROBES_PER_SECOND = 200


@contextmanager
def on_load_core(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run one of the load programs beside the server until the block ends."""
    command = ["taskset", "-c", LOAD_CORE, sys.executable, str(HERE / script), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.stdin is not None and not process.stdin.closed:
            process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(process: subprocess.Popen[str], order: dict[str, Any]) -> dict[str, Any]:
    """Send one order and wait for its result."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise SystemExit("the subscribers' process ended; its last words stand above")
    answer: dict[str, Any] = json.loads(line)
    return answer


def probed(server: Server, subscribers: subprocess.Popen[str], order: dict[str, Any]) -> dict[str, Any]:
    """Run one order with the prober beside it."""
    with on_load_core("prober.py", str(server.port), str(PROBES_PER_SECOND)) as prober:
        result = ask(subscribers, order)
        assert prober.stdin is not None
        assert prober.stdout is not None
        prober.stdin.close()
        result["others"] = json.loads(prober.stdout.read())
    return result


def measure_fanout(runs: int, seconds: int) -> dict[str, Any]:
    """Paced changes, changes as fast as all have received them, and bursts; with the prober beside the first two."""
    plan = Plan(SUBSCRIBERS // SOCKETS_A_USER, MACHINES)
    with (
        tempfile.TemporaryDirectory(dir=data_root(), prefix="fanout-") as folder,
        livefloor(Path(folder), plan) as server,
    ):
        before = server.memory_mib()
        with on_load_core("subscribers.py") as subscribers:
            order = {"port": server.port, "path": "/api/ws", "tokens": server.tokens}
            connected = ask(subscribers, order | {"subscribers": SUBSCRIBERS, "machines": MACHINES})
            result: dict[str, Any] = {
                "subscribers": connected["connected"],
                "connected_in_s": round(connected["seconds"], 2),
                "kib_per_socket": round((server.memory_mib() - before) * 1024 / SUBSCRIBERS, 1),
            }
            steps = {
                "quiet": {"do": "one_by_one", "seconds": 0, "pace": 0},
                "paced": {"do": "one_by_one", "seconds": seconds, "pace": 0.2},
                "back_to_back": {"do": "one_by_one", "seconds": seconds, "pace": 0},
            }
            rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in [*steps, "burst"]}
            ask(subscribers, steps["paced"] | {"seconds": 2})
            for number in range(runs):
                rounds["quiet"].append(quiet(server, seconds))
                rounds["paced"].append(probed(server, subscribers, steps["paced"]))
                rounds["back_to_back"].append(probed(server, subscribers, steps["back_to_back"]))
                rounds["burst"].append(ask(subscribers, {"do": "bursts", "rounds": 5}))
                last = rounds["paced"][-1]
                print(
                    f"  fan-out, run {number + 1} of {runs}: others p99 {last['others']['p99_ms']:.1f} ms, "
                    f"last of {SUBSCRIBERS} after {last['commit_to_last_ms']:.1f} ms, "
                    f"{rounds['back_to_back'][-1]['deliveries_per_second']:,.0f} deliveries/s",
                    flush=True,
                )
            result |= {name: medians(each) | {"runs": each} for name, each in rounds.items()}
            result["memory_mib"] = round(server.memory_mib(), 1)
    return result


def quiet(server: Server, seconds: int) -> dict[str, Any]:
    """The prober alone, with all sockets open and nothing changing."""
    with on_load_core("prober.py", str(server.port), str(PROBES_PER_SECOND)) as prober:
        assert prober.stdout is not None
        try:
            prober.wait(seconds)
        except subprocess.TimeoutExpired:
            assert prober.stdin is not None
            prober.stdin.close()
        return {"others": json.loads(prober.stdout.read())}


def medians(each: list[dict[str, Any]]) -> dict[str, Any]:
    """Median of every figure over the runs, figures inside figures too."""
    return {
        name: medians([row[name] for row in each])
        if isinstance(value, dict)
        else round(median(row[name] for row in each), 3)
        for name, value in each[0].items()
    }
