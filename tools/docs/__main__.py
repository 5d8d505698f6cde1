"""Hold the documentation against the repository: `python -m tools.docs`. Links to other hosts are not followed."""

import sys
from pathlib import Path

from tools.docs.checks import CHECKS, ROOT, SKIPPED
from tools.docs.page import read


def files(root: Path) -> list[Path]:
    """Return the Markdown files below a folder."""
    found = [
        *root.glob("*.md"),
        *(path for folder in root.iterdir() if folder.is_dir() for path in folder.rglob("*.md")),
    ]
    return sorted(path for path in found if not SKIPPED & set(path.relative_to(root).parts[:-1]))


def main() -> int:
    """Print what is wrong; return how much it is."""
    pages = {path.resolve(): read(path) for path in files(ROOT)}
    count = 0
    for page in pages.values():
        for check in CHECKS:
            for line, sentence in check(page, pages):
                print(f"{page.path.relative_to(ROOT)}:{line}: {check.__name__}: {sentence}")
                count += 1
    print(f"documentation: {len(pages)} pages, {count} findings")
    return count


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
