"""The busy hour, played: at each minute the room stands as section 1 of the spec tells it."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from livefloor.systems.laundry.busy import FIRST, KIWI, NORI, PIXEL, SUNNY, WREN, busy_hour
from livefloor.systems.laundry.demo import demo
from livefloor.systems.laundry.showing import opens
from livefloor.testing.server import free_port
from livefloor.testing.world import World
from tests.systems.laundry.visitors import QUICK, call, login, staff_login

OPENED = datetime(2025, 3, 2, 10, 28, tzinfo=UTC)
"""18:28 of a Sunday in Kuala Lumpur."""


class Seen:
    """What people see of the room at one moment."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tokens: dict[str, str] = {}

    async def get(self, path: str, who: str = "100017") -> Any:
        """Return what somebody sees at a path."""
        if who not in self.tokens:
            staff = who.startswith("9")
            signed_in = await staff_login(self.world, who) if staff else (await login(self.world, who)).json()
            self.tokens[who] = signed_in["access_token"]
        answer = await call(self.world, "GET", path, self.tokens[who])
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def machines(self, kind: str = "washers") -> dict[int, Any]:
        """Return the machines of the board by number."""
        return {machine["machine_id"]: machine for machine in (await self.get("machines/"))[kind]}

    async def user_id(self, who: str) -> str:
        """Return somebody's id."""
        found: str = (await self.get("profile/me", who))["id"]
        return found

    async def places(self) -> list[tuple[str, str]]:
        """Return who is in the washers' list, and how."""
        return [(item["user_id"], item["status"]) for item in (await self.get("waitlist/washer"))["items"]]

    async def told(self, who: str) -> tuple[str, str]:
        """Return title and message of somebody's newest notification, but for the one of the test's own sign-in."""
        items = (await self.get("notifications/", who))["items"]
        newest = next(item for item in items if item["notification_type"] != "security")
        return newest["title"], newest["message"]


