"""Servers that the command cannot start as a test needs them; each runs in a process of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from livefloor import Ctx, Part
from livefloor.kernel.settings import read_settings
from livefloor.parts import notifications
from livefloor.ports.push import WebPush
from livefloor.serve import App, Runtime, make_server
from livefloor.systems.laundry import system as laundry
from tests.platform.shop import system as shop


def laundry_and_shop(port: int, data: Path) -> None:
    """Serve two systems with their demo data."""
    settings = [read_settings(each.settings, each.name, {}, alone=False, data=data) for each in (laundry, shop)]
    runtimes = [Runtime(each, said) for each, said in zip((laundry, shop), settings, strict=True)]
    for each in runtimes:
        each.demo = True
    make_server(App(runtimes), "127.0.0.1", port, 0).run()


def laundry_that_fails(port: int, data: Path) -> None:
    """Serve a laundry with a job that fails for as long as the file `broken` is there."""
    part = Part("boiler")

    @part.timer(settles=False)
    async def heat(ctx: Ctx) -> None:
        if (data / "broken").exists():
            raise RuntimeError("the boiler is cold")
        (data / "hot").touch()

    @part.at_start
    async def set_heat(ctx: Ctx) -> None:
        await ctx.schedule(heat, ctx.now)

    system = replace(laundry, parts=[*laundry.parts, part])
    said = {"LIVEFLOOR_LIMITS": "off", "LIVEFLOOR_TEST_CLOCK": "1"}
    runtime = Runtime(system, read_settings(system.settings, system.name, said, alone=True, data=data))
    runtime.demo = True
    make_server(App([runtime]), "127.0.0.1", port, 0).run()


def laundry_that_pushes(port: int, data: Path) -> None:
    """Serve a laundry that sends real pushes, to this machine and over plain http, as no real push service has it."""
    send = WebPush.send

    def send_here(self: WebPush, endpoint: str, *said: Any) -> Any:
        return send(self, endpoint.replace("https:", "http:"), *said)

    WebPush.send = send_here  # type: ignore[method-assign]
    WebPush.__init__.__kwdefaults__["anywhere"] = True  # type: ignore[index]
    notifications.may_be_reached = lambda endpoint: True
    said = {"LIVEFLOOR_LIMITS": "off", "VAPID_SUBJECT": "mailto:desk@example.org"}
    settings = read_settings(laundry.settings, laundry.name, said, alone=True, data=data)
    make_server(App([Runtime(laundry, settings)]), "127.0.0.1", port, 0).run()
