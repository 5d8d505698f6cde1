"""Calls to addresses that people gave: each leads out of the house, and goes to the very address that was checked."""

import asyncio
import functools
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

KEPT_OF_ANSWER = 1024
"""How many bytes of an answer are read; a receiver that goes on talking is not listened to."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class LeadsInside(Exception):
    """The address is not one that may be called: it is in a private network, or plain HTTP out of the house."""


class Answer(NamedTuple):
    """What the other side said: its status, the first bytes of its body, and its Retry-After if it is in seconds."""

    status: int
    text: str
    retry_after_s: int | None


def why_not(url: str, networks: Sequence[str] = ()) -> str | None:
    """Return why an address can never be called, as far as it can be told without asking for its name, or None."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            return "is not an address of https without a user's name"
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return "is not an address"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_inside = "." not in host or host.endswith((".local", ".internal", ".localhost"))
        if (is_inside or parts.scheme == "http") and not networks:
            return "leads into a private network" if is_inside else "must be https"
        return None
    if _is_listed(address, networks):
        return None
    if parts.scheme == "http":
        return "must be https"
    return None if is_public(address) else "leads into a private network"


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public network's, also when it is written as another kind."""
    found = _plain(address)
    return found.is_global and not found.is_multicast


def _is_listed(address: Address, networks: Sequence[str]) -> bool:
    return any(_plain(address) in ipaddress.ip_network(network) for network in networks)


def _plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, where it does (RFC 4291, 3056, 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


@functools.cache
def trust() -> ssl.SSLContext:
    """Return the authorities that calls over TLS rely on, read once for the whole process: each reading takes 40 ms."""
    return httpx.create_ssl_context()


class OutsideTransport(httpx.AsyncHTTPTransport):
    """Asks for a name's addresses, refuses private ones, and connects to what it has checked: a name that leads elsewhere a
    moment later gains nothing. TLS and Host go by the name.

    `networks` may be called all the same, and over plain HTTP; `anywhere` lifts the check. Each request has a connection of
    its own: one that was made for another name of the same address has proven only that other name.
    """

    def __init__(self, networks: Sequence[str] = (), *, anywhere: bool = False) -> None:
        super().__init__(verify=trust(), trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self.networks = networks
        self.anywhere = anywhere

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises LeadsInside, or httpx's errors."""
        if not self.anywhere:
            host = request.url.host
            address = await self._checked(request.url)
            request = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
        return await super().handle_async_request(request)

    async def _checked(self, url: httpx.URL) -> str:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpx.ConnectError(f"the name {url.host} has no address") from error
        addresses = [ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found]
        if not addresses:
            raise httpx.ConnectError(f"the name {url.host} has no address")
        if not all(_is_listed(address, self.networks) for address in addresses):
            if url.scheme != "https":
                raise LeadsInside("plain HTTP goes to listed networks alone")
            if not all(is_public(address) or _is_listed(address, self.networks) for address in addresses):
                raise LeadsInside("the address leads into a private network")
        return str(addresses[0])


class Outside:
    """Posts to receivers outside the house."""

    def __init__(self, networks: Sequence[str] = (), *, timeout_s: float = 15) -> None:
        self.networks = networks
        self.timeout_s = timeout_s
        self._http = httpx.AsyncClient(
            transport=OutsideTransport(networks), timeout=timeout_s, follow_redirects=False, trust_env=False
        )

    def why_not(self, url: str) -> str | None:
        """Return why an address can never be called from here, or None."""
        return why_not(url, self.networks)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post and return the beginning of the answer. Raises LeadsInside, TimeoutError, or httpx's errors."""
        async with (
            asyncio.timeout(self.timeout_s),
            self._http.stream("POST", url, content=body, headers=dict(headers)) as answer,
        ):
            said = b""
            async for piece in answer.aiter_raw(KEPT_OF_ANSWER):
                said += piece
                if len(said) >= KEPT_OF_ANSWER:
                    break
            later = answer.headers.get("retry-after", "")
            # A text column of PostgreSQL holds no zero bytes.
            text = said[:KEPT_OF_ANSWER].decode(errors="replace").replace("\x00", "\ufffd")
            return Answer(answer.status_code, text, int(later) if later.isdecimal() and len(later) < 8 else None)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
