"""A company's name in its parts, so that other writings of the same name are recognised.

Chinese names are read by their legal order, place, brand (字号), trade, legal form; Latin ones by their words.
The brand decides, the rest confirms or contradicts.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz.distance import OSA

from . import legal_forms, places, trades
from .text import fold, has_han, is_mostly_han, pinyin

_BRACKETS = re.compile(r"[(\[【〔《「](.*?)[)\]】〕》」]")
_HAN_NOISE = re.compile(r"[^\w]|_")
_STOP_WORDS = {"the", "and", "of", "und", "et", "y", "de", "der", "la", "le"}
_DIGITS = re.compile(r"\d+")

# How much of the score remains. Tried on generated names (bench/duplicates.py) with another seed than the one reported.
FACTORS = {
    "homophone": 0.06,  # taken away: one character of the brand in another one of the same sound
    "homophones": 0.12,  # more than one
    "transliterated": 0.965,
    "edit": 0.7,  # taken away: share of the brand that was edited, times this
    "digits": 0.6,
    "trade_missing": 0.95,
    "trade_subset": 0.965,
    "trade_overlap": 0.9,
    "trade_weak": 0.85,
    "trade_conflict": 0.7,
    "place_missing": 0.96,
    "place_conflict": 0.6,
    "branch_one": 0.97,
    "branch_conflict": 0.7,
    "form_conflict": 0.92,
}


@dataclass(frozen=True)
class CompanyName:
    """Parts of a name; `brand` is simplified Chinese without spaces, or Latin words with one space between."""

    brand: str
    trades: frozenset
    places: tuple
    branches: tuple
    form: str | None
    is_han: bool

    @cached_property
    def compact(self):
        """The brand in Latin letters without spaces; Chinese as pinyin."""
        return pinyin(self.brand) if self.is_han or has_han(self.brand) else self.brand.replace(" ", "")

    @cached_property
    def sorted_words(self):
        return sorted(self.brand.split())

    @cached_property
    def all_words(self):
        """The brand with the branch, as a place behind one name's legal form stands inside another's brand."""
        return {*self.sorted_words, *" ".join(sorted(min(branch) for branch in self.branches)).split()}

    @cached_property
    def digits(self):
        return sorted(_DIGITS.findall(self.brand))

    @cached_property
    def place_key(self):
        return "".join(sorted({min(place) for place in self.places}))

    def same_as(self, other):
        """The same name but for writing, word order, and the words of its legal form."""
        return (
            self.trades == other.trades
            and set(self.places) == set(other.places)
            and set(self.branches) == set(other.branches)
            and (self.brand == other.brand or (bool(self.brand) and self.sorted_words == other.sorted_words))
        )

    def similarity(self, other):
        """0 to 100; 100 is the same name. Symmetric."""
        score = self._brand_similarity(other)
        if score < 0.6:
            return round(100 * score, 1)
        score *= _trade_factor(self.trades, other.trades)
        score *= self._place_factor(other)
        if self.form and other.form and self.form != other.form:
            score *= FACTORS["form_conflict"]
        if self.digits != other.digits:
            score *= FACTORS["digits"]
        return round(100 * score, 1)

    def _brand_similarity(self, other):
        if not self.brand or not other.brand:
            return 0.0
        if self.brand == other.brand:
            return 1.0
        if self.is_han and other.is_han:
            return _han_similarity(self, other)
        if self.is_han != other.is_han:
            exact = self.compact == other.compact
            return FACTORS["transliterated"] * (1 if exact else _edit_similarity(self.compact, other.compact))
        if self.sorted_words == other.sorted_words:
            return 1.0
        if self.compact == other.compact or self.all_words == other.all_words:
            return 0.99
        return max(
            _edit_similarity(self.compact, other.compact),
            _edit_similarity("".join(self.sorted_words), "".join(other.sorted_words)),
        )

    def _place_factor(self, other):
        here, there = self.places, other.places
        if self.branches and other.branches and not places.agree(self.branches, other.branches):
            return FACTORS["branch_conflict"]
        factor = FACTORS["branch_one"] if bool(self.branches) != bool(other.branches) else 1.0
        if here and there:
            return factor * (1.0 if places.agree(here, there) else FACTORS["place_conflict"])
        return factor * (FACTORS["place_missing"] if here or there else 1.0)


def _han_similarity(name, other):
    if name.compact == other.compact and len(name.brand) == len(other.brand):
        different = sum(a != b for a, b in zip(name.brand, other.brand, strict=True))
        return 1 - (FACTORS["homophone"] if different == 1 else FACTORS["homophones"])
    return _edit_similarity(name.brand, other.brand)


def _edit_similarity(text, other):
    longest = max(len(text), len(other))
    distance = OSA.distance(text, other, score_cutoff=longest // 2)
    return max(0.0, 1 - FACTORS["edit"] * distance / longest) if distance <= longest // 2 else 0.0


@lru_cache(maxsize=20_000)
def _trade_factor(here, there):
    if here == there:
        return 1.0
    if here - trades.STRUCTURE == there - trades.STRUCTURE:
        return FACTORS["trade_subset"]
    here, there = here - trades.STRUCTURE, there - trades.STRUCTURE
    if not here or not there:
        return FACTORS["trade_missing"]
    if here <= there or there <= here:
        return FACTORS["trade_subset"]
    if (here & there) - trades.WEAK:
        return FACTORS["trade_overlap"]
    if here <= trades.WEAK or there <= trades.WEAK:
        return FACTORS["trade_weak"]
    return FACTORS["trade_conflict"]


@lru_cache(maxsize=200_000)
def parse(name):
    """The parts of a company's name as it was typed; never fails, whatever the text."""
    text = fold(name)
    return _parse_han(text) if is_mostly_han(text) else _parse_latin(text)


