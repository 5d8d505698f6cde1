"""The command `demo`: a system with demo data in a temporary folder, played busy to whoever looks on."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from livefloor.declare.system import Demo, DemoAccount
from livefloor.operate.systems import SystemName, runtimes_of


def command(
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
