"""A shell for commands of the environment whose Python runs this: each in a fork of this process, which has read the modules
already, so that ten commands cost little more than one. Not imported: it knows nothing of the tests' own environment.

A line on stdin is a JSON object: `{"run": [words], "cwd": …, "log": …}` starts a command and is answered with its process
id; `{"wait": id}` is answered with its exit status.
"""

import json
import os
import sys
from importlib.metadata import entry_points

import _pytest.config  # noqa: F401 - what pytest is made of
import alembic.command  # noqa: F401 - what writes and applies migrations

import livefloor.cli
import livefloor.serve
import livefloor.testing.world


def start(words: list[str], cwd: str, log: str) -> int:
    """Run a console script of this environment; return the process id."""
    pid = os.fork()
    if pid:
        return pid
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number in (1, 2):
        os.dup2(out, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(cwd)
    sys.argv = words
    (script, *_) = entry_points(group="console_scripts", name=words[0])
    sys.exit(script.load()())


if __name__ == "__main__":
    print(json.dumps(livefloor.__file__), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            said = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        else:
            said = start(asked["run"], asked["cwd"], asked["log"])
        print(said, flush=True)
