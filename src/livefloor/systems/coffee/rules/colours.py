"""How far two colours are apart for the eye, and how well a text is read on one (sections 5.5 and 12, rule 21)."""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Literal, NamedTuple

TextColour = Literal["#000000", "#ffffff"]

CLOSEST = 15.0
"""The smallest CIEDE2000 distance between two enabled milks."""
LEAST_CONTRAST = 4.5
"""The smallest contrast of a text to its ground, to 1 (WCAG 2.2, success criterion 1.4.3)."""

_WHITE_D65 = (0.95047, 1.0, 1.08883)
_LIGHT: TextColour = "#ffffff"
_DARK: TextColour = "#000000"


class Lab(NamedTuple):
    """A colour in CIE 1976 L*a*b* under daylight (D65, 2 degrees)."""

    lightness: float
    a: float
    b: float


def distance(one: str, other: str) -> float:
    """Return how far apart two `#rrggbb` colours are to the eye (CIEDE2000): 0 is alike, 2 is hardly told apart."""
    return ciede2000(lab(one), lab(other))


def too_close(one: str, other: str) -> bool:
    """Tell whether two enabled milks may not have these colours together (`colors_too_close`, section 5.5)."""
    return distance(one, other) < CLOSEST


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(text: str, ground: str) -> bool:
    """Tell whether a text in this colour is read well enough on that ground (`contrast_too_low`, section 5.5)."""
    return contrast(text, ground) >= LEAST_CONTRAST


def best_text_colour(ground: str) -> TextColour:
    """Return black or white, whichever has the higher contrast to the `#rrggbb` ground (section 12).

    One of the two always has 4.5 to 1 or more: black and white meet at 4.58 to 1.
    """
    return _LIGHT if contrast(_LIGHT, ground) > contrast(_DARK, ground) else _DARK


def lab(colour: str) -> Lab:
    """Return a `#rrggbb` colour of the sRGB space in L*a*b* (IEC 61966-2-1, CIE 15)."""
    red, green, blue = _linear(colour)
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (_cube_root(value / white) for value, white in zip((x, y, z), _WHITE_D65, strict=True))
    return Lab(116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def ciede2000(one: Lab, other: Lab) -> float:
    """Return the CIEDE2000 difference of two colours, with all weights 1 (ISO/CIE 11664-6).

    The names are those of Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (2005).
    """
    mean_c7 = ((hypot(one.a, one.b) + hypot(other.a, other.b)) / 2) ** 7
    g = 0.5 * (1 - sqrt(mean_c7 / (mean_c7 + 25.0**7)))
    c1, h1 = _chroma_and_hue((1 + g) * one.a, one.b)
    c2, h2 = _chroma_and_hue((1 + g) * other.a, other.b)
    turn, mean_h = _hues(h1, h2, coloured=c1 * c2 != 0)
    delta_l = other.lightness - one.lightness
    delta_c = c2 - c1
    delta_h = 2 * sqrt(c1 * c2) * sin(radians(turn / 2))
    mean_l = (one.lightness + other.lightness) / 2
    mean_c = (c1 + c2) / 2
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / sqrt(20 + (mean_l - 50) ** 2)
    s_c = 1 + 0.045 * mean_c
    s_h = 1 + 0.015 * mean_c * _hue_weight(mean_h)
    blue = radians(30 * exp(-(((mean_h - 275) / 25) ** 2)))
    r_t = -sin(2 * blue) * 2 * sqrt(mean_c**7 / (mean_c**7 + 25.0**7))
    light, chroma, hue = delta_l / s_l, delta_c / s_c, delta_h / s_h
    return sqrt(max(0.0, light**2 + chroma**2 + hue**2 + r_t * chroma * hue))


def _hues(h1: float, h2: float, *, coloured: bool) -> tuple[float, float]:
    """Return the turn from one hue to the other and the hue between them, in degrees; greys have none."""
    if not coloured:
        return 0.0, h1 + h2
    turn = (h2 - h1 + 180) % 360 - 180
    if abs(h1 - h2) == 180:  # opposite hues: the standard goes the way of the sign
        turn = h2 - h1
    mean = (h1 + h2) / 2
    if abs(h1 - h2) > 180:
        mean += 180 if h1 + h2 < 360 else -180
    return turn, mean


def _hue_weight(hue: float) -> float:
    """Return T, by which the eye sees hues more or less finely."""
    return (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )


def _chroma_and_hue(a: float, b: float) -> tuple[float, float]:
    """Return how strong a colour is and its hue in degrees from 0 to 360."""
    return hypot(a, b), degrees(atan2(b, a)) % 360


def _cube_root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def _linear(colour: str) -> tuple[float, float, float]:
    """Return the light of red, green and blue, each from 0 to 1."""
    values = [byte / 255 for byte in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
