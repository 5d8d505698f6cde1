"""The fan-out's load process: N signed-in WebSocket clients on one event loop, and the commands that make the changes.

Run by fanout.py on the load core; reads orders and writes results, one JSON line each. It works on the raw sockets and
looks no deeper into a frame than its length and one word, as it shares the machine with the server.
"""

import asyncio
import base64
import itertools
import json
import os
import sys
import time
from typing import Any

import uvloop

BATCH = 50
CHANGED = b'"machine_update"'


class Room:
    """What all subscribers have received so far."""

    def __init__(self, subscribers: int) -> None:
        self.subscribers = subscribers
        self.open = self.connected = self.closed = 0
        self.frames = self.bytes = self.changes = 0
        self.wanted = 0
        self.first_at = self.last_at = 0.0
        self.reached = asyncio.Event()
        self.ready = asyncio.Event()

    def expect(self, changes: int) -> None:
        """Wait from now for this many more changes, each at every subscriber."""
        self.wanted = self.changes + changes * self.subscribers
        self.first_at = 0.0
        self.reached.clear()


class Subscriber(asyncio.Protocol):
    """One WebSocket client, reduced to counting frames and answering pings."""

    transport: asyncio.Transport

    def __init__(self, room: Room, path: str, port: int, token: str) -> None:
        self.room, self.path, self.port, self.token = room, path, port, token
        self.rest, self.upgraded = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {self.token}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self.rest:
            data = self.rest + data
        if not self.upgraded:
            head, found, rest = data.partition(b"\r\n\r\n")
            if not found:
                self.rest = data
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                raise SystemExit(f"not upgraded: {head[:200]!r}")
            self.upgraded, data = True, rest
            self.room.open += 1
        at, end = 0, len(data)
        room = self.room
        while end - at >= 2:
            size, body = data[at + 1] & 127, at + 2
            if size == 126:
                if end - at < 4:
                    break
                size, body = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                if end - at < 10:
                    break
                size, body = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            stop = body + size
            if stop > end:
                break
            opcode = data[at] & 15
            if opcode == 1:
                room.frames += 1
                room.bytes += stop - at
                # The event's name stands at the front of a frame.
                if data.find(CHANGED, body, min(body + 64, stop)) >= 0:
                    room.changes += 1
                    if room.first_at == 0.0:
                        room.first_at = time.perf_counter()
                    if room.changes == room.wanted:
                        room.last_at = time.perf_counter()
                        room.reached.set()
                elif data.find(b'"connected"', body, min(body + 64, stop)) >= 0:
                    room.connected += 1
                    if room.connected == room.subscribers:
                        room.ready.set()
            elif opcode == 9:
                payload = data[body:stop]
                self.transport.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
            elif opcode == 8:
                print(f"closed by the server: {data[body:stop]!r}", file=sys.stderr)
            at = stop
        self.rest = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self.room.closed += 1


class Commands:
    """One keep-alive HTTP connection of one student."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter | None = None

    def __init__(self, port: int, token: str, machine: dict[str, Any]) -> None:
        self.port, self.token, self.machine, self.running = port, token, machine, False

    async def open(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def change(self) -> float:
        """Start the machine, or end it when it runs; the time at which the answer was here."""
        verb, extra = ("end", {"collected": True}) if self.running else ("start", {"category": "normal"})
        assert self.writer is not None
        body = json.dumps(self.machine | extra).encode()
        self.writer.write(
            f"POST /api/v1/machines/{verb} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        answered = time.perf_counter()
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        answer = await self.reader.readexactly(length)
        if head.split(b" ", 2)[1][:1] != b"2":
            raise SystemExit(f"{verb} refused: {answer.decode()}")
        self.running = not self.running
        return answered


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def one_by_one(room: Room, commands: Commands, seconds: float, pace: float) -> dict[str, Any]:
    """Change after change, each when all have the last one and not before `pace` seconds after it."""
    to_first, to_last, commit_to_last = [], [], []
    await commands.open()
    frames, began = room.frames, time.perf_counter()
    while time.perf_counter() - began < seconds:
        room.expect(1)
        sent = time.perf_counter()
        answered = await commands.change()
        await asyncio.wait_for(room.reached.wait(), 20)
        to_first.append(room.first_at - sent)
        to_last.append(room.last_at - sent)
        # The commit lies before the answer and before the first delivery, whichever this process saw first.
        commit_to_last.append(room.last_at - min(answered, room.first_at))
        await asyncio.sleep(max(0.0, pace - (time.perf_counter() - sent)))
    took = time.perf_counter() - began
    return {
        "changes": len(to_last),
        "deliveries_per_second": (room.frames - frames) / took,
        "sent_to_first_ms": percentile(to_first, 0.5) * 1000,
        "sent_to_last_ms": percentile(to_last, 0.5) * 1000,
        "commit_to_last_ms": percentile(commit_to_last, 0.5) * 1000,
        "commit_to_last_max_ms": max(commit_to_last) * 1000,
    }


async def bursts(room: Room, all_commands: list[Commands], rounds: int) -> dict[str, Any]:
    """Many changes at the same moment, the next burst when all subscribers have all of the last one."""
    rates = []
    for commands in all_commands:
        # A server closes what was idle for some seconds.
        await commands.open()
    for _ in range(rounds):
        room.expect(len(all_commands))
        frames, began = room.frames, time.perf_counter()
        await asyncio.gather(*(commands.change() for commands in all_commands))
        await asyncio.wait_for(room.reached.wait(), 60)
        rates.append((room.frames - frames) / (room.last_at - began))
    return {"changes_at_once": len(all_commands), "deliveries_per_second": percentile(rates, 0.5)}


async def main() -> None:
    order = json.loads(sys.stdin.readline())
    port, tokens = order["port"], order["tokens"]
    room = Room(order["subscribers"])
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    users = itertools.cycle(tokens)

    def subscriber() -> Subscriber:
        return Subscriber(room, order["path"], port, next(users))

    for _ in range(0, room.subscribers, BATCH):
        await asyncio.gather(*(loop.create_connection(subscriber, "127.0.0.1", port) for _ in range(BATCH)))
    await asyncio.wait_for(room.ready.wait(), 60)
    tell({"connected": room.connected, "seconds": time.perf_counter() - began})
    commands = []
    for number in range(order["machines"]):
        machine = {"machine_type": "washer", "machine_id": number + 1}
        commands.append(Commands(port, tokens[number], machine))
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        step = json.loads(line)
        if step["do"] == "one_by_one":
            result = await one_by_one(room, commands[0], step["seconds"], step["pace"])
        else:
            result = await bursts(room, commands, step["rounds"])
        tell(result | {"closed": room.closed, "frames": room.frames, "frame_bytes": room.bytes / max(1, room.frames)})


def tell(result: dict[str, Any]) -> None:
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    # The prober measures on the same core: it goes first.
    os.nice(10)
    uvloop.run(main())
