"""Normalised values, each by itself. Expected values come from outside: standards, registers, documentation."""

from odoo.addons.customer_policy.normalize import (
    address,
    code,
    company_name,
    corrections,
    email,
    keys,
    person_name,
    phone,
    places,
    text,
)
from odoo.tests import BaseCase, tagged

ODD = [
    "", "A", "王", "1", "😀", "😀🏳️‍🌈", "x" * 500, "王" * 500, "   ", "\u200b", "...", "()", "（）", "有限公司", "Ltd",
    "深圳市", "ABC有限公司 Ltd. (深圳) 😀", "Кока-Кола", "株式会社東芝", "شركة", "' OR 1=1 --", "\x00\x01", "ﬁﬂ", "Ⅻ①",
    "a.b.c", "分公司",
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestText(BaseCase):
    def test_traditional_to_simplified(self):
        # Pairs of the General List of Simplified Chinese Characters (简化字总表, 1986).
        for traditional, simplified in zip("華電機書國藥貿龍門體", "华电机书国药贸龙门体", strict=True):
            self.assertEqual(text.fold(traditional), simplified)

    def test_width_case_accents(self):
        self.assertEqual(
            text.fold(" \uff28\uff35\uff21\uff37\uff25\uff29\u3000 Café ÅNGSTRÖM Straße Łódź "),
            "huawei cafe angstrom strasse lodz",
        )

    def test_pinyin_of_words_with_two_readings(self):
        self.assertEqual(text.pinyin("重庆"), "chongqing")
        self.assertEqual(text.pinyin("银行"), "yinhang")

    def test_clean_keeps_what_is_right(self):
        self.assertEqual(text.clean("\u3000\uff21\uff22\uff23  有 限公司\u200b（上海）"), "ABC 有限公司（上海）")
        for right in ("ABC Ltd", "上海 ABC 公司", "O'Neil & Sons", "（上海）"):
            self.assertEqual(text.clean(right), right)


@tagged("post_install", "-at_install")
class TestPhone(BaseCase):
    def test_e164(self):
        # The examples of libphonenumber's documentation, Ofcom's numbers for drama use, and a Chinese mobile number.
        self.assertEqual(phone.e164("044 668 18 00", "CH"), "+41446681800")
        self.assertEqual(phone.e164("020 7946 0958", "GB"), "+442079460958")
        for written in (
            "138 0013 8000",
            "+86 138-0013-8000",
            "0086 13800138000",
            "１３８００１３８０００",
            "(86)13800138000",
        ):
            self.assertEqual(phone.e164(written, "CN"), "+8613800138000", written)
        self.assertEqual(phone.e164("0755-8888 8888", "CN"), "+8675588888888")
        self.assertEqual(phone.international("13800138000", "CN"), "+86 138 0013 8000")

    def test_without_country(self):
        self.assertIsNone(phone.e164("138 0013 8000"))
        self.assertEqual(phone.keys("138 0013 8000"), ["13800138000"])
        self.assertEqual(phone.keys("138 0013 8000", ("CN",)), ["+8613800138000"])
        self.assertEqual(phone.keys("138 0013 8000", ("CN", "US")), ["+8613800138000", "13800138000"])
        self.assertEqual(phone.keys("+86 138 0013 8000", ("DE", "US")), ["+8613800138000"])

    def test_no_number(self):
        for bad in (*ODD, "12", "无", "0000000000", "+", "++86", "1" * 500, None):
            self.assertIsNone(phone.e164(bad, "CN"), bad)
        for bad in ("12", "无", "0000000000", "", None):
            self.assertFalse(phone.keys(bad, ("CN",)), bad)


@tagged("post_install", "-at_install")
class TestCode(BaseCase):
    # Published by the companies themselves: Huawei, Tencent, Alibaba (China); the last from GB 32100's usual example.
    USCC = ("914403001922038216", "9144030071526726XG", "91330100799655058B", "91110000600037341L")

    def test_unified_social_credit_code(self):
        for value in self.USCC:
            self.assertEqual(code.parse(value, "CN"), code.Code(value, "uscc", True))
            self.assertEqual(code.parse(f" {value[:6]} {value[6:12]}-{value[12:].lower()}", "CN").value, value)

    def test_wrong_digit(self):
        """Every single wrong character is noticed: a property of a check digit of modulus 31."""
        value, alphabet = self.USCC[0], "0123456789ABCDEFGHJKLMNPQRTUWXY"
        for position in range(8, 18):
            for other in alphabet.replace(value[position], ""):
                wrong = value[:position] + other + value[position + 1 :]
                self.assertFalse(code.parse(wrong, "CN").is_valid, wrong)
        self.assertFalse(code.parse("9144030019220382I6", "CN").is_valid)  # the standard has no letter I

    def test_tax_numbers(self):
        # The examples of python-stdnum's documentation, one of the EU Commission's VIES notes.
        self.assertEqual(code.parse("DE 136 695 976", "DE"), code.Code("136695976", "vat:DE", True))
        self.assertEqual(code.parse("136,695 976".replace(",", ""), "DE").value, "136695976")
        self.assertFalse(code.parse("136695978", "DE").is_valid)
        self.assertIsNone(code.parse("ABC12345", "US").is_valid)

    def test_no_code(self):
        for nothing in ("", "/", "N/A", "无", "000000", "1", None, "😀"):
            self.assertFalse(code.keys(nothing, ("CN",)), nothing)


@tagged("post_install", "-at_install")
class TestEmailAndAddress(BaseCase):
    def test_email(self):
        self.assertEqual(email.keys("Li Lei <Li.Lei@Example.COM>; x@y.cn"), ["li.lei@example.com", "x@y.cn"])
        self.assertEqual(email.keys("li＠example．com"), ["li@example.com"])
        for bad in ("", "a@b", "@", "无", "😀", "x" * 500):
            self.assertEqual(email.keys(bad), [], bad)

    def test_city(self):
        for written in ("深圳", "深圳市", "广东省深圳市", "Shenzhen", "SHENZHEN CITY", "Shen Zhen"):
            self.assertEqual(address.city(written), "shenzhen", written)
        self.assertEqual(address.city("Zürich"), address.city("zurich"))

    def test_street(self):
        self.assertEqual(address.street("深圳市南山区科技园路12号"), address.street("科技園路１２號"))
        self.assertEqual(address.street("12 Main St."), address.street("Main Street 12"))
        self.assertNotEqual(address.street("Main Street 12"), address.street("Main Street 13"))
        self.assertEqual(address.street("Main Street"), "")

    def test_odd_values(self):
        for odd in ODD:
            address.city(odd), address.street(odd), email.keys(odd), code.parse(odd, "CN")


@tagged("post_install", "-at_install")
class TestCompanyName(BaseCase):
    def similarity(self, one, other):
        one, other = company_name.parse(one), company_name.parse(other)
        self.assertEqual(one.similarity(other), other.similarity(one))
        return one.similarity(other)

    def test_parts(self):
        name = company_name.parse("广东省深圳市华新电子科技股份有限公司")
        self.assertEqual((name.brand, name.form), ("华新", "stock"))
        self.assertEqual(name.trades, {"electronics", "technology"})
        self.assertEqual(set().union(*name.places), {"广东", "深圳"})

    def test_same_name_in_other_writing(self):
        name = "深圳市华新电子有限公司"
        for other in (
            "深圳市華新電子有限公司", "深圳华新电子", "深圳市华新电子有限责任公司", "华新电子（深圳）有限公司",
            "华新电子(深圳)", " 深圳市 华新电子 有限公司 ",
        ):  # fmt: skip
            self.assertTrue(company_name.parse(name).same_as(company_name.parse(other)), other)
        for one, other in (
            ("Müller Maschinenbau GmbH & Co. KG", "MULLER MASCHINENBAU GMBH & CO KG"),
            ("Acme, Inc.", "ACME Incorporated"),
            ("Rossi S.r.l.", "Rossi SRL"),
            ("Smith & Miller Ltd.", "Miller and Smith Limited"),
            ("Shenzhen Huaxin Electronics Co., Ltd.", "SHENZHEN HUAXIN ELECTRONIC COMPANY LIMITED"),
        ):
            self.assertTrue(company_name.parse(one).same_as(company_name.parse(other)), (one, other))

    def test_similar(self):
        name = "深圳市华新电子有限公司"
        for other in (
            "华新电子有限公司",
            "Shenzhen Huaxin Electronics Co., Ltd.",
            "深圳市华新电子有限公司北京分公司",
            "深圳市华鑫电子有限公司",
        ):
            self.assertGreater(self.similarity(name, other), 90, other)
        for other in (
            "北京华新电子有限公司",
            "深圳市华新物流有限公司",
            "深圳市华星电子有限公司",
            "深圳市电子有限公司",
            "Huaxing Ltd",
        ):
            self.assertLess(self.similarity(name, other), 85, other)
        self.assertGreater(self.similarity("Schneider Electronics GmbH", "Schnieder Electronics GmbH"), 90)
        self.assertLess(self.similarity("Store 12 Ltd", "Store 13 Ltd"), 85)
        self.assertLess(self.similarity("Alpha Trading Ltd", "Alpha Consulting Ltd"), 85)

    def test_two_cities_of_one_pinyin(self):
        self.assertTrue(places.agree([places.of_latin("suzhou")], [frozenset(["苏州"])]))
        self.assertTrue(places.agree([places.of_latin("suzhou")], [frozenset(["宿州"])]))
        self.assertFalse(places.agree([frozenset(["苏州"])], [frozenset(["宿州"])]))

    def test_odd_names(self):
        for one in ODD:
            for other in ODD:
                self.assertLessEqual(self.similarity(one, other), 100)
            for is_company in (True, False):
                values = {
                    "name": one,
                    "is_company": is_company,
                    "named": True,
                    "city": "深圳",
                    "email": one,
                    "phone": one,
                }
                self.assertTrue(all(0 < len(key) <= keys.LONGEST_KEY for _kind, key in keys.of_values(values)), one)

    def test_single_edits_share_a_key(self):
        """The promise of `normalize.keys`: a Latin brand with one edit behind the first letter has a key in common."""
        brand, trade = "kowalski", " Trading Ltd"
        wanted = set(keys.of_name(brand + trade, True))
        for position in range(1, len(brand)):
            for edited in (
                brand[:position] + brand[position + 1 :],
                brand[:position] + "x" + brand[position + 1 :],
                brand[:position] + "x" + brand[position:],
                brand[:position] + brand[position + 1 : position + 2] + brand[position] + brand[position + 2 :],
            ):
                self.assertTrue(wanted & set(keys.of_name(edited + trade, True)), edited)


@tagged("post_install", "-at_install")
class TestPersonName(BaseCase):
    def test_same_person(self):
        for one, other in (
            ("王伟", "王偉"), ("王伟", "Wang Wei"), ("王伟", "Wei WANG"), ("王伟先生", "王伟"), ("余欣涛", "Xintao Yu"),
            ("欧阳文静", "Wenjing Ouyang"), ("John Smith", "SMITH, John"), ("Dr. José García", "Jose Garcia"),
            ("O'Neil", "ONeil"),
        ):  # fmt: skip
            self.assertTrue(person_name.parse(one).same_as(person_name.parse(other)), (one, other))

    def test_other_person(self):
        for one, other in (("王伟", "王芳"), ("John Smith", "Mary Smith"), ("王伟", "汪维明"), ("A", "B")):
            self.assertLess(person_name.parse(one).similarity(person_name.parse(other)), 75, (one, other))

    def test_odd_names(self):
        for one in ODD:
            for other in ODD:
                one_name, other_name = person_name.parse(one), person_name.parse(other)
                self.assertEqual(one_name.similarity(other_name), other_name.similarity(one_name), (one, other))


@tagged("post_install", "-at_install")
class TestCorrections(BaseCase):
    def test_corrections(self):
        values = {
            "name": "\u3000华新 电子（深圳）", "phone": "13800138000", "email": "Li@Example.com", "country": "CN",
            "vat": "91440300-192203821-6", "company_registry": "914403001922038217", "street": "科技园路 １２号",
        }  # fmt: skip
        self.assertEqual(
            {(name, new, reason) for name, _old, new, reason in corrections.of_values(values)},
            {
                ("name", "华新电子（深圳）", "writing"),
                ("phone", "+86 138 0013 8000", "phone"),
                ("email", "li@example.com", "email"),
                ("vat", "914403001922038216", "code"),
                ("company_registry", None, "check_digit"),
                ("street", "科技园路 12号", "writing"),
            },
        )

    def test_joiners_belong_to_the_spelling(self):
        """Unicode 15, 9.2 and 12.1, UTS 51: Persian می‌خواهم, Kannada ರ‍್ಯ and emoji sequences need them."""
        for name in ("می\u200cخواهم", "ರ\u200d್ಯಾಂಕ್", "Kiosk 👩\u200d🔧"):
            self.assertEqual(corrections.of_values({"name": name}), [], name)
            self.assertEqual(text.fold(name), text.fold(name.replace("\u200c", "").replace("\u200d", "")))
        [(_field, _old, new, _reason)] = corrections.of_values({"name": "Acme\u200b Ltd\ufeff"})
        self.assertEqual(new, "Acme Ltd")
        self.assertEqual(phone.keys("138\u200c0013\u200d8000", ("CN",)), ["+8613800138000"])

    def test_right_values_stay(self):
        values = {
            "name": "Acme Ltd",
            "phone": "+41 44 668 18 00",
            "email": "a@b.ch",
            "vat": "CHE-107.787.577 IVA",
            "country": "CH",
        }
        self.assertEqual(corrections.of_values(values), [])

    def test_corrected_is_correct(self):
        for odd in ODD:
            values = {"name": odd, "phone": odd, "email": odd, "city": odd, "country": "CN"}
            better = {**values, **{name: new for name, _old, new, _reason in corrections.of_values(values) if new}}
            self.assertEqual(corrections.of_values(better), [], odd)
