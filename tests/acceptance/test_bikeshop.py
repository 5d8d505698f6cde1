"""The sixth system is small. That it is whole is shown by following the tutorial, which runs its tests and opens its page."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "examples" / "bikeshop"


def test_it_is_written_in_under_150_lines() -> None:
    """All Python of the system, its tests and what `livefloor revise` writes excepted; every line counts, blank ones too."""
    written = [path for path in (FOLDER / "bikeshop").rglob("*.py") if path.parent.name != "migrations"]
    assert sum(len(path.read_text().splitlines()) for path in written) < 150
