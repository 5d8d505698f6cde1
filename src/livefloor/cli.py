"""The command `livefloor`: serve systems, bring databases up to date, look at contracts, back up and restore."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from livefloor.declare.system import Demo, DemoAccount
from livefloor.kernel.settings import SettingError, read_settings
from livefloor.operate import doctor, events, move, users
from livefloor.operate.systems import AsJson, Data, SystemName, dotenv, known_systems, load, refusals, runtimes_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
GROUPS = {"events": events.app, "user": users.app}
for word, group in GROUPS.items():
    app.add_typer(group, name=word)
app.command()(events.verify)
app.command("move")(move.command)
app.command("doctor")(doctor.command)


def _refuse(found: Iterable[str], status: int = 2) -> None:
    """End the command when something is wrong, with each sentence that says so."""
    said = list(found)
    for sentence in said:
        typer.echo(sentence, err=True)
    if said:
        raise typer.Exit(status)


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
    _refuse(sentence for runtime in runtimes for sentence in check_system(runtime.system))
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
                _refuse(asyncio.run(unwritten_in(name, runtime.migrated, runtime.chains())))
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


@app.command()
def demo(
    system: SystemName = "laundry",
    busy: Annotated[bool, typer.Option("--busy", help="Play a busy time of the system to whoever looks on.")] = False,
    pace: Annotated[float, typer.Option(help="With --busy: real seconds for each minute.", min=0)] = 3.0,
    once: Annotated[bool, typer.Option("--once", help="With --busy: end when it has been played.")] = False,
    port: Annotated[int | None, typer.Option(help="Port. [default: the system's own]")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Put the data into this folder's database, if empty, and end.")
    ] = None,
) -> None:
    """Serve a system with demo data in a temporary folder, which is gone afterwards.

    For example: livefloor demo --busy
    """
    if data is not None:
        _fill(system, data)
        return
    from livefloor.kernel.logs import set_up_logs
    from livefloor.serve import App, make_server

    with tempfile.TemporaryDirectory(prefix="livefloor-demo-") as folder:
        runtime = runtimes_of([system], Path(folder), env="development", database_url="", test_clock=busy)[0]
        shown = runtime.system.demo
        if shown is None or (busy and shown.busy is None):
            typer.echo(f"{system} has no {'busy time' if shown else 'demo data'}.", err=True)
            raise typer.Exit(2)
        set_up_logs("warning", as_json=False)
        runtime.demo = True
        if busy:
            runtime.clock.advance(shown.busy.opens(runtime.clock.now()) - runtime.clock.now())
        at = port or runtime.system.port
        _refuse_taken("127.0.0.1", at)
        url = f"http://127.0.0.1:{at}/"
        _introduce(runtime.system.title, url, shown, shown.busy.accounts if busy else shown.accounts)
        server = make_server(App([runtime]), "127.0.0.1", at, 0)
        # A plain end by this signal would leave the folder behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        good = True
        with (
            contextlib.suppress(KeyboardInterrupt),
            asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner,
        ):
            good = runner.run(_perform(server, shown.busy.play if busy else None, url, pace, once=once))
    if not good:
        raise typer.Exit(1)


def _fill(system: str, data: Path) -> None:
    """Put the demo data into an empty database."""
    runtime = runtimes_of([system], data)[0]
    if not runtime.settings.debug:
        typer.echo("demo accounts have known passwords and are refused in production.", err=True)
        raise typer.Exit(2)
    runtime.demo = True

    async def run() -> None:
        await runtime.open(background=False)
        await runtime.close()

    asyncio.run(run())
    typer.echo(f"{runtime.database if not runtime.settings.is_postgres else system}: the demo data is there.")


def _refuse_taken(host: str, port: int) -> None:
    """End the command when the port is not to be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            typer.echo(
                f"Port {port} cannot be used ({error.strerror}); choose another, e.g. --port {port + 1}.", err=True
            )
            raise typer.Exit(3) from error


def _introduce(title: str, url: str, shown: Demo, accounts: Sequence[DemoAccount]) -> None:
    typer.echo(f"{title}: {url}\nTexts and pushes that would have been sent: {url}outbox")
    for path, says in shown.pages.items():
        typer.echo(f"{says['en']}: {url}{path}")
    typer.echo("Sign in as:")
    for account in accounts:
        typer.echo(f"  {account.id} / {account.secret}  {url}{account.page}  {account.says['en']}")


