"""Two methods tried on the same cases: the difference of their hit rates with its interval. Plain Python."""

from math import sqrt
from typing import NamedTuple

Z95 = 1.959964


class Difference(NamedTuple):
    """Rates from 0 to 1; `low` and `high` bound the difference at 95 % (Wald interval for paired proportions)."""

    n: int
    rate: float
    other_rate: float
    low: float
    high: float

    @property
    def value(self):
        return self.rate - self.other_rate


def paired_difference(hits, other_hits):
    """Compare two equally long sequences of hits (true or false) on the same cases.

    With b cases that only the first hits and c that only the second hits, the difference is (b - c) / n and its
    variance (b + c - (b - c)² / n) / n² (Agresti, Categorical Data Analysis, 2002, 10.1).
    """
    n = len(hits)
    if not n:
        return Difference(0, 0.0, 0.0, -1.0, 1.0)
    only = sum(bool(a) and not b for a, b in zip(hits, other_hits, strict=True))
    other_only = sum(bool(b) and not a for a, b in zip(hits, other_hits, strict=True))
    value = (only - other_only) / n
    margin = Z95 * sqrt(max(only + other_only - (only - other_only) ** 2 / n, 0)) / n
    return Difference(n, sum(map(bool, hits)) / n, sum(map(bool, other_hits)) / n, value - margin, value + margin)
