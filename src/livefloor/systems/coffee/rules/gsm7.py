"""The alphabet of text messages, and how many parts a text takes (3GPP TS 23.038; rule 56)."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Characters that take an escape and so two septets."""
SEPTETS_ALONE, SEPTETS_OF_MANY = 160, 153
UNITS_ALONE, UNITS_OF_MANY = 70, 67
_SAME = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2022": "-",
        "\u200b": "",
        "\ufeff": "",
    }
)
"""Characters of typesetting that mean the same as a plain one; a letter without its accent would be another name."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes: septets of GSM-7 or 16-bit units of UCS-2, and in how many parts it is sent."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int


def transliterate(text: str) -> str:
    """Return a text in GSM-7 where it can be without loss, else as it is, composed (rule 56)."""
    composed = unicodedata.normalize("NFC", text)
    plain = composed.translate(_SAME)
    return plain if is_gsm7(plain) else composed


def is_gsm7(text: str) -> bool:
    """Tell whether every character is one of the alphabet or of its extension."""
    return all(character in BASIC or character in EXTENDED for character in text)


def size(text: str) -> Size:
    """Return encoding, length and parts of a text as it stands; an escape or a surrogate pair is never torn."""
    if is_gsm7(text):
        widths = [2 if character in EXTENDED else 1 for character in text]
        return Size("gsm7", sum(widths), _parts(widths, SEPTETS_ALONE, SEPTETS_OF_MANY))
    widths = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Size("ucs2", sum(widths), _parts(widths, UNITS_ALONE, UNITS_OF_MANY))


def _parts(widths: list[int], alone: int, of_many: int) -> int:
    if sum(widths) <= alone:
        return 1
    parts, room = 1, of_many
    for width in widths:
        if width > room:
            parts, room = parts + 1, of_many
        room -= width
    return parts
