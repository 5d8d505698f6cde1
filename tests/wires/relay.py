"""The network between clients and the server: a relay on the test's own loop, which can be cut, mended and led elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Relay:
    """Passes bytes to a port of this machine; while it is cut, what is open breaks and what comes is broken off."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.port = 0
        self._is_cut = False
        self._goes = asyncio.Event()
        self._goes.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Read no more from the server, as a client whose machine hangs; what is open stays open."""
        self._goes.clear()

    def cut(self) -> None:
        """Break what is open, and whatever comes."""
        self._is_cut = True
        self._goes.set()
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Let bytes through again."""
        self._is_cut = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Relay]:
        """Listen at a port of its own."""
        server = await asyncio.start_server(self._came, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await asyncio.gather(*self._passing)

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        self._ends.add(writer)
        try:
            if self._is_cut:
                return
            there, away = await asyncio.open_connection("127.0.0.1", self.to)
            ends.add(away)
            self._ends.add(away)
            if not self._is_cut:
                await asyncio.gather(_pump(reader, away), _pump(there, writer, self._goes))
        except OSError:
            pass
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()
                with suppress(OSError):
                    await end.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, goes: asyncio.Event | None = None) -> None:
    # uvloop says of a transport that was cut meanwhile that it is closed: a RuntimeError.
    with suppress(OSError, RuntimeError):
        while data := await reader.read(65536):
            if goes is not None:
                await goes.wait()
            writer.write(data)
            await writer.drain()
    writer.close()
