"""How a browser comes in and comes back: tickets, and EventSource as Chromium and the npm package have it, unchanged."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.async_api import Page, async_playwright
from sqlalchemy import func, select

from livefloor.identity.tickets import StreamTicket
from livefloor.parts.retention import forget_old
from livefloor.realtime.wires import sse
from livefloor.serve import Runtime
from livefloor.testing.server import served
from livefloor.testing.world import World
from tests.e2e.conftest import BROWSER, QUIET
from tests.platform.conftest import People
from tests.platform.test_sse import PATIENCE_S, Ear, Ended, end, port, refused, request, stream, ticket

__all__ = ["port"]


async def test_a_ticket_opens_the_stream_of_its_owner_again(world: World, people: People, port: int) -> None:
    """EventSource repeats its URL: the same ticket opens the same person's stream, and the one before it ends for long."""
    session = await people.account("customer")
    client = await people.with_token(people.signed(session, "customer"))
    given = await ticket(client)
    world.clock.advance(timedelta(seconds=59))
    async with stream(port, ticket=given) as (before, hello):
        assert (hello["user_id"], hello["role"]) == (session.user_id, "customer")
        world.clock.advance(timedelta(hours=1))
        async with stream(port, ticket=given) as (again, hello):
            assert hello["user_id"] == session.user_id
            assert await before.rest() == []
            assert before.retry >= 30_000
            mechanic = await people.client()
            await mechanic.post("/api/tickets", json={"bike": "a"})
            assert (await again.hear()).id == "1.0"
            assert [c.actor.id for c in world.runtime.hub.connections.values()] == [session.user_id]
    assert world.runtime.hub.closed["sse", "replaced"] == 1


async def test_a_ticket_that_nobody_used_in_time_opens_nothing(people: People, world: World, port: int) -> None:
    """It must be used first within a minute."""
    late = await ticket(await people.client())
    world.clock.advance(timedelta(seconds=60))
    assert await refused(port, None, ticket=late) == (401, "invalid_ticket")


async def test_a_ticket_ends_with_its_session(world: World, people: People, port: int) -> None:
    """Used or not, it opens nothing once the session is over."""
    session = await people.account("customer")
    client = await people.with_token(people.signed(session, "customer"))
    used, unused = await ticket(client), await ticket(client)
    async with stream(port, ticket=used) as (ear, _):
        await end(world, session)
        assert await ear.rest() == []
    assert await refused(port, None, ticket=used) == (401, "session_revoked")
    assert await refused(port, None, ticket=unused) == (401, "session_revoked")


async def test_a_ticket_ends_with_the_token_that_asked_for_it(world: World, people: People, port: int) -> None:
    """A ticket lends no longer life than its token has, be it used or taken at the last moment."""
    session = await people.account()
    client = await people.with_token(people.signed(session))
    used = await ticket(client)
    async with stream(port, ticket=used) as (ear, _):
        world.clock.advance(timedelta(hours=24, seconds=-30))
        unused = await ticket(client)
        world.clock.advance(timedelta(seconds=30))
        assert await ear.rest() == []
    # The session stands, and another token of it opens another stream: it is the ticket that is over.
    for over in (used, unused):
        assert await refused(port, None, ticket=over) == (401, "invalid_ticket")
    async with stream(port, ticket=await ticket(await people.with_token(people.signed(session)))):
        pass


async def test_a_ticket_is_for_one_stream_alone(people: People, port: int) -> None:
    """It is no token, no grant of a socket, and nothing beside a header; nor does it touch another's stream."""
    mine, yours = await people.account("customer"), await people.account("customer")
    given = await ticket(await people.with_token(people.signed(mine, "customer")))
    async with stream(port, ticket=given) as (ear, _):
        for answer in (
            await (await people.with_token(given)).get("/api/tickets"),
            await (await people.anonymous()).get("/api/tickets", params={"ticket": given}),
        ):
            assert answer.status_code == 401
        async with stream(port, people.signed(yours, "customer"), ticket=given) as (_, hello):
            assert hello["user_id"] == yours.user_id
            mechanic = await people.client()
            await mechanic.post("/api/tickets", json={"bike": "a"})
            assert (await ear.hear()).id == "1.0"


