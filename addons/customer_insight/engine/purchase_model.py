"""How often customers buy and when they leave: BG/NBD and MBG/NBD. No ORM here: tested by itself.

While active a customer buys at random with a rate of its own (gamma distributed with `r`, `alpha`), and leaves for good
after a purchase with a probability of its own (beta distributed with `a`, `b`). BG/NBD: Fader, Hardie, Lee (2005),
Marketing Science 24, 275-284; nobody leaves after the first purchase. MBG/NBD: Batislam, Denizel, Filiztekin (2007),
International Journal of Research in Marketing 24, 201-209; one may. Both are one formula with `k` 0 or 1.

A customer is described by `x` (days with a purchase after the first), `t_x` (from the first to the last of them) and
`T` (from the first one to the day of looking). Times are in any one unit; the suite uses days.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from . import mathematics as m

NODES = 32
# Rows of a block: a block of doubles by nodes stays in the processor's cache.
BLOCK = 8192
# exp(±9): an estimate that runs there has no maximum in between.
BOUND = 9.0
SAMPLE = 20_000
STARTS = ((0.5, 1.0, 2.0), (1.5, 0.3, 5.0), (0.2, 3.0, 3.0))


class FitError(Exception):
    """An estimate that is none: no maximum found, or one at the edge of what is sane."""


@dataclass(frozen=True)
class PurchaseModel:
    """An estimated model; all methods take scalars or arrays and return arrays."""

    r: float
    alpha: float
    a: float
    b: float
    k: int = 0

    @property
    def parameters(self):
        return np.array([self.r, self.alpha, self.a, self.b])

    @classmethod
    def fit(cls, x, t_x, T, k=0):
        """Maximum likelihood over the logarithms of the parameters, with analytic gradient. A sample of a large base
        tells where to begin."""
        data = Likelihood(x, t_x, T, k)
        sample = data.sample(SAMPLE)
        center = np.log(max(data.mean_time, 1e-9)) * np.array([0, 1, 0, 0])
        bounds = [(middle - BOUND, middle + BOUND) for middle in center]
        for r, a, b in STARTS:
            start = np.log([r, 1, a, b]) + center
            if sample:
                start = m.minimize(sample.negative, start, bounds).x
            answer = m.minimize(data.negative, start, bounds)
            if np.isfinite(answer.fun) and np.all(np.abs(answer.x - center) < BOUND - 1e-3):
                return cls(*np.exp(answer.x).tolist(), k)
        raise FitError("no maximum")

    def log_likelihood(self, x, t_x, T):
        """Logarithm of the likelihood of each row."""
        x, t_x, T = m.rows(x, t_x, T)
        alone = m.counts_likelihood(self.parameters, self.k, x)
        return alone + np.logaddexp(*self._branches(x, t_x, T))

    def _branches(self, x, t_x, T):
        """Logarithms of two terms of the likelihood that only differ: still active at T, or gone at t_x."""
        s = self.r + x
        active = -s * np.log(self.alpha + T)
        base = np.maximum(self.b + x - 1 + self.k, 1e-300)
        gone = np.log(self.a) - np.log(base) - s * np.log(self.alpha + t_x)
        return active, gone if self.k else np.where(x > 0, gone, -np.inf)

    def alive(self, x, t_x, T):
        """P(still active at T)."""
        active, gone = self._branches(*m.rows(x, t_x, T))
        return m.expit(active - gone)

    def no_purchase(self, x, t_x, T, days):
        """P(no purchase in the next `days`): gone, or active and waiting."""
        x, t_x, T = m.rows(x, t_x, T)
        waiting = (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + T + days))
        return 1 + self.alive(x, t_x, T) * np.expm1(waiting)

    def expected(self, x, t_x, T, time):
        """Purchases expected in the next `time` (a scalar)."""
        x, t_x, T = m.rows(x, t_x, T)
        return self.alive(x, t_x, T) * self._future_of_active(x, T, [time])[:, 0]

    def expected_at(self, x, t_x, T, times):
        """Purchases expected up to each of `times`, one column each."""
        x, t_x, T = m.rows(x, t_x, T)
        return self.alive(x, t_x, T)[:, None] * self._future_of_active(x, T, times)

    def population(self, time):
        """Repeat purchases expected of a new customer within `time` (scalar or array)."""
        times = np.atleast_1d(np.asarray(time, float))
        future = self._future(self.r, np.full(1, self.alpha), times, self.b + self.k)[0]
        return future * (self.b / (self.a + self.b) if self.k else 1.0)

    def next_purchase(self, x, t_x):
        """Time after the last purchase within which half of such customers, were they active, have bought again."""
        x, t_x = m.rows(x, t_x)
        return (self.alpha + t_x) * np.expm1(np.log(2) / (self.r + x))

    def probability_of(self, x, time):
        """P(exactly x purchases of a new customer within `time`); BG/NBD only."""
        r, alpha, a, b, share = self.r, self.alpha, self.a, self.b, time / (self.alpha + time)
        stays = m.betaln(a, b + x) - m.betaln(a, b)
        counted = m.gammaln(r + x) - m.gammaln(r) - m.gammaln(x + 1) + r * np.log(alpha / (alpha + time))
        active = np.exp(stays + counted + x * np.log(share))
        if not x:
            return active
        return active + np.exp(m.betaln(a + 1, b + x - 1) - m.betaln(a, b)) * m.betainc(x, r, share)

    # ------------------------------------------------------------ expectation by quadrature

    def _future_of_active(self, x, T, times):
        """Purchases expected of customers that are active at T. Equal (x, T) are computed once."""
        times = np.asarray(times, float)
        pairs, inverse = m.unique_rows(x, T)
        found = np.empty((len(pairs[0]), len(times)))
        # Sorted by x: the nodes depend on it alone.
        edges = np.flatnonzero(np.diff(pairs[0], prepend=np.nan, append=np.nan))
        for start, end in pairwise(edges):
            x_here = pairs[0][start]
            found[start:end] = self._future(
                self.r + x_here, self.alpha + pairs[1][start:end], times, self.b + x_here + self.k
            )
        return found[inverse]

    def _future(self, s, beta, times, b):
        """E over the drop-out p ~ Beta(a, b) and the rate ~ Gamma(s, beta) of (1 - exp(-rate p t)) / p.

        The published form multiplies a hypergeometric function that overflows by a difference that cancels, and
        divides by a - 1. Gauss-Jacobi quadrature of the integral that it came from has none of that: all terms are
        positive.
        """
        p, weights = m.beta_nodes(self.a, b, NODES)
        found = np.empty((len(beta), len(times)))
        for start in range(0, len(beta), BLOCK):
            part = beta[start : start + BLOCK, None]
            for column, time in enumerate(times):
                found[start : start + BLOCK, column] = (-np.expm1(-s * np.log1p(p * (time / part)))) @ (weights / p)
        return found


class Likelihood:
    """Mean negative log-likelihood of a base of customers, and its gradient.

    Equal rows are one with a weight. Logarithms are taken once per distinct x, t_x and T; what depends on x or T alone
    is summed over these. What is left per row is one exponential and one logarithm, of customers who can have left.
    """

    def __init__(self, x, t_x, T, k, weight=None):
        self.k = k
        self.rows, self.weight = m.merged(x, t_x, T) if weight is None else ((x, t_x, T), weight)
        (self.x, x_place), (self.t_x, t_x_place), (self.T, T_place) = map(m.table, self.rows)
        self.count_weight = np.bincount(x_place, self.weight, len(self.x))
        self.T_weight = np.bincount(T_place, self.weight, len(self.T))
        self.T_bought = np.bincount(T_place, self.weight * self.x[x_place], len(self.T))
        may_leave = slice(None) if k else self.rows[0] > 0
        self.x_place, self.t_x_place, self.T_place = (place[may_leave] for place in (x_place, t_x_place, T_place))
        self.bought, self.bought_weight = self.x[self.x_place], self.weight[may_leave]
        total = self.count_weight @ self.x
        self.mean_time = (self.T_weight @ self.T) / total if total else self.T_weight @ self.T

    def sample(self, count):
        """A systematic sample of the rows, or None where there are few anyway."""
        step = len(self.weight) // count
        if step < 2:
            return None
        weight = self.weight[step // 2 :: step]
        return Likelihood(*(column[step // 2 :: step] for column in self.rows), self.k, weight / weight.sum())

    def negative(self, logarithms):
        """(value, gradient by the logarithms of r, alpha, a, b)."""
        r, alpha, a, b = parameters = np.exp(logarithms)
        log_later, log_earlier = np.log(alpha + self.T), np.log(alpha + self.t_x)
        waiting = r * self.T_weight + self.T_bought
        value = self.count_weight @ m.counts_likelihood(parameters, self.k, self.x) - waiting @ log_later
        gradient = m.counts_gradient(parameters, self.k, self.x, self.count_weight)
        gradient[0] -= self.T_weight @ log_later
        gradient[1] -= waiting @ (1 / (alpha + self.T))
        # Per row: by how much "gone at t_x" is likelier than "active at T", and the probability that it is so.
        base = np.maximum(b + self.x - 1 + self.k, 1e-300)
        since = log_later[self.T_place] - log_earlier[self.t_x_place]
        likelier = (r + self.bought) * since + (np.log(a) - np.log(base))[self.x_place]
        small = np.exp(-np.abs(likelier))
        value += self.bought_weight @ (np.maximum(likelier, 0) + np.log1p(small))
        left = np.where(likelier >= 0, 1.0, small) / (1 + small) * self.bought_weight
        closer = (1 / (alpha + self.T))[self.T_place] - (1 / (alpha + self.t_x))[self.t_x_place]
        gradient[0] += left @ since
        gradient[1] += left @ ((r + self.bought) * closer)
        gradient[2] += left.sum() / a
        gradient[3] -= np.bincount(self.x_place, left, len(self.x)) @ (1 / base)
        return -value, -gradient * parameters
