"""Hold the house rules against files and folders: `python -m tools.lint [PATH…]`."""

import sys
from pathlib import Path

from tools.lint.rules import RULES, Source

FOLDERS = ("src", "tests", "tools", "scripts", "bench")
SKIPPED = {".venv", "node_modules", "results", "__pycache__"}


def files(paths: list[str]) -> list[Path]:
    """Return the Python files below the paths."""
    found: set[Path] = set()
    for path in map(Path, paths):
        found |= {path} if path.is_file() else {file for file in path.rglob("*.py") if not SKIPPED & set(file.parts)}
    return sorted(found)


def main(paths: list[str]) -> int:
    """Print what breaks a rule; return how many findings there are."""
    count = 0
    looked = files(paths or [folder for folder in FOLDERS if Path(folder).is_dir()])
    for file in looked:
        source = Source.of(file.as_posix(), file.read_text())
        for rule in RULES:
            if rule.holds_for(source.path):
                for line, sentence in rule.findings(source):
                    print(f"{source.path}:{line}: {rule.name}: {sentence}")
                    count += 1
    print(f"house rules: {len(RULES)} rules, {len(looked)} files, {count} findings")
    return count


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
