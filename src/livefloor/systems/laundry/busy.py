"""The busy hour: Sunday 19:00 to 20:00 in a full room, acted through the API by the people of the demo data."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from livefloor.systems.laundry.demo import PASSWORD, PIN

if TYPE_CHECKING:
    import httpx

OPENS = "18:28"
"""When the demo data must stand; what its people do until 19:00 fills the room."""
ACTS = 20
"""The second of a minute at which people act: what was set going at this second of an earlier minute and is due in whole
minutes falls due with the next minute, before anybody acts in it."""
PATIENCE_S = 60
"""How long the hour waits for somebody who looks on."""

ADMIN, STAFF = "900000", "900002"
PIXEL, FIRST, NORI, SUNNY, WREN = "100007", "100009", "100011", "100013", "100016"
MANGO, OTTER, THIRD, HELD, JUNO, SIXTH, BASIL, KIWI = (f"{100000 + number}" for number in (1, 2, 3, 4, 5, 6, 8, 10))
TOFU, ECHO, EIGHTEENTH, MISO, PEPPER, ROBIN = (f"{100000 + number}" for number in (14, 17, 18, 19, 20, 22))
ONLOOKERS = (FIRST, KIWI, SUNNY, WREN, ECHO, MISO, ROBIN, "100012", "100021")


class Refused(Exception):
    """The room said no where the story has a yes: somebody else has acted in it as well."""


class Room:
    """The room, seen from outside: its people with their sessions, and the clock that is moved for them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.pace = 0.0
        self._client = client
        self._tokens: dict[str, str] = {}
        self._minute = 0

    async def open(self) -> None:
        """Take the room's present moment for the beginning."""
        meta = (await self._client.get("/api/v1/meta")).json()
        self._zone = ZoneInfo(meta["timezone"])
        self._opened = datetime.fromisoformat(meta["server_time"]).replace(second=0, microsecond=0)

    async def until(self, at: str, second: int = ACTS) -> None:
        """Let the time go on; each minute is stopped at, so that what falls due does so in its minute."""
        while self._minute < _minutes(at) - _minutes(OPENS):
            await asyncio.sleep(self.pace)
            self._minute += 1
            await self._move_to(0)
        await self._move_to(second)

    async def _move_to(self, second: int) -> None:
        now = datetime.fromisoformat((await self._client.get("/api/v1/meta")).json()["server_time"])
        left = self._opened + timedelta(minutes=self._minute, seconds=second) - now
        if left > timedelta(0):
            await self.do(ADMIN, "POST", "debug/clock", advance_seconds=math.ceil(left.total_seconds()))

    async def watched(self) -> None:
        """Return when somebody has a page open, or nobody came."""
        for _ in range(PATIENCE_S):
            if (await self._client.get("/api/health")).json()["active_connections"]:
                return
            await asyncio.sleep(1)

    async def ask(self, who: str, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Send a request of somebody, who signs in at the first one."""
        if who not in self._tokens:
            staff = who in (ADMIN, STAFF)
            said = {"staff_id": who, "password": PASSWORD} if staff else {"student_id": who, "pin": PIN}
            answer = await self._client.post(f"/api/v1/auth/{'staff/' if staff else ''}login", json=said)
            self._tokens[who] = _good(answer)["access_token"]
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        return await self._client.request(method, f"/api/v1/{path}", json=body, headers=headers)

    async def do(self, who: str, method: str, path: str, **body: Any) -> Any:
        """Let somebody do what they may. Raises Refused."""
        return _good(await self.ask(who, method, path, body or None))

    async def machine(self, name: str, who: str = STAFF) -> Any:
        """Return a machine, e.g. W2, as it stands."""
        return await self.do(who, "GET", "machines/{machine_type}/{machine_id}".format(**_machine(name)))

    async def start(self, who: str, name: str, category: str = "normal") -> Any:
        """Let somebody start a machine. Raises Refused."""
        return await self.do(who, "POST", "machines/start", **_machine(name), category=category)

    async def collect(self, who: str, name: str) -> Any:
        """Let somebody take their load out. Raises Refused."""
        return await self.do(who, "POST", "machines/end", **_machine(name), collected=True)

    async def move(self, who: str, name: str, place: str) -> Any:
        """Let somebody put another's load away. Raises Refused."""
        cycle = (await self.machine(name))["cycle_id"]
        said = {**_machine(name), "cycle_id": cycle, "reason": "moved", "place": place}
        return await self.do(who, "POST", "machines/release", **said)

    async def report(self, who: str, name: str, kind: str, description: str) -> Any:
        """Let somebody report a fault. Raises Refused."""
        return await self.do(who, "POST", "faults/report", **_machine(name), kind=kind, description=description)

    async def join(self, who: str) -> Any:
        """Let somebody join the washers' list. Raises Refused."""
        return await self.do(who, "POST", "waitlist/join", machine_type="washer")

    async def kept_until(self, name: str) -> str:
        """Return until when a machine is kept for somebody. Raises Refused when it is not."""
        hold = (await self.machine(name))["hold"]
        if hold is None:
            raise Refused(f"{name} is kept for nobody")
        return self.clock(hold["expires_at"])

    def clock(self, moment: str) -> str:
        """Return a moment as people of the room read it."""
        return datetime.fromisoformat(moment).astimezone(self._zone).strftime("%H:%M")


def _minutes(at: str) -> int:
    hour, minute = at.split(":")
    return int(hour) * 60 + int(minute)


def _machine(name: str) -> dict[str, Any]:
    return {"machine_type": {"W": "washer", "D": "dryer"}[name[0]], "machine_id": int(name[1:])}


def _good(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise Refused(answer.json().get("detail", answer.text))
    return answer.json()


# -- before: from the demo data to a full room ------------------------------------------------------------------------


async def fill(room: Room) -> None:
    """Let half an hour pass in which every washer gets busy. Raises Refused."""
    for who in (PIXEL, FIRST, NORI):
        await room.do(who, "PUT", "profile/update", notify_sms=True)
    await room.until("18:31")
    await room.collect(THIRD, "W3")
    await room.until("18:33")
    await room.collect(OTTER, "W2")
    await room.collect(KIWI, "D5")
    await room.move(JUNO, "W4", "Folding table")
    await room.start(JUNO, "W4", "extra_15")
    await room.until("18:34")
    await room.start(HELD, "W6", "extra_15")
    await room.until("18:36", second=0)
    await room.start(PIXEL, "W2")
    await room.until("18:36")
    resolution = "New drain pump, run once empty."
    await room.do(STAFF, "POST", "admin/machines/washer/5/enable", resolution=resolution)
    await room.until("18:37")
    await room.start(NORI, "W5")
    await room.until("18:40")
    await room.start(SIXTH, "W3", "extra_15")
    await room.until("18:44")
    await room.report(TOFU, "D4", "not_heating", "Forty minutes, and all is still wet.")
    await room.until("18:47")
    await room.collect(BASIL, "D2")
    await room.until("18:51")
    await room.collect(MANGO, "W1")
    await room.start(PEPPER, "W1", "extra_15")
    await room.report(EIGHTEENTH, "D4", "not_heating", "Turns, but stays cold.")
    await room.until("18:59")


# -- the hour ---------------------------------------------------------------------------------------------------------


async def look_from_rooms(room: Room) -> str:
    """19:00: nobody walks down for nothing."""
    for who in ONLOOKERS:
        board = await room.do(who, "GET", "machines/")
    running = [machine["time_left_seconds"] for machine in board["washers"] if machine["status"] == "in_use"]
    soonest = math.ceil(min(running, default=0) / 60)
    return (
        f"{len(running)} washers are running. Nine students look from their rooms: the next is done in {soonest} min."
    )


async def three_join(room: Room) -> str:
    """19:02: the list."""
    places = [str((await room.join(who))["position"]) for who in (FIRST, SUNNY, WREN)]
    return f"Three of them join the washer list, at places {', '.join(places)}."


async def washer_2_done(room: Room) -> str:
    """19:06: done is not free."""
    washer = await room.machine("W2")
    return f"Washer 2 has reached its time and is {washer['status']}, not free; its owner is told."


async def washer_2_emptied(room: Room) -> str:
    """19:11: kept for the first of the list in the same transaction."""
    await room.collect(PIXEL, "W2")
    until = await room.kept_until("W2")
    return f"The owner has taken the load out: Washer 2 is kept for the first of the list until {until}."


async def overtaker_refused(room: Room) -> str:
    """19:13: who stands in front of it may not."""
    answer = await room.ask(KIWI, "POST", "machines/start", {**_machine("W2"), "category": "normal"})
    if answer.is_success:
        raise Refused("Washer 2 was not kept for anybody")
    problem = answer.json()
    if problem["code"] != "machine_held":
        raise Refused(problem["detail"])
    until = room.clock(problem["hold_expires_at"])
    return f"Somebody in the room tries Washer 2: refused ({problem['code']}), it is kept for the next in line until {until}."


async def holder_starts(room: Room) -> str:
    """19:15: the turn is taken."""
    washer = await room.start(FIRST, "W2")
    return (
        f"The first of the list starts Washer 2, until {room.clock(washer['ends_at'])}, and has left the list by that."
    )


async def left_load_moved(room: Room) -> str:
    """19:18: nobody came for it."""
    await room.move(SUNNY, "W5", "Basket shelf")
    washer = await room.start(SUNNY, "W5")
    until = room.clock(washer["ends_at"])
    return (
        "Washer 5 has been done for ten minutes: the second is called, puts the load on the basket shelf, its owner is "
        f"told where, and starts it until {until}."
    )


async def third_called(room: Room) -> str:
    """19:22: the list goes on."""
    await room.collect(JUNO, "W4")
    until = await room.kept_until("W4")
    return f"Washer 4 is emptied: the third of the list is called, until {until}."


async def third_starts(room: Room) -> str:
    """19:24: the list is empty."""
    await room.start(WREN, "W4")
    return "The third starts Washer 4; nobody is waiting any more."


async def dryer_4_out(room: Room) -> str:
    """19:25: three people have said so."""
    report = await room.report(ROBIN, "D4", "not_heating", "Runs cold")
    state = "is out of order, and staff are told" if report["is_disabled"] else "stays in order"
    return f"Report {report['report_count']} of {report['threshold']} that Dryer 4 does not heat: it {state}."


async def one_is_free(room: Room) -> str:
    """19:28: with nobody waiting, emptied is free."""
    await room.collect(HELD, "W6")
    return "Washer 6 is emptied and free for anybody."


async def overtaker_starts(room: Room) -> str:
    """19:30: patience."""
    await room.start(KIWI, "W6", "extra_15")
    return "Who was refused at 19:13 starts Washer 6."


async def walk_up(room: Room) -> str:
    """19:40: the board is true again."""
    await room.collect(PEPPER, "W1")
    seen = {**_machine("D1"), "seen": "running", "minutes_left": 35}
    dryer = await room.do(MISO, "POST", "machines/report-status", **seen)
    return (
        "Somebody without a phone has started Dryer 1 by hand; a passer-by taps “it's running”: "
        f"until {room.clock(dryer['ends_at'])}."
    )


async def collected(room: Room) -> str:
    """19:56: what was begun in this hour is done."""
    for who, name in ((FIRST, "W2"), (SUNNY, "W5"), (WREN, "W4")):
        await room.collect(who, name)
    return "The three of the list have taken their loads out; washers 2, 4 and 5 are free."


async def wifi_drops(room: Room) -> str:
    """20:00: what only who looks on can do."""
    await room.collect(SIXTH, "W3")
    return (
        "The Wi-Fi drops. Switch your network off for a while (developer tools: Network, Offline): the page says so and "
        "since when; switch it on again, and it is caught up with what comes now."
    )


async def meanwhile(room: Room) -> str:
    """20:01: what a phone without reception misses."""
    await room.start(OTTER, "W1")
    await room.start(BASIL, "W2")
    return "Washers 1 and 2 are started."


STEPS: tuple[tuple[str, Callable[[Room], Awaitable[str]]], ...] = (
    ("19:00", look_from_rooms),
    ("19:02", three_join),
    ("19:06", washer_2_done),
    ("19:11", washer_2_emptied),
    ("19:13", overtaker_refused),
    ("19:15", holder_starts),
    ("19:18", left_load_moved),
    ("19:22", third_called),
    ("19:24", third_starts),
    ("19:25", dryer_4_out),
    ("19:28", one_is_free),
    ("19:30", overtaker_starts),
    ("19:40", walk_up),
    ("19:56", collected),
    ("20:00", wifi_drops),
    ("20:01", meanwhile),
)


async def busy_hour(client: httpx.AsyncClient, pace: float) -> AsyncIterator[tuple[str, str]]:
    """Play the hour on a room with fresh demo data; give time and sentence of each step once it is done.

    A minute lasts `pace` seconds; with 0 nobody is waited for. People who look on may act as well: what they make
    impossible is told, and the hour goes on. Raises Refused when the room cannot be made ready.
    """
    room = Room(client)
    await room.open()
    await fill(room)
    if pace:
        yield "18:59", f"Sign in now: the hour begins with the first open page, or in {PATIENCE_S} seconds."
        await room.watched()
    room.pace = pace
    for at, act in STEPS:
        await room.until(at)
        try:
            yield at, await act(room)
        except Refused as refusal:
            yield at, f"It went another way: {refusal}"
