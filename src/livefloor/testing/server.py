"""A system behind a real server on a free port: in this process on the test's loop, or as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from livefloor.serve import App, Runtime, make_server


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class _Opened(App):
    """An application whose system the test has opened already and will close itself."""

    async def _live(self, receive: object, send: object) -> None:
        await receive()  # type: ignore[operator]
        await send({"type": "lifespan.startup.complete"})  # type: ignore[operator]
        await receive()  # type: ignore[operator]
        await send({"type": "lifespan.shutdown.complete"})  # type: ignore[operator]


@asynccontextmanager
async def served(runtime: Runtime, port: int | None = None, drain_s: float = 0) -> AsyncIterator[int]:
    """Serve an opened system on this loop; gives the port, which is a free one unless it is said."""
    port = port or free_port()
    server = make_server(_Opened([runtime]), "127.0.0.1", port, drain_s)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await task


@dataclass(slots=True)
class Process:
    """A `livefloor serve` of its own."""

    popen: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it as a power cut would."""
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()

    def terminate(self) -> int:
        """Ask it to end; return its exit status."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=30)

    def wait_until_ready(self, path: str = "/api/health", within_s: float = 60) -> None:
        """Return when it answers. Raises RuntimeError with its log when it has ended, or does not within the time."""
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            if self.popen.poll() is not None:
                raise RuntimeError(f"the server has ended:\n{self.log.read_text()[-4000:]}")
            try:
                if httpx.get(self.url + path, timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise RuntimeError(f"the server does not answer:\n{self.log.read_text()[-4000:]}")


@contextmanager
def process(
    *arguments: str, data: Path, port: int | None = None, wait: bool = True, **environ: str
) -> Iterator[Process]:
    """Run `livefloor serve` with arguments and settings; ended, by force if need be, when the block is left."""
    at = port or free_port()
    data.mkdir(parents=True, exist_ok=True)
    log = data / f"server-{at}.log"
    command = [sys.executable, "-m", "livefloor", "serve", *arguments, "--port", str(at), "--data", str(data)]
    # Without compiled modules a start takes several times as long; whoever runs the tests may have switched them off.
    left_out = ("LIVEFLOOR_", "PYTHONDONTWRITEBYTECODE")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    with log.open("ab") as out:
        popen = subprocess.Popen(command, stdout=out, stderr=out, env={**clean, **environ})  # noqa: S603 - our own command
    started = Process(popen, at, log)
    try:
        if wait:
            started.wait_until_ready()
        yield started
    finally:
        if popen.poll() is None:
            popen.terminate()
            try:
                popen.wait(timeout=15)
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait()
