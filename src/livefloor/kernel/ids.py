"""Identifiers and secrets made of random bytes."""

import hashlib
import os
import secrets
import time


def new_id() -> str:
    """Return a new UUIDv7 as text: rises with time, so that index pages fill in order (RFC 9562 section 5.7)."""
    h = os.urandom(10).hex()
    t = f"{time.time_ns() // 1_000_000:012x}"
    return f"{t[:8]}-{t[8:]}-7{h[:3]}-{'89ab'[int(h[3], 16) & 3]}{h[4:7]}-{h[7:19]}"


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret as hex: what is stored of a token that is itself 256 bits random."""
    return hashlib.sha256(secret.encode()).hexdigest()
