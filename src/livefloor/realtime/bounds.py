"""The bounds that uvicorn's HTTP protocol lacks: how long the head of a request may be, and how long a request may take to
come. Without them one client that never ends its headers costs a line for ever, and one long header the whole loop."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from livefloor.kernel.problems import HeadTooLarge, Problem, TooSlow


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which refuses a head that is too long and a request that does not come to its end."""

    MOST_HEAD = 64 * 1024
    """How many bytes of a head are heard before its end must be near: nginx takes half of that."""
    HEAD_S = 60.0
    """How many seconds a new line, or a head that has begun, has until its end: those who wait at the doorway are among them."""
    BODY_S = 300.0
    """How many seconds a body has: the largest photo over a line of 20 kB/s."""
    _awaits: Literal["head", "body", ""] = ""
    _heard = 0
    _alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first request."""
        super().connection_made(transport)
        self._awaits = "head"
        self._set_alarm()

    def data_received(self, data: bytes) -> None:
        """Hear a part of a request, unless it is too much."""
        before = self._awaits
        super().data_received(data)
        if before != self._awaits:
            self._set_alarm()
        elif before == "head":
            self._heard += len(data)
            if self._heard > self.MOST_HEAD:
                self._refuse(HeadTooLarge())

    def on_message_begin(self) -> None:
        """Await the end of a head."""
        super().on_message_begin()
        self._awaits, self._heard = "head", 0

    def on_headers_complete(self) -> None:
        """Await the end of a body; after an upgrade none comes."""
        self._awaits = "" if self.parser.should_upgrade() else "body"
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Await nothing: an idle line is uvicorn's to close."""
        self._awaits = ""
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the alarm, which holds the protocol."""
        self._awaits = ""
        self._set_alarm()
        super().connection_lost(exc)

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._awaits:
            self._alarm = self.loop.call_later(self.HEAD_S if self._awaits == "head" else self.BODY_S, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._refuse(TooSlow())

    def _refuse(self, problem: Problem) -> None:
        """Say what is wrong, if an answer has not begun, and end the line."""
        if self.transport.is_closing():
            return
        cycle: Any = self.cycle
        # The answer that a body still comes for may stand already: a second one would be taken for the next request's.
        if self._awaits == "head" or not cycle.response_started:
            body = orjson.dumps(problem.body())
            head = f"HTTP/1.1 {problem.status} {problem.title}\r\ncontent-type: application/problem+json\r\n"
            self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
