"""Invented customers with realistic other writings of them, and others that only look alike.

Chinese companies are named by their legal order (place, brand, trade, form), Latin ones as registers show them. A
variant is the same customer entered once more: shortened, in traditional characters or full width, with a typo as an
input method or a keyboard makes it, in pinyin and English, with words in another order, or as a branch; its other values
are partly left out or written otherwise. A hard negative is another customer: the same brand in another city or trade, a
brand that differs in one character, a sister company with the same switchboard, a relative at the same address, a person
of the same name elsewhere. Each is a function of the seed alone.
"""

import random
from dataclasses import dataclass, field, replace

from opencc import OpenCC
from pypinyin import lazy_pinyin
from stdnum.cn import uscc

BRAND = list(
    "华新盛达宏远天地金银龙凤海洋东方南北星辰光明永恒瑞祥福泰安康健美佳丽德信诚义仁和平兴旺发顺通利达鑫源丰茂昌隆百千万"
    "亿世纪元亨利贞嘉亚欧环宇博雅文思创智慧联合众志成城中正大有力帝豪杰英雄飞腾跃升凯旋胜立建伟业基础恒久长青松柏竹梅兰"
    "春夏秋冬云雨雪霜露山川江河湖林森木禾田园苗玉石珠宝晶莹清波浪涛汇融通"
)
HAN_CITIES = (
    "北京 上海 广州 深圳 杭州 苏州 南京 无锡 宁波 东莞 佛山 成都 重庆 武汉 长沙 西安 郑州 青岛 济南 天津 沈阳 大连 厦门 "
    "福州 合肥 南昌 昆明 贵阳 南宁 珠海 中山 惠州 温州 嘉兴 绍兴 常州 南通 徐州 烟台 潍坊 石家庄 太原 长春 哈尔滨 昆山 义乌"
).split()
HAN_TRADES = {
    "电子": "Electronics", "科技": "Technology", "贸易": "Trading", "机械": "Machinery", "物流": "Logistics",
    "食品": "Food", "化工": "Chemical", "医药": "Pharmaceutical", "服饰": "Garment", "家具": "Furniture",
    "建材": "Building Materials", "五金": "Hardware", "塑胶": "Plastics", "包装": "Packaging", "传媒": "Media",
    "咨询": "Consulting", "软件": "Software", "半导体": "Semiconductor", "汽车": "Automobile", "纺织": "Textile",
    "环保": "Environmental", "照明": "Lighting", "仪器": "Instruments", "模具": "Mould", "餐饮": "Catering",
}  # fmt: skip
HAN_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
STREETS = "人民 中山 解放 建设 科技 创业 高新 滨江 长江 黄河 学院 工业 文化 和平 胜利 新华 迎宾 振兴 朝阳 湖滨".split()
SURNAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余")
GIVEN = list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鹏红健俊宇婷雪梅浩然子轩欣怡晨博文思雨佳琪")

LATIN_CITIES = "Berlin Hamburg München Köln Wien Zürich Paris Lyon Milano Madrid London Leeds Dublin Amsterdam Gent Praha Warszawa Boston Austin Denver".split()
LATIN_TRADES = ["Trading", "Consulting", "Logistics", "Machinery", "Foods", "Software", "Engineering", "Packaging", "Textiles", "Chemicals", "Media", "Steel"]
LATIN_FORMS = {
    "GmbH": ("GmbH", "G.m.b.H.", "GMBH", ""), "Ltd": ("Ltd", "Ltd.", "Limited", "LTD", ""), "Inc.": ("Inc.", "Inc", "Incorporated", ""),
    "S.r.l.": ("S.r.l.", "SRL", "srl", ""), "S.A.": ("S.A.", "SA", ""), "LLC": ("LLC", "L.L.C.", ""), "AG": ("AG", "A.G.", ""),
    "GmbH & Co. KG": ("GmbH & Co. KG", "GmbH & Co KG", "GMBH&CO.KG"),
}  # fmt: skip
CONSONANTS = ["b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "pr", "r", "s", "sch", "st", "t", "tr", "v", "w", "z"]
VOWELS = ["a", "e", "i", "o", "u", "ä", "ö", "ü", "é", "ei", "au", "ie"]
CODAS = ["", "n", "r", "l", "s", "ck", "tt", "ng", "x", "rd", "nn", "mann", "berg", "son"]
FIRST_NAMES = "Anna Peter Julia Thomas Maria Stefan José Claire Luca Sofia Daniel Emma Oliver Chloé Martin Laura Paul Nina Erik Carla David Sara Jan Eva".split()
ACCENTS = str.maketrans("äöüé", "aoue")
TO_TRADITIONAL = OpenCC("s2t")


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
        self.homophones = {}
        for character in BRAND:
            self.homophones.setdefault(lazy_pinyin(character)[0], []).append(character)

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
            trade = tuple(dict.fromkeys(self.pick(list(HAN_TRADES)) for _ in range(1 if self.likely(0.7) else 2)))
            parts = (self.pick(HAN_CITIES), brand, trade, self.pick(HAN_FORMS))
        city, brand, trade, form = parts
        name = f"{city}{self.pick(('市', ''))}{brand}{''.join(trade)}{form}"
        domain = "".join(lazy_pinyin(brand)) + str(entity)
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
                f"{''.join(lazy_pinyin(name))}{entity}@mail.example", parts=("han",),
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
        body = f"91{110000 + int(self.random.random() * 500000)}" + "".join(self.pick("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
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
        values = {key: self._rewritten(key, getattr(customer, key)) if self.likely(p) else "" for key, p in keep.items()}
        if not customer.is_company and not values["phone"] and not values["email"] and not (values["street"] and values["city"]):
            # A name alone never says who a person is.
            values["phone"] = self._rewritten("phone", customer.phone)
        if kind == "branch":
            values |= {"city": "", "street": ""}
        return replace(customer, name=name, kind=kind, **values)

    def _rewritten(self, key, value):
        if key == "phone" and value:
            digits = "".join(c for c in value if c.isdigit() or c == "+")
            return self.pick((value, digits, value.replace(" ", "-"), self._wide(digits) if not value.startswith("+") else value))
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
            (8, "place in brackets", self.pick((f"{brand}{trade_text}（{city}）{form}", f"{brand}({city}){trade_text}{form}"))),
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
        places = [n for n, c in enumerate(brand) if len(self.homophones[lazy_pinyin(c)[0]]) > 1]
        if not places:
            return brand
        place = self.pick(places)
        others = [c for c in self.homophones[lazy_pinyin(brand[place])[0]] if c != brand[place]]
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
        sound = lazy_pinyin(brand[place])[0]
        others = [c for c in BRAND if lazy_pinyin(c)[0] != sound]
        return brand[:place] + self.pick(others) + brand[place + 1 :]

    def _other_latin(self, customer):
        words, trade, form, city = customer.parts
        kinds = {
            "same brand, other trade": (words, self.pick([t for t in LATIN_TRADES if t != trade]), form, city),
            "one word more": ((*words, self._word()), trade, form, city),
            "another last word": ((*words[:-1], self._word()) if len(words) > 1 else (words[0], self._word()), trade, form, city),
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
            return replace(made, name=name, phone=customer.phone, street=customer.street, city=customer.city, kind="relative", parts=customer.parts)
        return replace(made, name=customer.name, kind="namesake", parts=customer.parts)
