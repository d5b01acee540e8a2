"""Scores with their uncertainty. Plain Python, no ORM: tested by itself."""

from dataclasses import dataclass
from math import hypot

# Two-sided quantile of the standard normal distribution for 95 %.
Z = 1.96


@dataclass(frozen=True)
class Score:
    """A score of `n` answers and the half width of its 95 % confidence interval.

    NPS: 100·(p - d) with p the share of promoters (9, 10) and d of detractors (0 to 6); its variance is
    100²·[p + d - (p - d)²]/n (Rocks 2016, "Interval estimation for the Net Promoter Score", The American
    Statistician 70: the Wald interval). CSAT and CES: the mean, with s/√n (Student's s).
    """

    value: float
    margin: float
    n: int

    def differs_from(self, other):
        """Whether the change from `other` lies outside its own 95 % interval; the two samples are independent."""
        return abs(self.value - other.value) > hypot(self.margin, other.margin)
