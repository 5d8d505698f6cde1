"""A stock JavaScript client in a Node process of its own, spoken to by JSON lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

PATIENCE_S = 30
"""When to give up waiting; what is waited for takes milliseconds."""


class Stock:
    """Gives orders to the script, and hears what happens there."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        self.unheard: list[dict[str, Any]] = []

    def do(self, what: str, **how: Any) -> None:
        """Give an order."""
        self._in.write(json.dumps({"do": what, **how}).encode() + b"\n")

    async def hear(self, on: str, **fits: Any) -> dict[str, Any]:
        """Return the first thing not yet heard that fits; the others stay, in order."""
        wanted = {"on": on, **fits}
        async with asyncio.timeout(PATIENCE_S):
            at = 0
            while True:
                while at == len(self.unheard):
                    line = await self._out.readline()
                    assert line, "the script has ended"
                    self.unheard.append(json.loads(line))
                if wanted.items() <= self.unheard[at].items():
                    return self.unheard.pop(at)
                at += 1

    async def events(self, name: str, event: str, many: int) -> list[list[Any]]:
        """Return the arguments of the next events of a name."""
        return [(await self.hear("event", name=name, event=event))["args"] for _ in range(many)]


@asynccontextmanager
async def stock(script: str | Path, *arguments: str) -> AsyncIterator[Stock]:
    """Run a script of this folder, or one given by its path."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(Path(__file__).parent / script),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    try:
        yield Stock(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
