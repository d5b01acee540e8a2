"""Signs of churn that policies may ask for, as metrics. NumPy only: tested by itself."""

import numpy as np

from .history import HALF_YEAR

SIGNS = ("purchase_gap_ratio", "purchase_change", "revenue_change", "loyalty_index_change")


def signs(snapshot, before, loyalty):
    """{metric of `SIGNS`: array} for the customers of a snapshot; NaN where there is nothing to say.

    :param snapshot: of today
    :param before: of half a year ago
    :param loyalty: (months of tenure for full marks, weight of tenure, of active months, of repeat purchases)
    """
    interval = np.where(snapshot["interval"] > 0, snapshot["interval"], np.nan)
    grown = snapshot["tenure"] >= 2 * HALF_YEAR
    size = max(snapshot["position"].max(initial=-1), before["position"].max(initial=-1)) + 1
    index = np.full(size, np.nan)
    index[before["position"]] = loyalty_index(before, *loyalty)
    gained = np.round(loyalty_index(snapshot, *loyalty) - index[snapshot["position"]])
    found = (
        np.round(snapshot["silence"] / interval, 1),
        change(snapshot["count_recent"], snapshot["count_before"], grown),
        change(snapshot["revenue_recent"], snapshot["revenue_before"], grown),
        gained,
    )
    return dict(zip(SIGNS, found, strict=True))


def change(now, before, valid):
    """Percent, at most a thousand; unknown where there was nothing before."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = 100 * (now - before) / before
    return np.where(valid & (before > 0), np.round(np.clip(change, -100, 1000)), np.nan)


def loyalty_index(snapshot, months, tenure_weight, activity_weight, repeat_weight):
    """0 to 100, as the profile has it: completed months of tenure, active twelfths of the year, repeat share."""
    weights = np.array([tenure_weight, activity_weight, repeat_weight], float).clip(0)
    weights /= weights.sum() or 1
    tenure = np.minimum(np.floor(snapshot["tenure"] / 30.4375) / max(months, 1), 1)
    activity = snapshot["active_twelfths"] / 12
    repeat = snapshot["repeats"] / (snapshot["repeats"] + 1)
    return 100 * (weights[0] * tenure + weights[1] * activity + weights[2] * repeat)
