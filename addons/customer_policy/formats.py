"""Formats of the entry standard, once for Python and once for PostgreSQL. No ORM here: tested by itself.

Patterns keep to what both regular-expression dialects read in the same way.
"""

import re

from odoo.tools import SQL
from stdnum.cn import uscc

from .normalize import code

# What counts as empty at either end of a text, full-width and no-break space included.
BLANKS = " \t\r\n\u3000\u00a0"
EMAIL = r"^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:].]{2,}$"
# 7 to 15 digits (ITU-T E.164) with the usual separators.
PHONE = r"^\+?([ ().-]*[0-9]){7,15}[ ().-]*$"
# A number with an extension, which Odoo's own library does not take: 021-12345678-801, +86 21 1234 5678 转 801.
PHONE_EXTENSION = (
    r"^((\+?86[ -]?)?\(?0[0-9]{2,3}\)?[ -]?[0-9]{7,8}-[0-9]{1,6}"
    r"|\+?([ ().-]*[0-9]){7,15} *(转|分机|[Ee][Xx][Tt]\.?|x|#) *[0-9]{1,6})$"
)
# "/" is Odoo's own mark for “not subject to tax”; separators are left out.
NO_TAX_NUMBER = "/"
TAX_NUMBER = r"^[0-9A-Z]{4,30}$"
EIGHTEEN = r"^[0-9A-Z]{18}$"

# GB 32100-2015: authority, kind, six digits of the place, nine characters of the organisation, check character.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
USCC_WEIGHTS = [pow(3, position, 31) for position in range(17)]

# {character: what `normalize.code` reads it as, or nothing} of the signs that people type into codes.
CODE_SIGNS = {
    sign: read
    for sign in map(chr, (*range(0x250), *range(0x2000, 0x3001), *range(0xFE00, 0x10000)))
    if (read := code.compact(sign)) != sign and len(read) < 2 and read.isascii()
}
_CODE_TABLE = str.maketrans(CODE_SIGNS)


def matches(pattern, text):
    """Whether a text fits one of the patterns above."""
    return bool(re.search(pattern.replace("[:space:]", r"\s"), text))


def matches_sql(pattern, text):
    return SQL("%s ~ %s", text, pattern)


def is_uscc(text):
    """Whether a text is a unified social credit code as it should be written."""
    return matches(USCC, text) and uscc.is_valid(text)


def is_uscc_sql(text):
    """The library's check in SQL: the weighted sum, check character included, divides by 31."""
    return SQL(
        """CASE WHEN %(text)s !~ %(pattern)s THEN FALSE ELSE
               (SELECT SUM((STRPOS(%(alphabet)s, SUBSTR(%(text)s, i, 1)) - 1) * (%(weights)s::int[])[i]) %% 31 = 0
                  FROM GENERATE_SERIES(1, 18) i) END""",
        text=text,
        pattern=USCC,
        alphabet=USCC_ALPHABET,
        weights=[*USCC_WEIGHTS, 1],
    )


def is_tax_id(text, is_chinese):
    """A unified social credit code for China and for whatever has its length, else a plausible tax number (whose
    national rules Odoo's own `base_vat` checks where it is installed); separators and full-width characters are
    no fault."""
    number = text.translate(_CODE_TABLE)
    if is_chinese or matches(EIGHTEEN, number):
        return is_uscc(number)
    return text.strip(BLANKS) == NO_TAX_NUMBER or matches(TAX_NUMBER, number)


def is_tax_id_sql(text, is_chinese):
    signs = sorted(CODE_SIGNS, key=lambda sign: not CODE_SIGNS[sign])  # those that have no counterpart are left out
    number = SQL("TRANSLATE(%s, %s, %s)", text, "".join(signs), "".join(CODE_SIGNS[sign] for sign in signs))
    return SQL(
        "CASE WHEN %s OR %s THEN %s ELSE BTRIM(%s, %s) = %s OR %s END",
        is_chinese,
        matches_sql(EIGHTEEN, number),
        is_uscc_sql(number),
        text,
        BLANKS,
        NO_TAX_NUMBER,
        matches_sql(TAX_NUMBER, number),
    )
