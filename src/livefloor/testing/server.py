"""A system behind a real server on a free port: in this process on the test's loop, or as a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import runpy
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import entry_points
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

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


class Process:
    """A `livefloor serve` of its own."""

    def __init__(self, process: BaseProcess, port: int, log: Path) -> None:
        self._process = process
        self.port = port
        self.log = log

    @property
    def pid(self) -> int:
        """Return its process id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def status(self) -> int | None:
        """Return its exit status, or None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.join()

    def terminate(self, within_s: float = 30) -> int:
        """Ask it to end; return its exit status."""
        self._process.terminate()
        return self.wait(within_s)

    def wait(self, within_s: float) -> int:
        """Return its exit status when it has ended. Raises TimeoutError when it has not within the time."""
        self._process.join(within_s)
        if self._process.exitcode is None:
            raise TimeoutError(f"the server has not ended:\n{self.log.read_text()[-4000:]}")
        return self._process.exitcode

    def wait_until_ready(self, path: str = "/api/health", within_s: float = 60) -> None:
        """Return when it answers. Raises RuntimeError with its log when it has ended, or does not within the time."""
        wait_until_ready(self.url + path, self.log, lambda: self.status is not None, within_s)


def wait_until_ready(url: str, log: Path, has_ended: Callable[[], bool] = lambda: False, within_s: float = 60) -> None:
    """Return when an address answers. Raises RuntimeError with the log when its server has ended, or does not within the time."""
    ends = time.monotonic() + within_s
    # Without the authorities of TLS, which take longer to read than a server to answer.
    with httpx.Client(timeout=2, verify=False) as client:  # noqa: S501 - it is this machine
        while time.monotonic() < ends:
            if has_ended():
                raise RuntimeError(f"the server has ended:\n{log.read_text()[-4000:]}")
            try:
                if client.get(url).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
    raise RuntimeError(f"the server does not answer:\n{log.read_text()[-4000:]}")


_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(
    ["livefloor.cli", "livefloor.testing.nursery", *(found.module for found in entry_points(group="livefloor.systems"))]
)
"""Has all modules loaded once: a server that is forked from it starts in a third of the time."""


@contextmanager
def process(
    *arguments: str, data: Path, port: int | None = None, wait: bool = True, **environ: str
) -> Iterator[Process]:
    """Run `livefloor serve` with arguments and settings; ended, by force if need be, when the block is left."""
    at = port or free_port()
    words = ["serve", *arguments, "--port", str(at), "--data", str(data)]
    with forked(_command, words, data=data, port=at, **environ) as server:
        if wait:
            server.wait_until_ready()
        yield server


@contextmanager
def forked(work: Callable[..., None], *said: Any, data: Path, port: int, **environ: str) -> Iterator[Process]:
    """Run a function that serves at a port in a process of its own; ended, by force if need be, when the block is left."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / f"server-{port}.log"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LIVEFLOOR_")}
    process = _NURSERY.Process(target=_run, args=(work, said, log, {**clean, **environ}))
    process.start()
    server = Process(process, port, log)
    try:
        yield server
    finally:
        if server.status is None:
            try:
                server.terminate(within_s=15)
            except TimeoutError:
                server.kill()


def _run(work: Callable[..., None], said: Sequence[Any], log: Path, environ: Mapping[str, str]) -> None:
    """Be the process, as the shell would have started it."""
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(environ)
    sys.path[:0] = environ.get("PYTHONPATH", "").split(os.pathsep)
    work(*said)


def _command(words: list[str]) -> None:
    sys.argv = ["livefloor", *words]
    runpy.run_module("livefloor", run_name="__main__", alter_sys=True)
