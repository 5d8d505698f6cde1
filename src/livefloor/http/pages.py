"""The built pages, served from the package: files by their path, everything else that is a page by index.html."""

import mimetypes
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent / "pages"
KEPT = b"public, max-age=31536000, immutable"


class Pages:
    """The pages of one system; none when they were not built."""

    def __init__(self, system: str) -> None:
        self.folder = ROOT / system
        self._files: dict[str, tuple[bytes, bytes]] = {}
        self._read(self.folder, "")
        self._read(ROOT / "docs", "api/docs/")

    def _read(self, folder: Path, prefix: str) -> None:
        if folder.is_dir():
            for path in folder.rglob("*"):
                if path.is_file():
                    name = prefix + path.relative_to(folder).as_posix()
                    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                    if name.endswith(".webmanifest"):
                        kind = "application/manifest+json"
                    if kind.startswith("text/") or kind in ("application/javascript", "application/json"):
                        kind += "; charset=utf-8"
                    self._files[name] = (path.read_bytes(), kind.encode())

    def _nearest(self, path: str) -> str:
        """Return the index at or above a path: each knows by its own place where the files are."""
        while path and f"{path}/index.html" not in self._files:
            path = path.rpartition("/")[0]
        return f"{path}/index.html" if path else "index.html"

    async def serve(
        self,
        scope: Mapping[str, Any],
        headers: Mapping[str, str],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
        security: Sequence[tuple[bytes, bytes]],
    ) -> bool:
        """Answer with a file or the page; return False when the path is neither."""
        path: str = scope["path"].strip("/")
        found = self._files.get(path)
        is_page = found is None and not path.startswith("api/") and "." not in path.rsplit("/", 1)[-1]
        if is_page:
            found = self._files.get(self._nearest(path))
        if found is None:
            return False
        content, kind = found
        kept = KEPT if path.startswith("assets/") else b"no-cache"
        head = [
            (b"content-type", kind),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", kept),
            *security,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})
        return True
