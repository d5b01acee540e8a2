"""Writing folded away: width, case, accents, traditional characters, stray spaces."""

import re
import unicodedata
from functools import cache, lru_cache

import opencc
import pypinyin

# Names are compared by their beginning; nobody has a longer one, but imports have pasted texts.
LONGEST = 200
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN = re.compile(f"[{HAN}]")
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
# All of these but the two joiners, which Persian, Indic scripts and emoji are spelled with.
_STRAY = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
# What an input method in full-width mode types instead of ASCII letters, digits and signs that occur inside values.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_WIDE |= {0x3000: " "} | {ord(sign) + 0xFEE0: sign for sign in "@.&-+"}
_WIDE_SIGNS = _WIDE | {ord(sign) + 0xFEE0: sign for sign in "()/_#,:"}
# Letters that do not decompose into a base letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})


@cache
def _simplified_characters():
    """{code of a traditional character: its simplified form}, by OpenCC, for the blocks that names are written in."""
    characters = [*range(0x3400, 0xA000), *range(0xF900, 0xFB00)]
    simple = opencc.OpenCC("t2s").convert("\n".join(map(chr, characters))).split("\n")
    return {code: to for code, to in zip(characters, simple, strict=True) if len(to) == 1 and chr(code) != to}


def simplify(text):
    """Traditional characters as simplified ones, one by one: good for comparing, not for printing."""
    return text.translate(_simplified_characters()) if _HAN.search(text) else text


def fold(text):
    """The text as keys are made of it: half width, lower case, no accents, simplified, `LONGEST` at most.

    >>> fold(" HUAWEI  華為 Café ")
    'huawei 华为 cafe'
    """
    text = (text or "")[: 2 * LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        text = simplify(text).casefold().translate(_LETTERS)
        decomposed = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", "".join(c for c in decomposed if not 0x300 <= ord(c) <= 0x36F))
    return _SPACES.sub(" ", text.lower()).strip()[:LONGEST]


def has_han(text):
    return bool(_HAN.search(text))


def is_mostly_han(text):
    """Whether a folded text is to be read as Chinese: as many characters as half of its Latin letters."""
    han = len(_HAN.findall(text))
    return bool(han) and 2 * han >= sum(c.isascii() and c.isalpha() for c in text)


@lru_cache(maxsize=100_000)
def syllables(text):
    """Pinyin of a simplified text without tones, one item per character; other writing stays as it is.

    >>> syllables("重庆")
    ('chong', 'qing')
    """
    return tuple(pypinyin.lazy_pinyin(text, v_to_u=False))


def pinyin(text):
    return "".join(syllables(text))


def clean(text, *, signs=False):
    """The text as it should have been typed: no stray or invisible spaces, no full-width letters and digits.

    Full-width brackets stay unless `signs`: they are the rule in Chinese names. So do joiners: they belong to words.
    """
    if not text:
        return ""
    text = (_INVISIBLE if signs else _STRAY).sub("", text).translate(_WIDE_SIGNS if signs else _WIDE)
    text = _SPACES.sub(" ", text).strip()
    # A space between two Chinese characters is a slip; beside Latin words it separates.
    return re.sub(f"(?<=[{HAN}]) (?=[{HAN}])", "", text)
