"""Postal addresses: one key that other writings of the same street share, and the city without its unit."""

import re
from functools import lru_cache

from . import places
from .text import clean, fold, has_han, pinyin

_WORDS = {
    "st": "street", "str": "strasse", "rd": "road", "ave": "avenue", "av": "avenue", "blvd": "boulevard", "ln": "lane",
    "dr": "drive", "sq": "square", "no": "", "nr": "", "apt": "", "fl": "floor", "bldg": "building", "rm": "room",
}  # fmt: skip
_HAN_WORDS = {
    "第": "",
    "号楼": "栋",
    "幢": "栋",
    "座": "栋",
    "单元": "",
    "楼层": "层",
    "楼": "层",
    "房间": "",
    "室": "",
    "房": "",
    "号": "",
}
_DISTRICT = re.compile(r"^[\u4e00-\u9fff]{2,4}?(新区|区|县|镇|街道)")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=50_000)
def city(text):
    """The city in one writing: "深圳市" and "Shenzhen" are "shenzhen"."""
    folded = fold(text)
    if has_han(folded):
        found, _rest = places.read_front(folded + "城")
        # The last place is the narrowest: "广东省深圳市".
        folded = min(found[-1]) if found else re.sub(r"(市|区|县)$", "", folded)
        return pinyin(folded)
    words = [word for word in _WORD.findall(folded) if word != "city"]
    return "".join(words)


@lru_cache(maxsize=50_000)
def street(text):
    """The street with house number in one writing; empty where there is no number, as a street alone says little."""
    folded = fold(text)
    if not any(c.isdigit() for c in folded):
        return ""
    if has_han(folded):
        _found, folded = places.read_front("".join(_WORD.findall(folded)))
        folded = _DISTRICT.sub("", folded)
        for word, to in _HAN_WORDS.items():
            folded = folded.replace(word, to)
        return folded
    words = [_WORDS.get(word, word) for word in _WORD.findall(folded.replace("ß", "ss").replace("strasse", " strasse"))]
    return "".join(sorted(words))


def corrected(text):
    """The text without full-width letters and stray spaces."""
    return clean(text)