async def test_of_many_who_use_a_ticket_at_once_one_stays(world: World, people: People, port: int) -> None:
    """Whatever the race, one stream of a ticket is left, and it hears what happens."""
    mechanic = await people.client()
    given = await ticket(mechanic)
    async with AsyncExitStack() as stack:
        ears = [
            Ear(response)
            for response in await asyncio.gather(
                *(stack.enter_async_context(request(port, None, None, ticket=given)) for _ in range(8))
            )
        ]
        async with asyncio.timeout(PATIENCE_S):
            while len(world.runtime.hub.connections) > 1 or world.runtime.hub.closed["sse", "replaced"] < 7:
                await asyncio.sleep(0)
        await mechanic.post("/api/tickets", json={"bike": "a"})
        async with asyncio.timeout(PATIENCE_S):
            done, waiting = await asyncio.wait(
                [asyncio.create_task(heard_update(ear)) for ear in ears], return_when=asyncio.ALL_COMPLETED
            )
        assert not waiting
        assert sorted(one.result() for one in done) == [False] * 7 + [True]


async def heard_update(ear: Ear) -> bool:
    """Tell whether a stream tells of a ticket before it ends."""
    with suppress(Ended):
        while True:
            if (await ear.hear()).event == "ticket_update":
                return True
    return False


async def test_coming_back_by_a_ticket_closes_no_other_line(people: People, port: int) -> None:
    """The line that is replaced does not count among the five of a user."""
    client = await people.client()
    async with AsyncExitStack() as stack:
        oldest, _ = await stack.enter_async_context(stream(port, ticket=await ticket(client)))
        for _ in range(3):
            await stack.enter_async_context(stream(port, ticket=await ticket(client)))
        again = await ticket(client)
        for _ in range(3):
            await stack.enter_async_context(stream(port, ticket=again))
        await client.post("/api/tickets", json={"bike": "a"})
        assert (await oldest.hear()).id == "1.0"


async def test_tickets_are_forgotten_when_they_are_over(world: World, people: People, port: int) -> None:
    """One that was used is kept while it opens something, one that was not for its minute."""
    session = await people.account()
    client = await people.with_token(people.signed(session))
    used, _ = await ticket(client), await ticket(client)
    async with stream(port, ticket=used):
        pass

    async def kept() -> int:
        await world.change(forget_old)
        return int(await world.look(lambda look: look.one(select(func.count()).select_from(StreamTicket))) or 0)

    assert await kept() == 2
    world.clock.advance(timedelta(seconds=61))
    assert await kept() == 1
    world.clock.advance(timedelta(hours=24))
    assert await kept() == 0


LISTEN = """
async ([token, base]) => {
  window.ids = []; window.openings = 0; window.tickets = 0; window.refusals = 0;
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${base}/api/stream/ticket`, { method: "POST", headers });
  const { ticket } = await answer.json();
  window.tickets += 1;
  const source = new EventSource(`${base}/api/stream?${new URLSearchParams({ ticket, last_id: "0.0" })}`);
  source.onopen = () => { window.openings += 1; };
  source.addEventListener("ticket_update", said => { window.ids.push(said.lastEventId); });
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) window.refusals += 1; };
  return ticket;
}
"""
"""What a page does: one ticket, one EventSource, nothing else. The same in a browser and in Node."""

NODE = f"""
globalThis.window = globalThis;
const {{ createRequire }} = require("node:module");
globalThis.EventSource = createRequire(process.argv[1])("eventsource").EventSource;
const listen = {LISTEN.strip()};
require("node:readline").createInterface({{ input: process.stdin }})
  .on("line", async line => {{
    const {{ call, given }} = JSON.parse(line);
    const value = call === "listen" ? await listen(given) : window[call];
    process.stdout.write(JSON.stringify(value) + "\\n");
  }})
  .on("close", () => process.exit(0));
"""


