"""What `doctor` looks at, and what it may find."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livefloor.http.pages import ROOT
from livefloor.operate.snapshots import first, snapshot_of

if TYPE_CHECKING:
    from livefloor.serve import Runtime

NO_DATABASE = "database_unreachable"
"""The ailment with which nothing inside the database can be looked at."""


@dataclass(frozen=True, slots=True)
class Ailment:
    """What is wrong, by a stable name, and what to do about it."""

    name: str
    says: str
    cure: str


@dataclass(slots=True)
class Patient:
    """One system as it is set up on this machine; `url` is where people reach it, when that is said."""

    runtime: Runtime
    url: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    proc: Path = Path("/proc")
    pages: Path = ROOT
    trusts: Path | None = None
    least_free_mb: int = 500
    least_files: int = 4096
    least_waiting: int = 1024
    least_sqlite: tuple[int, ...] = (3, 35, 0)
    least_postgres: int = 13
    least_shm_mb: int = 100
    least_days: int = 14
    account: int = field(default_factory=os.geteuid)

    @property
    def settings(self) -> Any:
        """Return the settings of the system."""
        return self.runtime.settings

    @property
    def name(self) -> str:
        """Return the name of the system."""
        name: str = self.runtime.system.name
        return name

    @property
    def is_there(self) -> bool:
        """Tell whether there is a database to look into: a new system has none before its first start."""
        return bool(self.settings.is_postgres or self.runtime.database.exists())

    async def asked(self, statement: str) -> Sequence[Any] | None:
        """Return the first row of a statement, or None. Raises what the driver raises."""
        async with snapshot_of(self.runtime) as snapshot:
            return await first(snapshot, statement)

    def read(self, path: str) -> str:
        """Return what the kernel says in a file of /proc, nothing where there is no such file."""
        try:
            return (self.proc / path).read_text()
        except OSError:
            return ""


Check = Callable[[Patient], Awaitable[Ailment | None]]
"""Looks at one thing; returns what is wrong with it, or None."""
