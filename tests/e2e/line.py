"""The network between one phone and the server: a relay that can be cut and mended."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Line:
    """Passes bytes to a port; while it is cut, what is open breaks and nothing gets through."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.mend()

    @property
    def url(self) -> str:
        """Return where the phone reaches the server."""
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """Let bytes through, at the same port as ever."""
        self._do(self._listen())

    def cut(self) -> None:
        """Break what is open and refuse what comes."""
        self._do(self._close())

    def end(self) -> None:
        """Cut for good."""
        self.cut()
        self._do(asyncio.sleep(0))  # what was broken off closes in the next turn of the loop
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: "asyncio.coroutines.Coroutine[None, None, None]") -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        ends = {writer}
        try:
            there, away = await asyncio.open_connection("127.0.0.1", self._to)
            ends.add(away)
            self._writers |= ends
            await asyncio.gather(_pump(reader, away), _pump(there, writer))
        except OSError:
            pass
        finally:
            for end in ends:
                end.transport.abort()
            self._writers -= ends
            self._passing.discard(task)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()


@contextmanager
def line(to: int) -> Iterator[Line]:
    """Give a line for as long as the block runs."""
    made = Line(to)
    try:
        yield made
    finally:
        made.end()
