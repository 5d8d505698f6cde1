"""Several processes on one listening socket: a parent that starts them, starts anew what ended, and ends them together."""

from __future__ import annotations

import functools
import mmap
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from types import FrameType

import structlog

from livefloor.kernel.settings import SettingError, Settings
from livefloor.server import Server

log = structlog.get_logger("livefloor.workers")

START_FAILED = 3
"""The exit status of a process that could not start: another would fail the same way."""
ENDS = (signal.SIGTERM, signal.SIGINT)


def check_several(count: int, systems: Sequence[tuple[str, Settings]]) -> None:
    """Refuse to serve these systems by several processes where that cannot be. Raises SettingError."""
    alone = [name for name, settings in systems if not settings.is_postgres]
    if alone:
        raise SettingError(
            f"--workers {count}: {', '.join(alone)} would keep its data in SQLite, which one process writes alone; set "
            "LIVEFLOOR_DATABASE_URL=postgresql://user:password@localhost/livefloor, or serve without --workers"
        )
    if not hasattr(os, "fork"):
        raise SettingError(f"--workers {count}: this operating system cannot share a socket among processes (fork)")


def serve_together(server: Server, count: int) -> int:
    """Serve by several processes until asked to end; return the exit status."""
    config = server.config
    listener = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        log.error("port_not_to_be_had", host=config.host, port=config.port, error=str(error))
        return START_FAILED

    all_end = mmap.mmap(-1, 1)  # shared with the processes to be: whether all of them end, or others go on
    server.others_listen = lambda: not all_end[0]

    def serve() -> None:
        server.run(sockets=[listener])
        if not server.started:
            raise SystemExit(START_FAILED)

    patience_s = server.drain_s + (config.timeout_graceful_shutdown or 0) + 5
    return Workers(count, serve, patience_s, functools.partial(all_end.__setitem__, 0, 1)).run()


class Workers:
    """Keeps `count` processes that run `serve`, which returns when its process is asked to end by SIGTERM.

    A socket that all share keeps what has come and nobody has taken yet, whoever of them ends. The parent opens nothing
    else: what it opened would be shared with all.
    """

    QUICK_S = 5.0
    AGAIN_S, AGAIN_MOST_S = 0.25, 5.0
    """After how long one that ended soon after its start is started anew, doubling."""

    def __init__(
        self, count: int, serve: Callable[[], None], patience_s: float, ending: Callable[[], object] = lambda: None
    ) -> None:
        self._serve = serve
        self._ending = ending
        self._patience_s = patience_s
        self._context = multiprocessing.get_context("fork")
        self._slots = [_Slot() for _ in range(count)]
        self._asked: list[int] = []

    def run(self) -> int:
        """Serve until asked to end; return the exit status."""
        heard, ear = socket.socketpair()
        self._alive, self._life = os.pipe()
        ear.setblocking(False)
        signal.set_wakeup_fd(ear.fileno(), warn_on_full_buffer=False)
        for each in ENDS:
            signal.signal(each, self._ask)
        try:
            failed = self._keep(heard)
        finally:
            self._end()
        return START_FAILED if failed else 0

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked.append(number)

    def _keep(self, heard: socket.socket) -> bool:
        """Keep all running until asked to end; return whether they cannot even start."""
        while not self._asked:
            now = time.monotonic()
            for slot in self._slots:
                if slot.process is None and slot.due <= now:
                    self._start(slot, now)
            due = [slot.due - now for slot in self._slots if slot.process is None]
            wait([heard, *(slot.process.sentinel for slot in self._slots if slot.process)], min(due, default=None))
            for slot in self._slots:
                if slot.process is not None and slot.process.exitcode is not None and not self._asked:
                    log.warning("worker_ended", pid=slot.process.pid, status=slot.process.exitcode)
                    if slot.process.exitcode == START_FAILED and slot.starts == 1:
                        return True
                    self._postpone(slot, time.monotonic())
        return False

    def _start(self, slot: _Slot, now: float) -> None:
        slot.process = self._context.Process(target=self._work)
        slot.started, slot.starts = now, slot.starts + 1
        # A signal that came before the child has put its own handlers in place would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
        try:
            slot.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        log.info("worker_started", pid=slot.process.pid)

    def _postpone(self, slot: _Slot, now: float) -> None:
        quick = now - slot.started < self.QUICK_S
        slot.pause = min(max(2 * slot.pause, self.AGAIN_S), self.AGAIN_MOST_S) if quick else 0.0
        slot.due, slot.process = now + slot.pause, None

    def _work(self) -> None:
        """Run one process; it ends gently when its parent is no more."""
        signal.set_wakeup_fd(-1)
        for each in ENDS:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        os.close(self._life)
        threading.Thread(target=self._end_with_parent, daemon=True).start()
        self._serve()

    def _end_with_parent(self) -> None:
        os.read(self._alive, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _end(self) -> None:
        """Ask all to end, and wait; who has not ended when the patience is over is killed. `ending` is called first."""
        self._ending()
        running = [slot.process for slot in self._slots if slot.process is not None]
        for process in running:
            process.terminate()
        ends = time.monotonic() + self._patience_s
        for process in running:
            process.join(max(0.0, ends - time.monotonic()))
            if process.exitcode is None:
                log.warning("worker_killed", pid=process.pid)
                process.kill()
                process.join()


class _Slot:
    """The place of one process, and how its starts went."""

    process: multiprocessing.context.ForkProcess | None = None
    started = due = pause = 0.0
    starts = 0