class Listening(Protocol):
    """A page that listens by EventSource."""

    async def listen(self, token: str, base: str) -> str:
        """Open the stream; return the ticket."""
        ...

    async def value(self, name: str) -> Any:
        """Return what the page has noted."""
        ...


class InChromium:
    """EventSource as the browser has it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def listen(self, token: str, base: str) -> str:
        """Open the stream; return the ticket."""
        return str(await self._page.evaluate(LISTEN, [token, base]))

    async def value(self, name: str) -> Any:
        """Return what the page has noted."""
        return await self._page.evaluate(f"window.{name}")


class InNode:
    """EventSource of the npm package."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def _ask(self, call: str, given: Any = None) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"call": call, "given": given}).encode() + b"\n")
        return json.loads(await self._process.stdout.readline())

    async def listen(self, token: str, base: str) -> str:
        """Open the stream; return the ticket."""
        return str(await self._ask("listen", [token, base]))

    async def value(self, name: str) -> Any:
        """Return what the page has noted."""
        return await self._ask(name)


@asynccontextmanager
async def in_chromium(port: int) -> AsyncIterator[Listening]:
    """Give a page of the server's origin in Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{port}/api/count")
        yield InChromium(page)
        await browser.close()


@asynccontextmanager
async def in_node(port: int) -> AsyncIterator[Listening]:
    """Give Node with the npm package."""
    packages = Path(__file__).parents[2] / "web/package.json"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", "-e", NODE, packages, stdin=pipe, stdout=pipe)
    try:
        yield InNode(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def until(page: Listening, name: str, fits: Callable[[Any], bool]) -> None:
    """Wait until what a page has noted fits."""
    async with asyncio.timeout(PATIENCE_S):
        while not fits(await page.value(name)):
            await asyncio.sleep(0)


async def restarted(world: World) -> None:
    """Close the system, and open it anew on what it has stored."""
    await world.runtime.close()
    world.runtime = Runtime(world.system, world.settings, world.clock)
    await world.runtime.open(background=False)


@pytest.mark.parametrize("opened", [in_chromium, in_node])
@pytest.mark.parametrize("ends", ["session", "token"])
async def test_eventsource_comes_back_by_itself(
    world: World, people: People, monkeypatch: pytest.MonkeyPatch, opened: Any, ends: str
) -> None:
    """Unchanged, with one ticket, it hears all once and in order over cuts, a drain and a restart; at the end it stays away."""
    monkeypatch.setattr(sse, "RETRY_S", 0.01)
    session, staff = await people.account("customer"), await people.account()
    told = 0

    async def tell(many: int) -> None:
        nonlocal told
        async with world.client(people.signed(staff)) as mechanic:
            for _ in range(many):
                told += 1
                assert (await mechanic.post("/api/tickets", json={"bike": str(told)})).status_code == 201

    async with AsyncExitStack() as stack:
        async with served(world.runtime, drain_s=0.5) as port:
            page = await stack.enter_async_context(opened(port))
            given = await page.listen(people.signed(session, "customer"), f"http://127.0.0.1:{port}")
            await until(page, "openings", lambda openings: openings == 1)
            for before in (1, 2):
                await tell(5)
                for connection in tuple(world.runtime.hub.connections.values()):
                    connection.pipe.transport.abort()  # type: ignore[attr-defined]
                await tell(5)
                await until(page, "openings", lambda openings, before=before: openings > before)
            await tell(1)
        await tell(2)  # said good-bye to, and nobody listens at the port
        await restarted(world)
        await tell(2)
        async with served(world.runtime, port):
            await tell(2)
            await until(page, "ids", lambda ids: ids[-1:] == [f"{told}.0"])
            assert await page.value("ids") == [f"{seq}.0" for seq in range(1, told + 1)]
            assert (await page.value("tickets"), await page.value("refusals")) == (1, 0)
            if ends == "session":
                await end(world, session)
            else:
                world.clock.advance(timedelta(hours=24))
            await until(page, "refusals", lambda closed: closed == 1)
            code = "session_revoked" if ends == "session" else "invalid_ticket"
            assert await refused(port, None, ticket=given) == (401, code)
            assert not world.runtime.hub.connections
