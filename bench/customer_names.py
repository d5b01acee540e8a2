"""Invented customers with realistic other writings of them, and others that only look alike.

Chinese companies are named by their legal order (place, brand, trade, form), Latin ones as registers show them.

A variant is the same customer entered once more: shortened, in traditional characters or full width, with a typo as an
input method or a keyboard makes it, in pinyin and English, with words in another order, or as a branch; its other
values are partly left out or written otherwise. A lookalike is another customer: the same brand in another city or
trade, a brand that differs in one character, a sister company with the same switchboard, a relative at the same
address, a person of the same name elsewhere. Everything is a function of the seed alone.
"""

import random
from dataclasses import dataclass, field, replace
from functools import cache

from opencc import OpenCC
from pypinyin import lazy_pinyin
from stdnum.cn import uscc

from .name_parts import (
    BRAND,
    CODAS,
    CONSONANTS,
    FIRST_NAMES,
    GIVEN,
    HAN_CITIES,
    HAN_FORMS,
    HAN_TRADES,
    LATIN_CITIES,
    LATIN_FORMS,
    LATIN_TRADES,
    STREETS,
    SURNAMES,
    VOWELS,
)  # fmt: skip

ACCENTS = str.maketrans("äöüé", "aoue")
TO_TRADITIONAL = OpenCC("s2t")


@cache
def _sound(character):
    return lazy_pinyin(character)[0]


def _letters(text):
    """Pinyin by single characters, for addresses that nobody compares: much faster than by words."""
    return "".join(map(_sound, text))


@dataclass(frozen=True)
class Customer:
    """One entered record. `entity` says which real customer it is."""

    entity: int
    name: str
    is_company: bool
    country: str
    city: str = ""
    street: str = ""
    phone: str = ""
    email: str = ""
    code: str = ""
    kind: str = field(default="original", compare=False)
    parts: tuple = field(default=(), compare=False)


