"""The servers of the hub's bench, each a process on the server's core, and the load client on the other."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servers import HERE, LOAD_CORE, SERVER_CORE, Client, free_port, peer_environment

BUILT = HERE / "results" / "built"
PEERS = HERE / "peers"
NCHAN = "usr/lib/nginx/modules/ngx_nchan_module.so"
KEY = "bench"
TEXT = 256
PER_USER = 5
"""How many lines livefloor lets one user have."""


@dataclass(frozen=True)
class Wire:
    """How a client comes, and comes back; `ready` tells that it is on its channel."""

    name: str
    ready: str
    request: str
    first: str = ""
    again_request: str = ""
    again_first: str = ""


def upgrade(path: str, more: str = "") -> str:
    """Return a WebSocket's handshake."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
    )


def stream(path: str, more: str = "") -> str:
    """Return the request for a stream."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n{more}\r\n"


SIGNED = "Authorization: Bearer {token}\r\n"
WEBSOCKET = Wire(
    "WebSocket",
    '"connected"',
    upgrade("/ws"),
    '{"type":"auth","token":"{token}"}',
    upgrade("/ws"),
    '{"type":"auth","token":"{token}","last_id":"{last}.0"}',
)
SSE = Wire(
    "SSE",
    "event: connected",
    stream("/sse", SIGNED),
    again_request=stream("/sse", SIGNED + "Last-Event-ID: {last}.0\r\n"),
)
SOCKETIO = Wire("Socket.IO", '"connected"', upgrade("/socket.io/?EIO=4&transport=websocket"), '40{"token":"{token}"}')
PUSHER = Wire(
    "Pusher",
    "subscription_succeeded",
    upgrade(f"/app/{KEY}?protocol=7&client=bench&version=8.0"),
    '{"event":"pusher:subscribe","data":{"channel":"floor"}}',
)
WIRES = (WEBSOCKET, SSE, SOCKETIO, PUSHER)
BARE_SOCKET = Wire("WebSocket", "", upgrade("/ws"))
BARE_STREAM = Wire("SSE", "", stream("/sse"))
BARE_SOCKETIO = Wire("Socket.IO", '40{"sid"', upgrade("/socket.io/?EIO=4&transport=websocket"), "40")


@dataclass(frozen=True)
class Target:
    """A running server: where it listens, its processes, and how it is told to tell all."""

    name: str
    port: int
    pid: int
    path: str = "/pub"
    body: str = "~~{n}.{t}~"

    def pids(self) -> list[int]:
        """Return the process and those that it has started."""
        found = [self.pid]
        for parent in found:
            for children in Path(f"/proc/{parent}/task").glob("*/children"):
                found += [int(word) for word in children.read_text().split()]
        return found

    def memory_kib(self) -> float:
        """Return the resident memory of all its processes."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.pids())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far."""
        ticks = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


class Load:
    """One load client: N connections of one wire to one server."""

    def __init__(self, target: Target, wire: Wire, process: subprocess.Popen[str]) -> None:
        self.target = target
        self.wire = wire
        self._process = process

    def __call__(self, order: str) -> dict[str, Any]:
        """Give an order and return what it found."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline() or '{"error": "the load client ended"}')
        if "error" in found:
            raise SystemExit(f"{self.target.name}, {self.wire.name}, {order!r}: {found}")
        return found


@contextmanager
def started(command: list[str], folder: Path, env: Mapping[str, str], cwd: Path = HERE) -> Iterator[int]:
    """Run a process on the server's core until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command], env={**os.environ, **env}, cwd=cwd, stdout=output, stderr=output
        )
    try:
        port = int(env["PORT"])
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        else:
            raise SystemExit(f"{command[0]} did not start:\n{log.read_text()[-3000:]}")
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def livefloor(folder: Path, *arguments: str, size: int = TEXT, **environ: str) -> Iterator[Target]:
    """`livefloor serve` with the bench's system; `size` is that of an event's text, whose time is that of the command."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "livefloor"), "serve", "hub_system:system", "--data", str(folder)]
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    settings = {"LIVEFLOOR_LIMITS": "off", "LIVEFLOOR_PUSHER_KEY": KEY, "LIVEFLOOR_LOG_LEVEL": "warning"}
    env = {"PORT": str(port), "PYTHONPATH": path, **settings, **environ}
    with started([*command, *arguments], folder, env) as pid:
        wait_until_up(port)
        yield Target("livefloor", port, pid, "/tell", '{"n":{n},"t":0,"size":' + f"{size}}}")


def wait_until_up(port: int) -> None:
    """Wait until the server answers requests."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if Client(port).call("GET", "/api/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("livefloor does not answer")


@contextmanager
def limit(folder: Path) -> Iterator[Target]:
    """The C sender."""
    port = free_port()
    with started([str(BUILT / "hub_limit"), str(port)], folder, {"PORT": str(port)}) as pid:
        yield Target("C epoll sender (limit)", port, pid)


