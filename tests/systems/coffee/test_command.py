"""The words of the command, the secrets, and .env.example (section 11)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livefloor import cli
from livefloor.kernel.settings import read_settings
from livefloor.systems.coffee.config import CoffeeSettings
from livefloor.systems.laundry.config import LaundrySettings

TOP = Path(__file__).parents[3]
STRONG = "nWf3Qx8vRk2Lm9Tz5Yb7Hc4Jd6Gs1Pa0Ue"
MINA = "+61491570301"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder that git keeps, with no setting but where the data is."""
    for name in ("JWT_SECRET", "ENV", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIVEFLOOR_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    return tmp_path


def run(*words: str) -> Result:
    """Run `livefloor <words>`."""
    return CliRunner().invoke(cli.app, list(words))


def names_in(path: Path) -> dict[str, str]:
    """Return the names and values of an environment file."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)  # type: ignore[misc]


def test_the_example_names_every_setting() -> None:
    """Feature row 3: .env.example holds every declared setting with a harmless value; .env is ignored by git."""
    declared = {name.upper() for model in (CoffeeSettings, LaundrySettings) for name in model.model_fields} - {"DATA"}
    found = names_in(TOP / ".env.example")
    assert found.keys() == declared | {"LIVEFLOOR_DATA", "PORT"}
    assert read_settings(CoffeeSettings, "coffee", found, alone=True) == read_settings(
        CoffeeSettings, "coffee", {}, alone=True
    )
    assert ".env" in (TOP / ".gitignore").read_text().splitlines()


def test_check_secrets(folder: Path) -> None:
    """Feature row 5: a default, weak or committed secret is found and never shown; in order it says so."""
    missing = run("check-secrets", "coffee")
    assert (missing.exit_code, "JWT_SECRET" in missing.output) == (1, True)
    (folder / ".env").write_text("JWT_SECRET=crema-demo-2024\n")
    assert "a sample that everybody knows" in run("check-secrets", "coffee").output
    (folder / ".env").write_text(f"JWT_SECRET={'ab' * 20}\n")
    assert "is weak" in run("check-secrets", "coffee").output
    (folder / ".env").write_text(f"JWT_SECRET={STRONG}\nTWILIO_AUTH_TOKEN=short\n")
    weak = run("check-secrets", "coffee")
    assert "TWILIO_AUTH_TOKEN: is weak" in weak.output and "short" not in weak.output
    (folder / ".env").write_text(f"JWT_SECRET={STRONG}\n")
    good = run("check-secrets", "coffee")
    assert good.exit_code == 0, good.output
    (folder / "notes.txt").write_text(f"it is {STRONG}\n")
    subprocess.run(["git", "add", "notes.txt", ".env"], check=True)
    kept = run("check-secrets", "coffee")
    assert kept.exit_code == 1
    assert ".env: is kept by git" in kept.output and "stands in notes.txt" in kept.output
    assert STRONG not in kept.output


def test_rotate_jwt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret is changed where it stands, in .env or a file, and the one before is kept beside it."""
    assert run("rotate-jwt", "coffee").exit_code == 2
    (folder / ".env").write_text(f"LOG_LEVEL=info\nJWT_SECRET={STRONG}\nJWT_SECRET_PREVIOUS=older\n")
    assert run("rotate-jwt", "coffee").exit_code == 0
    found = names_in(folder / ".env")
    assert (found["JWT_SECRET_PREVIOUS"], found["LOG_LEVEL"]) == (STRONG, "info")
    assert len(found["JWT_SECRET"]) >= 32 and found["JWT_SECRET"] != STRONG
    settings = read_settings(CoffeeSettings, "coffee", found, alone=True)
    assert (settings.secret_key, settings.jwt_secret_previous) == (found["JWT_SECRET"], STRONG)
    now, before = folder / "now", folder / "before"
    now.write_text(STRONG)
    monkeypatch.setenv("JWT_SECRET_FILE", str(now))
    assert "JWT_SECRET_PREVIOUS_FILE" in run("rotate-jwt", "coffee").output
    monkeypatch.setenv("JWT_SECRET_PREVIOUS_FILE", str(before))
    assert run("rotate-jwt", "coffee").exit_code == 0
    assert before.read_text() == STRONG != now.read_text()


def test_export_and_forget(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`coffee demo --data`, `coffee export orders`, `coffee forget <phone>`: by the system's own name, on its database."""
    data = str(folder / "data")
    said = own(monkeypatch, "demo", "--data", data)
    assert said.exit_code == 0, said.output
    table = own(monkeypatch, "export", "orders", "--data", data)
    assert table.output.startswith("number,") and table.output.count("\n") == 1 + 60
    assert MINA not in table.output
    assert own(monkeypatch, "export", "secrets").exit_code == 2
    assert "open" in own(monkeypatch, "forget", MINA, "--data", data).output
    assert own(monkeypatch, "forget", "+61491570308", "--data", data).output == "Forgotten.\n"
    assert b"+61491570308" not in (folder / "data" / "coffee.db").read_bytes()
    assert own(monkeypatch, "forget").exit_code == 2
    assert "admin" in own(monkeypatch, "user", "list", "--role", "admin", "--data", data).output
    assert own(monkeypatch, "events").exit_code == own(monkeypatch, "check").exit_code + 2 == 2


def own(monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """Run `coffee <words>`."""
    monkeypatch.setattr(sys, "argv", [os.fspath(Path("bin") / "coffee"), *words])
    result: list[Result] = []
    monkeypatch.setattr(cli, "app", lambda: result.append(RUNNER.invoke(APP, sys.argv[1:])))
    cli.own()
    return result[0]


APP, RUNNER = cli.app, CliRunner()
