"""A program that tries all it may within the guards, for thirty days: how far it comes, and whether the owner gets in."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from livefloor.systems.laundry.pins import WEAK_PINS
from livefloor.testing.world import World
from tests.systems.laundry.visitors import PIN, QUICK, attempts, codes_of, login, register

# The guards count by the same statements on both databases (test_guards.py); thirty days of them are slow.
pytestmark = [pytest.mark.world(environ=QUICK), pytest.mark.line_only]

DAYS = timedelta(days=30)
BOUND = 50
"""Guard B: the most PINs of one account that are looked at from unknown devices in thirty days."""

GUESSES = [pin for pin in (f"{number:04d}" for number in range(10_000)) if pin not in WEAK_PINS and pin != PIN]


def new_addresses() -> Iterator[str]:
    """Give an address that nobody has used, for ever."""
    return (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in count(65536))


class Guesser:
    """Tries one PIN after another at an account, and counts those that were looked at."""

    def __init__(self, world: World, addresses: Iterator[str]) -> None:
        self.world = world
        self.addresses = addresses
        self.looked_at: Counter[str] = Counter()

    async def guess(self, student_id: str) -> httpx.Response:
        """Try the next PIN of an account from the next address."""
        pin = GUESSES[self.looked_at[student_id]]
        answer = await login(self.world, student_id, pin=pin, address=next(self.addresses))
        if answer.status_code == 401:
            self.looked_at[student_id] += 1
        else:
            assert answer.status_code in (403, 429), answer.text
        return answer

    async def guess_while_it_goes(self, student_id: str) -> int:
        """Try until a guard says no; return for how many seconds there is no use in trying."""
        while (answer := await self.guess(student_id)).status_code == 401:
            pass
        return int(answer.headers.get("Retry-After", 86400))


async def owner_gets_in(world: World, device: str, student_id: str = "100001") -> None:
    """Sign the owner in on the device that is known."""
    answer = await login(world, student_id, device_token=device, address="192.0.2.7")
    assert answer.status_code == 200, answer.text


async def test_thirty_days_of_guessing_from_ever_new_addresses(world: World) -> None:
    device = (await register(world))["device_token"]
    guesser, ends = Guesser(world, new_addresses()), world.clock.now() + DAYS
    while world.clock.now() < ends:
        wait = await guesser.guess_while_it_goes("100001")
        await owner_gets_in(world, device)
        await world.advance(seconds=min(wait, 86400))
    assert guesser.looked_at["100001"] == 20  # guard A has closed the account to unknown devices
    assert guesser.looked_at["100001"] <= BOUND


async def test_thirty_days_of_guessing_while_the_owner_comes_on_new_devices_too(world: World) -> None:
    """The owner's own success clears guard A, again and again: the guesser's best case. Guard B is not cleared."""
    device = (await register(world))["device_token"]
    guesser, ends = Guesser(world, new_addresses()), world.clock.now() + DAYS
    while world.clock.now() < ends:
        for _ in range(4):
            await guesser.guess("100001")
        await login(world, address="192.0.2.8")
        await owner_gets_in(world, device)
        await world.advance(hours=6)
    assert guesser.looked_at["100001"] == BOUND
    found = await attempts(world, device_known=False, ok=False)
    assert len(found) == BOUND


async def test_thirty_days_of_guessing_at_many_accounts_from_one_address(world: World) -> None:
    students = [str(100001 + number) for number in range(12)]
    devices = {student_id: (await register(world, student_id))["device_token"] for student_id in students}
    guesser, ends = Guesser(world, iter(lambda: "203.0.113.5", "")), world.clock.now() + DAYS
    by_day: Counter[datetime] = Counter()
    while world.clock.now() < ends:
        before = guesser.looked_at.total()
        waits = [await guesser.guess_while_it_goes(student_id) for student_id in students]
        by_day[world.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)] += (
            guesser.looked_at.total() - before
        )
        student_id = students[len(by_day) % len(students)]
        await owner_gets_in(world, devices[student_id], student_id)
        await world.advance(seconds=min(*waits, 86400))
    assert max(guesser.looked_at.values()) <= BOUND
    assert max(by_day.values()) <= 100  # guard D
    for student_id, device in devices.items():
        await owner_gets_in(world, device, student_id)


async def test_many_accounts_from_ever_new_addresses_raise_guard_mode(world: World) -> None:
    """One guess at each of many accounts trips no guard but F, which stops it: no more than 201 an hour, then none."""
    device = (await register(world))["device_token"]
    guesser = Guesser(world, new_addresses())
    answers: list[tuple[int, Any]] = []
    for number in range(230):
        answers += codes_of([await guesser.guess(str(300000 + number))])
    assert answers == [(401, "invalid_credentials")] * 201 + [(403, "code_required")] * 29
    await owner_gets_in(world, device)