def at(moment: str) -> str:
    """Return a moment as people of the room read it."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("Asia/Kuala_Lumpur")).strftime("%H:%M")


async def all_busy(seen: Seen) -> None:
    washers = await seen.machines()
    assert {machine["status"] for machine in washers.values()} == {"in_use"}
    assert min(machine["time_left_seconds"] for machine in washers.values()) == washers[2]["time_left_seconds"]
    assert 300 < washers[2]["time_left_seconds"] <= 360


async def three_wait(seen: Seen) -> None:
    assert await seen.places() == [(await seen.user_id(who), "waiting") for who in (FIRST, SUNNY, WREN)]


async def done_is_not_free(seen: Seen) -> None:
    assert (await seen.machines())[2]["status"] == "completed"
    assert (await seen.get("machines/"))["summary"]["washer"]["available"] == 0
    assert await seen.told(PIXEL) == ("Washer 2 is done", "Collect by 19:16.")


async def kept_for_the_first(seen: Seen) -> None:
    washer = (await seen.machines())[2]
    first = await seen.user_id(FIRST)
    assert (washer["status"], washer["hold"]["user_id"], washer["hold"]["reason"]) == ("available", first, "waitlist")
    assert at(washer["hold"]["expires_at"]) == "19:21"
    assert (await seen.places())[0] == (first, "called")
    assert await seen.told(FIRST) == ("Your turn: Washer 2", "It is kept for you until 19:21.")
    assert (await seen.get("machines/"))["summary"]["washer"]["available"] == 0


async def still_kept(seen: Seen) -> None:
    assert (await seen.machines())[2]["hold"]["user_id"] == await seen.user_id(FIRST)


async def started_by_the_first(seen: Seen) -> None:
    washer = (await seen.machines())[2]
    assert (washer["status"], washer["current_user_id"]) == ("in_use", await seen.user_id(FIRST))
    assert await seen.places() == [(await seen.user_id(who), "waiting") for who in (SUNNY, WREN)]


async def load_on_the_shelf(seen: Seen) -> None:
    washer = (await seen.machines())[5]
    assert (washer["status"], washer["current_user_id"]) == ("in_use", await seen.user_id(SUNNY))
    assert await seen.places() == [(await seen.user_id(WREN), "waiting")]
    title, message = await seen.told(NORI)
    assert (title, "Basket shelf" in message) == ("Your laundry was moved", True)
    [moved] = [cycle for cycle in (await seen.get("cycles/", NORI))["items"] if cycle["close_reason"] == "moved"][:1]
    assert moved["moved_place"] == "Basket shelf"


async def called_for_washer_4(seen: Seen) -> None:
    assert (await seen.machines())[4]["hold"]["user_id"] == await seen.user_id(WREN)


async def nobody_waits(seen: Seen) -> None:
    assert await seen.places() == []


async def out_of_order(seen: Seen) -> None:
    dryer = (await seen.machines("dryers"))[4]
    assert (dryer["status"], dryer["enabled"], dryer["report_count"]) == ("disabled", False, 3)
    assert dryer["out_of_order"]["reason"] == "3 fault reports"
    assert at(dryer["out_of_order"]["since"]) == "19:25"
    assert (await seen.told("900001"))[0] == "Dryer 4 is out of order"


async def free_for_all(seen: Seen) -> None:
    assert (await seen.get("machines/"))["summary"]["washer"]["available"] == 1
    assert (await seen.machines())[6]["hold"] is None


async def started_by_the_overtaker(seen: Seen) -> None:
    assert (await seen.machines())[6]["current_user_id"] == await seen.user_id(KIWI)


async def walk_up_running(seen: Seen) -> None:
    dryer = (await seen.machines("dryers"))[1]
    assert (dryer["status"], dryer["source"], dryer["current_user_id"]) == ("in_use", "walk_up", None)
    assert at(dryer["ends_at"]) == "20:15"


async def three_washers_free(seen: Seen) -> None:
    washers = await seen.machines()
    assert {washers[number]["status"] for number in (1, 2, 4, 5)} == {"available"}


async def caught_up_with(seen: Seen) -> None:
    washers = await seen.machines()
    assert [washers[number]["status"] for number in (1, 2)] == ["in_use", "in_use"]


async def unseen(seen: Seen) -> None:
    """20:00 is about the network of whoever looks on."""


STANDS: dict[str, Callable[[Seen], Any]] = {
    "19:00": all_busy,
    "19:02": three_wait,
    "19:06": done_is_not_free,
    "19:11": kept_for_the_first,
    "19:13": still_kept,
    "19:15": started_by_the_first,
    "19:18": load_on_the_shelf,
    "19:22": called_for_washer_4,
    "19:24": nobody_waits,
    "19:25": out_of_order,
    "19:28": free_for_all,
    "19:30": started_by_the_overtaker,
    "19:40": walk_up_running,
    "19:56": three_washers_free,
    "20:00": unseen,
    "20:01": caught_up_with,
}


@pytest.mark.world(environ=QUICK, start=OPENED)
async def test_the_hour_goes_as_the_spec_tells(world: World) -> None:
    await world.change(demo)
    seen = Seen(world)
    lines = {}
    async with world.client() as client:
        async for minute, line in busy_hour(client, 0):
            assert at(world.clock.now().isoformat()) == minute
            await STANDS[minute](seen)
            lines[minute] = line
    assert list(lines) == list(STANDS)
    assert not [line for line in lines.values() if "another way" in line]
    assert "refused (machine_held), it is kept for the next in line until 19:21" in lines["19:13"]
    await world.run_due()
    assert ("+601155500006", "Washer 2 is done. Collect by 19:16.") in [tuple(taken) for taken in world.sms]


@pytest.mark.world(environ=QUICK, start=OPENED)
async def test_the_hour_goes_on_when_a_person_takes_part(world: World) -> None:
    """Somebody who looks on may take what the story has for another: that is told, and the rest is played."""
    await world.change(demo)
    lines = {}
    async with world.client() as client:
        async for minute, line in busy_hour(client, 0):
            lines[minute] = line
            if minute == "19:13":
                token = (await login(world, FIRST)).json()["access_token"]
                left = await call(world, "POST", "waitlist/leave", token, {"machine_type": "washer"})
                assert left.status_code == 200
    assert lines["19:15"].startswith("It went another way")
    assert list(lines)[-1] == "20:01"


def test_it_opens_on_the_coming_sunday() -> None:
    saturday, sunday = datetime(2025, 3, 1, 12, tzinfo=UTC), datetime(2025, 3, 2, 10, 29, tzinfo=UTC)
    assert opens(saturday) == OPENED
    assert opens(OPENED) == OPENED
    assert opens(sunday) == datetime(2025, 3, 9, 10, 28, tzinfo=UTC)


def run_demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `livefloor demo` to its end."""
    command = [sys.executable, "-m", "livefloor", "demo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_plays_it_and_ends() -> None:
    port = free_port()
    done = run_demo("--busy", "--once", "--pace", "0", "--port", str(port))
    assert done.returncode == 0, done.stderr
    assert f"http://127.0.0.1:{port}/" in done.stdout
    assert f"{FIRST} / 7305" in done.stdout
    told = [line[:5] for line in done.stdout.splitlines() if line[2:3] == ":" and line[:2].isdigit()]
    assert told == list(STANDS)
    assert "another way" not in done.stdout


def test_the_command_says_that_a_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run_demo("--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
