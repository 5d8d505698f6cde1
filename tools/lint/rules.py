"""The rules, each with lines that it must let pass and lines that it must catch; the tests try every one of them."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

Finding = tuple[int, str]
Check = Callable[["Source"], Iterator[Finding]]


@dataclass(frozen=True)
class Source:
    """One file, read once for all rules."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> "Source":
        """Read a file's text. Raises SyntaxError."""
        return cls(path, text, ast.parse(text, path))


@dataclass(frozen=True)
class Rule:
    """What to look for, where, and why; `good` and `bad` are the examples that the tests try."""

    name: str
    why: str
    check: Check
    where: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    but: tuple[str, ...] = ()

    def holds_for(self, path: str) -> bool:
        """Tell whether the rule looks at this file."""
        return any(fnmatch(path, glob) for glob in self.where) and not any(fnmatch(path, glob) for glob in self.but)

    def findings(self, source: Source) -> Iterator[Finding]:
        """Return line and sentence of each break of the rule that its line does not give a reason for."""
        lines = source.text.splitlines()
        for line, sentence in self.check(source):
            if not re.search(rf"# allow\({self.name}\): \S", lines[line - 1]):
                yield line, sentence


SRC = ("src/livefloor/*",)
EVERYWHERE = ("src/*", "tests/*", "tools/*", "scripts/*", "bench/*.py")


def dotted(node: ast.AST) -> str:
    """Return a name such as `datetime.now` as it is written; other expressions in it become `?`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Return each call with the name that is called."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


# -- transactions -----------------------------------------------------------------------------------------------------

BOUNDARY = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b")


def commits(source: Source) -> Iterator[Finding]:
    """Find who begins, ends or opens a transaction."""
    for call, name in calls(source):
        last = name.rpartition(".")[2]
        said = call.args[0] if call.args else None
        says = isinstance(said, ast.Constant) and isinstance(said.value, str) and BOUNDARY.match(said.value)
        if "." in name and last in {"commit", "rollback"}:
            yield call.lineno, f"{name}() ends a transaction; only the store does, for work/execute.py"
        elif last in {"execute", "executescript", "fetch", "run"} and says:
            yield call.lineno, "a transaction is opened or ended by hand; only the store does, for work/execute.py"
        elif name.endswith("store.write") and not source.path.startswith("src/livefloor/work/"):
            yield call.lineno, f"{name}() goes round work/execute.py, where rights, replay and the log are"


# -- time -------------------------------------------------------------------------------------------------------------

WALL = re.compile(r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))")


def now(source: Source) -> Iterator[Finding]:
    """Find who asks the machine what time it is."""
    for call, name in calls(source):
        if WALL.fullmatch(name):
            yield call.lineno, f"{name}() is a clock that no test can move; use ctx.now, look.now or the Clock"


def naive(source: Source) -> Iterator[Finding]:
    """Find moments without a zone."""
    given_one = {
        id(node.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"replace", "time"}
    }
    for node in ast.walk(source.tree):
        if dotted(node) in {"datetime.min", "datetime.max"} and id(node) not in given_one:
            yield getattr(node, "lineno", 1), f"{dotted(node)} has no zone"
    for call, name in calls(source):
        last = name.rpartition(".")[2]
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if last in {"utcnow", "utcfromtimestamp"}:
            yield call.lineno, f"{name}() has no zone"
        elif (
            name in {"datetime", "datetime.datetime"}
            and len(call.args) < 8
            and "tzinfo" not in given
            and None not in given
        ):
            yield call.lineno, "datetime(…) without tzinfo has no zone"
        elif (
            last in {"now", "fromtimestamp"}
            and "datetime" in name
            and "tz" not in given
            and len(call.args) < 1 + (last != "now")
        ):
            yield call.lineno, f"{name}() without tz has no zone"
        elif last == "strptime" and "datetime" in name:
            yield call.lineno, f"{name}() has no zone; use fromisoformat"
        elif last == "replace" and isinstance(given.get("tzinfo"), ast.Constant):
            yield call.lineno, "replace(tzinfo=None) takes the zone away"


# -- money ------------------------------------------------------------------------------------------------------------

MONEY = re.compile(r"(.*_)?(minor|price|prices|amount|amounts|cost|costs|fee|fees|salary|wage|revenue|balance|tax)")


def money(source: Source) -> Iterator[Finding]:
    """Find sums of money in binary fractions."""
    for node in ast.walk(source.tree):
        found: list[tuple[str, ast.AST | None]] = []
        if isinstance(node, ast.AnnAssign):
            found = [(dotted(node.target), node.annotation), (dotted(node.target), node.value)]
        elif isinstance(node, ast.Assign):
            found = [(dotted(target), node.value) for target in node.targets]
        elif isinstance(node, ast.arg):
            found = [(node.arg, node.annotation)]
        elif isinstance(node, ast.keyword) and node.arg:
            found = [(node.arg, node.value)]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found = [(node.name, node.returns)]
        elif isinstance(node, ast.Call) and dotted(node.func) == "float" and node.args:
            found = [(dotted(node.args[0]), node)]
        for name, value in found:
            if value is not None and MONEY.fullmatch(name.rpartition(".")[2]) and _is_float(value):
                yield getattr(node, "lineno", 1), f"{name} is money as a float; use whole minor units or Decimal"


def _is_float(value: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        for node in ast.walk(value)
    )


# -- handlers ---------------------------------------------------------------------------------------------------------

CHANGES = {"emit", "add", "try_add", "save", "delete", "run", "returning", "schedule", "cancel", "locked"}


def emits(source: Source) -> Iterator[Finding]:
    """Find reads that change something."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        asks = any(isinstance(mark, ast.Call) and dotted(mark.func).endswith(".query") for mark in node.decorator_list)
        first = node.args.args[0] if node.args.args else None
        looks = first is not None and isinstance(first.annotation, ast.Name) and first.annotation.id == "Look"
        if first is None or not (asks or looks):
            continue
        if asks and isinstance(first.annotation, ast.Name) and first.annotation.id != "Look":
            yield node.lineno, f"the query {node.name} asks for {first.annotation.id}; a query gets a Look"
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and dotted(inner.func) in {f"{first.arg}.{verb}" for verb in CHANGES}:
                yield inner.lineno, f"{node.name} only reads, and calls {dotted(inner.func)}()"


