"""The simple rule that a model has to beat: own rate of purchases times retention. No ORM here: tested by itself.

Of the customers who bought in a period, the part `retention` bought again in the next one. So whoever is in the n-th
period since its last purchase stays with the probability retention ** n, and while it stays it buys as often as it has
since its first purchase (taken as one period ago at least).
"""

from dataclasses import dataclass

import numpy as np

from .mathematics import rows

YEAR = 365
# Fewer customers, or days, tell no share.
ENOUGH = 30
SHORTEST = 30


@dataclass(frozen=True)
class SimpleRule:
    retention: float
    period: int = YEAR
    customers: int = 0

    @classmethod
    def measure(cls, days, day, assumed):
        """The rule as of a day: the last two years, or both halves of a shorter history.

        :param assumed: retention per year where too few bought to measure it: the figure of the policy
        """
        period = min(YEAR, (day - days.first_day) // 2) if len(days.day) else 0
        before = days.until(day - period).summary(day - period)
        customers = before.customer[before.T - before.t_x < period]
        if len(customers) < ENOUGH or period < SHORTEST:
            return cls(assumed)
        bought, _amount = days.outcome(customers, day - period, day)
        return cls(float((bought > 0).mean()), int(period), len(customers))

    def alive(self, x, t_x, T):
        x, t_x, T = rows(x, t_x, T)
        return self.retention ** (1 + np.floor((T - t_x) / self.period))

    def _rate(self, x, T):
        return (x + 1) / np.maximum(T, self.period)

    def no_purchase(self, x, t_x, T, days):
        """Gone, or staying and, at its own rate, not buying."""
        x, t_x, T = rows(x, t_x, T)
        return 1 + self.alive(x, t_x, T) * np.expm1(-self._rate(x, T) * days)

    def expected(self, x, t_x, T, time):
        return self.expected_at(x, t_x, T, [time])[:, 0]

    def expected_at(self, x, t_x, T, times):
        x, t_x, T = rows(x, t_x, T)
        return np.outer(self.alive(x, t_x, T) * self._rate(x, T), times)

    def next_purchase(self, x, t_x):
        """The customer's own mean interval; unknown with a single purchase."""
        x, t_x = rows(x, t_x)
        return np.where(x > 0, t_x / np.maximum(x, 1), np.nan)
