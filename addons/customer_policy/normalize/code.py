"""Codes that states give to companies, with their check digits, through the library python-stdnum.

Chinese unified social credit codes follow GB 32100-2015; tax numbers are checked by the module of their country.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import stdnum
from stdnum.cn import uscc

from .text import clean

FEWEST_CHARACTERS = 5
_SEPARATORS = re.compile(r"[\s\-./·]")
_USCC = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}")
_USCC_LIKE = re.compile(r"[0-9A-Z]{18}")
_EU_PREFIX = {"EL": "GR", "XI": "GB"}
# Written into the field by somebody who has none ("/" is Odoo's own way).
_NONE = {"NA", "NONE", "NULL", "TBD", "WU", "无"}


@dataclass(frozen=True)
class Code:
    """`value` without separators, upper case; `is_valid` None where no check is known."""

    value: str
    scheme: str | None
    is_valid: bool | None


def compact(text):
    """A code without separators, in half-width capitals."""
    return _SEPARATORS.sub("", clean(text, signs=True)).upper()


@lru_cache(maxsize=50_000)
def parse(text, country=None):
    """A code as typed, read as `country` (ISO code) writes its codes; None if there is nothing to read.

    The check digit of a Chinese unified social credit code is checked whatever the country.
    """
    value = compact(text)
    if len(value) < FEWEST_CHARACTERS or value in _NONE or len(set(value)) < 3:
        return None
    if _USCC.fullmatch(value):
        return Code(value, "uscc", uscc.is_valid(value))
    if country == "CN" and _USCC_LIKE.fullmatch(value) and value[:2].isdigit():
        return Code(value, "uscc", False)  # with a letter that the standard leaves out
    prefix = _EU_PREFIX.get(value[:2], value[:2]) if value[:2].isalpha() else None
    for candidate in dict.fromkeys(filter(None, (prefix, country))):
        module = _vat_module(candidate)
        if module and (candidate == country or module.is_valid(value)):
            return Code(_compact(module, value), f"vat:{candidate}", module.is_valid(value))
    return Code(value, None, None)


@lru_cache(maxsize=300)
def _vat_module(country):
    if country == "CN":
        return None
    return stdnum.get_cc_module(country.lower(), "vat")


def _compact(module, value):
    try:
        compacted = module.compact(value)
    except Exception:  # the library's modules raise what they like on what they don't know
        return value
    return compacted or value


def keys(text, countries=()):
    """What the same code is found by, read as each of these countries (ISO codes) writes its codes; a code with a wrong
    check digit is found as it is written."""
    read = [parse(text, country) for country in countries or (None,)]
    return list(dict.fromkeys(found.value for found in read if found))