async def _perform(server: Any, play: Any, url: str, pace: float, *, once: bool) -> bool:
    """Serve, and play to those who look on; return whether all went well."""
    playing = [asyncio.create_task(_play(server, play, url, pace, once=once))] if play is not None else []
    await server.serve()
    for task in playing:
        task.cancel()
    ends = await asyncio.gather(*playing, return_exceptions=True)
    return server.started and not any(isinstance(end, Exception) for end in ends)


async def _play(server: Any, play: Any, url: str, pace: float, *, once: bool) -> None:
    import httpx

    while not server.started:  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.05)
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            async for at, sentence in play(client, pace):
                typer.echo(f"{at}  {sentence}")
        if not once:
            typer.echo("That was it; the room stays open until you press Ctrl-C.")
    except Exception as error:
        typer.echo(f"The play has stopped: {error}", err=True)
        server.should_exit = True
        raise
    server.should_exit = server.should_exit or once


@app.command()
def migrate(system: SystemName, data: Data = None) -> None:
    """Bring a system's database to the newest form.

    For example: livefloor migrate laundry
    """
    runtime = runtimes_of([system], data)[0]
    done = asyncio.run(runtime.migrated())
    typer.echo("\n".join(f"migrated: {step}" for step in done) or "up to date")


@app.command()
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


@app.command()
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


@app.command()
def openapi(system: SystemName) -> None:
    """Print a system's OpenAPI document, with the routes that only a test clock switches on.

    For example: livefloor openapi laundry > laundry.json
    """
    from livefloor.http.openapi import document

    loaded = load(system)
    settings = read_settings(loaded.settings, system, {"LIVEFLOOR_TEST_CLOCK": "1"}, alone=True)
    typer.echo(json.dumps(document(loaded, settings), indent=1, ensure_ascii=False, sort_keys=True))


@app.command()
def asyncapi(system: SystemName) -> None:
    """Print a system's AsyncAPI document: its channels, frames and what clients may say.

    For example: livefloor asyncapi coffee > coffee.json
    """
    from livefloor.realtime.asyncapi import document

    typer.echo(json.dumps(document(load(system)), indent=1, ensure_ascii=False, sort_keys=True))


@app.command("create-admin")
def create_admin(
    system: SystemName,
    staff_id: Annotated[str, typer.Option(help="The admin's id.", prompt=True)],
    password: Annotated[
        str, typer.Option(help="At least 12 characters.", prompt=True, hide_input=True, confirmation_prompt=True)
    ],
    name: Annotated[str, typer.Option(help="The name that others see.")] = "Admin",
    data: Data = None,
) -> None:
    """Create an admin, or give an existing one a new password and unlock it.

    For example: livefloor create-admin laundry --staff-id 100001
    """
    from livefloor.declare.roles import SYSTEM
    from livefloor.kernel.problems import Problem
    from livefloor.work.ctx import Flow

    runtime = runtimes_of([system], data)[0]
    if runtime.system.create_admin is None:
        typer.echo(f"{system} has no admins.", err=True)
        raise typer.Exit(2)

    async def run() -> None:
        await runtime.open(background=False)
        try:
            flow = Flow(runtime.executor, SYSTEM, runtime.clock.now())
            await runtime.system.create_admin(flow, staff_id, password, name)
        finally:
            await runtime.close()

    try:
        asyncio.run(run())
    except Problem as problem:
        typer.echo(problem.detail, err=True)
        raise typer.Exit(2) from problem
    typer.echo(f"Admin {staff_id} may sign in.")


