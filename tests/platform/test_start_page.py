"""Several systems behind one port: what their common root shows, to people and to programs."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from livefloor.declare.system import System
from livefloor.http.pages import ROOT
from livefloor.http.start import entry_of
from livefloor.kernel.settings import read_settings
from livefloor.serve import App, Runtime
from livefloor.systems.coffee import system as coffee
from livefloor.systems.laundry import system as laundry
from tests.platform.shop import system as shop

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
BUILT = (ROOT / "home" / "index.html").is_file()


def runtime_of(system: System, data: Path, **given: Any) -> Runtime:
    """Return a system that nobody has opened: the start page asks none for anything."""
    return Runtime(system, read_settings(system.settings, system.name, {}, alone=False, data=data, **given))


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Give what closes the clients."""
    async with AsyncExitStack() as stack:
        yield stack


class Served:
    """Laundry and the shop together."""

    def __init__(self, data: Path, stack: AsyncExitStack) -> None:
        self._data = data
        self._stack = stack

    async def client(self, *, demo: bool = False, **given: Any) -> httpx.AsyncClient:
        """Return a client of both."""
        runtimes = [runtime_of(system, self._data, **given) for system in (laundry, shop)]
        for each in runtimes:
            each.demo = demo
        transport = httpx.ASGITransport(App(runtimes))
        return await self._stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://testserver")
        )

    async def entries(self, **given: Any) -> dict[str, Any]:
        """Return what is told of each system."""
        told = (await (await self.client(**given)).get("/")).json()
        return {entry["name"]: entry for entry in told["systems"]}


@pytest.fixture
def served(tmp_path: Path, stack: AsyncExitStack) -> Served:
    """Give laundry beside the shop."""
    return Served(tmp_path, stack)


async def test_programs_are_told_what_is_here(served: Served) -> None:
    client = await served.client()
    answer = await client.get("/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["vary"] == "accept"
    assert (await client.get("/")).content == answer.content
    found = await served.entries()
    assert list(found) == ["laundry", "shop"]
    assert (found["laundry"]["title"], found["laundry"]["address"]) == ("Laundry", "laundry/")
    assert found["laundry"]["says"]["en"] == laundry.description
    assert set(found["laundry"]["says"]) == {"en", "de"}
    assert found["laundry"]["docs"] == {
        "docs": "laundry/api/docs",
        "redoc": "laundry/api/redoc",
        "openapi.json": "laundry/api/openapi.json",
    }
    assert found["laundry"]["outbox"] == "laundry/outbox"
    assert (found["shop"]["docs"], found["shop"]["outbox"], found["shop"]["picture"]) == ({}, "", "")


async def test_accounts_are_shown_with_the_demo_alone(served: Served) -> None:
    assert [entry["accounts"] for entry in (await served.entries()).values()] == [[], []]
    found = await served.entries(demo=True)
    assert (found["shop"]["accounts"], found["shop"]["pages"]) == ([], [])
    accounts = {account["id"]: account for account in found["laundry"]["accounts"]}
    assert accounts["100004"]["secret"] == "7305"
    assert accounts["100004"]["address"] == "laundry/sign-in"
    assert accounts["900001"]["address"] == "laundry/staff"
    assert {account["role"] for account in accounts.values()} == {"student", "staff", "admin"}
    assert all(set(account["says"]) == {"en", "de"} for account in accounts.values())


async def test_pages_that_take_no_account_are_shown_with_the_demo_alone(tmp_path: Path) -> None:
    settings = read_settings(coffee.settings, coffee.name, {}, alone=False, data=tmp_path)
    assert entry_of(coffee, settings, demo=False).pages == []
    shown = {page.address: page.says for page in entry_of(coffee, settings, demo=True).pages}
    assert list(shown) == ["coffee/menu/HARBOUR", "coffee/phone-simulator"]
    assert all(set(says) == {"en", "de"} for says in shown.values())


async def test_what_is_switched_off_is_not_linked(served: Served) -> None:
    found = await served.entries(docs_enabled=False, env="production")
    assert (found["laundry"]["docs"], found["laundry"]["outbox"]) == ({}, "")


@pytest.mark.skipif(not BUILT, reason="the pages are not built")
async def test_browsers_get_the_page_with_the_same_told_in_it(served: Served) -> None:
    client = await served.client(demo=True)
    page = await client.get("/", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src" not in page.headers["content-security-policy"]
    assert '<base href="/">' in page.text
    inside = re.search(r'<script type="application/json" id="start">(.*?)</script>', page.text, re.DOTALL)
    assert inside is not None
    assert json.loads(inside[1]) == (await client.get("/")).json()
    for name in re.findall(r'(?:src|href)="\./([^"]+)"', page.text):
        assert (await client.get(f"/{name}")).status_code == 200, name
    picture = json.loads(inside[1])["systems"][0]["picture"]
    assert (await client.get(f"/{picture}")).headers["content-type"] == "image/png"


@pytest.mark.parametrize("path", ["/nothing", "/nothing/at/all", "/nothing.js"])
async def test_outside_all_systems_there_is_nothing(served: Served, path: str) -> None:
    answer = await (await served.client()).get(path, headers=BROWSER)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nothing_is_taken_at_the_root(served: Served) -> None:
    assert (await (await served.client()).post("/", headers=BROWSER)).status_code == 404
    head = await (await served.client()).head("/")
    assert (head.status_code, head.content) == (200, b"")


async def test_the_outbox_finds_its_files_below_each_system(served: Served) -> None:
    if not BUILT:
        pytest.skip("the pages are not built")
    page = (ROOT / "home" / "outbox.html").read_text()
    assert '<base href="outbox/" />' in page
    for name in re.findall(r'(?:src|href)="\./([^"]+)"', page):
        assert (ROOT / "home" / name).is_file()
