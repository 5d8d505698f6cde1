"""What is there to deploy says the names, commands, paths and times that the product knows."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import typer.main
import yaml

from livefloor.cli import app
from livefloor.http import ready
from livefloor.kernel.settings import Settings
from livefloor.operate.systems import known_systems, load

TOP = Path(__file__).parents[2]
DEPLOY = TOP / "deploy"
CHART = DEPLOY / "helm" / "livefloor"
DOCKERFILE = (TOP / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((TOP / "compose.yaml").read_text())
UNITS = {path.name: path.read_text() for path in sorted((DEPLOY / "systemd").iterdir())}
FILES = (TOP / "Dockerfile", TOP / "compose.yaml", TOP / "docs" / "guides" / "deploying.md", *sorted(DEPLOY.rglob("*")))
TEXTS = {str(path.relative_to(TOP)): path.read_text() for path in FILES if path.is_file()}
SYSTEMS = sorted(known_systems())
PLACEHOLDER = re.compile(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}")
"""What compose puts in: a value of its own, or what stands there in its absence."""


def plain(text: str) -> str:
    """Return a text of compose as it is when nothing is said from outside."""
    return PLACEHOLDER.sub(lambda found: found[1] or "given", text)


def known_settings() -> set[str]:
    """Return each name under which a setting is read, in any system."""
    names: set[str] = set()
    for prefix, settings in [("", Settings), *((f"{name.upper()}_", load(name).settings) for name in SYSTEMS)]:
        names |= {f"LIVEFLOOR_{prefix}{field.upper()}" for field in settings.model_fields}
        names |= {f"LIVEFLOOR_{field.upper()}" for field in settings.model_fields}
    return names | {f"{name}_FILE" for name in names}


@pytest.mark.parametrize("path", sorted(TEXTS))
def test_settings_are_known(path: str) -> None:
    """A name that nobody reads would be set for nothing, and nothing would say so."""
    assert set(re.findall(r"LIVEFLOOR_[A-Z_]*[A-Z]\b", TEXTS[path])) - {"LIVEFLOOR_NAME"} <= known_settings()


def commands() -> Iterator[tuple[str, list[str]]]:
    """Return each command that is given to `livefloor`, and where it stands."""
    (said,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert 'ENTRYPOINT ["livefloor"]' in DOCKERFILE
    yield "Dockerfile", json.loads(said)
    yield "compose.yaml", shlex.split(plain(COMPOSE["services"]["app"]["command"]))
    assert 'livefloor backup "$$system"' in COMPOSE["services"]["backup"]["entrypoint"][-1]
    for name, text in UNITS.items():
        for line in re.findall(r"^ExecStart=/opt/livefloor/bin/livefloor (.*)$", text, re.MULTILINE):
            yield name, shlex.split(line.replace("%i", "laundry"))
    for args in re.findall(
        r"^ +args: \[(.*)\]$", TEXTS["deploy/helm/livefloor/templates/deployment.yaml"], re.MULTILINE
    ):
        values = {'{{ join ", " .Values.systems }}': "laundry", "{{ .Values.workers | quote }}": "1"}
        for before, after in values.items():
            args = args.replace(before, after)
        yield "deployment.yaml", [word.strip().strip('"') for word in args.split(",")]
    for name in ("docs/guides/deploying.md", "compose.yaml", "deploy/helm/livefloor/templates/NOTES.txt"):
        text = TEXTS[name].replace("{{ first .Values.systems }}", "laundry")
        for words in re.findall(r"(?:livefloor|--rm app) ((?:serve|create-admin|migrate|check) [^`|\n]*)", text):
            yield name, shlex.split(words)


@pytest.mark.parametrize(("where", "words"), list(commands()))
def test_commands_are_understood(where: str, words: list[str]) -> None:
    """The command's own parser takes them, and the systems are there."""
    name, *given = words
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    asks = [word for word in ("--staff-id=1", "--password=2") if name == "create-admin"]
    said = command.make_context(name, [*given, *asks]).params
    named = said.get("systems") or [said["system"]]
    assert set(named) <= set(SYSTEMS), where


def test_probes_ask_for_what_answers() -> None:
    """Readiness stops what is sent here, life starts anew: the second must not hang on the database."""
    deployment = TEXTS["deploy/helm/livefloor/templates/deployment.yaml"]
    probes = dict(re.findall(r"(\w+)Probe:\n +httpGet: \{path: (\S+), port: http\}", deployment))
    assert probes == {"startup": ready.PATH, "readiness": ready.PATH, "liveness": ready.ALIVE}
    assert f"'GET', '{ready.PATH}'" in DOCKERFILE


