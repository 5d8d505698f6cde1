"""A page of the documentation as it is read: its anchors, links, blocks of code and words in code."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scripts.reference.shapes import slug

READER = MarkdownIt("commonmark").enable("table")


@dataclass
class Page:
    """One Markdown file. Each thing found stands with the line on which its paragraph begins."""

    path: Path
    anchors: set[str] = field(default_factory=set)
    links: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, where it leads, its words."""
    blocks: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, language, text."""
    words: list[tuple[int, str]] = field(default_factory=list)
    """What stands between backticks."""


def read(path: Path) -> Page:
    """Read a page."""
    page, seen = Page(path), Counter[str]()
    tokens = READER.parse(path.read_text())
    line = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        line = token.map[0] + 1 if token.map else line
        if token.type == "fence":
            page.blocks.append((line, token.info.strip(), token.content))
        elif token.type == "inline":
            if before is not None and before.type == "heading_open":
                anchor = slug(token.content)
                page.anchors.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
                seen[anchor] += 1
            parts = list(_within(token))
            for each, after in zip(parts, [*parts[1:], None], strict=False):
                if each.type == "code_inline":
                    page.words.append((line, each.content))
                elif each.type in ("link_open", "image"):
                    page.links.append(
                        (
                            line,
                            str(each.attrs["href" if each.type == "link_open" else "src"]),
                            after.content if after else "",
                        )
                    )
    return page


def _within(token: Token) -> Iterator[Token]:
    for each in token.children or ():
        yield each
        yield from _within(each)
