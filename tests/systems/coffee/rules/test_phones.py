"""Phone numbers, by the country of the event."""

import pytest

from livefloor.kernel.problems import Invalid
from livefloor.systems.coffee.rules.phones import e164, masked


@pytest.mark.parametrize(
    ("text", "country", "stored"),
    [
        ("0491 570 156", "AU", "+61491570156"),
        ("+61 491 570 156", "GB", "+61491570156"),
        ("(0491) 570-156", "AU", "+61491570156"),
        ("0061491570156", "DE", "+61491570156"),
        ("020 7946 0018", "GB", "+442079460018"),
    ],
)
def test_numbers_are_stored_alike(text: str, country: str, stored: str) -> None:
    """Rule 58."""
    assert e164(text, country) == stored


@pytest.mark.parametrize(
    "text", ["", "oat", "12", "0491 570", "+61 491 570 156 789", "0491570156 ext 5", "+" + "9" * 300]
)
def test_what_is_no_number(text: str) -> None:
    """Rule 58."""
    with pytest.raises(Invalid) as caught:
        e164(text, "AU")
    assert (caught.value.status, caught.value.code) == (422, "bad_phone")


def test_what_a_barista_sees() -> None:
    """Section 2: the last three digits."""
    assert masked("+61491570482") == "•••482"
    assert masked(None) is None
