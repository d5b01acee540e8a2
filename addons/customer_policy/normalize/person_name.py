"""A person's name, Chinese or Latin, in whatever order and writing."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz.distance import OSA

from .text import fold, is_mostly_han, syllables

_HONORIFICS = {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "monsieur", "madame", "sir", "jr", "sr"}
_HAN_HONORIFIC = re.compile(r"(先生|女士|小姐|太太|老师|经理|总经理|总)$")
_DOUBLE_SURNAMES = {
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "端木",
    "长孙",
}
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class PersonName:
    """`text` is simplified Chinese without spaces, or Latin words with one space between."""

    text: str
    is_han: bool

    @cached_property
    def words(self):
        """Sorted Latin words; of a Chinese name its syllables."""
        return sorted(syllables(self.text)) if self.is_han else sorted(self.text.split())

    @cached_property
    def writings(self):
        """Ways to write it, each as sorted words: a Chinese given name is one Latin word, or one per syllable."""
        if not self.is_han:
            return (self.words,)
        sounds = syllables(self.text)
        size = 2 if self.text[:2] in _DOUBLE_SURNAMES and len(sounds) > 2 else 1
        return (self.words, sorted(filter(None, ("".join(sounds[:size]), "".join(sounds[size:])))))

    @cached_property
    def letters(self):
        return "".join(syllables(self.text)) if self.is_han else self.text.replace(" ", "")

    def same_as(self, other):
        if self.is_han and other.is_han:
            return bool(self.text) and self.text == other.text
        return bool(self.text) and any(words in other.writings for words in self.writings)

    def similarity(self, other):
        """0 to 100; 100 is the same name. Symmetric."""
        if not self.text or not other.text:
            return 0.0
        if self.same_as(other):
            return 100.0 if self.is_han == other.is_han else 95.0
        if self.letters in (other.letters, "".join(other.words)) or other.letters == "".join(self.words):
            return 92.0
        if self.is_han and other.is_han:
            return _edited(self.text, other.text, 90)
        if _initials_agree(self.words, other.words):
            return 85.0
        return max(_edited(self.letters, other.letters), _edited("".join(self.words), "".join(other.words)))


def _edited(text, other, most=100):
    longest = max(len(text), len(other))
    return round(max(0.0, most * (1 - OSA.distance(text, other) / longest)), 1)


def _initials_agree(words, others):
    """“J Smith” and “John Smith”: every word is, or begins with, its counterpart, and one is whole."""
    if len(words) != len(others) or len(words) < 2:
        return False
    left, whole = list(others), 0
    for word in sorted(words, key=len, reverse=True):
        match = next((o for o in left if o == word), None) or next(
            (o for o in left if o[0] == word[0] and 1 in (len(o), len(word))), None
        )
        if not match:
            return False
        whole += match == word
        left.remove(match)
    return whole > 0


@lru_cache(maxsize=200_000)
def parse(name):
    """A person's name as it was typed; never fails, whatever the text."""
    text = fold(name)
    if is_mostly_han(text):
        text = "".join(_WORD.findall(text))
        return PersonName(_HAN_HONORIFIC.sub("", text) or text, is_han=True)
    words = _WORD.findall(text.replace("'", "").replace("\u2019", ""))
    return PersonName(" ".join([word for word in words if word not in _HONORIFICS] or words), is_han=False)
