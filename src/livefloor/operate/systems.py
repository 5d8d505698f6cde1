"""What every command begins with: which systems there are, a runtime of each as the environment sets it up, and its database
opened, or a sentence that says why it cannot be.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from livefloor.kernel.settings import SettingError, read_settings

if TYPE_CHECKING:
    from livefloor.serve import Runtime
    from livefloor.work.ctx import Flow

T = TypeVar("T")

Data = Annotated[Path | None, typer.Option(help="The data folder. [default: LIVEFLOOR_DATA or ./data]")]
SystemName = Annotated[str, typer.Argument(help="The system's name, e.g. laundry, or where it stands: module:name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def known_systems() -> dict[str, Any]:
    """Return the installed systems' entry points by name."""
    return {point.name: point for point in entry_points(group="livefloor.systems")}


def load(name: str) -> Any:
    """Return a system by its name, or as `module:name` where it is not installed; ends the command for an unknown one."""
    if ":" in name:
        module, _, attribute = name.partition(":")
        # The folder of the start comes first, as with `python -m`: a system need not be installed.
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.insert(0, here)
        try:
            return getattr(importlib.import_module(module), attribute)
        except Exception as error:
            from livefloor.authoring import mistake

            typer.echo(f"There is no system at {name!r}: {mistake(error)}", err=True)
            raise typer.Exit(2) from error
    known = known_systems()
    if name not in known:
        typer.echo(f"There is no system called {name!r}; there are: {', '.join(sorted(known))}.", err=True)
        raise typer.Exit(2)
    return known[name].load()


def dotenv() -> dict[str, str]:
    """Return the environment, with the names of a .env file here that it does not set."""
    found = {}
    path = Path(".env")
    if path.is_file():
        for line in path.read_text().splitlines():
            name, separator, value = line.strip().removeprefix("export ").partition("=")
            if separator and not name.startswith("#"):
                found[name.strip()] = value.strip().strip("'\"")
    return {**found, **os.environ}


def refuse(found: Iterable[str], status: int = 2) -> None:
    """End the command when something is wrong, with each sentence that says so."""
    said = list(found)
    for sentence in said:
        typer.echo(sentence, err=True)
    if said:
        raise typer.Exit(status)


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Tell a wrong setting in one line instead of a trace."""
    try:
        yield
    except SettingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def runtimes_of(names: list[str], data: Path | None, **given: Any) -> list[Any]:
    """Return a runtime for each named system, set up from the environment; ends the command for a wrong setting."""
    with refusals():
        return [runtime_of(name, data, alone=len(names) == 1, **given) for name in names]


def runtime_of(name: str, data: Path | None, *, alone: bool = True, **given: Any) -> Any:
    """Return a runtime of a system, set up from the environment. Raises SettingError."""
    from livefloor.serve import Runtime

    system = load(name)
    return Runtime(system, read_settings(system.settings, system.name, dotenv(), alone=alone, data=data, **given))


# -- its database -----------------------------------------------------------------------------------------------------


def refuse_missing(runtime: Runtime) -> None:
    """End the command where there is no SQLite file: looking for it in the wrong folder would make an empty one."""
    if not runtime.settings.is_postgres and not runtime.database.exists():
        refuse([f"{runtime.system.name}: there is no database {runtime.database}; --data says in which folder it is."])


@contextlib.contextmanager
def reached(runtime: Runtime) -> Iterator[None]:
    """Tell in a sentence instead of a trace why a database cannot be reached, read or written; ends the command with 2."""
    from livefloor.kernel.problems import Problem
    from livefloor.store import unusable

    with refusals():
        try:
            yield
        except Problem as problem:
            refuse([problem.detail])
        except unusable.errors() as error:
            refuse([unusable.sentence(runtime.system.name, error)])


def run_in(runtime: Runtime, work: Callable[[Flow], Awaitable[T]]) -> T:
    """Run a flow on a system that nobody need serve; ends the command with 2 where it is refused or cannot be reached."""

    async def run() -> T:
        from livefloor.declare.roles import SYSTEM
        from livefloor.work.ctx import Flow

        await runtime.open(background=False)
        try:
            return await work(Flow(runtime.executor, SYSTEM, runtime.clock.now()))
        finally:
            await runtime.close()

    with reached(runtime):
        return asyncio.run(run())