# -- small things -----------------------------------------------------------------------------------------------------


def prints(source: Source) -> Iterator[Finding]:
    """Find output that goes round the log."""
    for call, name in calls(source):
        if name in {"print", "pprint", "pprint.pprint", "sys.stdout.write", "sys.stderr.write"}:
            yield call.lineno, f"{name}() reaches no log; use structlog, or the command line's console in cli.py"


def sleeps(source: Source) -> Iterator[Finding]:
    """Find tests that wait for time to pass; sleep(0), a mere step of the loop, is no waiting."""
    for call, name in calls(source):
        steps = bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
        waits = name in {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"} or name.endswith(".wait_for_timeout")
        if waits and not steps:
            yield call.lineno, f"{name}() guesses how long it takes; wait for the event, or move the clock"


LEFT = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def todos(source: Source) -> Iterator[Finding]:
    """Find notes of work left over that nobody has on a list."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT and LEFT.search(token.string) and not re.search(r"#\d+", token.string[1:]):
            yield token.start[0], "left-over work names its issue: TODO(#12): …"


RULES = (
    Rule(
        "no-commit-outside-work",
        "A change, its event and its answer are one transaction: one place opens and ends it.",
        commits,
        where=SRC,
        but=("src/livefloor/store/*", "src/livefloor/backup.py"),
        good=("await ctx.add(row)", "await self._executor.change(work)", 'await db.execute("SELECT 1")', "commit(1)"),
        bad=(
            "await session.commit()",
            'db.execute("BEGIN IMMEDIATE")',
            "db.rollback()",
            "await self.store.write(work)",
        ),
    ),
    Rule(
        "no-now-outside-clock",
        "Tests and the debug clock move time; who asks the machine is left behind.",
        now,
        where=SRC,
        but=("src/livefloor/kernel/clock.py", "src/livefloor/kernel/ids.py"),
        good=(
            "ctx.now",
            "self.clock.now()",
            "time.monotonic()",
            "loop.time()",
            "time.time()  # allow(no-now-outside-clock): they ask",
        ),
        bad=(
            "datetime.now(UTC)",
            "datetime.datetime.now(tz=UTC)",
            "time.time()",
            "date.today()",
            "time.time()  # allow(no-print): no",
        ),
    ),
    Rule(
        "no-emit-in-query",
        "A read holds no transaction, so what it told would be lost or told twice.",
        emits,
        where=SRC,
        good=(
            "@part.query(GET('/a'), allow=ALL)\nasync def a(look: Look) -> A:\n    return await look.one(STATEMENT)",
            "@part.command(POST('/a'), allow=ALL)\nasync def a(ctx: Ctx) -> None:\n    ctx.emit(Done())",
            "async def a(look: Look, found: set[int]) -> None:\n    found.add(1)",
        ),
        bad=(
            "@part.query(GET('/a'), allow=ALL)\nasync def a(look: Look) -> None:\n    look.emit(Done())",
            "@part.query(GET('/a'), allow=ALL)\nasync def a(ctx: Ctx) -> None:\n    pass",
            "async def a(look: Look) -> None:\n    await look.add(row)",
        ),
    ),
    Rule(
        "no-naive-datetime",
        "A moment without a zone is an hour wrong twice a year.",
        naive,
        where=("src/*", "tests/*"),
        good=(
            "datetime(2025, 3, 2, tzinfo=UTC)",
            "datetime.now(UTC)",
            "datetime.fromtimestamp(0, UTC)",
            "row.replace(tzinfo=UTC)",
            "datetime.fromisoformat(text)",
            "datetime.min.replace(tzinfo=UTC)",
        ),
        bad=(
            "datetime(2025, 3, 2)",
            "datetime.now()",
            "datetime.utcnow()",
            "datetime.fromtimestamp(0)",
            "at.replace(tzinfo=None)",
            "datetime.max",
            "datetime.strptime(text, '%d')",
        ),
    ),
    Rule(
        "no-float-money",
        "0.1 + 0.2 is not 0.3: money is whole minor units.",
        money,
        where=("src/*",),
        good=(
            "price_minor: int = 250",
            "total(amount=2)",
            "utilisation: float = 0.5",
            "float(share)",
            "cost = Decimal('2.50')",
        ),
        bad=(
            "price: float",
            "amount = 2.5",
            "total(fee=1.0)",
            "float(row.amount)",
            "def cost() -> float: ...",
            "unit_price: float | None",
        ),
    ),
    Rule(
        "no-print",
        "What a server says goes to its log, in one form.",
        prints,
        where=SRC,
        but=("src/livefloor/cli.py", "src/livefloor/cli/*"),
        good=("log.info('started', port=8000)", "console.print('ready')"),
        bad=("print('ready')", "sys.stderr.write('no')"),
    ),
    Rule(
        "no-sleep-in-tests",
        "A sleep is too long on a quick machine and too short on a slow one.",
        sleeps,
        where=("tests/*",),
        good=("await asyncio.sleep(0)", "await event.wait()", "await world.advance(minutes=5)"),
        bad=("time.sleep(1)", "await asyncio.sleep(0.1)", "page.wait_for_timeout(500)", "await asyncio.sleep(delay)"),
    ),
    Rule(
        "todo-has-issue",
        "A note that is on no list is never read again.",
        todos,
        where=EVERYWHERE,
        good=("# TODO(#12): the second wire", "# what is left to do stands in the issue", "TODO = 1"),
        bad=("# TODO: the second wire", "x = 1  # FIXME", "# XXX"),
    ),
)
