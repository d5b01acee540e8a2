"""E-mail addresses: one key per address in a field that may hold several."""

import re

from .text import clean

_ADDRESS = re.compile(r"[^\s<>,;\"'()]+@[^\s<>,;\"'()]+\.[^\s<>,;\"'().]{2,}")


def keys(text):
    """Addresses in a text, lower case, in their order."""
    return list(dict.fromkeys(address.lower() for address in _ADDRESS.findall(clean(text, signs=True))))


def corrected(text):
    """A single address as it should be written; other texts stay."""
    found = _ADDRESS.findall(clean(text, signs=True))
    return found[0].lower() if len(found) == 1 and found[0] == clean(text, signs=True) else text
