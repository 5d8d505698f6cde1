"""The last portion, the one start, the one completion: what is won in the database, however many try at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, Self

import httpx
import pytest
from sqlalchemy import select

from livefloor import Look, System
from livefloor.systems.coffee.models import InventoryMovement, Order, Ticket
from livefloor.testing.world import World
from tests.conftest import Postgres
from tests.races.twins import Pair, Twins, started
from tests.systems.coffee.asking import books, cup, facts, order, row, wish
from tests.systems.coffee.conftest import Cafe, furnish

ONE_PROCESS = pytest.mark.parametrize("size", ["sqlite", "postgres"])


class TwoServers(Twins):
    """Two servers of one database, made for one test: there is nothing to clear away."""

    async def __aenter__(self) -> Self:
        """Open the database."""
        await World.__aenter__(self)
        return self


@pytest.fixture
def system() -> System:
    """Give the system under test."""
    from livefloor.systems.coffee import system

    return system


@pytest.fixture
def pair(postgres: Postgres, system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Give two servers of one database."""
    name = asyncio.run(postgres.create(system))
    with ExitStack() as stack:
        yield started(stack, postgres.url(name), tmp_path_factory.mktemp("pair"), system="coffee")
    asyncio.run(postgres.drop(name))


@pytest.fixture
async def world(request: pytest.FixtureRequest, system: System, database_url: str, size: str) -> AsyncIterator[World]:
    """Give the running system."""
    if size == "two-processes":
        async with TwoServers(system, request.getfixturevalue("pair")) as twins:
            yield twins
    else:
        async with World(system, database_url=database_url) as world:
            yield world


@pytest.fixture
async def cafe(world: World) -> AsyncIterator[Cafe]:
    """Give the service with its stations open and nobody signed in yet."""
    await world.change(furnish)
    async with Cafe(world) as cafe:
        yield cafe


def tally(answers: list[Any]) -> dict[tuple[int, str | None], int]:
    """Return how often each status and code was answered."""
    found: dict[tuple[int, str | None], int] = {}
    for answer in answers:
        key = (answer.status_code, answer.json().get("code"))
        found[key] = found.get(key, 0) + 1
    return found


@pytest.mark.parametrize("size", ["sqlite", "postgres", "two-processes"])
async def test_the_last_portion(cafe: Cafe) -> None:
    """Rule 26: one portion left and twenty orders at once give one 201 and nineteen 409. Rule 2: no number twice."""
    people = [await cafe.support() for _ in range(4)]
    for number in (1, 2, 3):
        await cafe.set_stock(number, "milk_oat", 200 if number == 2 else 0)
    asked = [partial(people[n % 4].do, "POST", "orders/", wish()) for n in range(20)]
    assert tally(await cafe.world.race(asked)) == {(201, None): 1, (409, "out_of_stock"): 19}
    assert await books(cafe, 2, "milk_oat", "beans") == {"milk_oat": (200, 180), "beans": (10000, 18)}
    asked = [partial(people[n % 4].do, "POST", "orders/", wish(cup(milk="soy"))) for n in range(12)]
    numbers = [answer.json()["ticket"]["number"] for answer in await cafe.world.race(asked)]
    assert len(set(numbers)) == 12


@ONE_PROCESS
async def test_twenty_starts_of_one_cup(cafe: Cafe) -> None:
    """Rule 10: exactly one start wins; the others are told who."""
    people = [await cafe.barista(1, f"Barista {n}") for n in range(20)]
    made = await order(people[0], station_id=1)
    answers = await cafe.world.race([partial(each.do, "POST", f"orders/{made['id']}/start") for each in people])
    assert tally(answers) == {(200, None): 1, (409, "order_taken"): 19}
    winner = (await row(cafe, made["id"])).barista_id
    assert {answer.json()["by"]["id"] for answer in answers if answer.status_code == 409} == {winner}
    assert len([fact for fact in await facts(cafe, "order_updated") if fact.status == "in_progress"]) == 1


@ONE_PROCESS
@pytest.mark.parametrize("first", ["start", "cancel"])
async def test_cancel_and_start_at_once(cafe: Cafe, first: str) -> None:
    """Rule 12: whichever commits first wins, and the stock is as the winner says."""
    sue, bea = await cafe.support(), await cafe.barista(1)
    made = await order(sue, station_id=1)
    path = f"orders/{made['id']}"
    calls = [partial(bea.do, "POST", f"{path}/start"), partial(sue.do, "POST", f"{path}/cancel")]
    answers = await cafe.world.race(calls if first == "start" else calls[::-1])
    found = await row(cafe, made["id"])
    if found.status == "cancelled":
        assert tally(answers) == {(200, None): 1, (409, "order_cancelled"): 1}
        assert (await cafe.stock(1, "milk_oat")).reserved == 0
    else:
        # The front of house may not call off a cup in hand.
        assert tally(answers) == {(200, None): 1, (403, "forbidden"): 1}
        assert (found.status, (await cafe.stock(1, "milk_oat")).reserved) == ("in_progress", 180)