@contextmanager
def node(folder: Path, script: str, name: str) -> Iterator[Target]:
    """A server on node."""
    port = free_port()
    env = {"PORT": str(port), "NODE_ENV": "production"}
    with started(["node", f"{script}.js"], folder, env, PEERS / "hub_node") as pid:
        yield Target(name, port, pid)


@contextmanager
def python_socketio(folder: Path) -> Iterator[Target]:
    """python-socketio on uvicorn."""
    port, cwd = free_port(), PEERS / "hub_python"
    command = [str(cwd / ".venv/bin/uvicorn"), "app:app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio", "--backlog", "4096"]
    command += [
        "--ws-per-message-deflate",
        "false",
        "--no-access-log",
        "--log-level",
        "warning",
        "--ws-ping-interval",
        "300",
    ]
    with started(command, folder, {"PORT": str(port)}, cwd) as pid:
        yield Target("python-socketio on uvicorn", port, pid)


@contextmanager
def nchan(folder: Path) -> Iterator[Target]:
    """nginx with Debian's nchan; a message is the text alone."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(f"""
load_module {nchan_module()};
{"user root;" if os.geteuid() == 0 else ""}
daemon off; worker_processes 1; worker_rlimit_nofile 30000; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 30000; }}
http {{
  access_log off; keepalive_requests 1000000; {temporary}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /ws {{ nchan_subscriber websocket; nchan_channel_id floor; nchan_websocket_ping_interval 300; }}
    location = /sse {{ nchan_subscriber eventsource; nchan_channel_id floor; }}
    location = /pub {{ nchan_publisher; nchan_channel_id floor; nchan_message_buffer_length 1000; }}
  }}
}}
""")
    with started(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], folder, {"PORT": str(port)}) as pid:
        yield Target("nginx + nchan", port, pid, body="~~{n}.{t}~" + "x" * (TEXT - 24))


def nchan_module() -> Path:
    """Return where the module is: installed, or unpacked here."""
    installed = Path("/") / NCHAN
    return installed if installed.exists() else BUILT / "nchan" / NCHAN


@contextmanager
def load(target: Target, wire: Wire, folder: Path, people: int = 0, *, seen: bool = False) -> Iterator[Load]:
    """Run a load client on its core until the block ends, with new people signed in to the server."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = folder / f"tokens-{target.port}-{wire.name}"
    lines: list[str] = []
    if people:
        answer = Client(target.port).call("POST", "/people", {"many": -(-people // PER_USER), "seen": seen})
        lines = answer[1]["tokens"]
    tokens.write_text("\n".join(lines))
    words = [wire.ready, wire.request, wire.first, wire.again_request or wire.request, wire.again_first or wire.first]
    command = ["taskset", "-c", LOAD_CORE, str(BUILT / "hub_load"), str(target.port), str(tokens), *words]
    command += [target.path, target.body]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Load(target, wire, process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def build(name: str) -> None:
    """Compile one of the C programs."""
    if shutil.which("gcc") is None:
        raise SystemExit("needs a C compiler (Debian: apt-get install gcc libc6-dev)")
    BUILT.mkdir(parents=True, exist_ok=True)
    source = next(path for path in (HERE / f"{name}.c", PEERS / f"{name}.c") if path.exists())
    subprocess.run(["gcc", "-O2", "-o", str(BUILT / name), str(source)], check=True)


def install_hub_peers() -> list[str]:
    """Install the peers, from their lock files and from Debian; return what is not to be had, with how to get it."""
    build("hub_limit")
    missing = []
    if shutil.which("node") and shutil.which("npm"):
        if not (PEERS / "hub_node/node_modules/.package-lock.json").exists():
            subprocess.run(["npm", "ci", "--no-fund", "--no-audit", "--silent"], cwd=PEERS / "hub_node", check=True)
    else:
        missing.append("node ws, node socket.io: need node 20 and npm")
    command = ["uv", "sync", "--frozen", "--quiet", "--project", str(PEERS / "hub_python")]
    subprocess.run(command, check=True, env=peer_environment())
    if not nchan_module().exists() and shutil.which("nginx") and shutil.which("apt-get"):
        (BUILT / "nchan").mkdir(exist_ok=True)
        got = subprocess.run(
            ["apt-get", "download", "-qq", "libnginx-mod-nchan"], cwd=BUILT / "nchan", capture_output=True, check=False
        )
        for package in (BUILT / "nchan").glob("*.deb") if got.returncode == 0 else ():
            subprocess.run(["dpkg", "-x", str(package), str(BUILT / "nchan")], check=True)
    if not shutil.which("nginx") or not nchan_module().exists():
        missing.append("nginx + nchan: apt-get install nginx libnginx-mod-nchan")
    return missing