class Generator:
    """Customers of one seed. `originals`, then `variant` and `lookalike` of them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.entity = 0
        self.trades = list(HAN_TRADES)
        self.homophones = {}
        for character in BRAND:
            self.homophones.setdefault(_sound(character), []).append(character)

    def original(self):
        self.entity += 1
        chance = self.random.random()
        make = self._han_company if chance < 0.5 else self._latin_company if chance < 0.8 else self._person
        return make(self.entity)

    def pick(self, items):
        return items[int(self.random.random() * len(items))]

    def likely(self, chance):
        return self.random.random() < chance

    # ------------------------------------------------------------ originals

    def _han_company(self, entity, parts=None):
        if not parts:
            brand = "".join(self.pick(BRAND) for _ in range(2 if self.likely(0.55) else 3))
            trade = tuple(dict.fromkeys(self.pick(self.trades) for _ in range(1 if self.likely(0.7) else 2)))
            parts = (self.pick(HAN_CITIES), brand, trade, self.pick(HAN_FORMS))
        city, brand, trade, form = parts
        name = f"{city}{self.pick(('市', ''))}{brand}{''.join(trade)}{form}"
        domain = _letters(brand) + str(entity)
        return Customer(
            entity, name, True, "CN", city + "市", self._han_street(city), self._han_phone(), f"info@{domain}.example",
            self._uscc() if self.likely(0.5) else "", parts=parts,
        )  # fmt: skip

    def _latin_company(self, entity, parts=None):
        if not parts:
            words = tuple(self._word() for _ in range(1 if self.likely(0.6) else 2))
            trade = self.pick(LATIN_TRADES) if self.likely(0.6) else ""
            parts = (words, trade, self.pick(list(LATIN_FORMS)), self.pick(LATIN_CITIES))
        words, trade, form, city = parts
        name = " ".join(filter(None, (" & ".join(words) if self.likely(0.3) else " ".join(words), trade, form)))
        domain = "".join(words).lower().translate(ACCENTS) + str(entity)
        return Customer(
            entity, name, True, "DE", city, f"{self._word()}straße {1 + int(self.random.random() * 150)}",
            f"+49 30 {2000000 + entity % 7000000}", f"office@{domain}.example", parts=parts,
        )  # fmt: skip

    def _person(self, entity):
        if self.likely(0.6):
            name = self.pick(SURNAMES) + "".join(self.pick(GIVEN) for _ in range(1 if self.likely(0.3) else 2))
            city = self.pick(HAN_CITIES)
            return Customer(
                entity, name, False, "CN", city + "市", self._han_street(city), self._mobile(),
                f"{_letters(name)}{entity}@mail.example", parts=("han",),
            )  # fmt: skip
        first, last = self.pick(FIRST_NAMES), self._word()
        return Customer(
            entity, f"{first} {last}", False, "DE", self.pick(LATIN_CITIES), f"{self._word()}weg {1 + entity % 120}",
            f"+49 170 {1000000 + entity % 8000000}", f"{first}.{last}{entity}@mail.example".lower().translate(ACCENTS),
            parts=(first, last),
        )  # fmt: skip

    def _word(self):
        syllable = lambda: self.pick(CONSONANTS) + self.pick(VOWELS)  # noqa: E731
        return ("".join(syllable() for _ in range(self.pick((2, 2, 3)))) + self.pick(CODAS)).capitalize()

    def _han_street(self, city):
        return f"{city}市{self.pick(STREETS)}{self.pick(('路', '大道', '街'))}{1 + int(self.random.random() * 900)}号"

    def _han_phone(self):
        return f"0755-{20000000 + int(self.random.random() * 69999999)}" if self.likely(0.5) else self._mobile()

    def _mobile(self):
        return f"13{int(self.random.random() * 10)}{int(self.random.random() * 1e8):08d}"

    def _uscc(self):
        body = f"91{110000 + int(self.random.random() * 500000)}" + "".join(
            self.pick("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9)
        )
        return body + uscc.calc_check_digit(body)

    # ------------------------------------------------------------ the same customer once more

    def variant(self, customer):
        """The same customer, entered by somebody else."""
        if customer.is_company:
            name, kind = (self._han_variant if customer.country == "CN" else self._latin_variant)(customer)
            keep = {"phone": 0.5, "email": 0.4, "code": 0.3, "city": 0.8, "street": 0.5}
        else:
            name, kind = self._person_variant(customer)
            keep = {"phone": 0.7, "email": 0.6, "code": 0, "city": 0.8, "street": 0.5}
        values = {
            key: self._rewritten(key, getattr(customer, key)) if self.likely(p) else "" for key, p in keep.items()
        }
        if (
            not customer.is_company
            and not values["phone"]
            and not values["email"]
            and not (values["street"] and values["city"])
        ):
            # A name alone never says who a person is.
            values["phone"] = self._rewritten("phone", customer.phone)
        if kind == "branch":
            values |= {"city": "", "street": ""}
        return replace(customer, name=name, kind=kind, **values)

    def _rewritten(self, key, value):
        if key == "phone" and value:
            digits = "".join(c for c in value if c.isdigit() or c == "+")
            return self.pick(
                (value, digits, value.replace(" ", "-"), self._wide(digits) if not value.startswith("+") else value)
            )
        if key == "email":
            return self.pick((value, value.upper(), f" {value}"))
        if key == "code" and value:
            return self.pick((value, value.lower(), f"{value[:6]} {value[6:]}"))
        if key == "city" and value.endswith("市"):
            return self.pick((value, value[:-1], "".join(lazy_pinyin(value[:-1])).title()))
        return value

    def _wide(self, text):
        return "".join(chr(ord(c) + 0xFEE0) if 0x20 < ord(c) < 0x7F else c for c in text)

    def _han_variant(self, customer):
        city, brand, trade, form = customer.parts
        trade_text = "".join(trade)
        full = f"{city}{brand}{trade_text}{form}"
        english = " ".join(HAN_TRADES[word] for word in trade)
        other_city = self.pick([c for c in HAN_CITIES if c != city])
        pinyin = "".join(lazy_pinyin(brand)).title()
        choices = (
            (20, "form dropped", f"{city}{brand}{trade_text}"),
            (12, "traditional", TO_TRADITIONAL.convert(customer.name)),
            (8, "full width and spaces", f"\u3000{city}市 {brand}{trade_text} {form}"),
            (12, "place dropped", f"{brand}{trade_text}{form}"),
            (4, "place in brackets", f"{brand}{trade_text}（{city}）{form}"),
            (4, "place in brackets", f"{brand}({city}){trade_text}{form}"),
            (10, "homophone", f"{city}{self._homophone(brand)}{trade_text}{form}"),
            (8, "pinyin and English", f"{self._latin_city(city)} {pinyin} {english} Co., Ltd."),
            (4, "all in pinyin", f"{self._latin_city(city)} {pinyin} {''.join(lazy_pinyin(trade_text))}"),
            (8, "branch", f"{full}{other_city}分公司"),
            (5, "trade dropped", f"{city}{brand}{form}"),
            (5, "as it was", customer.name),
        )  # fmt: skip
        return self._weighted(choices)

    def _latin_city(self, city):
        return "".join(lazy_pinyin(city)).title()

    def _homophone(self, brand):
        places = [n for n, c in enumerate(brand) if len(self.homophones[_sound(c)]) > 1]
        if not places:
            return brand
        place = self.pick(places)
        others = [c for c in self.homophones[_sound(brand[place])] if c != brand[place]]
        return brand[:place] + (self.pick(others) if others else brand[place]) + brand[place + 1 :]

    def _latin_variant(self, customer):
        words, trade, form, city = customer.parts
        core = " ".join(filter(None, (*words, trade)))
        choices = (
            (20, "form dropped", core),
            (15, "other form", f"{core} {self.pick(LATIN_FORMS[form])}".strip()),
            (12, "case", f"{core} {form}".upper()),
            (10, "accents dropped", f"{core} {form}".translate(ACCENTS)),
            (10, "punctuation", f"{', '.join(words)} {trade}, {form}".replace("  ", " ").replace(" ,", ",")),
            (10, "word order", " ".join(filter(None, (*reversed(words), trade, form)))),
            (13, "typo", f"{self._typo(core)} {form}"),
            (5, "trade dropped", f"{' '.join(words)} {form}"),
            (5, "branch", f"{core} {form}, {city}"),
        )  # fmt: skip
        return self._weighted(choices)

    def _person_variant(self, customer):
        if customer.parts == ("han",):
            syllables = [part.title() for part in lazy_pinyin(customer.name)]
            choices = (
                (25, "traditional", TO_TRADITIONAL.convert(customer.name)),
                (20, "pinyin", f"{syllables[0]} {''.join(syllables[1:]).capitalize()}"),
                (10, "pinyin, given name first", f"{''.join(syllables[1:]).capitalize()} {syllables[0]}"),
                (20, "title", customer.name + self.pick(("先生", "女士", "经理"))),
                (25, "as it was", customer.name),
            )
        else:
            first, last = customer.parts
            choices = (
                (25, "word order", f"{last}, {first}"),
                (15, "case", f"{first} {last}".upper()),
                (15, "accents dropped", f"{first} {last}".translate(ACCENTS)),
                (15, "initial", f"{first[0]}. {last}"),
                (15, "typo", f"{first} {self._typo(last)}"),
                (15, "title", f"{self.pick(('Dr.', 'Mr', 'Frau'))} {first} {last}"),
            )
        return self._weighted(choices)

    def _weighted(self, choices):
        chance = self.random.random() * sum(weight for weight, _kind, _name in choices)
        for weight, kind, name in choices:
            chance -= weight
            if chance <= 0:
                return name, kind
        return name, kind

    def _typo(self, text):
        place = 1 + int(self.random.random() * (len(text) - 2))
        letter = self.pick("abcdefghijklmnopqrstuvwxyz")
        return self.pick((
            text[:place] + text[place + 1 :],
            text[:place] + letter + text[place:],
            text[:place] + letter + text[place + 1 :],
            text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :],
        ))  # fmt: skip

    # ------------------------------------------------------------ another customer that looks alike

    def lookalike(self, customer):
        """Another customer, not to be taken for this one."""
        self.entity += 1
        if not customer.is_company:
            return self._other_person(customer)
        if customer.country != "CN":
            return self._other_latin(customer)
        city, brand, trade, form = customer.parts
        other_trade = (self.pick([t for t in HAN_TRADES if t not in trade and t != "科技"]),)
        kinds = {
            "same brand, other city": (self.pick([c for c in HAN_CITIES if c != city]), brand, trade, form),
            "same brand, other trade": (city, brand, other_trade, form),
            "other brand by one character": (city, self._other_character(brand), trade, form),
            "sister with one switchboard": (city, "".join(self.pick(BRAND) for _ in range(2)), other_trade, form),
        }
        kind = self.pick(list(kinds))
        made = self._han_company(self.entity, kinds[kind])
        if kind.startswith("sister"):
            made = replace(made, phone=customer.phone, street=customer.street)
        return replace(made, kind=kind)

    def _other_character(self, brand):
        place = int(self.random.random() * len(brand))
        sound = _sound(brand[place])
        others = [c for c in BRAND if _sound(c) != sound]
        return brand[:place] + self.pick(others) + brand[place + 1 :]

    def _other_latin(self, customer):
        words, trade, form, city = customer.parts
        kinds = {
            "same brand, other trade": (words, self.pick([t for t in LATIN_TRADES if t != trade]), form, city),
            "one word more": ((*words, self._word()), trade, form, city),
            "another last word": (
                (*words[:-1], self._word()) if len(words) > 1 else (words[0], self._word()),
                trade,
                form,
                city,
            ),
            "numbered": ((*words, str(2 + int(self.random.random() * 8))), trade, form, city),
        }
        kind = self.pick(list(kinds))
        made = self._latin_company(self.entity, kinds[kind])
        if not trade and kind == "same brand, other trade":
            # Without a trade on one side nobody can tell; two trades contradict each other.
            made = self._latin_company(self.entity, ((*words, "Zwei"), trade, form, city))
        return replace(made, kind=kind)

    def _other_person(self, customer):
        made = replace(self._person(self.entity), country=customer.country)
        if customer.parts != ("han",):
            name = f"{self.pick([n for n in FIRST_NAMES if n[0] != customer.name[0]])} {customer.parts[1]}"
        else:
            name = customer.name[0] + "".join(self.pick([g for g in GIVEN if g not in customer.name]) for _ in range(2))
        if self.likely(0.5):
            return replace(
                made,
                name=name,
                phone=customer.phone,
                street=customer.street,
                city=customer.city,
                kind="relative",
                parts=customer.parts,
            )
        return replace(made, name=customer.name, kind="namesake", parts=customer.parts)
