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


def keys(number, countries=()):
    """What the same number is found by: E.164, else its digits if there are enough to mean something.

    :param countries: ISO codes of the countries that a number without a country code may belong to; of several it has
        a key for each where it is valid, and its digits
    """
    if not number:
        return []
    found = list(dict.fromkeys(filter(None, (e164(number, country) for country in countries or (None,)))))
    if found and (len(countries) < 2 or e164(number)):
        return found
    digits = "".join(_DIGIT.findall(clean(number, signs=True)))
    return [*found, digits] if len(digits) >= FEWEST_DIGITS and len(set(digits)) > 1 else found
