"""Which PINs and passwords are too easy to guess: plain rules."""

_DIGITS = "0123456789"
_UP, _DOWN = _DIGITS * 2, _DIGITS[::-1] * 2

WEAK_PINS = frozenset(
    {digit * 4 for digit in _DIGITS}
    | {run[start : start + 4] for run in (_UP, _DOWN) for start in range(10)}
    | {(a + b) * 2 for a in _DIGITS for b in _DIGITS}
    | {a * 2 + b * 2 for a in _DIGITS for b in _DIGITS}
    | {str(year) for year in range(1950, 2030)}
    | {"1004", "2580", "0852", "2468", "1357"}
)
"""The PINs that people choose first: equal digits, runs, pairs, years, lines on the key pad."""

COMMON_WORDS = ("password", "qwerty", "letmein", "welcome", "iloveyou", "laundry", "abcdef", "123456")


def is_weak_pin(pin: str, student_id: str, phone_number: str | None) -> bool:
    """Tell whether a PIN is among the first that somebody would try for this student."""
    return pin in WEAK_PINS or pin in (student_id[:4], student_id[-4:], (phone_number or "")[-4:])


def is_weak_password(password: str, staff_id: str) -> bool:
    """Tell whether a password is too short, too even, or built on a word that everybody tries."""
    plain = password.lower()
    return (
        len(password) < 12
        or len(set(plain)) < 5
        or staff_id in plain
        or any(len(plain.replace(word, "")) < 6 for word in COMMON_WORDS)
    )
