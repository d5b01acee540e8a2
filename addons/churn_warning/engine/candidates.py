"""What may tell who will not buy again: named simple rules, the purchase model, and a regression on both and more.

Each candidate learns from snapshots whose outcome is known, gives a score that grows with the risk, and turns it into a
probability by what happened to customers with such scores (`Isotonic`). No ORM here: tested by itself.
"""

import numpy as np

from .history import HALF_YEAR
from .logistic import Logistic
from .measures import Isotonic

# Pulls the coefficients of standardised features towards zero, worth so many observations: a small base leans on the
# purchase model, a large one learns the rest.
PENALTY = 30
# Features of the regression by the reason that they are told as.
GROUPS = {
    "silence": ("silence", "silence_ratio", "purchase"),
    "frequency": ("last_horizon", "count_trend", "count_year"),
    "volume": ("revenue_trend", "average"),
    "young": ("repeats", "tenure"),
    "rhythm": ("interval", "irregularity"),
}
FEATURES = [name for names in GROUPS.values() for name in names]


def pick(snapshot, rows):
    """The same snapshot, of some of its customers only."""
    return {name: values[rows] if isinstance(values, np.ndarray) else values for name, values in snapshot.items()}


def join(snapshots):
    """Several snapshots below each other."""
    names = [name for name, values in snapshots[0].items() if isinstance(values, np.ndarray)]
    return {name: np.concatenate([snapshot[name] for snapshot in snapshots]) for name in names}


def features(snapshot, purchase=None):
    """Matrix of the `FEATURES`: logarithms, so that twice is twice, for small and for large customers."""
    interval = np.where(np.isnan(snapshot["interval"]), np.maximum(snapshot["tenure"], 1), snapshot["interval"])
    spread = np.nan_to_num(snapshot["spread"])
    average = np.maximum(snapshot["revenue"], 0) / (snapshot["repeats"] + 1)
    # Who has not been there for both half years has no trend.
    grown = snapshot["tenure"] >= 2 * HALF_YEAR
    if purchase is None:
        odds = np.zeros(len(interval))
    else:
        chance = np.clip(purchase_risk(snapshot, purchase), 1e-6, 1 - 1e-6)
        odds = np.log(chance / (1 - chance))
    columns = {
        "silence": np.log1p(snapshot["silence"]),
        "silence_ratio": np.log1p(snapshot["silence"] / (interval + 1)),
        "purchase": odds,
        "last_horizon": np.log1p(snapshot["last_horizon"]),
        "count_trend": grown * (np.log1p(snapshot["count_recent"]) - np.log1p(snapshot["count_before"])),
        "count_year": np.log1p(snapshot["count_year"]),
        "revenue_trend": grown * (_log(snapshot["revenue_recent"]) - _log(snapshot["revenue_before"])),
        "average": _log(average),
        "repeats": np.log1p(snapshot["repeats"]),
        "tenure": np.log1p(snapshot["tenure"]),
        "interval": np.log1p(interval),
        "irregularity": spread / (interval + 1),
    }
    return np.column_stack([columns[name] for name in FEATURES])


def _log(amounts):
    return np.log1p(np.maximum(amounts, 0))


def purchase_risk(snapshot, purchase):
    """P(no purchase within the horizon) of the purchase model, which counts in days since the first purchase."""
    horizon = np.full(len(snapshot["repeats"]), float(snapshot["horizon"]))
    return purchase.no_purchase(snapshot["repeats"], snapshot["span"], snapshot["tenure"], horizon)


def fifths(values):
    """1 to 5, the highest fifth is 5; ties share the lower, as in the scores of the policy."""
    smaller = np.searchsorted(np.sort(values), values, side="left")
    return 1 + (5 * smaller) // max(len(values), 1)


class Candidate:
    """One way to tell; subclasses give `_raw` and, where something is learnt, `_learn` and `_state`."""

    name = None
    is_model = False

    def __init__(self):
        self.calibration = None

    def fit(self, snapshots, purchase=None):
        """Learn from snapshots with `outcome`; `purchase` is the purchase model of that time, if there is one."""
        self._learn(snapshots, purchase)
        raw = np.concatenate([self._raw(snapshot) for snapshot in snapshots])
        self.calibration = Isotonic.fit(raw, np.concatenate([snapshot["outcome"] for snapshot in snapshots]))
        return self

    def score(self, snapshot):
        return self._raw(snapshot)

    def probability(self, snapshot):
        return self.calibration(self._raw(snapshot))

    def _learn(self, snapshots, purchase):
        pass

    def to_json(self):
        return {"name": self.name, "calibration": self.calibration.points, **self._state()}

    def _state(self):
        return {}


class Recency(Candidate):
    """The longer ago the last purchase, the higher the risk."""

    name = "recency"

    def _raw(self, snapshot):
        return snapshot["silence"]


class RfmSum(Candidate):
    """15 less the fifths of recency, frequency and revenue of the year."""

    name = "rfm"

    def _raw(self, snapshot):
        good = fifths(-snapshot["silence"]) + fifths(snapshot["repeats"]) + fifths(snapshot["revenue_year"])
        return 15.0 - good


class PolicyRules(Candidate):
    """The points of the policy's own warning rules, as far as purchases alone can tell.

    :param points: maps a snapshot to the points of each customer
    """

    name = "rules"

    def __init__(self, points):
        super().__init__()
        self._points = points

    def _raw(self, snapshot):
        return self._points(snapshot)


class PurchaseRisk(Candidate):
    """P(no purchase within the horizon) of the purchase model."""

    name = "purchase"
    is_model = True
    purchase = None

    def _learn(self, snapshots, purchase):
        self.purchase = purchase

    def _raw(self, snapshot):
        return purchase_risk(snapshot, self.purchase)

    def _state(self):
        return {"purchase": dict(vars(self.purchase))}


class Regression(Candidate):
    """Regularised logistic regression on the purchase model and on what it does not know: trend, volume, rhythm."""

    name = "regression"
    is_model = True
    purchase = logistic = None

    def _learn(self, snapshots, purchase):
        self.purchase = purchase
        matrix = np.concatenate([features(snapshot, purchase) for snapshot in snapshots])
        outcome = np.concatenate([snapshot["outcome"] for snapshot in snapshots])
        self.logistic = Logistic.fit(FEATURES, matrix, outcome, PENALTY)

    def _raw(self, snapshot):
        return self.logistic.score(features(snapshot, self.purchase))

    def groups(self, snapshot):
        """{group of features: part in the log odds of each customer}."""
        parts = self.logistic.contributions(features(snapshot, self.purchase))
        return {
            group: parts[:, [FEATURES.index(name) for name in names]].sum(axis=1) for group, names in GROUPS.items()
        }

    def _state(self):
        purchase = None if self.purchase is None else dict(vars(self.purchase))
        return {"purchase": purchase, "logistic": self.logistic.to_json()}


def restore(stored, points=None, purchase_model=None):
    """The candidate that `to_json` describes.

    :param points: of `PolicyRules`
    :param purchase_model: class of the purchase model
    """
    kinds = {"recency": Recency, "rfm": RfmSum, "purchase": PurchaseRisk, "regression": Regression}
    candidate = PolicyRules(points) if stored["name"] == "rules" else kinds[stored["name"]]()
    candidate.calibration = Isotonic([tuple(point) for point in stored["calibration"]])
    if stored.get("purchase"):
        candidate.purchase = purchase_model(**stored["purchase"])
    if stored.get("logistic"):
        candidate.logistic = Logistic.from_json(stored["logistic"])
    return candidate
