"""The sixth system: small, and whole."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "examples" / "bikeshop"


def test_it_is_written_in_under_150_lines() -> None:
    """All Python of the system, its tests and what `livefloor revise` writes excepted; every line counts, blank ones too."""
    written = [path for path in (FOLDER / "bikeshop").rglob("*.py") if path.parent.name != "migrations"]
    assert sum(len(path.read_text().splitlines()) for path in written) < 150


def test_its_own_tests_pass() -> None:
    """In a process of their own, as whoever takes the example runs them."""
    path = {"PYTHONPATH": str(FOLDER.parents[1] / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=FOLDER,
        env=os.environ | path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
