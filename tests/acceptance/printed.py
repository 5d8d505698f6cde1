"""Commands as a seed prints them, run by curl, or asked as curl would on a machine without it."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from argparse import ArgumentParser
from typing import Any

import httpx


def said(command: str) -> Any:
    """Run a command and return the JSON that it prints."""
    words = shlex.split(command)
    if shutil.which("curl"):
        done = subprocess.run([*words, "--silent", "--show-error", "--fail-with-body"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)
    return _asked(words[1:]).json()


def _asked(words: list[str]) -> httpx.Response:
    parser = ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-X", dest="method", default="GET")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="body")
    given = parser.parse_args(words)
    headers = dict(header.split(": ", 1) for header in given.headers)
    url = given.url.replace("localhost", "127.0.0.1")
    return httpx.request(given.method, url, headers=headers, content=given.body).raise_for_status()
