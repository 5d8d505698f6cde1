"""Measures one cheap request at a steady rate from outside: `prober.py PORT RATE`, stops at end of input, prints JSON.

The requests have set times and go over many connections, as those of many people do: a stall of the server delays all
that were due in it, and each counts from the time it was due.
"""

import json
import os
import selectors
import socket
import sys
import time
from collections import deque

CONNECTIONS = 64


class Line:
    """One keep-alive connection, with the time its request was due."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer, self.due = b"", 0.0

    def answered(self) -> bool:
        """Take in what has come; whether the answer is whole."""
        self.answer += self.socket.recv(65536)
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"health answered {head[:200]!r}")
        length = next((int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")), 0)
        return bool(found) and len(body) >= length


def main() -> None:
    port, rate = int(sys.argv[1]), float(sys.argv[2])
    request = f"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    selector = selectors.DefaultSelector()
    idle: deque[Line] = deque()
    for _ in range(CONNECTIONS):
        line = Line(port)
        selector.register(line.socket, selectors.EVENT_READ, line)
        idle.append(line)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    took: list[float] = []
    due, stopped = time.perf_counter(), False
    while not stopped or len(idle) < CONNECTIONS:
        while not stopped and idle and due <= time.perf_counter():
            line = idle.popleft()
            line.answer, line.due = b"", due
            line.socket.sendall(request)
            due += 1 / rate
        for key, _ in selector.select(max(0.0, due - time.perf_counter()) if not stopped and idle else 10):
            if key.data is None:
                stopped = True
                selector.unregister(sys.stdin)
            elif key.data.answered():
                took.append((time.perf_counter() - key.data.due) * 1000)
                idle.append(key.data)
    took.sort()
    shares = {f"p{share:g}_ms": took[min(len(took) - 1, int(len(took) * share / 100))] for share in (50, 99, 99.9)}
    print(json.dumps({"requests": len(took), "max_ms": took[-1]} | shares))


if __name__ == "__main__":
    if os.geteuid() == 0:
        os.nice(-5)
    main()
