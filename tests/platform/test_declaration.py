"""A mistake in a declaration is refused before anything is served, and the refusal says what to do."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bikeshop import CLERK, TicketOpened
from bikeshop import system as bikeshop
from typer.testing import CliRunner

import livefloor.cli
from livefloor import GET, Look, Part, Stored, System
from livefloor.declare.check import check_system
from livefloor.systems.coffee import system as coffee
from livefloor.systems.laundry import system as laundry
from tests.platform.shop import system as shop

SOURCE = Path(__file__).parents[2] / "examples/bikeshop/bikeshop/__init__.py"
Change = tuple[str, str, str]

MISTAKES: dict[str, Change] = {
    "a forgotten allow": (
        'GET("/api/tickets"), allow=EVERYBODY)',
        'GET("/api/tickets"))',
        "Say who may call it: allow=.",
    ),
    "a misspelt event": ("@tickets.after(TicketMoved,", "@tickets.after(TicketMovd,", "Did you mean: 'TicketMoved'?"),
    "a misspelt role": ("allow=CLERK)", "allow=CLERC)", "Did you mean: 'CLERK'?"),
    "a misspelt word": ("channels=[", "chanels=[", "unexpected keyword argument 'chanels'"),
    "an unknown role": (
        "roles=EVERYBODY",
        "roles=STAFF",
        "tickets.list_tickets allows ['customer'], which bikeshop does not list in roles; add them to roles=, or mend allow=.",
    ),
    "an unknown role of who registers": (
        "register=CUSTOMER",
        "register=Role('guest')",
        "passwords() gives register= to who registers: one role of those in allow= (bikeshop/__init__.py, line",
    ),
    "an unknown role of a channel": (
        'Channel("board", join=STAFF)',
        'Channel("board", join=Role("boss"))',
        "'board' lets in ['boss'], which bikeshop does not list in roles; add them to roles=, or mend join=.",
    ),
    "a model without a row filter": (
        "@tickets.visible(Ticket)\n",
        "",
        "and nothing says which rows one may see; declare it with @part.visible(Ticket).",
    ),
    "a channel that nobody declares": (
        "channels=[BOARD, MINE]",
        "channels=[MINE]",
        "TicketMoved is told on 'board', which bikeshop does not list, so that nobody can join it; add it to channels=.",
    ),
    "an event that is told and not listed": (
        "events=[TicketOpened, TicketMoved, *",
        "events=[TicketMoved, *",
        "bikeshop.open_ticket tells TicketOpened, which bikeshop does not list; add it to events=.",
    ),
    "a part's events that are not listed": (
        ", *passwords.EVENTS]",
        "]",
        "livefloor.parts.passwords.add_account tells AccountOpened, which bikeshop does not list; add it to events=.",
    ),
    "a reader of what never happens": (
        "events=[TicketOpened, TicketMoved, *",
        "events=[TicketOpened, *",
        "tell_the_owner reacts to TicketMoved, which is not among the events of bikeshop; add it to events=.",
    ),
    "a frame that is not listed": (
        "frames=[TicketOpened, TicketMoved]",
        "frames=[TicketOpened]",
        "TicketMoved is told live as it stands, and is not listed as a frame; add it to frames= of bikeshop.",
    ),
    "a timer that is none": (
        "@tickets.errand()\n",
        "",
        "schedules send_text, which no listed part declares; put @part.timer() or @part.errand() before it",
    ),
    "a part that is not listed": (
        "@tickets.query(",
        "MORE = Part('more')\n\n\n@MORE.query(",
        "bikeshop.MORE is a part that bikeshop does not list; add it to parts=.",
    ),
    "a path that gives nothing": (
        "{ticket_id}/move",
        "{id}/move",
        "tickets.move_ticket has {id} in its path /api/tickets/{id}/move and no parameter of that name; give it `id: str`",
    ),
    "two verbs at one path": (
        'POST("/api/tickets/{ticket_id}/move")',
        'POST("/api/tickets")',
        "POST /api/tickets is declared twice",
    ),
    "two verbs of one name": ("def move_ticket(", "def open_ticket(", "Two verbs are called 'open_ticket'"),
    "two parts of one name": ('Part("tickets")', 'Part("auth")', "Two parts are called 'auth'; rename one."),
    "two events of one name": (
        '"ticket_moved"',
        '"ticket_opened"',
        "The event name 'ticket_opened' is used twice; call one something else.",
    ),
    "an event without a name": (
        '    name: ClassVar[str] = "ticket_moved"',
        "    pass",
        "TicketMoved has no name; give it",
    ),
    "nobody who may": ("allow=CLERK)", "allow=type(CLERK)(frozenset()))", "tickets.open_ticket allows nobody; give it"),
    "a limit that nobody sets": (
        "allow=CLERK)",
        "allow=CLERK, limit='often')",
        "tickets.open_ticket has the limit 'often', which bikeshop does not list; add it to limits=.",
    ),
    "no sentence": ('    """Move a ticket along."""\n', "", "tickets.move_ticket has no docstring"),
    "no page": ('.parent / "page"', '.parent / "pages"', "put one there, or mend pages=."),
    "no migrations": ('"bikeshop.migrations"', '"bikeshop.migration"', "There is no package bikeshop.migration; make"),
    "an odd name": ('name="bikeshop"', 'name="Bike shop"', "a system's name is a-z, 0-9 and _"),
    "somebody who is in no table": (
        "user=User",
        "user=passwords.PasswordAccount",
        "is not among the tables of bikeshop",
    ),
}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder with a bike shop that nobody has read yet; give its file. The one of the other tests comes back."""
    folder = tmp_path / "bikeshop"
    for name in ("migrations/__init__.py", "page/index.html"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    others = forget_shop()
    yield folder / "__init__.py"
    forget_shop()
    sys.modules.update(others)


def forget_shop() -> dict[str, ModuleType]:
    """Let the next import read the shop anew; return what was read of it."""
    return {name: sys.modules.pop(name) for name in [*sys.modules] if name.partition(".")[0] == "bikeshop"}


@pytest.mark.parametrize("change", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_before_serving(change: Change, written: Path, tmp_path: Path) -> None:
    """As a person makes it, in the file, and by the command that would serve it."""
    right, wrong, sentence = change
    source = SOURCE.read_text()
    assert right in source
    written.write_text(source.replace(right, wrong, 1))
    said = CliRunner().invoke(livefloor.cli.app, ["serve", "bikeshop:system", "--data", str(tmp_path / "data")])
    assert (said.exit_code, sentence in said.output) == (2, True), said.output
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("system", [laundry, coffee, shop, bikeshop], ids=lambda system: system.name)
def test_what_is_right_is_not_refused(system: System) -> None:
    assert check_system(system) == []


def test_the_tutorial_tells_what_is_told() -> None:
    """The sentences in the table of docs/tutorial are those that are said."""
    page = (SOURCE.parents[3] / "docs/tutorial/README.md").read_text()
    told = [
        row.split("|")[2] for row in page.partition("## What is refused")[2].partition("## Go on")[0].splitlines()[6:-1]
    ]
    said = [sentence for _, _, sentence in MISTAKES.values()]
    said.append("The database has no column tickets.phone; write the migration: livefloor revise bikeshop:system")
    assert len(told) == 7
    for cell in told:
        assert any(cell.strip(" ….?") in sentence for sentence in said), cell


async def nightly(ctx: Any) -> None: ...


def with_part(part: Part, **more: Any) -> System:
    return replace(bikeshop, parts=[*bikeshop.parts, part], **more)


def test_what_no_single_line_can_break() -> None:
    late = Part("late")
    late.every("61 * * * *")(nightly)
    assert "late.nightly runs at '61 * * * *', which is no cron line" in check_system(with_part(late))[0]

    kept = Part("kept")

    @kept.query(GET("/api/kept"), allow=CLERK, stored=Stored(drops=(TicketOpened,)))
    async def kept_answer(look: Look) -> int:
        """Count."""
        return 1

    without = replace(with_part(kept), events=[event for event in bikeshop.events if event is not TicketOpened])
    assert any(
        "kept.kept_answer is stored until TicketOpened, which is not among" in said for said in check_system(without)
    )


def test_a_system_somewhere_else_is_told_from_one_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "broken_here.py").write_text("one = 1\ntwo = one.two\n")
    for name, sentence in {
        "nowhere_at_all:system": "No module named 'nowhere_at_all'",
        "broken_here:system": "AttributeError: 'int' object has no attribute 'two' (broken_here.py, line 2).",
    }.items():
        said = CliRunner().invoke(livefloor.cli.app, ["check", name])
        assert (said.exit_code, sentence in said.output) == (2, True), said.output
