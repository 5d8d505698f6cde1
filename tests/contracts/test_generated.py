"""What is generated is fresh, and the public face changes only on purpose."""

import keyword
from types import ModuleType

import pytest

import livefloor
from scripts import generate


def test_what_is_not_fresh_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make static` holds all files so; here one that differs, one that is missing, and one that nobody makes any more."""
    face = "tests/contracts/golden/face.txt"
    made = {path: lambda path=path: (generate.ROOT / path).read_text() for path in generate.GENERATED}
    gone = "docs/reference/settings.md"
    changed = {**made, face: lambda: "another\n", "docs/reference/new.md": str}
    del changed[gone]
    monkeypatch.setattr(generate, "GENERATED", made)
    assert generate.stale() == []
    monkeypatch.setattr(generate, "GENERATED", changed)
    assert generate.stale() == [face, "docs/reference/new.md", gone]


def test_a_route_says_what_its_code_refuses_and_tells() -> None:
    routes = (generate.ROOT / "docs/reference/laundry/routes.md").read_text()
    start = routes.split("### `POST /api/v1/machines/start`")[1].split("\n### ")[0]
    for said in (
        "For student.",
        "Limit `machine_actions`",
        "`machine_in_use`",
        "events.md#fact-machinestarted",
        "shapes.md#startedview",
    ):
        assert said in start
    nudged = (generate.ROOT / "docs/reference/laundry/events.md").read_text().split("### fact `machine.nudged`")[1]
    assert "Told live" not in nudged.split("\n### ")[0], "it has the frames of its kind and tells none"


def test_the_face_is_sorted_and_whole() -> None:
    names = livefloor.__all__
    assert len(set(names)) == len(names)
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    for name in names:
        assert hasattr(livefloor, name)
        assert not name.startswith("_")
        assert not keyword.iskeyword(name)


def test_the_face_hides_nothing() -> None:
    """A name that a system could import without its being on the list would be a promise that nobody made."""
    # Importing any module of the package puts its subpackages here too; the import contracts speak of those.
    shown = {
        name
        for name, value in vars(livefloor).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert shown - {"annotations"} <= set(livefloor.__all__)
