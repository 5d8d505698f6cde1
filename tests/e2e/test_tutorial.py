"""The tutorial, followed to the letter in an empty folder by the wheel in an environment of its own, to its live page."""

import filecmp
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from livefloor.http.pages import ROOT
from livefloor.testing.server import free_port, wait_until_ready
from tests.e2e.tutorial import Changed, steps
from tests.e2e.windows import watched

TOP = Path(__file__).parents[2]
EXAMPLE = TOP / "examples" / "bikeshop"
UV = str(found) if (found := TOP / ".tools" / "bin" / "uv").exists() else "uv"
MADE_BY_RUNNING = shutil.ignore_patterns("__pycache__", ".pytest_cache", "data")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the wheel, as `uv build` makes it."""
    assert (ROOT / "laundry").is_dir(), "the pages are not built: make setup"
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([UV, "build", "--quiet", "--out-dir", folder, TOP], check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture
def environment(wheel: Path, tmp_path: Path) -> Path:
    """Give the Python of an environment that holds the wheel alone; what the wheel needs comes from where the tests' own does.

    Its dependencies anew would cost 20 s for nothing that is ours.
    """
    folder = tmp_path / "environment"
    python = folder / "bin" / "python"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    subprocess.run([UV, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "needed.pth").write_text(sysconfig.get_path("purelib"))
    return python


class Shell:
    """Somebody's shell in a folder: no Node, none of the tests' settings."""

    def __init__(self, python: Path, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder.parent / "said.log"
        self._server = 0
        settings = {"LIVEFLOOR_DRAIN_SECONDS": "0", "PYTEST_ADDOPTS": "-p no:randomly -p no:xdist -p no:schemathesis"}
        self._process = subprocess.Popen(
            [python, "-I", Path(__file__).parent / "commands.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": str(python.parent), "HOME": str(folder), "PORT": str(port), **settings},
        )
        self.source = Path(json.loads(self._answer()))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _ask(self, **said: Any) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def run(self, command: str) -> None:
        """Do what is typed; a server goes on until the next command, as if Ctrl-C had been pressed before that."""
        self.end()
        words = shlex.split(command)
        if words[0] == "cd":
            self.folder /= words[1]
            return
        if words[:2] == ["pip", "install"]:
            return  # the environment is made
        pid = self._ask(run=words, cwd=str(self.folder), log=str(self.log))
        if words[:2] == ["livefloor", "serve"]:
            self._server = pid
            wait_until_ready(f"{self.url}/readyz", self.log)
        else:
            assert self._ask(wait=pid) == 0, self.log.read_text()

    def end(self) -> None:
        """End what is served, as Ctrl-C does."""
        if self._server:
            os.kill(self._server, signal.SIGINT)
            assert self._ask(wait=self._server) == 0, self.log.read_text()
            self._server = 0

    def close(self) -> None:
        """End all."""
        with suppress(ProcessLookupError):
            if self._server:
                os.kill(self._server, signal.SIGKILL)
        self._process.communicate()


@contextmanager
def shell(python: Path, folder: Path) -> Iterator[Shell]:
    """Open a shell in a new folder."""
    folder.mkdir()
    opened = Shell(python, folder, free_port())
    try:
        yield opened
    finally:
        opened.close()


def sign_in(page: Page, url: str, username: str, password: str, button: str = "Sign in") -> None:
    """Do what chapter 5 says."""
    page.goto(url)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def two_windows(shell: Shell, browser: Browser) -> None:
    """Do what chapter 5 says, on a phone and on a desk."""
    with ExitStack() as stack:
        ada = stack.enter_context(watched(browser.new_context(viewport={"width": 320, "height": 640})))
        cleo = stack.enter_context(watched(browser.new_context()))
        sign_in(ada, shell.url, "ada", "a-long-way-to-ride", "Register")
        expect(ada.get_by_text("There is nothing here yet.")).to_be_visible()
        sign_in(cleo, shell.url, "cleo", "take-it-in-now")
        cleo.get_by_label("What is it?").fill("red tandem")
        cleo.get_by_label("Customer").fill("ada")
        cleo.get_by_role("button", name="Take in").click()
        mine = ada.get_by_role("listitem")
        expect(mine).to_have_text("red tandemwaiting")
        cleo.get_by_role("button", name="red tandem: on bench").click()
        expect(mine).to_have_text("red tandemon bench")
        expect(mine.get_by_role("button")).to_have_count(0)
        assert ada.evaluate("document.documentElement.scrollWidth") <= 320
        shell.run("livefloor serve bikeshop:system")
        cleo.get_by_role("button", name="red tandem: done").click()
        expect(mine).to_have_text("red tandemdone")


def differences(compared: filecmp.dircmp[str]) -> list[str]:
    """Return the names of what is not the same in two folders."""
    found = [*compared.left_only, *compared.right_only, *compared.diff_files, *compared.funny_files]
    return found + [name for below in compared.subdirs.values() for name in differences(below)]


def test_a_change_has_one_place(tmp_path: Path) -> None:
    """What a reader could not find, or find twice, is no step."""
    (tmp_path / "file").write_text("one\ntwo\none\n")
    for before in ("one\n", "three\n"):
        with pytest.raises(ValueError, match="places for"):
            Changed("file", before, "four\n").apply(tmp_path)
    Changed("file", "two\none\n", "three\n").apply(tmp_path)
    assert (tmp_path / "file").read_text() == "one\nthree\n"


def test_the_tutorial_leads_to_a_live_page(environment: Path, tmp_path: Path, browser: Browser) -> None:
    with shell(environment, tmp_path / "empty") as follower:
        assert follower.source.is_relative_to(environment.parents[1])
        assert follower.source.with_name("py.typed").exists()
        for step in steps():
            if isinstance(step, Changed):
                step.apply(follower.folder)
            else:
                follower.run(step.command)
        two_windows(follower, browser)
        follower.end()
        left = shutil.copytree(follower.folder, tmp_path / "left", ignore=MADE_BY_RUNNING)
        right = shutil.copytree(EXAMPLE, tmp_path / "right", ignore=MADE_BY_RUNNING)
        assert differences(filecmp.dircmp(left, right)) == [], f"the tutorial leads elsewhere: cp -r {left}/. {EXAMPLE}"
        follower.run("livefloor serve laundry --demo")
        assert "<title>" in httpx.get(follower.url).text
        signed = httpx.post(f"{follower.url}/api/v1/auth/login", json={"student_id": "100004", "pin": "7305"})
        assert signed.status_code == 200
