"""The commands `backup`, `restore` and `migrate`: a system's database as a whole."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from livefloor.operate.systems import AsJson, Data, SystemName, reached, refuse, refuse_missing, runtimes_of


def migrate(system: SystemName, as_json: AsJson = False, data: Data = None) -> None:
    """Bring a system's database to the newest form.

    Ends with 0 when it is, 2 when it cannot be reached.

    For example: livefloor migrate laundry
    """
    runtime = runtimes_of([system], data)[0]
    with reached(runtime):
        runtime.refuse_moved()
        done = asyncio.run(runtime.migrated())
    if as_json:
        typer.echo(json.dumps({"system": runtime.system.name, "migrated": done}))
    else:
        typer.echo("\n".join(f"migrated: {step}" for step in done) or "up to date")


def backup(
    system: SystemName,
    to: Annotated[
        Path | None, typer.Option(help="The file to write. [default: DATA/backups/SYSTEM-TIME.tar.gz]")
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Copy a system's database, files and secrets into one archive, also while it serves.

    Ends with 0 when there is a whole archive, 2 when there is none.

    For example: livefloor backup laundry --to /mnt/backups/laundry.tar.gz
    """
    from livefloor.backup import make_backup

    runtime = runtimes_of([system], data)[0]
    refuse_missing(runtime)
    with reached(runtime):
        runtime.refuse_moved()
        path = asyncio.run(
            make_backup(runtime.settings, runtime.system.name, runtime.database, to, runtime.clock.now())
        )
    size = path.stat().st_size
    if as_json:
        typer.echo(json.dumps({"system": runtime.system.name, "file": str(path), "bytes": size}))
    else:
        typer.echo(f"{path} ({size / 1e6:.1f} MB)")


def restore(
    system: SystemName,
    archive: Annotated[
        Path, typer.Argument(help="A file that `livefloor backup` wrote.", exists=True, dir_okay=False, readable=True)
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Put a backup back, with the server stopped; live clients are told to fetch anew.

    One of an older version is brought to the newest form. Ends with 0 when all is back, 2 when nothing has changed.

    For example: livefloor restore laundry data/backups/laundry-20250302T030000.tar.gz --force
    """
    from livefloor.backup import restore_backup
    from livefloor.store.alone import Served

    runtime = runtimes_of([system], data)[0]
    name = runtime.system.name
    with reached(runtime):
        try:
            done = asyncio.run(
                restore_backup(runtime.settings, name, runtime.database, archive, runtime.chains(), force=force)
            )
        except (FileExistsError, ValueError, Served) as error:
            refuse([f"{name}: {str(error).rstrip('.')}."])
    if as_json:
        typer.echo(json.dumps({"system": name, "restored": str(archive), "migrated": done}))
    else:
        typer.echo("\n".join([f"restored from {archive}", *(f"migrated: {step}" for step in done)]))
