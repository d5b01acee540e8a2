"""What differs between two texts and two orders. No ORM here: tested by itself."""

import re
from bisect import bisect_left
from difflib import SequenceMatcher

from markupsafe import Markup, escape

# A word of an alphabet or a number counts as one; scripts without spaces are compared character by character.
WORDS = re.compile(
    r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF00-\uFFEF]+|\s+|.", re.DOTALL
)


def mark_words(old, new):
    """Both texts as HTML, what was removed marked in the old one and what was added in the new one.

    Texts that have little in common are marked as a whole: single words found in both would only confuse.
    """
    before, after = WORDS.findall(old), WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.3:
        return _mark("del", old), _mark("ins", new)
    old_parts, new_parts = [], []
    for action, i1, i2, j1, j2 in matcher.get_opcodes():
        left, right = "".join(before[i1:i2]), "".join(after[j1:j2])
        if action == "equal":
            old_parts.append(escape(left))
            new_parts.append(escape(right))
        else:
            old_parts.append(_mark("del", left))
            new_parts.append(_mark("ins", right))
    return Markup().join(old_parts), Markup().join(new_parts)


def _mark(tag, text):
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), text) if text else Markup()


def moved(places):
    """Which of these have left their order.

    :param places: old places, in the new order
    :return: the smallest set of places whose removal leaves the others ascending
    """
    tails, last, before = [], [], {}
    for position, place in enumerate(places):
        length = bisect_left(tails, place)
        tails[length : length + 1] = [place]
        last[length : length + 1] = [position]
        before[position] = last[length - 1] if length else None
    kept, position = set(), last[-1] if last else None
    while position is not None:
        kept.add(places[position])
        position = before[position]
    return set(places) - kept
