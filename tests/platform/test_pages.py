"""The built pages, as the server finds them."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from livefloor.http.pages import Pages


async def body_of(pages: Pages, path: str) -> bytes | None:
    """Return what is served at a path; None for nothing."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    found = await pages.serve({"path": path, "method": "GET"}, {}, send, [])
    return sent[-1]["body"] if found else None


async def test_a_page_is_the_document_of_the_first_part_of_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the build gave a document for it; each other page is index.html, and neither a file nor the API is a page."""
    monkeypatch.setattr("livefloor.http.pages.ROOT", tmp_path)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "index.html").write_text("crew")
    (folder / "o.html").write_text("guest")
    pages = Pages("shop", {})
    for path, expected in {"/": b"crew", "/order": b"crew", "/group/o": b"crew", "/o/3uTa": b"guest"}.items():
        assert await body_of(pages, path) == expected
    for path in ("/api/o", "/o/none.js"):
        assert await body_of(pages, path) is None


async def test_a_system_may_have_its_pages_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!--base-->here")
    assert await body_of(Pages(tmp_path, {}), "/") == b'<base href="/">here'
