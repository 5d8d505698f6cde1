"""The built pages as the server gives them: where they are mounted, how they travel, how long they are kept."""

import gzip
import re

from livefloor.testing.world import World


async def test_every_page_is_the_same_file_and_names_the_mount(world: World) -> None:
    """A path of a page gets the page with its base, however deep; a file that is not there is not found."""
    async with world.client() as client:
        page = await client.get("/")
        assert '<base href="/">' in page.text and page.headers["cache-control"] == "no-cache"
        for path in ("/m/washer/3", "/admin/settings"):
            assert (await client.get(path)).text == page.text
        for path in ("/assets/none.js", "/api/none"):
            assert (await client.get(path)).status_code == 404


async def test_scripts_travel_packed_and_are_kept(world: World) -> None:
    """A script is gzipped for whoever takes it, is the same unpacked, and is kept for good by its name."""
    async with world.client() as client:
        name = re.findall(r'src="\./(assets/base-[^"]+\.js)"', (await client.get("/")).text)[0]
        plain = await client.get(f"/{name}", headers={"Accept-Encoding": "identity"})
        packed = await client.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # the client unpacks
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 6)) < len(plain.content) / 2
    assert "immutable" in packed.headers["cache-control"] and packed.headers["vary"] == "Accept-Encoding"
