"""Lets new lines in a few at a time, so that whoever is inside is still answered while thousands come back at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Doorway:
    """The entrance of one server: in each round of its loop so many newcomers are heard, the others wait in line."""

    AT_ONCE = 16
    """A handshake with all that follows takes about a millisecond, so that a round stays below some 20 ms."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[asyncio.Transport, Callable[[bytes], None], bytes]] = deque()
        self._room = self.AT_ONCE
        self._is_minded = False

    def enter(self, transport: asyncio.Transport, hear: Callable[[bytes], None], data: bytes) -> None:
        """Hear what a newcomer says, now or when it is its turn; until then nothing more is read from it."""
        if self._room:
            self._room -= 1
            hear(data)
        else:
            transport.pause_reading()
            self._waiting.append((transport, hear, data))
        if not self._is_minded:
            self._is_minded = True
            asyncio.get_running_loop().call_soon(self._next_round)

    def _next_round(self) -> None:
        self._room = self.AT_ONCE
        while self._waiting and self._room:
            transport, hear, data = self._waiting.popleft()
            if not transport.is_closing():
                self._room -= 1
                transport.resume_reading()
                hear(data)
        self._is_minded = self._room < self.AT_ONCE
        if self._is_minded:
            asyncio.get_running_loop().call_soon(self._next_round)