def test_ports_meet() -> None:
    """What the image listens on is what is published, asked and passed on to."""
    nginx = TEXTS["deploy/nginx/livefloor.conf"]
    assert "EXPOSE 8000" in DOCKERFILE and "'127.0.0.1', 8000" in DOCKERFILE
    assert COMPOSE["services"]["app"]["ports"][0].endswith(":8000")
    assert "containerPort: 8000" in TEXTS["deploy/helm/livefloor/templates/deployment.yaml"]
    assert nginx.count("server 127.0.0.1:8000;") == 2 == nginx.count("    server ")
    assert load("laundry").port == 8000
    # In compose the address is another, and nothing else.
    (script,) = COMPOSE["services"]["nginx"]["command"]
    assert re.search(r"sed 's/(.*?)/(.*?)/'", script).groups() == ("server 127.0.0.1:8000;", "server app:8000;")  # type: ignore[union-attr]


def test_there_is_time_to_drain() -> None:
    """A server is killed later than it would end by itself: the window, and ten seconds more."""
    service, settings = COMPOSE["services"]["app"], Settings.model_fields
    assert int(service["stop_grace_period"].rstrip("s")) >= int(service["environment"]["LIVEFLOOR_DRAIN_SECONDS"]) + 10
    (stop,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNITS["livefloor@.service"], re.MULTILINE)
    assert int(stop) >= settings["drain_seconds"].default + 10
    deployment = TEXTS["deploy/helm/livefloor/templates/deployment.yaml"]
    (more,) = re.findall(r"terminationGracePeriodSeconds: \{\{ add .Values.drainSeconds (\d+) \}\}", deployment)
    (before,) = re.findall(r"exec: \{command: \[sleep, \"(\d+)\"\]\}", deployment)
    assert int(more) >= int(before) + 10


def test_nothing_runs_as_root_or_writes_elsewhere() -> None:
    """The image's account is a number, its root is read-only; what is written is the data folder and /tmp."""
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert DOCKERFILE.index("USER 10001") > DOCKERFILE.rindex("RUN ")
    (data,) = re.findall(r"LIVEFLOOR_DATA=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert f"VOLUME {data}\n" in DOCKERFILE and f"WORKDIR {data}\n" in DOCKERFILE
    for name in ("app", "backup"):
        service = COMPOSE["services"][name]
        assert service["user"] == "10001:10001" and service["environment"]["LIVEFLOOR_DATA"] == data
        assert [volume.rpartition(":")[2] for volume in service["volumes"]] == [data, f"{data}/backups"]
    for service in COMPOSE["services"].values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    names = TEXTS["deploy/helm/livefloor/templates/_names.tpl"]
    for line in ("runAsNonRoot: true", "runAsUser: 10001", "readOnlyRootFilesystem: true", f"mountPath: {data}}}"):
        assert line in names


def test_what_is_made_from_the_tree_is_there() -> None:
    """Each path that the image is built from is in the tree, and not kept from the builder; mounted files are there."""
    let = {line[1:] for line in (TOP / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for words in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        for path in words.split():
            assert path in let and (TOP / path).exists(), path
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (TOP / volume.partition(":")[0]).is_file(), volume


def test_bases_are_pinned() -> None:
    """No image is whatever is newest."""
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += re.findall(r"^ARG \w+=(\S+)$", DOCKERFILE, re.MULTILINE)
    for image in map(plain, images):
        assert re.search(r":\d+\.?\d*", image), image


def test_units_are_closed_alike() -> None:
    """A backup is shut in as tightly as the server."""
    closed = [
        text[text.index("CapabilityBoundingSet") :].partition("\n\n")[0].strip()
        for name, text in UNITS.items()
        if name.endswith(".service")
    ]
    assert len(closed) == 2 and closed[0] == closed[1]
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryDenyWriteExecute=yes"):
        assert line in closed[0]


def values() -> dict[str, Any]:
    """Return the chart's values as they are without a word from outside."""
    found: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
    return found


@pytest.mark.parametrize(
    "wrong",
    [
        {"databse": "sqlite"},
        {"database": "mysql"},
        {"workers": 0},
        {"settings": {"LIVEFLOOR_BACKUPS": 3}},
        {"secretSettings": {"SECRET_KEY": "x"}},
        {"persistence": {"accessMode": "ReadOnlyMany"}},
    ],
    ids=str,
)
def test_values_have_a_schema(wrong: dict[str, Any]) -> None:
    """The chart's own values fit it, each of them is in it, and wrong ones do not fit."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    validator = jsonschema_rs.validator_for(schema)
    assert [str(error) for error in validator.iter_errors(values())] == []
    assert set(values()) | {"global"} == set(schema["properties"])
    assert not validator.is_valid({**values(), **wrong})


def test_each_value_is_read() -> None:
    """A value that no template reads would be set for nothing."""
    read = "".join(path.read_text() for path in (CHART / "templates").iterdir())
    for name, value in values().items():
        assert f".Values.{name}" in read
        if isinstance(value, dict) and name not in (
            "settings",
            "secretSettings",
            "resources",
            "nodeSelector",
            "affinity",
            "podAnnotations",
        ):
            for inner in value:
                assert f".Values.{name}.{inner}" in read, f"{name}.{inner}"
