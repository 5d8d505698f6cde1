"""Phone numbers as they are stored, compared and shown (rule 58, section 2)."""

import phonenumbers

from livefloor.kernel.problems import Invalid

SHOWN_DIGITS = 3


def e164(text: str, default_country: str) -> str:
    """Return a number as E.164, read as one dialled in `default_country` (ISO 3166-1). Raises Invalid bad_phone."""
    try:
        number = phonenumbers.parse(text, default_country)
    except phonenumbers.NumberParseException:
        raise _bad_phone() from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise _bad_phone()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked(phone: str | None) -> str | None:
    """Return a number as baristas see it: its last three digits."""
    return None if phone is None else "•••" + phone[-SHOWN_DIGITS:]


def _bad_phone() -> Invalid:
    return Invalid.field("phone", "This is not a phone number that can be texted.", "bad_phone")
