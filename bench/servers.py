"""The measured servers: each started alone on its core with a fresh data folder, and stopped by its own process id."""

import http.client
import json
import os
import resource
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

HERE = Path(__file__).parent
SERVER_CORE, LOAD_CORE = "0", "1"
PIN = "7305"
SERVE_OPTIONS = ["--host", "127.0.0.1", "--port", "{port}", "--data", "{folder}"]


class Client:
    """A keep-alive JSON connection for the calls that are not measured."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Content-Type": "application/json"}
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        is_json = "json" in (answer.getheader("content-type") or "")
        return answer.status, json.loads(raw) if is_json else raw.decode()


@dataclass
class Server:
    """One running server: where it listens, who is signed in, what it has used."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    database: Path
    log: Path
    tokens: list[str] = field(default_factory=list)

    def cpu_seconds(self) -> float:
        """Processor time of the process so far, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """Resident memory of the process."""
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * resource.getpagesize() / 2**20

    def free_machines(self, per_type: int) -> None:
        """End what the last run left running, so that the next one begins with every machine free."""
        for number, token in enumerate(self.tokens, 1):
            if number > per_type:
                break
            client = Client(self.port, token)
            for kind in ("washer", "dryer"):
                client.call(
                    "POST", "/api/v1/machines/end", {"machine_type": kind, "machine_id": number, "collected": True}
                )

    def count_events(self) -> int:
        """Number of rows in the log."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return int(database.execute("SELECT count(*) FROM events").fetchone()[0])


@dataclass(frozen=True)
class Plan:
    """How large a server is set up."""

    students: int
    machines_per_type: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if Client(port).call("GET", "/api/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"server did not start:\n{log.read_text()[-3000:]}")


@contextmanager
def running(
    name: str, command: list[str], env: dict[str, str], port: int, folder: Path, database: str, cwd: Path = HERE
) -> Iterator[Server]:
    """Run one server process on the server's core until the block ends."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command], env=os.environ | env, cwd=cwd, stdout=output, stderr=output
        )
    try:
        wait_until_healthy(port, process, log)
        yield Server(name, port, process, folder / database, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def livefloor(folder: Path, plan: Plan, command: list[str] | None = None) -> Iterator[Server]:
    """`livefloor serve laundry` itself, or another command; its students register over the API."""
    port = free_port()
    command = command or [str(Path(sys.executable).parent / "livefloor"), "serve", "laundry", *SERVE_OPTIONS]
    command = [word.format(port=port, folder=folder) for word in command]
    env = {"LIVEFLOOR_LIMITS": "off", "LIVEFLOOR_LAUNDRY_MACHINES_PER_TYPE": str(plan.machines_per_type)}
    with running("livefloor", command, env, port, folder, "laundry.db") as server:
        client = Client(port)
        for number in range(plan.students):
            status, answer = client.call(
                "POST",
                "/api/v1/auth/register",
                {"student_id": f"{200000 + number}", "pin": PIN, "phone_number": f"55{10000000 + number}"},
            )
            if status != 201:
                raise SystemExit(f"livefloor refused a registration: {status} {answer}")
            server.tokens.append(answer["access_token"])
        yield server


@contextmanager
def peer(name: str, command: list[str], cwd: Path, folder: Path, plan: Plan) -> Iterator[Server]:
    """A peer: it reads its students and sessions from a file, their tokens are signed here with its secret."""
    port, secret = free_port(), secrets.token_urlsafe(48)
    users = [
        {
            "id": str(uuid.uuid4()),
            "student_id": f"{200000 + number}",
            "display_name": f"Student ··{number:02}"[:24],
            "session_id": str(uuid.uuid4()),
        }
        for number in range(plan.students)
    ]
    seed = folder / "seed.json"
    seed.write_text(json.dumps({"machines_per_type": plan.machines_per_type, "users": users}))
    env = {
        "BENCH_SECRET": secret,
        "BENCH_SEED": str(seed),
        "BENCH_DATABASE": str(folder / "peer.db"),
        "PORT": str(port),
        "NODE_ENV": "production",
    }
    key = OctKey.import_key(secret)
    now = int(time.time())
    if name == "fastapi":
        command = [*command, "--port", str(port)]
    with running(name, command, env, port, folder, "peer.db", cwd) as server:
        for user in users:
            claims = {
                "sub": user["id"],
                "sid": user["session_id"],
                "role": "student",
                "iat": now,
                "exp": now + 86400,
                "jti": str(uuid.uuid4()),
                "typ": "access",
            }
            server.tokens.append(jwt.encode({"alg": "HS256"}, claims, key))
        yield server


def fastapi(folder: Path, plan: Plan) -> Any:
    """FastAPI + SQLAlchemy async ORM + aiosqlite on uvicorn."""
    cwd = HERE / "peers" / "fastapi"
    command = [str(cwd / ".venv/bin/uvicorn"), "app:app", "--host", "127.0.0.1"]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return peer("fastapi", command, cwd, folder, plan)


def fastify(folder: Path, plan: Plan) -> Any:
    """fastify + better-sqlite3."""
    cwd = HERE / "peers" / "fastify"
    return peer("fastify", ["node", "server.js"], cwd, folder, plan)


def data_root() -> Path:
    """Where the servers' folders go: on this disk, as the system's temporary folder may live in memory."""
    root = HERE / "results" / "data"
    root.mkdir(parents=True, exist_ok=True)
    return root


SERVERS = {"livefloor": livefloor, "fastapi": fastapi, "fastify": fastify}


def install_peers() -> None:
    """Install what the peers need, each from its own lock file, unless it is there."""
    folder = HERE / "peers" / "fastapi"
    subprocess.run(["uv", "sync", "--frozen", "--quiet", "--project", str(folder)], check=True, env=peer_environment())
    folder = HERE / "peers" / "fastify"
    if shutil.which("node") is None:
        raise SystemExit("the fastify peer needs node 20 or newer")
    if not (folder / "node_modules" / ".package-lock.json").exists():
        # better-sqlite3 may build from source, which takes about a minute.
        subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=folder, check=True)


def peer_environment() -> dict[str, str]:
    # `uv run` names its own environment in this variable; the peer has one of its own.
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
