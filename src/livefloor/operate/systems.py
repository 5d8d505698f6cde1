"""What every command begins with: which systems there are, and a runtime of each, set up from the environment."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from livefloor.kernel.settings import SettingError, read_settings

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


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Tell a wrong setting in one line instead of a trace."""
    try:
        yield
    except SettingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def runtimes_of(names: list[str], data: Path | None, **given: Any) -> list[Any]:
    """Return a runtime for each named system, set up from the environment."""
    from livefloor.serve import Runtime

    with refusals():
        made = []
        for name in names:
            system = load(name)
            settings = read_settings(system.settings, system.name, dotenv(), alone=len(names) == 1, data=data, **given)
            made.append(Runtime(system, settings))
        return made
