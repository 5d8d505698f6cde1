"""Identifiers and secrets made of random bytes."""

import hashlib
import secrets
import time
import uuid


def new_id() -> str:
    """Return a new UUIDv7 as text: rises with time, so that index pages fill in order (RFC 9562 section 5.7)."""
    ms = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    value = (ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & 0x3FFF_FFFF_FFFF_FFFF
    return str(uuid.UUID(int=value))


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret as hex: what is stored of a token that is itself 256 bits random."""
    return hashlib.sha256(secret.encode()).hexdigest()
