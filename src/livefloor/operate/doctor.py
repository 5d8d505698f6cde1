"""The command `doctor`: looks at how a system is set up, and names what is wrong with its cure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from livefloor.kernel.settings import SettingError
from livefloor.operate import database_checks, machine_checks, network_checks
from livefloor.operate.machine_checks import of_setting
from livefloor.operate.patient import NO_DATABASE, Ailment, Check, Patient
from livefloor.operate.systems import AsJson, Data, SystemName, load, runtime_of

FIRST: tuple[Check, ...] = (
    database_checks.moved_away,
    *machine_checks.CHECKS,
    *network_checks.CHECKS,
    database_checks.reachable,
)
INSIDE: tuple[Check, ...] = database_checks.CHECKS


async def examine(patient: Patient) -> tuple[list[Ailment], list[str]]:
    """Return what is wrong, and the names of the checks that could not be made."""
    found, unmade = await _make(FIRST, patient)
    if not any(ailment.name == NO_DATABASE for ailment in found):
        more, unmade_too = await _make(INSIDE, patient)
        found, unmade = found + more, unmade + unmade_too
    # A database that is moved or not set right stands against the settings as well: said once is enough.
    return [each for at, each in enumerate(found) if each.says not in {one.says for one in found[:at]}], unmade


async def _make(checks: Iterable[Check], patient: Patient) -> tuple[list[Ailment], list[str]]:
    found, unmade = [], []
    for check in checks:
        try:
            ailment = await check(patient)
        except Exception as error:  # noqa: BLE001 - one check that cannot be made must not hide what the others find
            unmade.append(f"{check.__name__} ({error})")
        else:
            found += [ailment] if ailment is not None else []
    return found, unmade


def command(
    system: SystemName,
    url: Annotated[str, typer.Option(help="Where people reach it, e.g. https://laundry.example.org.")] = "",
    host: Annotated[str, typer.Option(help="The address on which it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port. [default: the system's own]")] = 0,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Look at settings, machine, database and network, and name each fault with its cure.

    Ends with 0 when nothing is wrong, 1 when something is.

    For example: livefloor doctor laundry --url https://laundry.example.org
    """
    try:
        runtime = runtime_of(system, data)
    except SettingError as error:
        found, unmade = [of_setting(error)], ["all else (the settings cannot be read)"]
    else:
        found, unmade = asyncio.run(examine(Patient(runtime, url, host, port)))
    if as_json:
        said = {
            "system": load(system).name,
            "ok": not found,
            "ailments": [asdict(each) for each in found],
            "unmade": unmade,
        }
        typer.echo(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        for each in found:
            typer.echo(f"{each.name}: {each.says}\n    {each.cure}", err=True)
        for check in unmade:
            typer.echo(f"could not be looked at: {check}", err=True)
        looked = len(FIRST) + len(INSIDE)
        typer.echo(
            f"{system}: {len(found)} of {looked} things to look at are wrong"
            if found
            else f"{system}: nothing is wrong"
        )
    if found:
        raise typer.Exit(1)