@app.command("dead-letters")
def dead_letters(
    system: SystemName,
    retry: Annotated[list[str] | None, typer.Option(help="Try this one again; may be given several times.")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List the work that failed too often, or try some of it again.

    For example: livefloor dead-letters laundry --retry 0195-…
    """
    runtime = runtimes_of([system], data)[0]

    async def run() -> list[str]:
        await runtime.open(background=False)
        try:
            failed = []
            for letter_id in retry or ():
                try:
                    await runtime.readers.retry(letter_id)
                except Exception as error:  # noqa: BLE001 - whatever the work raises is what the person wants to read
                    failed.append(f"{letter_id}: {type(error).__name__}: {error}")
            for letter in await runtime.executor.look(lambda look: look.all(DEAD_LETTERS)):
                words = f"{letter.kind} {letter.name} {letter.seq or letter.args}: {letter.error}"
                plain = {name: getattr(letter, name) for name in sorted(letter.column_names())}
                typer.echo(
                    json.dumps(plain, default=str) if as_json else f"{letter.id}  {letter.at:%Y-%m-%d %H:%M}  {words}"
                )
            return failed
        finally:
            await runtime.close()

    from livefloor.store.readers import DEAD_LETTERS

    failed = asyncio.run(run())
    for line in failed:
        typer.echo(line, err=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def tick(system: SystemName, data: Data = None) -> None:
    """Apply what is due once, for hosts without long-running processes.

    For example: livefloor tick laundry
    """
    runtime = runtimes_of([system], data)[0]

    async def run() -> None:
        await runtime.open(background=False)
        try:
            await runtime.tick()
        finally:
            await runtime.close()

    asyncio.run(run())


@app.command()
def backup(
    system: SystemName,
    to: Annotated[
        Path | None, typer.Option(help="The file to write. [default: DATA/backups/SYSTEM-TIME.tar.gz]")
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Copy a system's database, files and secrets into one archive, also while it serves.

    For example: livefloor backup laundry --to /mnt/backups/laundry.tar.gz
    """
    from livefloor.backup import make_backup

    runtime = runtimes_of([system], data)[0]
    path = asyncio.run(make_backup(runtime.settings, system, runtime.database, to, runtime.clock.now()))
    size = path.stat().st_size
    typer.echo(json.dumps({"file": str(path), "bytes": size}) if as_json else f"{path} ({size / 1e6:.1f} MB)")


@app.command()
def restore(
    system: SystemName,
    archive: Annotated[Path, typer.Argument(help="A file that `livefloor backup` wrote.", exists=True)],
    data: Data = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Put a backup back; live clients are told to fetch anew.

    For example: livefloor restore laundry data/backups/laundry-20250302T030000.tar.gz --force
    """
    from livefloor.backup import restore_backup

    runtime = runtimes_of([system], data)[0]
    try:
        asyncio.run(restore_backup(runtime.settings, system, runtime.database, archive, force=force))
    except (FileExistsError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"restored from {archive}")


@app.command()
def check(
    system: SystemName,
    data: Data = None,
    deploy: Annotated[bool, typer.Option("--deploy", help="Also name what is missing for production.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Print the table of verbs, roles and events.")] = False,
) -> None:
    """Hold a system's declaration together, and its settings against what production needs.

    For example: livefloor check laundry --deploy
    """
    from livefloor.declare.check import check_system, deploy_gaps, verb_table

    loaded = load(system)
    problems = check_system(loaded)
    if ":" in system and not problems:
        from livefloor.authoring import unwritten

        problems += unwritten(system, loaded)
    if table:
        typer.echo(verb_table(loaded))
    if deploy:
        runtime = runtimes_of([system], data)[0]
        problems += deploy_gaps(runtime.settings)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(
        f"{system}: {len(loaded.verbs())} verbs, {len(loaded.events)} events, {len(loaded.parts)} parts: in order"
    )


@app.command("check-secrets")
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


@app.command("rotate-jwt")
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
    from livefloor.declare.roles import SYSTEM
    from livefloor.kernel.problems import Problem
    from livefloor.work.ctx import Flow

    found = {each.name: each for each in load(system).words}
    if word not in found or len(given or ()) != len(found[word].takes):
        for each in found.values():
            typer.echo(f"{' '.join((each.name, *(f'<{name}>' for name in each.takes)))}: {each.says}", err=True)
        raise typer.Exit(2)
    runtime = runtimes_of([system], data)[0]

    async def run() -> str:
        await runtime.open(background=False)
        try:
            said: str = await found[word].run(Flow(runtime.executor, SYSTEM, runtime.clock.now()), *(given or ()))
            return said
        finally:
            await runtime.close()

    try:
        typer.echo(asyncio.run(run()), nl=False)
    except Problem as problem:
        typer.echo(problem.detail, err=True)
        raise typer.Exit(2) from problem


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
