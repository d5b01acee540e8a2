"""Lists in the middle of a sentence, separated as the reader's language does it.

`odoo.tools.format_list` ends with “and” or “or”; its style “unit” runs Chinese words together without any sign.
"""

from functools import reduce


def join_names(env, names):
    """Short words: “A, B, C”."""
    return reduce(lambda first, rest: env._("%(first)s, %(rest)s", first=first, rest=rest), names or [""])


def join_statements(env, statements):
    """Statements that may hold commas: “A; B; C”."""
    return reduce(lambda first, rest: env._("%(first)s; %(rest)s", first=first, rest=rest), statements or [""])
