"""How much customers spend: the gamma-gamma model (Fader, Hardie 2013, note 025). No ORM here: tested by itself.

A customer's purchases vary around a mean of its own; the means vary between customers. `p` is the shape of the
purchases, `q` and `v` shape and scale of the means. A customer is described by `n` purchases and their mean `value`.
"""

from dataclasses import dataclass

import numpy as np

from . import mathematics as m
from .purchase_model import BOUND, FitError


@dataclass(frozen=True)
class SpendModel:
    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, n, value):
        """Maximum likelihood over the logarithms, with analytic gradient. Who has bought nothing, or for nothing, tells
        nothing."""
        n, value = m.rows(n, value)
        spent = (n > 0) & (value > 0)
        n, value = n[spent], value[spent]
        if not len(n):
            raise FitError("nobody")
        scale = float(np.median(value))
        data = Likelihood(n, value / scale)
        start = np.log([2.0, 4.0, 4.0])
        bounds = [(-BOUND, BOUND)] * 3
        answer = m.minimize(data.negative, start, bounds)
        if not np.isfinite(answer.fun) or np.any(np.abs(answer.x) > BOUND - 1e-3):
            raise FitError("no maximum")
        p, q, v = np.exp(answer.x).tolist()
        if q <= 1:
            raise FitError("no mean")
        return cls(p, q, v * scale)

    def log_likelihood(self, n, value):
        """Logarithm of the likelihood of each row."""
        n, value = m.rows(n, value)
        p, q, v = self.p, self.q, self.v
        return (
            m.gammaln(p * n + q) - m.gammaln(p * n) - m.gammaln(q) + q * np.log(v)
            + (p * n - 1) * np.log(value) + p * n * np.log(n) - (p * n + q) * np.log(n * value + v)
        )  # fmt: skip

    @property
    def mean(self):
        """Mean of the population."""
        return self.v * self.p / (self.q - 1)

    def expected(self, n, value):
        """Mean purchase expected of each customer: between its own mean and that of the population."""
        n, value = m.rows(n, value)
        return self.p * (self.v + n * value) / (self.p * n + self.q - 1)


class Likelihood:
    """Mean negative log-likelihood and its gradient; what depends on n alone is computed once per n."""

    def __init__(self, n, value):
        self.n, self.value, self.log_value = n, value, np.log(value)
        self.counts, place = np.unique(n, return_inverse=True)
        self.share = np.bincount(place) / len(n)
        self.sums = self.counts * self.share

    def negative(self, logarithms):
        p, q, v = parameters = np.exp(logarithms)
        counts, share, rows = self.counts, self.share, len(self.n)
        reach, total = p * self.n + q, self.n * self.value + v
        log_total = np.log(total)
        value = (
            share @ (m.gammaln(p * counts + q) - m.gammaln(p * counts)) - m.gammaln(q) + q * np.log(v)
            + (p * (self.n @ self.log_value) - self.log_value.sum()) / rows
            + p * (self.sums @ np.log(counts)) - (reach @ log_total) / rows
        )  # fmt: skip
        both = m.digamma(p * counts + q)
        gradient = np.array(
            [
                self.sums @ (both - m.digamma(p * counts) + np.log(counts))
                + (self.n @ (self.log_value - log_total)) / rows,
                share @ both - m.digamma(q) + np.log(v) - log_total.mean(),
                q / v - (reach / total).mean(),
            ]
        )
        return -value, -gradient * parameters
