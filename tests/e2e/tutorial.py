"""docs/tutorial as a program reads it: what is to be typed, and what is to be changed in which file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "README.md"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "@@\n"


class Typed(NamedTuple):
    """A line for the shell."""

    command: str


class Changed(NamedTuple):
    """Lines of a file that go, and those that come in their place; the ones around them are in both."""

    path: str
    before: str
    after: str

    def apply(self, folder: Path) -> None:
        """Change the file. Raises ValueError unless there is just one place for it."""
        file = folder / self.path
        text = file.read_text()
        places = f"\n{text}".count(f"\n{self.before}")
        if places != 1:
            raise ValueError(f"{self.path} has {places} places for:\n{self.before}")
        file.write_text(f"\n{text}".replace(f"\n{self.before}", f"\n{self.after}")[1:])


def steps() -> Iterator[Typed | Changed]:
    """Return all steps in order. Raises ValueError for a change of a file that the words before it do not name."""
    page, told = PAGE.read_text(), 0
    for block in FENCE.finditer(page):
        kind, path, text = block.groups()
        if kind == "sh":
            yield from map(Typed, text.splitlines())
        elif kind == "diff":
            if f"`{path}`" not in page[told : block.start()]:
                raise ValueError(f"nothing tells a reader that this is about {path}:\n{text}")
            for hunk in text.split(LEFT_OUT):
                yield Changed(path, _side(hunk, "-"), _side(hunk, "+"))
        told = block.end()


def _side(hunk: str, mark: str) -> str:
    """Return the lines of one side; an editor may have taken the blank before an empty line."""
    lines = [line if line.strip() else f" {line}" for line in hunk.splitlines(keepends=True)]
    return "".join(line[1:] for line in lines if line[0] in (" ", mark))
