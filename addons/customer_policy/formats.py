"""Formats of the entry standard, once for Python and once for PostgreSQL. No ORM here: tested by itself.

Patterns keep to what both regular-expression dialects read in the same way.
"""

import re

from odoo.tools import SQL

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
# "/" is Odoo's own mark for “not subject to tax”.
TAX_NUMBER = r"^(/|[0-9A-Z][0-9A-Z ./-]{3,29})$"
EIGHTEEN = r"^[0-9A-Z]{18}$"

# GB 32100-2015: authority, kind, six digits of the place, nine characters of the organisation, check character.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
USCC_WEIGHTS = [pow(3, position, 31) for position in range(17)]


def matches(pattern, text):
    """Whether a text fits one of the patterns above."""
    return bool(re.search(pattern.replace("[:space:]", r"\s"), text))


def matches_sql(pattern, text):
    return SQL("%s ~ %s", text, pattern)


def is_uscc(code):
    """Whether a text is a unified social credit code: the weighted sum, check character included, divides by 31."""
    if not matches(USCC, code):
        return False
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(code, USCC_WEIGHTS, strict=False))
    return (total + USCC_ALPHABET.index(code[17])) % 31 == 0


def is_uscc_sql(code):
    return SQL(
        """CASE WHEN %(code)s !~ %(pattern)s THEN FALSE ELSE
               (SELECT SUM((STRPOS(%(alphabet)s, SUBSTR(%(code)s, i, 1)) - 1) * (%(weights)s::int[])[i]) %% 31 = 0
                  FROM GENERATE_SERIES(1, 18) i) END""",
        code=code,
        pattern=USCC,
        alphabet=USCC_ALPHABET,
        weights=[*USCC_WEIGHTS, 1],
    )


def is_tax_id(code, is_chinese):
    """A unified social credit code for China and for whatever has its length, else a plausible tax number (whose
    national rules Odoo's own `base_vat` checks where it is installed)."""
    code = code.strip(BLANKS).upper()
    return is_uscc(code) if is_chinese or matches(EIGHTEEN, code) else matches(TAX_NUMBER, code)


def is_tax_id_sql(code, is_chinese):
    code = SQL("UPPER(BTRIM(%s, %s))", code, BLANKS)
    return SQL(
        "CASE WHEN %s OR %s THEN %s ELSE %s END",
        is_chinese,
        matches_sql(EIGHTEEN, code),
        is_uscc_sql(code),
        matches_sql(TAX_NUMBER, code),
    )
