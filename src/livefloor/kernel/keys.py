"""Secrets as an operator handles them: which of them production must not have, and how the signing one is changed."""

import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from livefloor.kernel.settings import SAMPLE_SECRETS, SettingError, Settings

SECRET = re.compile(r"secret|password|auth_token(?!_set_at)|private_key")
LEAST_BYTES = {"secret": 32, "private_key": 32, "auth_token": 16, "password": 10}
LEAST_CHARACTERS = 6
"""How many different characters a secret has at the least."""


def secrets_in(settings: Settings) -> dict[str, str]:
    """Return the secrets that are given, by the names of their settings; one that stands for another is there once."""
    given = settings.model_dump().items()
    found = {name: value for name, value in given if isinstance(value, str) and value and SECRET.search(name)}
    if found.get("jwt_secret") == found.get("secret_key", ""):
        del found["secret_key"]
    return found


def weak_secrets(settings: Settings, known: frozenset[str] = frozenset()) -> Iterator[str]:
    """Give a sentence for each secret that is a sample, `known` to everybody, or too easily guessed; never the secret."""
    for name, value in secrets_in(settings).items():
        least = max((many for word, many in LEAST_BYTES.items() if word in name), default=16)
        if value.lower() in SAMPLE_SECRETS | known:
            yield f"{name.upper()}: is a sample that everybody knows"
        elif len(value.encode()) < least or len(set(value)) < LEAST_CHARACTERS:
            yield f"{name.upper()}: is weak; at least {least} random characters, e.g. {secrets.token_urlsafe(36)}"


def committed_secrets(settings: Settings, folder: Path) -> Iterator[str]:
    """Give a sentence for each secret that stands in a file which git keeps, and for a .env that it keeps."""
    if _git(folder, "ls-files", "--error-unmatch", ".env"):
        yield ".env: is kept by git; take it out with `git rm --cached .env` and change every secret in it"
    for name, value in secrets_in(settings).items():
        for path in _git(folder, "grep", "--fixed-strings", "--files-with-matches", "-e", value):
            yield f"{name.upper()}: stands in {path}, which git keeps; change it"


def _git(folder: Path, *words: str) -> list[str]:
    """Return the lines that git says, none where it says no or is not there."""
    try:
        said = ["git", "-C", str(folder), *words]
        done = subprocess.run(said, capture_output=True, text=True, check=False)  # noqa: S603 - the words are ours
    except FileNotFoundError:
        return []
    return done.stdout.splitlines() if done.returncode == 0 else []


def changed_key(name: str, previous: str, environ: Mapping[str, str], env_file: Path) -> str:
    """Change the secret of a name, and keep the old one as `previous` so that what it signed counts on.

    It is written to where it came from: the files that `*_FILE` name, or the .env file. One that stands in the environment
    only cannot be written: the new lines are returned. Returns what was done. Raises SettingError where there is none.
    """
    fresh = secrets.token_urlsafe(48)
    if at := environ.get(f"{name}_FILE"):
        before = environ.get(f"{previous}_FILE")
        if not before:
            raise SettingError(f"{previous}_FILE: names no file for the old secret; e.g. {previous}_FILE={at}.previous")
        Path(before).write_text(Path(at).read_text())
        Path(at).write_text(fresh)
        return f"{at} holds a new secret, {before} the one before; restart the processes one after the other."
    old = environ.get(name, "")
    if not old:
        raise SettingError(f"{name}: is not set, so there is nothing to change; for example {name}={fresh}")
    if env_file.is_file() and any(_is_of(line, name) for line in env_file.read_text().splitlines()):
        kept = [
            line for line in env_file.read_text().splitlines() if not (_is_of(line, name) or _is_of(line, previous))
        ]
        env_file.write_text("\n".join([*kept, f"{name}={fresh}", f"{previous}={old}", ""]))
        return f"{env_file} holds a new {name} and the one before; restart the processes one after the other."
    return f"Set these and restart the processes one after the other:\n{name}={fresh}\n{previous}={old}"


def _is_of(line: str, name: str) -> bool:
    return line.strip().removeprefix("export ").partition("=")[0].strip() == name
