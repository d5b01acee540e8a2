"""Whether a purchase model is used, which, and why: fitted on the past, tried on held-back days. No ORM here."""

from dataclasses import dataclass, field

import numpy as np

from . import mathematics
from .predictor import Predictor
from .purchase_model import FitError, PurchaseModel
from .simple_rule import YEAR, SimpleRule
from .spend_model import SpendModel

MODELS = {"bgnbd": 0, "mbgnbd": 1}
GROUPS = 10
TOP = 0.2
# BG/NBD calls every one-time buyer active for ever. It is taken only where it errs this much less.
CLEARLY = 0.99


@dataclass(frozen=True)
class Limits:
    """Figures of the policy: what a model needs at least, and what the rule assumes without a history."""

    customers: float = 200
    repeaters: float = 50
    history_days: float = 180
    retention: float = 0.5
    horizon: float = 90


@dataclass
class Choice:
    """What was found. `reason` is empty where a model is used, else says why not: `scipy`, `customers`, `repeaters`,
    `history` (of which `needed` would do), `estimate` (no sane maximum) or `lost` (the rule did better)."""

    as_of: int
    rule: SimpleRule
    reason: str = ""
    needed: int = 0
    method: str = "rule"
    model: PurchaseModel | None = None
    spend: SpendModel | None = None
    customers: int = 0
    repeaters: int = 0
    rows: int = 0
    first_day: int | None = None
    last_day: int | None = None
    trial_day: int | None = None
    trials: dict = field(default_factory=dict)
    calibration: list = field(default_factory=list)


def choose(days, as_of, limits):
    """Fit and try the models on what was known on the day `as_of`."""
    days = days.until(as_of)
    summary = days.summary(as_of)
    choice = Choice(
        as_of=as_of,
        rule=SimpleRule.measure(days, as_of, limits.retention),
        customers=len(summary),
        repeaters=int((summary.x > 0).sum()),
        rows=len(days.day),
        first_day=days.first_day,
        last_day=days.last_day,
    )
    choice.reason, choice.needed = _lacking(choice, limits)
    if choice.reason != "scipy":
        choice.spend = _fitted_spend(summary)
    if not choice.reason:
        _try(choice, days, limits)
    if not choice.reason:
        try:
            choice.model = PurchaseModel.fit(*summary.frame, MODELS[choice.method])
        except FitError:
            choice.reason = "estimate"
    if choice.reason:
        choice.method = "rule"
    return choice


def _lacking(choice, limits):
    """(reason, what is needed) of the first thing that there is too little of."""
    history = choice.as_of - choice.first_day if choice.rows else 0
    if not mathematics.is_available():
        return "scipy", 0
    counts = (
        ("customers", choice.customers, limits.customers),
        ("repeaters", choice.repeaters, limits.repeaters),
        ("history", history, max(limits.history_days, 3)),
    )
    return next(((reason, int(needed)) for reason, count, needed in counts if count < needed), ("", 0))


def _fitted_spend(summary):
    """The spend model; None where the purchases tell none, and each customer's own average is used."""
    try:
        return SpendModel.fit(summary.x + 1, summary.value)
    except FitError:
        return None


def _try(choice, days, limits):
    """Hold back the last third of the history, a year at most, and compare what was predicted with what came."""
    length = min(YEAR, (choice.as_of - choice.first_day) // 3)
    choice.trial_day = cut = choice.as_of - length
    known = days.until(cut)
    summary = known.summary(cut)
    trial = Trial(days, summary, cut, length, min(limits.horizon, length))
    spend = _fitted_spend(summary)
    candidates = {"rule": SimpleRule.measure(known, cut, limits.retention)}
    for name, k in MODELS.items():
        try:
            candidates[name] = PurchaseModel.fit(*summary.frame, k)
        except FitError:
            continue
    choice.trials = {name: trial.figures(Predictor(model, spend, 0)) for name, model in candidates.items()}
    errors = {name: figures["error"] for name, figures in choice.trials.items()}
    if len(errors) == 1:
        choice.reason = "estimate"
        return
    best = "mbgnbd"
    if errors.get("bgnbd", np.inf) < CLEARLY * errors.get("mbgnbd", np.inf):
        best = "bgnbd"
    choice.calibration = trial.calibration(candidates[best])
    choice.method = best
    if errors[best] >= errors["rule"]:
        choice.reason = "lost"


class Trial:
    """The held-back days: what each customer really did in them."""

    def __init__(self, days, summary, cut, length, horizon):
        self.summary, self.length, self.horizon = summary, length, horizon
        self.bought, self.revenue = days.outcome(summary.customer, cut, cut + length)
        soon, _amount = days.outcome(summary.customer, cut, cut + horizon)
        self.is_silent = soon == 0

    def figures(self, predictor):
        """Root mean squared error of the purchases, their sum predicted and found, how well “no purchase” ranks (AUC),
        and which part of the revenue the best fifth by value brought."""
        frame = self.summary.frame
        expected = predictor.purchases.expected(*frame, self.length)
        value = expected * predictor.spending(self.summary.x, self.summary.value)
        return {
            "error": float(np.sqrt(np.mean((expected - self.bought) ** 2))),
            "expected": float(expected.sum()),
            "actual": int(self.bought.sum()),
            "auc": area_under_curve(predictor.purchases.no_purchase(*frame, self.horizon), self.is_silent),
            "top_share": top_share(value, self.revenue),
        }

    def calibration(self, purchases):
        """Customers in ten groups by what was expected of them: what was predicted, and what came."""
        frame = self.summary.frame
        expected = purchases.expected(*frame, self.length)
        silent = purchases.no_purchase(*frame, self.horizon)
        order = np.argsort(expected, kind="stable")
        return [
            {
                "customers": len(group),
                "expected": float(expected[group].mean()),
                "actual": float(self.bought[group].mean()),
                "no_purchase_expected": float(silent[group].mean()),
                "no_purchase_actual": float(self.is_silent[group].mean()),
            }
            for group in np.array_split(order, GROUPS)
            if len(group)
        ]


def area_under_curve(score, is_true):
    """P(a random true one has the higher score than a random false one), ties count half; NaN without both."""
    _values, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    positive = int(np.sum(is_true))
    negative = len(is_true) - positive
    if not positive or not negative:
        return float("nan")
    return float((ranks[place][is_true].sum() - positive * (positive + 1) / 2) / (positive * negative))


def top_share(value, revenue, part=TOP):
    """Part of the revenue that the best customers by value brought; NaN without revenue."""
    total = revenue.sum()
    best = np.argsort(-value, kind="stable")[: max(1, round(len(value) * part))]
    return float(revenue[best].sum() / total) if total > 0 else float("nan")
