"""Services outside the house, as servers on this machine, and a browser that takes pushes."""

import asyncio
import base64
import contextlib
import json
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import http_ece
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID


@dataclass
class Outside:
    """A small HTTP server: keeps what it was sent, answers what it was told to."""

    status: int = 201
    answer: bytes = b"{}"
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    came: asyncio.Event = field(default_factory=asyncio.Event)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    """Ends the hanging, without an answer."""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take requests on one connection until it closes."""
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            first, *lines = head.decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.requests.append((first.split(" ")[1], headers, body))
            self.came.set()
            if self.hangs:
                ends = [asyncio.ensure_future(reader.read()), asyncio.ensure_future(self.freed.wait())]
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                for end in ends:
                    end.cancel()
                break
            told = (
                f"HTTP/1.1 {self.status} x\r\ncontent-type: application/json\r\ncontent-length: {len(self.answer)}\r\n"
            )
            told += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
            writer.write(told.encode() + b"connection: close\r\n\r\n" + self.answer)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            break
        writer.close()


@asynccontextmanager
async def outside(
    status: int = 201, answer: bytes = b"{}", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Outside]:
    """Run the server, over TLS if it is told with what."""
    there = Outside(status, answer)
    server = await asyncio.start_server(there.handle, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    there.url = f"http://127.0.0.1:{port}" if tls is None else f"https://localhost:{port}"
    async with server:
        yield there


def certified(file: Path, lasts: timedelta = timedelta(hours=1)) -> ssl.SSLContext:
    """Give this machine a certificate that only itself stands for, written to a file with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + lasts)
    whose = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.add_extension(whose, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def unpadded(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """A browser that subscribed: holds the private half of its keys, reads what it is sent."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = {"p256dh": unpadded(point), "auth": unpadded(self._auth)}

    def read(self, body: bytes) -> Any:
        """Return what was said."""
        return json.loads(http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"))
