"""Telephone numbers by ITU-T E.164, through the library phonenumbers (Google's metadata)."""

import re
from functools import lru_cache

import phonenumbers

from .text import clean

_DIGIT = re.compile(r"\d")
FEWEST_DIGITS = 7


@lru_cache(maxsize=50_000)
def _parse(number, country):
    try:
        parsed = phonenumbers.parse(clean(number, signs=True), country or None)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def e164(number, country=None):
    """The number as “+8613800138000”; None when it is not valid, or has no country code and `country` is not given.

    :param country: ISO code of the country that a number without a country code belongs to
    """
    parsed = _parse(number, country) if number else None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if parsed else None


def international(number, country=None):
    """The number as Odoo writes it, “+86 138 0013 8000”, with its extension; None as in `e164`."""
    parsed = _parse(number, country) if number else None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if parsed else None


def is_complete(number):
    """Whether a number has its country code and nothing that only looks like a digit: its grouping is taste."""
    return number.strip().startswith("+") and number.isascii()


def key(number, country=None):
    """What the same number is found by: E.164, else its digits if there are enough to mean something."""
    if not number:
        return None
    digits = "".join(_DIGIT.findall(clean(number, signs=True)))
    return e164(number, country) or (digits if len(digits) >= FEWEST_DIGITS and len(set(digits)) > 1 else None)
