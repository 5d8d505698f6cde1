"""Webhooks: signed, in order, again until taken, never into the house; a real receiver on this machine takes them."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from livefloor import Ctx
from livefloor.feed.webhooks import PAUSES_S, WebhookSender
from livefloor.identity.tokens import Tokens
from livefloor.kernel.settings import SettingError, read_settings
from livefloor.parts.retention import forget_old
from livefloor.ports.outside import LeadsInside, OutsideTransport, is_public
from livefloor.serve import Runtime
from livefloor.store.webhooks import Webhook, WebhookDelivery
from livefloor.testing.server import free_port, process
from livefloor.testing.sign_in import sign_in
from livefloor.testing.world import World
from tests.outside import Outside, outside
from tests.platform.conftest import People
from tests.platform.shop import User
from tests.platform.shop import system as shop

HERE = {"LIVEFLOOR_WEBHOOK_NETWORKS": "127.0.0.1/32", "LIVEFLOOR_WEBHOOK_TIMEOUT_SECONDS": "20"}
"""A receiver on this machine may be called."""
here = pytest.mark.world(environ=HERE)


class Desk:
    """A clerk who looks after webhooks, a mechanic whose work they tell of, and a receiver."""

    def __init__(self, world: World, clerk: httpx.AsyncClient, mechanic: httpx.AsyncClient, receiver: Outside) -> None:
        self.world, self.clerk, self.mechanic, self.receiver = world, clerk, mechanic, receiver

    async def add(self, *events: str, url: str = "") -> dict[str, Any]:
        """Add a webhook for tickets, or for what is said."""
        body = {"url": url or self.receiver.url + "/hook", "events": events or ["ticket"]}
        answer = await self.clerk.post("/api/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def tickets(self, *bikes: str) -> None:
        """Take bikes in, and let what is told of it be sent."""
        for bike in bikes:
            assert (await self.mechanic.post("/api/tickets", json={"bike": bike})).status_code == 201
        await self.world.runtime.catch_up()

    async def later(self, seconds: float) -> None:
        """Let time pass; timers stand still, so that they tell of nothing."""
        self.world.clock.advance(timedelta(seconds=seconds))
        await self.world.runtime.catch_up()

    async def of(self, hook: dict[str, Any]) -> dict[str, Any]:
        """Return a webhook as it is now."""
        found: dict[str, Any] = (await self.clerk.get(f"/api/webhooks/{hook['id']}")).json()
        return found

    async def deliveries(self, hook: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the tries, oldest first."""
        items: list[dict[str, Any]] = (await self.clerk.get(f"/api/webhooks/{hook['id']}/deliveries")).json()["items"]
        return items[::-1]

    @property
    def bikes(self) -> list[str]:
        """Return the bikes that the receiver was told of."""
        return [json.loads(body)["data"]["ticket"]["bike"] for _, _, body in self.receiver.requests]


