"""What the server refuses is said in German on German pages: each code has its sentence there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from livefloor.kernel import problems
from livefloor.systems import coffee

ROOT = Path(__file__).parents[3]
GERMAN = ROOT / "web/apps/coffee/src/texts/problems-de.ts"
REFUSALS = {
    name for name, kind in vars(problems).items() if isinstance(kind, type) and issubclass(kind, problems.Problem)
}


def codes_in(source: str) -> Iterator[str]:
    """Yield the codes of the refusals that are made in a file: `Conflict("code", …)`, `Invalid.field(…, …, "code")`."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        at = 0 if isinstance(call.func, ast.Name) and call.func.id in REFUSALS else 2
        if at == 2 and not (isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "Invalid.field"):
            continue
        said = call.args[at] if len(call.args) > at else None
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            yield said.value


def test_each_refusal_has_a_german_sentence() -> None:
    sources = Path(coffee.__file__).parent.rglob("*.py")
    codes = {code for path in sources for code in codes_in(path.read_text())}
    assert len(codes) > 80
    known = set(re.findall(r"^  (\w+):", GERMAN.read_text(), re.MULTILINE))
    assert {coffee.MANNERS.codes.get(code, code) for code in codes} - known == set()
