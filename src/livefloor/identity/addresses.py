"""Network addresses as guards count them: a household, not a single interface."""

import ipaddress
from collections.abc import Iterable

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def _read(address: str) -> Ip | None:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def prefix_of(address: str) -> str:
    """Return an IPv4 address, or the /64 of an IPv6 address: whoever holds one address of it holds all."""
    found = _read(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found) if found is not None else "unknown"


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Tell whether an address lies in one of the networks."""
    found = _read(address)
    return found is not None and any(found in ipaddress.ip_network(network) for network in networks)


def is_loopback(address: str) -> bool:
    """Tell whether an address is this machine's own."""
    found = _read(address)
    return found is not None and found.is_loopback
