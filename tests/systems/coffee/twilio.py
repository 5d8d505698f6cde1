"""Twilio's Messages resource on this machine: takes what its documentation says, and nothing else."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

ACCOUNT, TOKEN, OLD_TOKEN, SENDER = (
    "AC0123456789abcdef0123456789abcdef",
    "the token of now",
    "the one before",
    "+15005550006",
)
PUBLIC = "https://coffee.example.org"
FIELDS = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback"}


@dataclass
class Twilio:
    """The server: `answers` are given in turn, then it takes everything."""

    answers: deque[tuple[int, int | None, dict[str, str]]] = field(default_factory=deque)
    taken: list[dict[str, str]] = field(default_factory=list)
    tries: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def refuse(self, status: int, code: int | None = None, **headers: str) -> None:
        """Refuse the next request so."""
        self.answers.append((status, code, {name.replace("_", "-"): value for name, value in headers.items()}))

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        status, said, more = self.answer(first, headers, body.decode())
        raw = json.dumps(said).encode()
        told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        writer.write(
            f"HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n{told}content-length: {len(raw)}\r\n".encode()
        )
        writer.write(b"connection: close\r\n\r\n" + raw)
        await writer.drain()
        writer.close()

    def answer(self, first: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Return status, body and headers of the answer."""
        if first != f"POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1":
            return 404, {"code": 20404, "message": "not found", "status": 404}, {}
        keys = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if headers.get("authorization") != keys:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}, {}
        assert headers["content-type"] == "application/x-www-form-urlencoded"
        given = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
        self.tries.append(given)
        assert given.keys() <= FIELDS
        assert ("From" in given) != ("MessagingServiceSid" in given)
        if self.answers:
            status, code, more = self.answers.popleft()
            return status, {"code": code, "message": f"{given['To']} refused", "status": status}, more
        if not re.fullmatch(r"\+[1-9]\d{6,14}", given.get("To", "")):
            return 400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}, {}
        if not 1 <= len(given.get("Body", "")) <= 1600:
            return (
                400,
                {"code": 21617, "message": "The message body exceeds the 1600 character limit", "status": 400},
                {},
            )
        self.taken.append(given)
        return 201, {"sid": f"SM{len(self.taken):032x}", "status": "queued", **given}, {}


@asynccontextmanager
async def twilio() -> AsyncIterator[Twilio]:
    """Run the server."""
    there = Twilio()
    server = await asyncio.start_server(there.handle, "127.0.0.1", 0)
    there.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield there


def settings_for(there: Twilio) -> dict[str, str]:
    """Return the settings of a service that sends by it."""
    return {**SETTINGS, "TWILIO_URL": there.url}


SETTINGS = {
    "SMS_TRANSPORT": "twilio",
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_AUTH_TOKEN_PREVIOUS": OLD_TOKEN,
    "TWILIO_FROM": SENDER,
    "PUBLIC_URL": PUBLIC,
}