@pytest.fixture
async def desk(world: World, people: People, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    class Then(datetime):
        """What the time is for the receiver: as for the sender."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return world.clock.now().astimezone(tz)

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Then)
    async with outside(200) as receiver:
        yield Desk(world, await people.client("clerk"), await people.client(), receiver)


@here
async def test_each_event_is_sent_once_in_order_and_signed(desk: Desk) -> None:
    hook = await desk.add("ticket", "webhook.created")
    await desk.tickets("a", "b", "c")
    await desk.tickets()
    said = [json.loads(body) for _, _, body in desk.receiver.requests]
    assert [one["type"] for one in said] == ["webhook.created", *["ticket.opened"] * 3]
    recorded = [one for one in await desk.world.events() if one.event.name in ("webhook.created", "ticket.opened")]
    assert [one["seq"] for one in said] == [one.seq for one in recorded]
    assert [headers["webhook-id"] for _, headers, _ in desk.receiver.requests] == [one.id for one in recorded]
    for _, headers, body in desk.receiver.requests:
        assert Verifier(hook["secret"]).verify(body, headers)["type"] in ("webhook.created", "ticket.opened")
        with pytest.raises(WebhookVerificationError):
            Verifier(hook["secret"]).verify(body + b" ", headers)
    assert [(one["attempt"], one["status"], one["answer"]) for one in await desk.deliveries(hook)] == [
        (1, 200, "{}")
    ] * 4
    now = await desk.of(hook)
    assert (now["behind"], now["tries"], "secret" in now) == (0, 0, False)


@here
async def test_one_that_fails_is_tried_again_later_and_nothing_overtakes_it(desk: Desk) -> None:
    hook = await desk.add()
    desk.receiver.status = 500
    await desk.tickets("a", "b")
    assert desk.bikes == ["a"]
    await desk.later(4.9)
    assert desk.bikes == ["a"]
    await desk.later(1.2)
    assert desk.bikes == ["a", "a"]
    now = await desk.of(hook)
    assert (now["tries"], now["error"], now["behind"]) == (2, "it answered 500", 3)
    desk.receiver.status = 204
    await desk.later(361)
    assert desk.bikes == ["a", "a", "a", "b"]
    assert len({headers["webhook-id"] for _, headers, _ in desk.receiver.requests[:3]}) == 1
    assert [(one["attempt"], one["status"]) for one in await desk.deliveries(hook)] == [
        (1, 500),
        (2, 500),
        (3, 204),
        (1, 204),
    ]


@here
async def test_one_that_fails_for_days_is_switched_off_and_goes_on_from_there(desk: Desk, people: People) -> None:
    hook = await desk.add("ticket.opened")
    desk.receiver.status = 503
    desk.receiver.headers = {"retry-after": "60"}
    await desk.tickets("a", "b")
    for pause in PAUSES_S:
        count = len(desk.receiver.requests)
        await desk.later(max(pause, 60) - 1)  # Retry-After is kept, where the pause is shorter
        assert len(desk.receiver.requests) == count
        await desk.later(max(pause, 60) * 0.2 + 1)
        assert len(desk.receiver.requests) == count + 1
    desk.clerk, desk.mechanic = await people.client("clerk"), await people.client()
    now = await desk.of(hook)
    assert (now["enabled"], now["reason"]) == (False, "failing")
    assert desk.bikes == ["a"] * 10
    assert "webhook.disabled" in [one.event.name for one in await desk.world.events()]
    desk.receiver.status = 200
    await desk.tickets("c")
    assert desk.bikes == ["a"] * 10
    assert (await desk.clerk.patch(f"/api/webhooks/{hook['id']}", json={"enabled": True})).status_code == 200
    await desk.tickets("d")
    assert desk.bikes[10:] == ["a", "b", "c", "d"]


@pytest.mark.world(environ={**HERE, "LIVEFLOOR_WEBHOOK_TIMEOUT_SECONDS": "0.1"})
async def test_one_that_hangs_is_left_alone(desk: Desk) -> None:
    hook = await desk.add()
    desk.receiver.hangs = True
    await desk.tickets("a", "b")
    [tried] = await desk.deliveries(hook)
    assert (tried["status"], tried["error"]) == (None, "no answer within 0.1 s")
    assert (await desk.of(hook))["tries"] == 1


@here
async def test_one_that_hangs_holds_up_no_other(desk: Desk) -> None:
    async with outside(200) as other:
        hanging, quick = await desk.add(), await desk.add(url=other.url)
        desk.receiver.hangs = True
        sending = asyncio.create_task(desk.tickets("a", "b"))
        await desk.receiver.came.wait()
        while len(other.requests) < 2:
            other.came.clear()
            await other.came.wait()
        assert desk.bikes == ["a"]
        desk.receiver.freed.set()
        await sending
        assert ((await desk.of(hanging))["tries"], (await desk.of(quick))["tries"]) == (1, 0)


@here
async def test_a_redirect_is_no_answer_and_is_not_followed(desk: Desk) -> None:
    async with outside(200) as private:
        hook = await desk.add()
        desk.receiver.status, desk.receiver.headers = 302, {"location": private.url}
        await desk.tickets("a")
        await desk.later(7)
        assert (len(desk.receiver.requests), private.requests) == (2, [])
        assert (await desk.of(hook))["error"] == "it answered 302"


@here
async def test_one_that_says_that_it_is_gone_is_switched_off(desk: Desk) -> None:
    hook = await desk.add()
    desk.receiver.status = 410
    await desk.tickets("a", "b")
    await desk.later(7)
    assert desk.bikes == ["a"]
    now = await desk.of(hook)
    assert (now["enabled"], now["reason"]) == (False, "gone")
    [told] = [one.event for one in await desk.world.events() if one.event.name == "webhook.disabled"]
    assert told.model_dump() == {"webhook_id": hook["id"], "host": "127.0.0.1", "reason": "gone"}


@here
async def test_a_long_answer_is_not_listened_to(desk: Desk) -> None:
    desk.receiver.answer = b"x\x00" * 500_000
    hook = await desk.add()
    await desk.tickets("a", "b")
    assert [len(one["answer"]) for one in await desk.deliveries(hook)] == [1024, 1024]


@here
async def test_while_a_secret_changes_both_sign(desk: Desk) -> None:
    hook = await desk.add()
    rotated = (await desk.clerk.post(f"/api/webhooks/{hook['id']}/secret", json={"overlap_hours": 1})).json()
    assert rotated["secret"] != hook["secret"]
    await desk.tickets("a")
    _, headers, body = desk.receiver.requests[0]
    assert Verifier(hook["secret"]).verify(body, headers) == Verifier(rotated["secret"]).verify(body, headers)
    await desk.later(3601)
    await desk.tickets("b")
    _, headers, body = desk.receiver.requests[1]
    assert headers["webhook-signature"].count("v1,") == 1


@here
async def test_what_was_sent_is_sent_again_from_a_position(desk: Desk) -> None:
    hook = await desk.add()
    await desk.tickets("a", "b", "c")
    ids = [headers["webhook-id"] for _, headers, _ in desk.receiver.requests]
    after = (await desk.deliveries(hook))[0]["seq"]
    path = f"/api/webhooks/{hook['id']}/replay"
    assert (await desk.clerk.post(path, json={"after": after})).json()["position"] == after
    await desk.world.runtime.catch_up()
    assert desk.bikes == ["a", "b", "c", "b", "c"]
    assert [headers["webhook-id"] for _, headers, _ in desk.receiver.requests][3:] == ids[1:]
    refused = await desk.clerk.post(path, json={"after": 10**9})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "after")


@here
async def test_one_event_is_sent_again_and_a_test_goes_beside_the_order(desk: Desk) -> None:
    """Whether the webhook is on or off; what is sent again has its id and its words, and the position stays."""
    hook, other = await desk.add(), await desk.add("webhook.deleted")
    path = f"/api/webhooks/{hook['id']}"
    assert "ticket.opened" in (await desk.clerk.get("/api/webhooks/events")).json()
    await desk.tickets("a", "b")
    assert (await desk.of(other))["behind"] == 0  # what it did not ask for does not wait for it
    await desk.clerk.patch(path, json={"enabled": False})
    tried = (await desk.deliveries(hook))[0]
    shown = (await desk.clerk.get(f"{path}/deliveries/{tried['id']}")).json()
    assert shown["body"] == desk.receiver.requests[0][2].decode()
    desk.receiver.status = 503
    again = (await desk.clerk.post(f"{path}/deliveries/{tried['id']}/replay")).json()
    assert (again["attempt"], again["status"], again["event_id"]) == (2, 503, tried["event_id"])
    desk.receiver.status = 200
    tested = (await desk.clerk.post(f"{path}/test")).json()
    assert (tested["name"], tested["seq"], tested["status"]) == ("webhook.test", 0, 200)
    sent = [Verifier(hook["secret"]).verify(body, headers) for _, headers, body in desk.receiver.requests]
    assert sent[2] == sent[0]
    assert (sent[3]["type"], sent[3]["seq"]) == ("webhook.test", 0)
    now = await desk.of(hook)
    assert (now["last"]["id"], now["tries"], now["enabled"]) == (tested["id"], 0, False)
    elsewhere = await desk.clerk.get(f"/api/webhooks/{other['id']}/deliveries/{tried['id']}")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "not_found")
    gone = await desk.clerk.post(f"{path}/deliveries/{tested['id']}/replay")
    assert (gone.status_code, gone.json()["code"]) == (409, "event_not_kept")


@here
async def test_several_processes_send_each_event_once(desk: Desk) -> None:
    await desk.add()
    for number in range(8):
        await desk.mechanic.post("/api/tickets", json={"bike": str(number)})
    runtime = desk.world.runtime
    senders = [WebhookSender(runtime.executor, runtime.means.ports.outside) for _ in range(3)]
    await desk.world.race([sender.catch_up for sender in senders])
    assert desk.bikes == [str(number) for number in range(8)]


@here
async def test_other_wishes_count_for_what_comes(desk: Desk) -> None:
    hook = await desk.add("webhook.deleted")
    await desk.tickets("a")
    assert (await desk.clerk.patch(f"/api/webhooks/{hook['id']}", json={"events": ["ticket"]})).status_code == 200
    await desk.tickets("b")
    assert desk.bikes == ["b"]


@here
async def test_one_that_is_off_or_gone_holds_up_nothing(desk: Desk) -> None:
    """What is off keeps no place among the readers, below which the log may not be pruned; a deleted one keeps nothing."""
    off, away = await desk.add(), await desk.add()
    await desk.tickets("a")
    await desk.clerk.patch(f"/api/webhooks/{off['id']}", json={"enabled": False})
    assert (await desk.clerk.delete(f"/api/webhooks/{away['id']}")).status_code == 204
    await desk.tickets("b")
    assert desk.bikes == ["a", "a"]
    [listed] = (await desk.clerk.get("/api/webhooks")).json()
    assert (listed["enabled"], listed["behind"], listed["last"]["name"]) == (False, 3, "ticket.opened")
    metrics = (await desk.mechanic.get("/api/metrics")).text
    assert "webhook:" not in metrics
    assert len(await desk.deliveries(off)) == 1
    desk.world.clock.advance(timedelta(days=31))
    await desk.world.change(forget_old)
    assert await desk.world.look(lambda look: look.all(select(WebhookDelivery))) == []


@here
async def test_what_is_refused(desk: Desk, people: People) -> None:
    hook = await desk.add()

    async def code(method: str, path: str, body: Any = None, client: httpx.AsyncClient = desk.clerk) -> tuple[int, str]:
        answer = await client.request(method, f"/api/webhooks{path}", json=body)
        return answer.status_code, answer.json()["code"]

    good = desk.receiver.url
    assert await code("POST", "", {"url": good, "events": ["tickte"]}) == (422, "unknown_event")
    assert await code("POST", "", {"url": "ftp://example.org/x"}) == (422, "validation_error")
    assert await code("POST", "", {"url": "https://user@example.org/x"}) == (422, "webhook_url_refused")
    assert await code("PATCH", f"/{hook['id']}", {"enabled": False, "version": 9}) == (412, "stale_version")
    assert await code("GET", "/nothing") == (404, "not_found")
    assert await code("POST", "/nothing/secret", {}) == (404, "not_found")
    assert await code("GET", "", client=desk.mechanic) == (403, "forbidden")
    assert await code("GET", "", client=await people.anonymous()) == (401, "not_authenticated")

    async def fill(ctx: Ctx) -> None:
        await ctx.add_all(
            Webhook(url=good, description="", events=["*"], enabled=False, secret="whsec_") for _ in range(49)
        )

    await desk.world.change(fill)
    assert await code("POST", "", {"url": good}) == (409, "too_many_webhooks")


# -- not into the house -------------------------------------------------------------------------------------------------


@pytest.mark.line_only
@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x", "https://127.0.0.1/x", "https://10.1.2.3/x", "https://169.254.169.254/latest",
        "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://[2002:a00:1::]/x", "https://[64:ff9b::a00:1]/x",
        "https://localhost/x", "https://printer.local/x", "https://[bad/x",
    ],
)  # fmt: skip
async def test_an_address_in_the_house_is_refused(people: People, url: str) -> None:
    clerk = await people.client("clerk")
    answer = await clerk.post("/api/webhooks", json={"url": url})
    assert (answer.status_code, answer.json()["code"]) == (422, "webhook_url_refused")


async def test_a_name_that_leads_into_the_house_is_not_called(world: World, people: People) -> None:
    """`127.1` is a name to whoever reads it and this machine to whoever asks for its address."""
    clerk, mechanic = await people.client("clerk"), await people.client()
    hook = (await clerk.post("/api/webhooks", json={"url": "https://127.1/x", "events": ["ticket"]})).json()
    await mechanic.post("/api/tickets", json={"bike": "a"})
    await world.runtime.catch_up()
    [tried] = (await clerk.get(f"/api/webhooks/{hook['id']}/deliveries")).json()["items"]
    assert tried["error"] == "LeadsInside: the address leads into a private network"


async def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that says another address the second time is not asked a second time."""
    loop = asyncio.get_running_loop()
    ask, asked = loop.getaddrinfo, []

    async def names(host: Any, port: Any, **said: Any) -> Any:
        if host != "receiver.example":
            return await ask(host, port, **said)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(loop, "getaddrinfo", names)
    async with outside(200) as receiver, httpx.AsyncClient(transport=OutsideTransport(["127.0.0.1/32"])) as client:
        port = receiver.url.rpartition(":")[2]
        assert (await client.post(f"http://receiver.example:{port}/x")).status_code == 200
        assert receiver.requests[0][1]["host"] == f"receiver.example:{port}"
        assert len(asked) == 1
        with pytest.raises(LeadsInside):
            await client.post(f"http://receiver.example:{port}/x")
    assert len(receiver.requests) == 1


def test_public_addresses_are_told_apart() -> None:
    assert is_public(ipaddress.ip_address("8.8.8.8"))
    assert is_public(ipaddress.ip_address("2606:4700::1111"))
    for inside in ("10.0.0.1", "100.64.0.1", "224.0.0.1", "0.0.0.0", "fd00::1", "fe80::1", "::ffff:192.168.0.1"):
        assert not is_public(ipaddress.ip_address(inside)), inside


def test_networks_must_be_networks() -> None:
    with pytest.raises(SettingError, match="LIVEFLOOR_WEBHOOK_NETWORKS"):
        read_settings(shop.settings, "shop", {"LIVEFLOOR_WEBHOOK_NETWORKS": "home"}, alone=True)


# -- a power cut ------------------------------------------------------------------------------------------------------------


async def test_nothing_is_lost_and_the_order_is_kept_over_a_killed_server(database_url: str, tmp_path: Path) -> None:
    """The server is killed while its receiver holds an event; what comes after it waits, and it is sent again."""
    environ = {**HERE, "LIVEFLOOR_TEST_CLOCK": "1", "LIVEFLOOR_DATABASE_URL": database_url}
    settings = read_settings(shop.settings, "shop", environ, alone=True, data=tmp_path)
    tokens = await tokens_of(settings)
    environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    port = free_port()
    async with outside(200) as receiver, asyncio.timeout(120):
        with process("tests.platform.shop:system", data=tmp_path, port=port, wait=False, **environ) as server:
            await asyncio.to_thread(server.wait_until_ready)
            async with httpx.AsyncClient(base_url=server.url) as client:
                body = {"url": receiver.url, "events": ["ticket"]}
                assert (await client.post("/api/webhooks", json=body, headers=tokens["clerk"])).status_code == 201
                receiver.hangs = True
                for bike in ("a", "b", "c"):
                    await client.post("/api/tickets", json={"bike": bike}, headers=tokens["mechanic"])
                await receiver.came.wait()
            server.kill()
        receiver.hangs = False
        with process("tests.platform.shop:system", data=tmp_path, port=port, wait=False, **environ) as server:
            await asyncio.to_thread(server.wait_until_ready)
            async with httpx.AsyncClient(base_url=server.url) as client:
                moved = await client.post("/api/clock", json={"advance_seconds": 31}, headers=tokens["clerk"])
                assert moved.status_code == 200, moved.text
                while len(receiver.requests) < 4:
                    receiver.came.clear()
                    await receiver.came.wait()
    said = [json.loads(body)["data"]["ticket"]["bike"] for _, _, body in receiver.requests]
    assert said == ["a", "a", "b", "c"]
    ids = [headers["webhook-id"] for _, headers, _ in receiver.requests]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


async def tokens_of(settings: Any) -> dict[str, dict[str, str]]:
    """Make the database with a clerk and a mechanic; return the headers with which each is signed in."""
    runtime = Runtime(shop, settings)
    await runtime.open(background=False)

    async def make(ctx: Ctx, role: str) -> dict[str, str]:
        user = await ctx.add(User(role=role, display_name=role))
        session = (await sign_in(ctx, user))[0]
        tokens = Tokens(runtime.means.secrets["secret_key"])
        token = tokens.issue(session.user_id, session.id, role, ctx.now, timedelta(hours=24))
        return {"Authorization": f"Bearer {token}"}

    found = {
        role: await runtime.executor.change(lambda ctx, role=role: make(ctx, role)) for role in ("clerk", "mechanic")
    }  # type: ignore[misc]
    await runtime.close()
    return found