@ONE_PROCESS
async def test_two_tablets_complete_one_cup(cafe: Cafe) -> None:
    """Rules 27 and 76: the first to arrive counts, the others are `unchanged`; the stock falls once."""
    people = [await cafe.barista(1, f"Barista {n}") for n in range(6)]
    made = await order(people[0], station_id=1)
    answers = await cafe.world.race([partial(each.do, "POST", f"orders/{made['id']}/complete") for each in people])
    assert sorted(answer.json()["order"].get("unchanged", False) for answer in answers) == [False] + [True] * 5
    assert await books(cafe, 1, "milk_oat", "lid") == {"milk_oat": (11820, 0), "lid": (999, 0)}

    async def read(look: Look) -> list[str]:
        return await look.all(select(InventoryMovement.kind).where(InventoryMovement.order_id == made["id"]))

    assert await cafe.world.look(read) == ["deplete"] * 4


@ONE_PROCESS
async def test_transfer_and_order_at_once(cafe: Cafe) -> None:
    """Rule 37: the last free portion goes into a cup or to another station, never both."""
    sue = await cafe.support()
    items = [{"code": "milk_oat", "quantity": 180}]
    for _ in range(4):
        await cafe.set_stock(1, "milk_oat", 180)
        goes = {"from_station_id": 1, "to_station_id": 2, "items": items}
        calls = [partial(sue.do, "POST", "orders/", wish(station_id=1))]
        calls.append(partial(sue.do, "POST", "inventory/transfer", goes))
        codes = sorted(answer.status_code for answer in await cafe.world.race(calls))
        assert codes in ([200, 409], [201, 409])
        quantity, reserved = (await books(cafe, 1, "milk_oat"))["milk_oat"]
        assert (quantity, reserved) in ((180, 180), (0, 0))
        if reserved:
            made = await cafe.world.look(lambda look: look.all(select(Order.id).where(Order.status == "pending")))
            await sue.post(f"orders/{made[0]}/cancel")


@ONE_PROCESS
async def test_everything_at_once_leaves_the_books_right(cafe: Cafe) -> None:
    """Orders, moves, starts and cancels over all stations: nobody waits in a circle, and every promise has its cup."""
    olga = await cafe.organizer()
    made = [await order(olga, station_id=1 + n % 3) for n in range(9)]
    calls = [partial(olga.do, "POST", "orders/", wish()) for _ in range(6)]
    for n, each in enumerate(made):
        path = f"orders/{each['id']}"
        calls.append(partial(olga.do, "POST", f"{path}/{('cancel', 'complete', 'start')[n % 3]}"))
        calls.append(partial(olga.do, "POST", f"{path}/move", {"station_id": 1 + (n + 1) % 3}))
    calls.append(partial(olga.do, "POST", "inventory/run-out", {"station_id": 2, "code": "milk_oat"}))
    answers = await cafe.world.race(calls)
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    looked = await olga.post("inventory/sync", {"dry_run": True})
    assert [each["reserved_fixed"] for each in looked["stations"]] == [[]] * 5


@pytest.mark.parametrize("size", ["two-processes"])
async def test_a_server_is_killed_while_orders_pour_in(cafe: Cafe, pair: Pair) -> None:
    """`kill -9` of one of two servers: every order is there once, with its stock, whoever sent it again to the other."""
    sue = await cafe.support()
    world, dying = cafe.world, pair.servers[0]
    assert isinstance(world, TwoServers)
    answered: dict[str, set[str]] = {f"Guest {n:02}": set() for n in range(60)}
    at_work, failed = asyncio.Semaphore(12), 0

    async def come(number: int, name: str) -> None:
        nonlocal failed
        said = wish(cup(milk="full"), name=name, client_id=f"guest-{number}")
        for attempt in range(2):
            server = pair.servers[1 if attempt else number % 2]
            try:
                async with at_work, world.client_of(server, sue.token) as client:
                    answer = await client.post("/api/orders/", json=said)
            except httpx.TransportError:
                failed += 1
                continue
            assert answer.status_code == 201, answer.text
            answered[name].add(answer.json()["ticket"]["id"])
            if sum(map(bool, answered.values())) == 15 and dying.status is None:
                dying.kill()
            return

    await asyncio.gather(*(come(number, name) for number, name in enumerate(answered)))
    assert failed > 0
    tickets = await world.look(lambda look: look.all(select(Ticket)))
    assert {ticket.customer_name: {ticket.id} for ticket in tickets} == answered
    assert len(tickets) == len({ticket.number for ticket in tickets}) == len(answered)
    cups = await world.look(lambda look: look.all(select(Order)))
    assert len(cups) == len(await facts(cafe, "order_created")) == len(answered)
    promised = {station: (await books(cafe, station, "milk_full"))["milk_full"][1] for station in (1, 2, 3)}
    assert promised == {station: 180 * sum(each.station_id == station for each in cups) for station in promised}
