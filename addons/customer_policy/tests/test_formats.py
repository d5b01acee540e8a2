"""Formats of values, the same in Python and in SQL."""

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .. import formats

# Published codes: the example of GB 32100-2015 as commonly cited, Alibaba, Baidu, Tencent Computer.
REAL_CODES = ["91350100M000100Y43", "91330100799655058B", "91110000802100433B", "91440300708461136T"]


@tagged("post_install", "-at_install")
class TestFormats(TransactionCase):
    def in_sql(self, sql):
        [[found]] = self.env.execute_query(SQL("SELECT %s", sql))
        return bool(found)

    def test_published_codes(self):
        for code in REAL_CODES:
            self.assertTrue(formats.is_uscc(code), code)
            self.assertTrue(self.in_sql(formats.is_uscc_sql(SQL("%s", code))), code)

    def test_any_single_mistake_is_found(self):
        """The weights are prime to 31: a wrong character always shows, in Python and in SQL alike."""
        code = REAL_CODES[0]
        wrong = [
            code[:position] + char + code[position + 1 :]
            for position in range(18)
            for char in "0123456789ABCDEFGHJKLMNPQRTUWXY"
            if char != code[position]
        ]
        self.assertFalse([text for text in wrong if formats.is_uscc(text)])
        rows = self.env.execute_query(
            SQL("SELECT code FROM UNNEST(%s::text[]) code WHERE %s", wrong, formats.is_uscc_sql(SQL("code")))
        )
        self.assertFalse(rows)

    def test_python_and_sql_agree(self):
        texts = [
            *REAL_CODES, "91350100m000100y43", " 91350100M000100Y43 ", "91350100M000100Y44", "GB123456782", "/", "x",
            "12345", "123456789012345678", "一二三", "13800138000", "+86 138-0013-8000", "021-12345678-801", "abc",
            "021 1234 5678 转 801", "(021) 62345678", "123", "123456", "1234567", "+1234567890123456", "a@b.co",
            "9135 0100 M000 100Y 43", "９１３５０１００Ｍ０００１００Ｙ４３", "9135-0100/M000.100Y·43",
            "91350100ｍ000100y43",
            "9135\u200b0100 M000 100Y 44", "DE 123 456 788", "ＤＥ１２３４５６７８８",
            "／", "//", " / ", "...", "ı234", "ß12",
            "a@b", "a b@c.de", "a@b.c", "名@例.中国", "a@@b.co", "",
        ]  # fmt: skip
        for pattern in (formats.EMAIL, formats.PHONE, formats.PHONE_EXTENSION, formats.TAX_NUMBER, formats.USCC):
            for text in texts:
                self.assertEqual(
                    formats.matches(pattern, text),
                    self.in_sql(formats.matches_sql(pattern, SQL("%s", text))),
                    (pattern, text),
                )
        for text in texts:
            for chinese in (True, False):
                sql = formats.is_tax_id_sql(SQL("%s", text), SQL("%s", chinese))
                self.assertEqual(formats.is_tax_id(text, chinese), self.in_sql(sql), (text, chinese))

    def test_phones(self):
        for text in ("021-12345678-801", "+86 21 1234 5678 转 801", "021-62345678分机12", "555 123 4567 ext. 9"):
            self.assertTrue(formats.matches(formats.PHONE_EXTENSION, text), text)
        for text in ("138-0013-800", "123-45-678"):
            self.assertFalse(formats.matches(formats.PHONE_EXTENSION, text), text)
