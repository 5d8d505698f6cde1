"""What the bikeshop promises."""

from typing import Any

import pytest
from bikeshop import system

from livefloor.declare.check import check_system
from livefloor.testing.world import World

ADA = {"username": "ada", "password": "a-long-way-to-ride"}


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
    refused = await (await somebody("mike", "mechanic")).post("/api/tickets", json={"title": "red tandem"})
    assert (refused.status_code, await world.head()) == (403, 0)
    assert (await opened(await somebody("cleo", "clerk")))["status"] == "waiting"
    assert [frame["event"] for frame in await world.frames(channels=["board"])] == ["ticket_opened"]


async def test_a_ticket_goes_its_way_and_no_other(somebody: Any) -> None:
    mike, ticket = await somebody("mike", "mechanic"), await opened(await somebody("cleo", "clerk"))
    way = ("done", "on_bench", "done", "collected", "waiting")
    assert await move(mike, ticket, *way) == [409, 200, 200, 200, 409]


async def test_of_two_who_move_a_ticket_at_once_one_does(world: World, somebody: Any) -> None:
    cleo, mike = await somebody("cleo", "clerk"), await somebody("mike", "mechanic")
    ticket = await opened(cleo)
    to = ticket["next"][0]
    asked = [lambda who=who: who.post(path(ticket), json={"to": to}) for who in (cleo, mike)]
    first, second = sorted(answer.status_code for answer in await world.race(asked))
    assert first == 200
    assert second in (409, 412)
    assert len(await world.frames(channels=["board"])) == 2


async def test_customers_may_not_move_tickets(somebody: Any) -> None:
    cleo, ada = await somebody("cleo", "clerk"), await somebody("ada", "customer")
    assert await move(ada, await opened(cleo, customer="ada"), "on_bench") == [403]


async def test_a_customer_sees_and_hears_of_the_own_tickets_alone(world: World, somebody: Any) -> None:
    cleo, ada = await somebody("cleo", "clerk"), await somebody("ada", "customer")
    await opened(cleo)
    own = await opened(cleo, customer="ada")
    assert [ticket["id"] for ticket in (await ada.get("/api/tickets")).json()] == [own["id"]]
    assert len((await cleo.get("/api/tickets")).json()) == 2
    heard = await world.frames(channels=[f"customer:{own['customer_id']}"])
    assert [frame["data"]["ticket"]["id"] for frame in heard] == [own["id"]]
    nobody = await cleo.post("/api/tickets", json={"title": "red tandem", "customer": "nobody"})
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "customer")


async def test_people_register_as_customers_and_sign_in(world: World) -> None:
    visitor = world.client()
    registered = await visitor.post("/api/auth/register", json=ADA)
    assert (registered.status_code, registered.json()["user"]["role"]) == (201, "customer")
    assert (await visitor.post("/api/auth/login", json=ADA)).status_code == 200
    wrong = await visitor.post("/api/auth/login", json={**ADA, "password": "another-one-entirely"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_credentials")


@pytest.mark.parametrize(("then", "texts"), [([], ["is ready", "waits for you"]), (["collected"], ["is ready"])])
async def test_the_owner_is_told_and_told_again(world: World, somebody: Any, then: list[str], texts: list[str]) -> None:
    mike = await somebody("mike", "mechanic")
    ticket = await opened(await somebody("cleo", "clerk"), phone="+441632960123")
    await move(mike, ticket, "on_bench", "done")
    await world.run_due()
    await move(mike, ticket, *then)
    await world.advance(days=3)
    assert [text.message for text in world.sms] == [f"red tandem {words}." for words in texts]
