"""Secrets that people choose, and codes that they read out: how they are kept, and how they are checked.

A PIN has too few values for any hash alone, so a pepper that lies outside the database goes into it first. A check
against an account that does not exist takes as long as one that does.
"""

import base64
import functools
import hmac
import secrets

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PEPPERED, PLAIN = "bcrypt-hmac-v1", "bcrypt"
"""How a PIN hash was made: over the peppered PIN, or over the PIN alone (rows that were brought in from elsewhere)."""

_passwords = PasswordHasher()


def keyed(pepper: str, text: str) -> str:
    """Return the HMAC of a text as hex: a name that nobody without the pepper can turn back."""
    return hmac.digest(pepper.encode(), text.encode(), "sha256").hex()


def _peppered(pepper: str, account: str, pin: str) -> bytes:
    return base64.b64encode(hmac.digest(pepper.encode(), f"{account}:{pin}".encode(), "sha256"))


def hash_pin(pepper: str, account: str, pin: str, rounds: int) -> str:
    """Return the hash of an account's PIN; slow, to be run beside the event loop."""
    return bcrypt.hashpw(_peppered(pepper, account, pin), bcrypt.gensalt(rounds)).decode()


def check_pin(pepper: str, account: str, pin: str, stored: str | None, scheme: str | None, rounds: int) -> bool:
    """Tell whether a PIN is right; with no hash stored it is wrong, after the same time."""
    nobodys = _nobodys_pin(rounds)
    if stored is None:
        bcrypt.checkpw(_peppered(pepper, account, pin), nobodys)
        return False
    said = pin.encode() if scheme == PLAIN else _peppered(pepper, account, pin)
    return bcrypt.checkpw(said, stored.encode())


def is_dated(stored: str, scheme: str | None, rounds: int) -> bool:
    """Tell whether a PIN hash should be made anew: brought in from elsewhere, or made at another cost."""
    return scheme != PEPPERED or not stored.startswith(f"$2b${rounds:02d}$")


@functools.cache
def _nobodys_pin(rounds: int) -> bytes:
    return bcrypt.hashpw(secrets.token_bytes(32).hex().encode(), bcrypt.gensalt(rounds))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password; slow."""
    return _passwords.hash(password)


def check_password(password: str, stored: str | None) -> bool:
    """Tell whether a password is right; with no hash stored it is wrong, after the same time."""
    nobodys = _nobodys_password()
    try:
        return _passwords.verify(stored or nobodys, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_common_password(password: str) -> bool:
    """Tell whether a password is among those that people choose most."""
    return password.lower() in _common_passwords()


@functools.cache
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a large table, of use only where a password is chosen

    return frozenset(FREQUENCY_LISTS["passwords"])


@functools.cache
def _nobodys_password() -> str:
    return _passwords.hash(secrets.token_urlsafe())


def new_code() -> str:
    """Return a code of eight digits."""
    return f"{secrets.randbelow(10**8):08d}"
