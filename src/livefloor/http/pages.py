"""The pages of a system, built in or in a folder of its own: files by their path, else each page by a document.

The document is `<first part of the path>.html` where the build gave one, else index.html.
"""

import functools
import gzip
import html
import mimetypes
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent / "pages"
BASE = b"<!--base-->"
KEPT = b"public, max-age=31536000, immutable"
PACKED = (b"text/css", b"text/javascript", b"application/javascript", b"application/json", b"image/svg+xml")
"""Kinds that are sent gzipped to whoever takes it; fonts and pictures are packed already."""
BESIDE = {"api/docs/": "docs", "outbox/": "home"}
"""What every system serves of other pages' files, by the path below which their own addresses lead."""


class Pages:
    """The pages of one system, by its name or from a folder; none when they were not built. `inserted` goes into the
    head of each."""

    def __init__(self, system: str | Path, beside: Mapping[str, str] = BESIDE, inserted: bytes = b"") -> None:
        self.folder = ROOT / system
        self.inserted = inserted
        self._packed: dict[str, bytes] = {}
        self._files = dict(_files_in(self.folder))
        for prefix, folder in beside.items():
            self._files |= {prefix + name: file for name, file in _files_in(ROOT / folder).items()}

    async def serve(
        self,
        scope: Mapping[str, Any],
        headers: Mapping[str, str],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
        security: Sequence[tuple[bytes, bytes]],
    ) -> bool:
        """Answer with a file or the page; return False when the path is neither."""
        path: str = scope["path"].strip("/")
        name = path
        if name not in self._files and not path.startswith("api/") and "." not in path.rsplit("/", 1)[-1]:
            name = f"{path.partition('/')[0]}.html"
            if name not in self._files:
                name = "index.html"
        found = self._files.get(name)
        if found is None:
            return False
        content, kind = found
        if kind.startswith(b"text/html"):
            # The files of a page are named relative to the mount, from whatever path the page is opened at.
            base = f'<base href="{html.escape(scope.get("root_path", ""))}/">'.encode()
            content = content.replace(BASE, base + self.inserted)
        kept = KEPT if path.startswith(("assets/", "outbox/assets/")) else b"no-cache"
        head = [(b"content-type", kind), (b"cache-control", kept), *security]
        if kind.startswith(PACKED):
            head.append((b"vary", b"Accept-Encoding"))
            if "gzip" in headers.get("accept-encoding", ""):
                content = self._packed.get(name) or self._packed.setdefault(name, gzip.compress(content, 6))
                head.append((b"content-encoding", b"gzip"))
        head.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
        return True


@functools.cache
def _files_in(folder: Path) -> Mapping[str, tuple[bytes, bytes]]:
    """Return the content and the kind of each file below a folder; read once, whichever systems serve it."""
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), _kind_of(path)) for path in files}


def _kind_of(path: Path) -> bytes:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".webmanifest":
        kind = "application/manifest+json"
    if kind.startswith("text/") or kind in ("application/javascript", "application/json"):
        kind += "; charset=utf-8"
    return kind.encode()
