"""Numbers that are called out, the day they count for, and the secret in a guest's link (rule 2, section 3)."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice
from zoneinfo import ZoneInfo

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which are heard and read as 1 and 0."""
PER_LETTER = 99
NUMBERS = len(LETTERS) * PER_LETTER
DAY_BEGINS = time(4)
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TOKEN_LENGTH = 22


def number_at(index: int) -> str:
    """Return the ticket number at a place of the day, from 0: A01 to A99, then B01, and after Z99 A01 again."""
    letter, count = divmod(index % NUMBERS, PER_LETTER)
    return f"{LETTERS[letter]}{count + 1:02d}"


def index_of(number: str) -> int:
    """Return the place of a ticket number in the day. Raises ValueError for what is no number."""
    if len(number) != 3 or not number[1:].isdecimal() or number[1:] == "00":
        raise ValueError(f"not a ticket number: {number}")
    return LETTERS.index(number[0]) * PER_LETTER + int(number[1:]) - 1


def next_number(last: str | None, in_use: Container[str]) -> str | None:
    """Return the number after the last one of the day that nobody waits on (rule 2); None when all are in use."""
    first = 0 if last is None else index_of(last) + 1
    numbers = (number_at(index) for index in islice(cycle(range(NUMBERS)), first, first + NUMBERS))
    return next((number for number in numbers if number not in in_use), None)


def cup_number(number: str, cup_no: int, cups: int) -> str:
    """Return the number of one cup: A17 alone, A17-2 as the second of several (section 4)."""
    return number if cups == 1 else f"{number}-{cup_no}"


def service_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the day whose numbers count at that moment: it begins at 04:00 by the clock on the wall (rule 2)."""
    local = at.astimezone(zone)
    return local.date() if local.time() >= DAY_BEGINS else local.date() - timedelta(days=1)


def order_token(entropy: bytes) -> str:
    """Return 128 random bits as the 22 characters of a guest's link (section 3). Raises ValueError for other lengths."""
    if len(entropy) != 16:
        raise ValueError("an order token is made of 16 random bytes")
    value, characters = int.from_bytes(entropy), []
    for _ in range(TOKEN_LENGTH):
        value, digit = divmod(value, len(BASE62))
        characters.append(BASE62[digit])
    return "".join(reversed(characters))
