"""The server at its end: first it is not ready any more, then it says good-bye to live clients one after the other."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

import uvicorn

from livefloor.realtime.doorway import Doorway
from livefloor.realtime.pipe import LivePipe

LOOK_S = 0.05


class Leaver(Protocol):
    """The application, as far as its end is concerned."""

    def leave(self) -> None:
        """Be ready for nothing new from now on."""
        ...

    def sessions(self) -> Sequence[Callable[[], None]]:
        """Return what ends each live client that has no line of its own at the moment."""
        ...


class Config(uvicorn.Config):
    """uvicorn's settings, and the doorway that all lines of one server come through."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.doorway = Doorway()


class Server(uvicorn.Server):
    """uvicorn, which goes on answering while live clients are sent away, spread over a window of `drain_s` seconds."""

    def __init__(self, config: uvicorn.Config, app: Leaver, drain_s: float) -> None:
        super().__init__(config)
        self.drain_s = drain_s
        self.others_listen: Callable[[], bool] = lambda: False
        """Tells whether other processes take what comes to the same socket: then this one takes nothing more."""
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Hear that this is to end: whoever asks whether it is ready is told so from this moment on."""
        self._app.leave()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Hear signals as uvicorn does; one that was followed has not to be raised again, and the exit status is 0."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send live clients away over the window, then end as uvicorn does. A second Ctrl-C ends the window."""
        self._app.leave()
        if self.others_listen():
            for server in self.servers:
                server.close()
        loop = asyncio.get_running_loop()
        ends = [*(pipe.go_away for pipe in self._live()), *self._app.sessions()]
        random.shuffle(ends)
        for after, end in zip(spread(len(ends), self.drain_s), ends, strict=True):
            loop.call_later(after, end)
        over = loop.time() + self.drain_s
        # uvicorn tells nobody of the end of a connection, hence the looking.
        while not self.force_exit and loop.time() < over and self._is_live():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        for end in self._app.sessions():
            end()
        await super().shutdown(sockets)

    def _is_live(self) -> bool:
        return any(self._live()) or bool(self._app.sessions())

    def _live(self) -> Iterator[LivePipe]:
        connections: Any = self.server_state.connections
        return (each for each in tuple(connections) if isinstance(each, LivePipe) and each.is_live())


def spread(many: int, window_s: float) -> list[float]:
    """Return so many moments within a window, in seconds from its start: each in its own equal share, where is chance."""
    return [window_s * (place + random.random()) / many for place in range(many)]
