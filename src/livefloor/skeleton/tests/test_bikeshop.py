"""What the bikeshop promises."""

from typing import Any

from bikeshop import system

from livefloor.declare.check import check_system
from livefloor.testing.world import World


async def opened(clerk: Any, **given: str) -> Any:
    answer = await clerk.post("/api/tickets", json={"title": "red tandem", **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


def path(ticket: Any) -> str:
    return f"/api/tickets/{ticket['id']}/move"


async def move(who: Any, ticket: Any, *states: str) -> list[int]:
    return [(await who.post(path(ticket), json={"to": to})).status_code for to in states]


def test_the_declaration_holds_together() -> None:
    assert check_system(system) == []


async def test_who_is_not_signed_in_sees_nothing(world: World) -> None:
    assert (await world.client().get("/api/tickets")).status_code == 401


async def test_clerks_alone_take_things_in(world: World, somebody: Any) -> None:
    refused = await (await somebody("mike", "worker")).post("/api/tickets", json={"title": "red tandem"})
    assert (refused.status_code, await world.head()) == (403, 0)
    assert (await opened(await somebody("cleo", "clerk")))["status"] == "waiting"
    assert [frame["event"] for frame in await world.frames(channels=["board"])] == ["ticket_opened"]


async def test_a_ticket_goes_its_way_and_no_other(somebody: Any) -> None:
    mike, ticket = await somebody("mike", "worker"), await opened(await somebody("cleo", "clerk"))
    assert await move(mike, ticket, "done", "done") == [200, 409]


async def test_of_two_who_move_a_ticket_at_once_one_does(world: World, somebody: Any) -> None:
    cleo, mike = await somebody("cleo", "clerk"), await somebody("mike", "worker")
    ticket = await opened(cleo)
    to = ticket["next"][0]
    asked = [lambda who=who: who.post(path(ticket), json={"to": to}) for who in (cleo, mike)]
    first, second = sorted(answer.status_code for answer in await world.race(asked))
    assert first == 200
    assert second in (409, 412)
    assert len(await world.frames(channels=["board"])) == 2
