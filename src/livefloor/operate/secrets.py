"""The commands about secrets: `check-secrets`, `rotate-jwt`."""

from __future__ import annotations

from pathlib import Path

import typer

from livefloor.kernel.settings import SettingError
from livefloor.operate.systems import Data, SystemName, dotenv, load, refusals, runtimes_of


def check_secrets(system: SystemName, data: Data = None) -> None:
    """Look for secrets that are missing, samples, weak, or kept by git; fails when there is one.

    For example: livefloor check-secrets coffee
    """
    from livefloor.kernel.keys import committed_secrets, weak_secrets

    loaded = load(system)
    settings = runtimes_of([system], data, env="production")[0].settings
    demo_accounts = loaded.demo.accounts if loaded.demo is not None else ()
    found = [
        *weak_secrets(settings, frozenset(one.secret for one in demo_accounts)),
        *committed_secrets(settings, Path()),
    ]
    try:
        loaded.secrets_of(settings)
    except SettingError as error:
        found.append(str(error))
    for sentence in found:
        typer.echo(sentence, err=True)
    if found:
        raise typer.Exit(1)
    typer.echo(f"{system}: no secret is missing, a sample, weak or kept by git")


def rotate_jwt(system: SystemName) -> None:
    """Change the secret that signs access tokens; those of the one before count until they end, so nobody is signed out.

    For example: livefloor rotate-jwt coffee
    """
    from livefloor.kernel.keys import changed_key

    name, previous = load(system).signing_key
    if not name:
        typer.echo(f"{system} knows no secret before its present one.", err=True)
        raise typer.Exit(2)
    with refusals():
        typer.echo(changed_key(name, previous, dotenv(), Path(".env")))
