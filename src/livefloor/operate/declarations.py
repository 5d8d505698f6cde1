"""The commands about how a system is declared: `new`, `revise`, `check`, `openapi`, `asyncapi`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from livefloor.kernel.settings import read_settings
from livefloor.operate.systems import AsJson, Data, SystemName, load, refuse, runtimes_of


def new(name: Annotated[str, typer.Argument(help="What the system is called: a-z, 0-9 and _.")]) -> None:
    """Begin a system of your own: a small one that works, with its page and its tests, in a new folder.

    For example: livefloor new bikeshop
    """
    from livefloor.scaffold import begin

    try:
        folder = begin(name, Path.cwd())
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{folder} is there; its README.md says how to go on:\n  cd {name}\n  pytest")


def revise(
    system: SystemName,
    message: Annotated[str, typer.Argument(help="What changes, in a few words; the file is named by them.")],
) -> None:
    """Write a system's next migration, from the difference between its tables and the migrations that there are.

    For example: livefloor revise bikeshop:system "whose bike it is"
    """
    from livefloor.authoring import write_migration

    loaded = load(system)
    if not write_migration(loaded, message):
        typer.echo(f"{loaded.name}: the migrations say what the tables say; there is nothing to write.")


def openapi(system: SystemName) -> None:
    """Print a system's OpenAPI document, with the routes that only a test clock switches on.

    For example: livefloor openapi laundry > laundry.json
    """
    from livefloor.http.openapi import document

    loaded = load(system)
    settings = read_settings(loaded.settings, system, {"LIVEFLOOR_TEST_CLOCK": "1"}, alone=True)
    typer.echo(json.dumps(document(loaded, settings), indent=1, ensure_ascii=False, sort_keys=True))


def asyncapi(system: SystemName) -> None:
    """Print a system's AsyncAPI document: its channels, frames and what clients may say.

    For example: livefloor asyncapi coffee > coffee.json
    """
    from livefloor.realtime.asyncapi import document

    typer.echo(json.dumps(document(load(system)), indent=1, ensure_ascii=False, sort_keys=True))


def check(
    system: SystemName,
    deploy: Annotated[bool, typer.Option("--deploy", help="Also name what is missing for production.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Print the table of verbs, roles and events.")] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Hold a system's declaration together, and its settings against what production needs.

    Ends with 0 when all is in order, 1 when something is not.

    For example: livefloor check laundry --deploy
    """
    from livefloor.declare.check import check_system, deploy_gaps, verb_table

    loaded = load(system)
    problems = check_system(loaded)
    if ":" in system and not problems:
        from livefloor.authoring import unwritten

        problems += unwritten(system, loaded)
    if deploy:
        problems += deploy_gaps(runtimes_of([system], data)[0].settings)
    counts = {"verbs": len(loaded.verbs()), "events": len(loaded.events), "parts": len(loaded.parts)}
    if as_json:
        typer.echo(json.dumps({"system": loaded.name, "ok": not problems, **counts, "problems": problems}, indent=1))
        raise typer.Exit(1 if problems else 0)
    if table:
        typer.echo(verb_table(loaded))
    refuse(problems, 1)
    typer.echo(f"{system}: {', '.join(f'{many} {what}' for what, many in counts.items())}: in order")
