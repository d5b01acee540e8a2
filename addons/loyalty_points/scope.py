"""Which document moves points at the moment.

Odoo's code writes `card.points` in many places. What such a write belongs to is noted on the cursor for as long as the
call lasts, not in the context: nothing that a client sends gets there.
"""

from contextlib import contextmanager

KEY = "loyalty_points_scope"


class Posting:
    """Every change of a balance is an entry of this kind."""

    def __init__(self, entry_type, reason, values):
        self.entry_type = entry_type
        self.reason = reason
        self.values = values


class Settling:
    """Changes of balances are provisional: at the end the ledger is brought to what the orders say.

    `base` holds the balances of cards before the first change, `later` documents and earnings that wait for the end.
    """

    def __init__(self, orders, values):
        self.orders = orders
        self.values = values
        self.base = {}
        self.later = []


def current(env):
    """What the code that runs now has said about the points that it moves."""
    return env.cr.cache.get(KEY)


@contextmanager
def entered(env, scope):
    outer = current(env)
    env.cr.cache[KEY] = scope
    try:
        yield scope
    finally:
        env.cr.cache[KEY] = outer
