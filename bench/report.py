"""The results page: Markdown tables of one run, with each goal and whether it is reached."""

from typing import Any

PEERS = {
    "livefloor": "livefloor",
    "fastapi": "(a) FastAPI + SQLAlchemy async ORM + aiosqlite",
    "fastify": "(b) fastify + better-sqlite3",
}
GOALS = {
    "writes": {"fastapi": 3.0, "fastify": 1.0},
    "reads": {"fastapi": 5.0, "fastify": 1.0},
    "reads_beside_changes": {},
}
TITLES = {
    "writes": "durable starts + ends",
    "reads": "board reads",
    "reads_beside_changes": "board reads while the room changes 10 times a second",
}


def page(result: dict[str, Any]) -> str:
    """All of one run as Markdown."""
    machine = result["machine"]
    lines = [
        "",
        (
            f"One process each, SQLite WAL `synchronous=FULL`, signed in, 32 connections; "
            "server on one core, load on the other. "
            f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, Node {machine['node']}, "
            f"flush of 4 KiB {machine['flush_of_4_kib_ms']} ms, "
            f"load average before the run {machine['load_average'][0]}. "
            f"Medians of {result['runs']} runs of {result['seconds']:g} s, taken in turn."
        ),
        "",
    ]
    if "http" in result:
        for kind, title in TITLES.items():
            lines += http_table(title, result["http"][kind], GOALS[kind])
    if "routes" in result:
        lines += routes_table(result["routes"])
    if "fanout" in result:
        lines += fanout_table(result["fanout"])
    if "orders" in result:
        lines += orders_table(result["orders"])
    return "\n".join(lines)


def verdict(reached: bool) -> str:
    return "reached" if reached else "**not reached**"


def http_table(title: str, table: dict[str, Any], goals: dict[str, float]) -> list[str]:
    lines = [
        f"**{title[0].upper()}{title[1:]}**",
        "",
        (
            "| server | per second | lowest–highest | p50 ms | p99 ms | core used | per core second | MiB "
            "| livefloor is | goal |"
        ),
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    ours = table.get("livefloor", {}).get("per_second")
    for name, row in table.items():
        each = [run["per_second"] for run in row["runs"]]
        ratio = goal = ""
        if ours and name != "livefloor":
            ratio = f"{ours / row['per_second']:.2f} ×"
            if name in goals:
                goal = f"≥ {goals[name]:g} ×: {verdict(ours / row['per_second'] >= goals[name])}"
        lines.append(
            f"| {PEERS[name]} | {row['per_second']:,.0f} | {min(each):,.0f}–{max(each):,.0f} | {row['p50_ms']:.1f} | "
            f"{row['p99_ms']:.1f} | {row['server_cpu']:.0%} | {row['per_core_second']:,.0f} | "
            f"{row['memory_mib']:.0f} | {ratio} | {goal} |"
        )
    return [*lines, ""]


def routes_table(routes: dict[str, Any]) -> list[str]:
    first, last, loss = (routes[name] for name in ("first", "last", "loss"))
    return [
        f"**The first and the last of {routes['count']} routes** (the same small signed-in query at both places)",
        "",
        "| route | per second | per core second | lowest–highest | p99 ms | goal |",
        "|---|--:|--:|--:|--:|---|",
        *(
            f"| {name} | {row['per_second']:,.0f} | {row['per_core_second']:,.0f} | {min(each):,.0f}–{max(each):,.0f} | {row['p99_ms']:.1f} | {goal} |"
            for name, row, goal in (
                ("first", first, ""),
                ("last", last, f"loss {loss:.1%}, ≤ 10 %: {verdict(loss <= 0.1)}"),
            )
            for each in [[run["per_core_second"] for run in row["runs"]]]
        ),
        "",
    ]


def fanout_table(fanout: dict[str, Any]) -> list[str]:
    titles = {"quiet": "nothing changes", "paced": "a change each 200 ms", "back_to_back": "change after change"}
    lines = [
        (
            f"**Fan-out to {fanout['subscribers']:,} WebSocket subscribers** (five a student; two frames a change, "
            f"{fanout['paced']['frame_bytes']:.0f} bytes on average; {fanout['kib_per_socket']:.0f} KiB a socket)"
        ),
        "",
        "| | others p50 ms | others p99 ms | others max ms | commit → last client ms | deliveries/s | goal |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for name, title in titles.items():
        row, others = fanout[name], fanout[name]["others"]
        goal = "" if name == "quiet" else f"others p99 ≤ 25 ms: {verdict(others['p99_ms'] <= 25)}"
        last = f"{row['commit_to_last_ms']:.1f}" if "commit_to_last_ms" in row else ""
        rate = f"{row['deliveries_per_second']:,.0f}" if "deliveries_per_second" in row else ""
        lines.append(
            f"| {title} | {others['p50_ms']:.1f} | {others['p99_ms']:.1f} | {others['max_ms']:.1f} | "
            f"{last} | {rate} | {goal} |"
        )
    burst = fanout["burst"]
    lines.append(
        f"| {burst['changes_at_once']:.0f} changes at once | | | | | {burst['deliveries_per_second']:,.0f} | |"
    )
    closed = fanout["burst"]["closed"]
    lines += ["", f"Subscribers dropped by the server: {closed:.0f}.", ""]
    return lines


def orders_table(orders: dict[str, Any]) -> list[str]:
    return [
        (
            f"**Coffee: orders taken and made** (over HTTP by {orders['hands']} hands at once, everything switched on, "
            f"{orders['tablets']} tablets listening by Socket.IO; a fresh server each run)"
        ),
        "",
        "| database | orders/s | lowest–highest | taking p95 ms | making p95 ms | core used | frames/s | MiB | goal |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
        *(
            f"| {title} | {row['per_second']:,.0f} | {min(each):,.0f}–{max(each):,.0f} | {row['taken_p95_ms']:.0f} | "
            f"{row['made_p95_ms']:.0f} | {row['server_cpu']:.0%} | {row['frames_per_second']:,.0f} | {row['memory_mib']:.0f} "
            f"| taking p95 ≤ 150 ms at ≥ 200/min: {verdict(row['taken_p95_ms'] <= 150 and row['per_second'] * 60 >= 200)} |"
            for name, title in (("sqlite", "SQLite"), ("postgres", "PostgreSQL"))
            for row in [orders[name]]
            for each in [[run["per_second"] for run in row["runs"]]]
        ),
        "",
    ]
