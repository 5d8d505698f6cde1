"""Passwords in tests: nearly each of them signs somebody in."""

from argon2 import PasswordHasher

from livefloor.identity import secrets


def quick_passwords() -> None:
    """Hash passwords at the least cost in this process; as it must be, each takes 0.3 s of the processor."""
    secrets._passwords = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
