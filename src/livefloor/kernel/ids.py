"""Identifiers and secrets made of random bytes."""

import hashlib
import os
import secrets
import time


def new_id() -> str:
    """Return a new UUIDv7 as text: rises with time, so that index pages fill in order (RFC 9562 section 5.7).

    The twelve bits after the version are the fraction of the millisecond (section 6.2, method 3), so that rows made one
    after the other in one transaction also sort so.
    """
    ns = time.time_ns()
    t = f"{ns // 1_000_000:012x}{ns % 1_000_000 * 4096 // 1_000_000:03x}"
    h = os.urandom(8).hex()
    return f"{t[:8]}-{t[8:12]}-7{t[12:]}-{'89ab'[int(h[0], 16) & 3]}{h[1:4]}-{h[4:16]}"


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret as hex: what is stored of a token that is itself 256 bits random."""
    return hashlib.sha256(secret.encode()).hexdigest()
