"""Files beside the database: a folder on this machine. Calls wait for the disk, so handlers make them by `offload`."""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from livefloor.kernel.ids import new_id


class Files(Protocol):
    """Keeps bytes under a key; keys are letters, digits, dots, dashes."""

    def put(self, key: str, content: bytes) -> None:
        """Store durably."""
        ...

    def get(self, key: str) -> bytes | None:
        """Return the bytes, or None when there are none."""
        ...

    def delete(self, key: str) -> None:
        """Remove, if there."""
        ...

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield the keys of what was stored before a moment."""
        ...


class FolderFiles:
    """One folder, two letters of the key as a folder in it so that none grows too large."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, content: bytes) -> None:
        """Write beside the place and rename, so that a half-written file is never seen."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{new_id()}.part")
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, key: str) -> bytes | None:
        """Read it whole."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Remove the file."""
        self._path(key).unlink(missing_ok=True)

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield keys by the file's time; leftovers of broken writes are removed on the way."""
        for path in self.folder.glob("*/*"):
            if path.stat().st_mtime < moment.timestamp():
                if path.suffix == ".part":
                    path.unlink(missing_ok=True)
                else:
                    yield path.name

    def _path(self, key: str) -> Path:
        if not re.fullmatch(r"[A-Za-z0-9-]{8,80}\.[a-z]{2,5}", key):
            raise ValueError(f"not a key: {key!r}")
        # The end of a UUIDv7 is random, its start is the time and would put all files into one folder.
        return self.folder / key.rsplit(".", 1)[0][-2:] / key
