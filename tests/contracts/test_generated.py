"""What is generated is fresh, and the public face changes only on purpose."""

import keyword
from types import ModuleType

import pytest

import livefloor
from scripts.generate import GENERATED, ROOT


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_a_generated_file_is_fresh(path: str) -> None:
    file = ROOT / path
    assert file.exists(), f"run: make generate ({path} is missing)"
    assert file.read_text() == GENERATED[path](), f"run: make generate ({path} is not what the declarations say)"


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
