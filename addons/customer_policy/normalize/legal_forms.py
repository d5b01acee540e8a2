"""Legal forms in company names: Chinese ones here, Latin ones by the library cleanco."""

import re
from functools import cache

from cleanco import termdata

from .text import fold

_HAN = re.compile(r"(股份有限|有限责任|股份|有限|责任)?(总公司|公司)$|((有限|普通|特殊普通)?合伙(企业)?)$")
_BRANCH = re.compile(
    r"(分公司|子公司|办事处|代表处|经营部|营业部|营业厅|分店|分行|支行|分厂|分部|门市部|旗舰店|专卖店)$"
)
# Beyond the library: what Chinese, Malay and Mexican companies write, and forms whose words it knows one by one only.
_MORE = (
    "co ltd", "company limited", "co limited", "corporation limited", "limited company", "limited liability company",
    "sa de cv", "s de rl de cv", "sas", "spa", "se", "gmbh co kg", "ag co kg", "pvt ltd", "private limited", "pte ltd",
    "pt", "tbk", "kk", "ltd sti", "ltd co", "inc ltd", "sp z oo", "sp zoo", "spol sro", "eg", "ev", "ug", "cc", "pty",
)  # fmt: skip
# Others of two letters can't be told from a word inside a name: they count at the end only.
_SHORT_INSIDE = {"ag", "kg", "sa", "bv", "nv", "oy", "sl"}
_CLASSES = {"股份": "stock", "有限": "limited", "责任": "limited"}
_STOCK = {"plc", "inc", "corp", "corporation", "incorporated"}
# What Chinese limited companies write in English, and its British and American likes.
_LIMITED = {"ltd", "limited", "llc", "pte ltd", "pty ltd", "pvt ltd", "private limited", "sdn bhd"}
_GENERIC = {"co", "company", "and co", "group"}


@cache
def _latin_forms():
    """{tuple of words: class} of all Latin legal forms, written as `words` writes them."""
    forms = {}
    for kind in termdata.terms_by_type.values():
        for term in kind:
            written = tuple(words(term))
            # The library lists one term twice in a broken encoding, and single letters after splitting say nothing.
            if written and all(word.isalnum() for word in written) and written not in {("e",), ("et",)}:
                forms[written] = _latin_class(written)
    for term in _MORE:
        forms[tuple(term.split())] = _latin_class(tuple(term.split()))
    return forms


def _latin_class(written):
    """One name for all writings of a form: the words themselves where it is known by one alone."""
    name = " ".join(written)
    if name in _GENERIC:
        return None
    if name in _LIMITED or written[-1] in _LIMITED or name in _MORE[:6]:
        return "limited"
    return "stock" if name in _STOCK else name


def words(text):
    """Latin words of a text; abbreviations with dots are one word: "S.r.l." is "srl"."""
    text = fold(text).replace("'", "").replace("\u2019", "").replace("&", " ").replace("+", " ")
    text = re.sub(r"(?<![^\W_])([^\W\d_])\.(?=[^\W\d_](?:\.|\b))", r"\1", text)
    text = re.sub(r"(?<=[^\W\d_])/(?=[^\W\d_]\b)", "", text)
    return re.findall(r"[^\W_]+", text)


def read_han(text):
    """(class or None, rest) of a simplified Chinese name: the form at its end is taken away."""
    match = _HAN.search(text)
    if not match or not match.start():
        return None, text
    kind = "partnership" if "合伙" in match[0] else None
    kind = kind or next((to for word, to in _CLASSES.items() if word in match[0]), None)
    return kind, text[: match.start()]


def split_branch(text):
    """(main name, branch part or None): "甲有限公司北京分公司" is "甲有限公司" and "北京"."""
    match = _BRANCH.search(text)
    if not match:
        return text, None
    head = text[: match.start()]
    inside = head.rfind("公司")
    if inside > 0:
        return head[: inside + 2], head[inside + 2 :]
    return head, ""


def read_latin(tokens):
    """(class or None, words of the name, words behind the form) of a Latin name.

    What stands behind a form in the middle, as in "Acme GmbH Berlin", is a branch or a place.
    """
    forms = _latin_forms()
    kind, rest, behind = None, list(tokens), []
    while True:
        size = next((n for n in (4, 3, 2, 1) if len(rest) > n and tuple(rest[-n:]) in forms), 0)
        if not size:
            break
        kind = kind or forms[tuple(rest[-size:])]
        rest = rest[:-size]
    if len(rest) == len(tokens):
        for position in range(1, len(rest) - 1):
            if (rest[position],) in forms and (len(rest[position]) > 2 or rest[position] in _SHORT_INSIDE):
                before = read_latin(rest[: position + 1])
                return before[0], before[1], rest[position + 1 :]
        if len(rest) > 1 and rest[0] in ("pt", "cv"):
            kind, rest = "limited", rest[1:]
    return kind, rest, behind
