"""Index keys of a record: where two records can be the same they share a key, few others do.

A key of the kind "code", "phone" or "email" is evidence by itself; the others only lead to records that are then
compared. Names of companies meet by brand with trade ("t:") or place ("p:"). A name without either is "bare": it meets
every name of its "brand", and two names that both say more do not meet by the brand alone.

For a Latin brand of n letters any single edit behind the first letter leaves the first or the last ⌊n/2⌋ letters alone;
the keys of those two parts, for n and n - 1, find it. (People hardly ever mistype the first letter.)
"""

from itertools import combinations

from . import address, code, company_name, email, legal_forms, person_name, phone
from .text import fold, syllables

LONGEST_KEY = 96
MOST_WORDS = 5
SHORTEST_HALF = 3


def of_values(values):
    """[(kind, key)] of one contact's values.

    :param values: dict with name, is_company, codes, phone, email, countries (ISO codes of where it may be), city,
        named (whether its name counts: that of a contact person does not)
    """
    countries, named = values.get("countries", ()), values.get("named")
    found = [("code", key) for text in values.get("codes", ()) if named for key in code.keys(text, countries)]
    found += [("phone", key) for key in phone.keys(values.get("phone"), countries)]
    found += [("email", address_) for address_ in email.keys(values.get("email") or "")]
    if named:
        found += of_name(values.get("name"), values.get("is_company"), values.get("city"))
    return list(dict.fromkeys((kind, key[:LONGEST_KEY]) for kind, key in found if key))


def to_look_up(kind):
    """Kinds of the keys that a key of this kind is looked up among."""
    return {"brand": ("bare",), "bare": ("bare", "brand")}.get(kind, (kind,))


def reads_as_company(name, is_company):
    """Imports often leave "is a company" out: a legal form says it, too."""
    if is_company:
        return True
    text = fold(name)
    return text.endswith(("公司", "集团", "合作社", "事务所")) or bool(
        {"ltd", "limited", "gmbh", "inc", "llc", "corp", "srl", "sarl", "plc"} & set(legal_forms.words(text)[1:])
    )


def of_name(name, is_company, city=None):
    if reads_as_company(name, is_company):
        return _of_company(company_name.parse(name))
    return _of_person(person_name.parse(name), city)


def _of_company(name):
    if not name.brand:
        return []
    words = " ".join(name.sorted_words)
    trade = "+".join(sorted(name.trades))
    exact = f"c:{words}|{trade}|{name.place_key}"
    compact = name.compact
    found = [("name", exact), ("brand" if name.trades or name.places else "bare", compact)]
    if trade:
        found.append(("similar", f"t:{compact}|{trade}"))
    if name.places:
        found.append(("similar", f"p:{compact}|{name.place_key}"))
    if name.is_han:
        found += _without_one(name, trade)
    else:
        found += _latin_parts(name, trade)
    return found


def _without_one(name, trade):
    """Keys that survive one wrong, missing or added character in a Chinese brand of at least three."""
    sounds = syllables(name.brand)
    if not 3 <= len(sounds) <= 8:
        return []
    return [("similar", f"h:{''.join(sounds[:n] + sounds[n + 1 :])}|{trade}") for n in range(len(sounds))] + [
        ("similar", f"h:{''.join(sounds)}|{trade}")
    ]


def _latin_parts(name, trade):
    compact, words = name.compact, [word for word in name.sorted_words if len(word) > 1][:MOST_WORDS]
    found = [("similar", f"w:{''.join(name.sorted_words)}")] if len(words) > 1 else []
    found += [("similar", f"2:{one} {other}") for one, other in combinations(words, 2)] if len(words) > 2 else []
    for half in {len(compact) // 2, (len(compact) - 1) // 2}:
        if half >= SHORTEST_HALF:
            found.append(("similar", f"<:{compact[:half]}|{trade}"))
            found.append(("similar", f">:{compact[0]}{compact[-half:]}|{trade}"))
    return found


def _of_person(name, city):
    if len(name.text) < 2:
        return []
    place = address.city(city) if city else ""
    found = []
    for words in map(" ".join, name.writings):
        found.append(("name", f"n:{words}"))
        if place:
            found.append(("similar", f"nc:{words}|{place}"))
    return found
