"""The one place that knows what time it is; tests and the debug clock move it."""

import asyncio
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall-clock time plus an offset in seconds; `frozen` stands still until moved."""

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self.offset = timedelta(0)
        self._frozen_at = frozen_at
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the time now, in UTC."""
        return (self._frozen_at or datetime.now(UTC)) + self.offset

    def advance(self, by: timedelta) -> None:
        """Move the clock and wake all who wait on it."""
        self.offset += by
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_until(self, at: datetime, wake: asyncio.Event) -> None:
        """Return when it is `at`, when the clock was moved, or when `wake` is set; whichever comes first."""
        left = (at - self.now()).total_seconds()
        if left <= 0 or wake.is_set():
            return
        waits = [asyncio.ensure_future(self._moved.wait()), asyncio.ensure_future(wake.wait())]
        try:
            await asyncio.wait(waits, timeout=None if self._frozen_at else left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
