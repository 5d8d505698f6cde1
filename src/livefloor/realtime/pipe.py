"""What uvicorn's protocols need so that the hub can write finished bytes straight to the transport."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any, Protocol

from livefloor.realtime.codes import Close


class Listener(Protocol):
    """Who is told of the life of a line: one connection, or several that share it."""

    def drained(self) -> None:
        """Go on with what waits: there is room, or never will be."""
        ...

    def close(self, why: Close) -> None:
        """End."""
        ...


class LivePipe(asyncio.Protocol):
    """Stands before one of uvicorn's protocols: carries the bytes of one connection, and ends it gently at a shutdown."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    config: Any
    """uvicorn's, with the doorway of the server."""
    live: Listener | None = None
    UNSENT = 64 * 1024
    """How much the kernel takes for a client that does not read, in bytes: left to itself it takes megabytes."""

    def data_received(self, data: bytes) -> None:
        """Hear the client; one that comes to stay when it is its turn."""
        hear = super().data_received
        if self.is_entering(data):
            self.config.doorway.enter(self.transport, hear, data)
        else:
            hear(data)

    def is_entering(self, data: bytes) -> bool:
        """Tell whether this is part of letting in a live client."""
        raise NotImplementedError

    def carry(self, listener: Listener | None) -> None:
        """Tell this listener from now on when there is room, and as soon as a byte waits for the kernel."""
        self.live = listener
        if listener is not None:
            self.transport.set_write_buffer_limits(high=0)
            if hasattr(socket, "TCP_NOTSENT_LOWAT"):
                with suppress(OSError):  # a Unix socket has no such option
                    line = self.transport.get_extra_info("socket")
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, self.UNSENT)

    def write(self, data: bytes) -> None:
        """Hand bytes to the kernel."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def is_full(self) -> bool:
        """Tell whether bytes still wait for the kernel."""
        return not self.transport.is_closing() and self.transport.get_write_buffer_size() > 0

    def resume_writing(self) -> None:
        """Tell the connection that there is room again."""
        super().resume_writing()
        if self.live is not None:
            self.live.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake who waits for room that will never come."""
        super().connection_lost(exc)
        if self.live is not None:
            self.live.drained()

    def shutdown(self) -> None:
        """Say good-bye to whoever is still there when the drain window is over."""
        if self.is_live():
            self.go_away()
        else:
            parent: Any = super()
            parent.shutdown()

    def is_live(self) -> bool:
        """Tell whether somebody hears live frames over this."""
        return self.live is not None

    def go_away(self) -> None:
        """Ask the client to come back, to another process or later."""
        raise NotImplementedError
