"""What win-back saved: those who were contacted against those left alone at random. NumPy only: tested by itself."""

from dataclasses import dataclass

import numpy as np

Z95 = 1.959963984540054


@dataclass
class Effect:
    """Differences with their 95 % margins: share of customers who bought again (0 to 1), revenue per customer; and what
    that is for all who were contacted."""

    contacted: int
    held_out: int
    contacted_share: float
    held_out_share: float
    share: float
    share_margin: float
    revenue: float
    revenue_margin: float

    @property
    def customers(self):
        return self.share * self.contacted, self.share_margin * self.contacted

    @property
    def total_revenue(self):
        return self.revenue * self.contacted, self.revenue_margin * self.contacted


def effect(held_out, stratum, returned, revenue):
    """`Effect` of being contacted, or None where one group has fewer than two customers.

    Strata are what the chance of being held out depended on (the share of the policy): groups are compared within them
    and weighed by the contacted. The difference of shares is Agresti & Caffo's (2000): one success and one failure more
    in each group, so that few customers give a wide interval and not a false certainty. Revenue: Welch's variance.
    """
    held_out, returned = np.asarray(held_out, bool), np.asarray(returned, float)
    stratum, revenue = np.asarray(stratum, float), np.asarray(revenue, float)
    parts = []
    for key in np.unique(stratum[stratum > 0]):
        control, treated = (stratum == key) & held_out, (stratum == key) & ~held_out
        if min(control.sum(), treated.sum()) >= 2:
            parts.append((_shares(returned, treated, control), _means(revenue, treated, control), treated, control))
    if not parts:
        return None
    weights = np.array([treated.sum() for *_rest, treated, _control in parts], float)
    weights /= weights.sum()
    share, share_variance, revenue_difference, revenue_variance = 0.0, 0.0, 0.0, 0.0
    for weight, (shares, means, _treated, _control) in zip(weights, parts, strict=True):
        share += weight * shares[0]
        share_variance += weight**2 * shares[1]
        revenue_difference += weight * means[0]
        revenue_variance += weight**2 * means[1]
    treated = np.logical_or.reduce([part[2] for part in parts])
    control = np.logical_or.reduce([part[3] for part in parts])
    return Effect(
        contacted=int(treated.sum()),
        held_out=int(control.sum()),
        contacted_share=float(returned[treated].mean()),
        held_out_share=float(returned[control].mean()),
        share=float(share),
        share_margin=float(Z95 * share_variance**0.5),
        revenue=float(revenue_difference),
        revenue_margin=float(Z95 * revenue_variance**0.5),
    )


def _shares(returned, *groups):
    """(difference of the shares, its variance)."""
    shares = [((returned[group].sum() + 1) / (group.sum() + 2), group.sum() + 2) for group in groups]
    (first, _n), (second, _m) = shares
    return first - second, sum(share * (1 - share) / count for share, count in shares)


def _means(values, *groups):
    first, second = (values[group] for group in groups)
    return first.mean() - second.mean(), sum(part.var(ddof=1) / len(part) for part in (first, second))
