"""Begins a system of one's own: a small one that works, with its page and its tests, in a new folder."""

import importlib.util
import keyword
import re
from pathlib import Path

SKELETON = Path(__file__).parent / "skeleton"
CALLED = "bikeshop"
"""What the skeleton calls itself."""


def begin(name: str, where: Path) -> Path:
    """Make the folder of a new system; return it. Raises ValueError with a sentence for a name that cannot be one's."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name) or keyword.iskeyword(name):
        raise ValueError(
            f"{name!r} cannot name a Python package; take a-z, 0-9 and _, and a letter first, e.g. {CALLED}."
        )
    folder = where / name
    if folder.exists():
        raise ValueError(f"{folder} is there already; choose another name, or remove it.")
    if name == "tests" or importlib.util.find_spec(name) is not None:
        raise ValueError(f"There is a Python module called {name!r} already; choose another name, e.g. my_{name}.")
    for path in sorted(SKELETON.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            made = folder / path.relative_to(SKELETON).as_posix().replace(CALLED, name)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(_renamed(path.read_text(), name))
    return folder


def _renamed(text: str, name: str) -> str:
    return text.replace(CALLED, name).replace(CALLED.capitalize(), name.replace("_", " ").capitalize())
