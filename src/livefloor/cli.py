"""The command `livefloor`: serve systems, bring databases up to date, look at contracts, back up and restore."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livefloor.kernel.settings import SettingError
from livefloor.operate import archives, bench, declarations, demo, doctor, events, move, secrets, users
from livefloor.operate.systems import (
    AsJson,
    Data,
    SystemName,
    dotenv,
    known_systems,
    load,
    refusals,
    refuse,
    refuse_missing,
    run_in,
    runtimes_of,
)

if TYPE_CHECKING:
    from livefloor.work.ctx import Flow

STATUSES = (
    "Ends with 0 when it is done, 1 something is wrong with what was looked at, 2 it cannot be done as it was asked for "
    "(the sentence says why; nothing has changed), 3 the port is not to be had or the start failed."
)
app = typer.Typer(
    no_args_is_help=True, add_completion=False, help=__doc__, epilog=STATUSES, pretty_exceptions_enable=False
)
GROUPS = {"events": events.app, "user": users.app}
for word, group in GROUPS.items():
    app.add_typer(group, name=word)
WORDS: dict[str, Callable[..., None]] = {
    "demo": demo.command,
    "new": declarations.new,
    "check": declarations.check,
    "revise": declarations.revise,
    "openapi": declarations.openapi,
    "asyncapi": declarations.asyncapi,
    "create-admin": users.create_admin,
    "check-secrets": secrets.check_secrets,
    "rotate-jwt": secrets.rotate_jwt,
    "migrate": archives.migrate,
    "backup": archives.backup,
    "restore": archives.restore,
    "move": move.command,
    "verify": events.verify,
    "doctor": doctor.command,
    "bench": bench.command,
}
for word, command in WORDS.items():
    app.command(word)(command)


@app.command()
def serve(
    systems: Annotated[list[str] | None, typer.Argument(help="Which systems; all when none is named.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help="Port. [default: PORT, the system's own, or 8000 for several]")
    ] = None,
    data: Data = None,
    demo: Annotated[bool, typer.Option("--demo", help="Put demo data into an empty database first.")] = False,
    env: Annotated[str | None, typer.Option(help="development or production.")] = None,
    workers: Annotated[
        int, typer.Option(help="How many processes share the port; several need PostgreSQL.", min=1, max=64)
    ] = 1,
) -> None:
    """Serve one system at the root of its port, or several under /<name>/.

    For example: livefloor serve laundry --demo
    """
    from livefloor import __version__
    from livefloor.authoring import unwritten_in
    from livefloor.declare.check import check_system
    from livefloor.kernel import errors, tracing
    from livefloor.kernel.logs import set_up_logs
    from livefloor.serve import App, make_server
    from livefloor.workers import check_several, serve_together

    names = systems or sorted(known_systems())
    runtimes = runtimes_of(names, data, env=env)
    refuse(sentence for runtime in runtimes for sentence in check_system(runtime.system))
    if demo and not runtimes[0].settings.debug:
        typer.echo("--demo: demo accounts have known passwords and are refused in production.", err=True)
        raise typer.Exit(2)
    set_up_logs(runtimes[0].settings.log_level, as_json=not runtimes[0].settings.debug)
    with refusals():
        tracing.set_up(dotenv())
        errors.set_up(runtimes[0].settings, f"livefloor@{__version__}")
        for runtime in runtimes:
            runtime.demo = demo
            runtime.check()
        for name, runtime in zip(names, runtimes, strict=True):
            if ":" in name and runtime.settings.debug and runtime.settings.auto_migrate:
                refuse(asyncio.run(unwritten_in(name, runtime.migrated, runtime.chains())))
        if workers > 1:
            check_several(workers, [(runtime.system.name, runtime.settings) for runtime in runtimes])
    at = port or int(os.environ.get("PORT") or (runtimes[0].system.port if len(runtimes) == 1 else 8000))
    for runtime in runtimes:
        where = "" if len(runtimes) == 1 else f"{runtime.system.name}/"
        typer.echo(f"{runtime.system.title}: http://{host}:{at}/{where}")
    server = make_server(App(runtimes), host, at, runtimes[0].settings.drain_seconds)
    # Each full collection stops everybody, for 0.3 s at 5,000 lines, and finds next to nothing: young objects only.
    gc.freeze()
    gc.set_threshold(2_000, 10, 100)
    if workers > 1:
        raise typer.Exit(serve_together(server, workers))
    server.run()
    if not server.started:
        raise typer.Exit(3)


@app.command("dead-letters")
def dead_letters(
    system: SystemName,
    retry: Annotated[list[str] | None, typer.Option(help="Try this one again; may be given several times.")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List the work that failed too often, or try some of it again.

    Ends with 0, or with 1 when some of it failed again.

    For example: livefloor dead-letters laundry --retry 0195-…
    """
    runtime = runtimes_of([system], data)[0]
    refuse_missing(runtime)

    async def work(flow: Flow) -> tuple[list[str], list[Any]]:
        from livefloor.store.readers import DEAD_LETTERS

        failed = []
        for letter_id in retry or ():
            try:
                await runtime.readers.retry(letter_id)
            except Exception as error:  # noqa: BLE001 - whatever the work raises is what the person wants to read
                failed.append(f"{letter_id}: {type(error).__name__}: {error}")
        return failed, await flow.look(lambda look: look.all(DEAD_LETTERS))

    failed, letters = run_in(runtime, work)
    for letter in letters:
        words = f"{letter.kind} {letter.name} {letter.seq or letter.args}: {letter.error}"
        plain = {name: getattr(letter, name) for name in sorted(letter.column_names())}
        typer.echo(json.dumps(plain, default=str) if as_json else f"{letter.id}  {letter.at:%Y-%m-%d %H:%M}  {words}")
    refuse(failed, 1)


@app.command()
def tick(system: SystemName, data: Data = None) -> None:
    """Apply what is due once, for hosts without long-running processes.

    For example: livefloor tick laundry
    """
    runtime = runtimes_of([system], data)[0]
    run_in(runtime, lambda flow: runtime.tick())


@app.command("do")
def do(
    system: SystemName,
    word: Annotated[
        str, typer.Argument(help="What to do; the system's own words are listed when there is no such one.")
    ],
    given: Annotated[list[str] | None, typer.Argument(help="What the word takes.")] = None,
    data: Data = None,
) -> None:
    """Do something that only this system can.

    For example: livefloor do coffee forget +61491570301
    """
    found = {each.name: each for each in load(system).words}
    if word not in found or len(given or ()) != len(found[word].takes):
        refuse(
            f"{' '.join((each.name, *(f'<{name}>' for name in each.takes)))}: {each.says}" for each in found.values()
        )
        refuse([f"{system} has no words of its own."])
    typer.echo(run_in(runtimes_of([system], data)[0], lambda flow: found[word].run(flow, *(given or ()))), nl=False)


def own() -> None:
    """Run the command that is called by a system's name: `coffee serve` is `livefloor serve coffee`."""
    name, given = Path(sys.argv[0]).stem, sys.argv[1:]
    if given and not given[0].startswith("-"):
        words = {word.name for word in load(name).words}
        if given[0] in words:
            sys.argv[1:] = ["do", name, *given]
        elif given[0] in GROUPS:
            sys.argv[1:] = [*given[:2], name, *given[2:]] if given[1:] else given
        else:
            sys.argv[1:] = [given[0], name, *given[1:]]
    main()


def main() -> None:
    """Run the command."""
    try:
        app()
    except SettingError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