def _parse_han(text):
    brackets = [_HAN_NOISE.sub("", inside) for inside in _BRACKETS.findall(text)]
    text = _HAN_NOISE.sub("", _BRACKETS.sub("", text)) or _HAN_NOISE.sub("", text)
    main, branch = legal_forms.split_branch(text)
    form, main = legal_forms.read_han(main)
    if branch == "":
        # Without a legal form in between, the branch's place stands at the end of what is left.
        found, main = places.read_back(main)
        branches = found or [frozenset(["分"])]
    else:
        branches = _branch_places(branch)
    found, rest = places.read_front(main)
    found += [place for place in map(places.of_han, brackets) if place]
    form = "partnership" if any("合伙" in inside for inside in brackets) else form
    trade, brand = trades.read_back(rest)
    return CompanyName(brand, trade, tuple(found), tuple(branches), form, is_han=True)


def _branch_places(branch):
    if branch is None:
        return []
    found, rest = places.read_front(branch + "分")
    return found or [frozenset([rest[:-1] or "分"])]


def _parse_latin(text):
    brackets = [legal_forms.words(inside) for inside in _BRACKETS.findall(text)]
    tokens = legal_forms.words(_BRACKETS.sub(" ", text)) or legal_forms.words(text)
    form, tokens, behind = legal_forms.read_latin(tokens)
    found, branches, brand, trade = [], [], [], set()
    words = _take_places([word for word in tokens if word not in places.NEUTRAL], found)
    words = _take_pairs(words, trade)
    for word in words:
        canonical = trades.of_latin(word) if len(words) > 1 or trade else None
        if canonical:
            trade |= canonical
        elif word not in _STOP_WORDS:
            brand.append(word)
    for qualifier in [*brackets, behind]:
        _read_qualifier(qualifier, found, branches)
    if not brand:
        # Nothing but trades and places: they are the brand.
        brand, trade = [word for word in tokens if word not in _STOP_WORDS] or tokens, set()
    return CompanyName(" ".join(brand), frozenset(trade), tuple(found), tuple(branches), form, is_han=False)


def _take_pairs(words, trade):
    """Words without pairs that name a trade together, as "building materials", which are added to `trade`."""
    for position in range(len(words) - 1, 0, -1):
        if tuple(words[position - 1 : position + 1]) in trades.PAIRS and len(words) > 2:
            trade.add(trades.PAIRS[tuple(words[position - 1 : position + 1])])
            words = words[: position - 1] + words[position + 1 :]
    return words


def _take_places(words, found):
    """Words without those that name a place, which are added to `found`; one word always stays."""
    left, position = [], 0
    while position < len(words):
        for size in (2, 1):
            part = words[position : position + size]
            place = places.of_latin(" ".join(part)) if len(part) == size and len(words) > size else None
            if place and places.follows(place, found):
                found.append(place)
                position += size
                break
        else:
            left.append(words[position])
            position += 1
    return left


def _read_qualifier(words, found, branches):
    """What stands in brackets or behind the legal form: a place, else the name of a branch."""
    if not words or set(words) <= places.NEUTRAL:
        return
    is_branch = {"branch", "niederlassung", "filiale", "succursale", "sucursal", "office"} & set(words)
    rest = [word for word in words if word not in is_branch]
    here = []
    left = [word for word in _take_places([*rest, ""], here) if word]
    if here and not is_branch:
        found += here
    elif here:
        branches += here
    elif left and not legal_forms.read_latin(["x", *left])[1][1:]:
        return
    else:
        branches.append(frozenset([" ".join(left) or "branch"]))
