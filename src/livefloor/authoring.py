"""What somebody who is writing a system is told, and what is written for them: mistakes where they stand, migrations."""

import difflib
import functools
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from livefloor.declare.system import System
from livefloor.platform_tables import MODULES as _TABLES  # noqa: F401 - makes the platform's metadata whole
from livefloor.store import migrate


def mistake(error: BaseException) -> str:
    """Return what was wrong when a system's module was read, where, and what to do where that can be said."""
    inside = str(Path(__file__).parent)
    # What a person wrote, and not what livefloor or a library made of it.
    own = [
        frame
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if "site-packages" not in frame.f_code.co_filename and not frame.f_code.co_filename.startswith((inside, "<"))
    ]
    said = f"{type(error).__name__}: {error}"
    if own:
        file, line = Path(own[-1].f_code.co_filename), own[-1].f_lineno
        said += f" ({file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file.name}, line {line})"
        if isinstance(error, NameError) and (near := difflib.get_close_matches(error.name or "", own[-1].f_globals, 1)):
            said += f". Did you mean: {near[0]!r}?"
    if "required keyword-only argument: 'allow'" in said:
        said += ". Say who may call it: allow="
    return said if said.endswith("?") else f"{said}."


def unwritten(name: str, system: System) -> list[str]:
    """Return, as a sentence, what no migration makes of the tables of the system that is served by this name."""
    with _made(system) as (work, chains):
        return _sentence(name, work(lambda connection: migrate.lacking(connection, chains)))


async def unwritten_in(name: str, work: Callable[..., Awaitable[Any]], chains: list[migrate.Chain]) -> list[str]:
    """Return the same for a database, which is migrated first; `work` runs on a plain connection to it."""
    await work()
    return _sentence(name, await work(lambda connection: migrate.lacking(connection, chains)))


def _sentence(name: str, lacking: Sequence[str]) -> list[str]:
    cure = f'livefloor revise {name} "what changes"'
    return [f"The database has no {', no '.join(lacking)}; write the migration: {cure}"] if lacking else []


def write_migration(system: System, message: str) -> bool:
    """Write a system's next migration; return False where its tables are what its migrations make."""
    with _made(system) as (work, chains):
        if not work(lambda connection: migrate.drift_of(connection, chains[-1], chains)):
            return False
        work(lambda connection: migrate.revise(connection, chains[-1], chains, message))
        return True


@contextmanager
def _made(system: System) -> Iterator[tuple[Callable[[Callable[..., Any]], Any], list[migrate.Chain]]]:
    """Give what runs work on an empty database that the migrations of a system have made, and their chains."""
    chains = migrate.chains_of(system.name, system.migrations, system.tables.metadata)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate.on_sqlite(path, lambda connection: migrate.upgrade_only(connection, chains))
        yield functools.partial(migrate.on_sqlite, path), chains
