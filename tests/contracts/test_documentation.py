"""`make docs` names what the documentation says and the repository does not hold."""

from pathlib import Path

from tools.docs.checks import CHECKS
from tools.docs.page import read

GOOD = """# A page

See [below](#a-part-of-it), [the other](other.md#here), ![a picture](here.png) and `src/livefloor/cli.py`, `store/log.py`,
`specs/<system>.yaml`; `LIVEFLOOR_DATABASE_URL`, `LIVEFLOOR_COFFEE_JWT_SECRET_FILE`, `make run`.

## A part of it

```sh
LIVEFLOOR_REDIS_URL=redis://localhost livefloor serve laundry --workers 4 && make test   # all
livefloor events tail laundry --follow 2>&1 | cat > kept.txt
coffee forget +61491570301
coffee user list --json
```

```python
from livefloor import System
from livefloor.parts import webhooks
```

```json
{"a": 1}
{"b": 2}
```
"""

WRONG = {
    "[x](nowhere.md)": "there is no such file",
    "[x](#no-such-part)": "there is no such heading",
    "[x](other.md#there)": "there is no such heading",
    "![x](no.png)": "there is no such file",
    "[`test_moon`](other.md)": "there is no test test_moon",
    "`make coffee-beans`": "no such target",
    "`livefloor srve laundry`": "no such command",
    "`livefloor user lst laundry`": "no such command",
    "```sh\nlivefloor serve laundry --wrkers 4\n```": "wrkers",
    "```sh\ncd x && livefloor check landry\n```": "no system landry",
    "```sh\nlivefloor tick laundry twice\n```": "takes no twice",
    "```sh\nscripts/get-moon\n```": "no such program",
    "```sh\npython -m tools.moon\n```": "no such module",
    "```sh\nmoonshot --now\n```": "neither a program",
    "```sh\nLIVEFLOOR_DATABSE_URL=x make run\n```": "no system reads this setting",
    "`DATABSE_URL`": "no system reads this setting",
    "```python\nfrom livefloor import Sistem\n```": "has no Sistem",
    "```python\ndef f(:\n```": "not Python",
    "```json\n{'a': 1}\n```": "not JSON",
    "`src/livefloor/clii.py`": "no such path",
    "`store/loog.py`": "no such path",
}


def test_what_is_not_so_is_named(tmp_path: Path) -> None:
    other, page = tmp_path / "other.md", tmp_path / "page.md"
    other.write_text("## Here\n")
    (tmp_path / "here.png").touch()

    def found(text: str) -> list[str]:
        page.write_text(text)
        pages = {path.resolve(): read(path) for path in (other, page)}
        return [sentence for check in CHECKS for _, sentence in check(pages[page.resolve()], pages)]

    assert found(GOOD) == []
    for text, sentence in WRONG.items():
        said = found(text)
        assert len(said) == 1 and sentence in said[0], (text, said)


def test_a_finding_names_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\nB\n\n```sh\nmake run\nmake moon\n```\n")
    pages = {page: read(page)}
    assert [line for check in CHECKS for line, _ in check(pages[page], pages)] == [7]
