"""Rolling-origin back-test: what would have been said on days of the past, and what came of it.

On each day only what was known then is used: a snapshot is learnt from once its outcome is known. A model is chosen
only where it beats the best simple rule beyond the margin of error. No ORM here: tested by itself.
"""

from dataclasses import dataclass, field

import numpy as np

from .candidates import pick
from .measures import Ranking, calibration_curve, top_share

# Days of the past that are tried, and snapshots learnt from, at most: more change little and take long.
TESTS, LESSONS = 6, 8
# Customers of each outcome that a day needs to say anything at all.
MINIMUM_EACH = 20


@dataclass
class Score:
    """What a candidate did: mean AUC with its 95 % margin, lift of the first tenth, precision at the capacity of a
    week, calibration curve; `lead` is the AUC against the best simple rule with its margin."""

    name: str
    is_model: bool
    auc: float
    margin: float
    lift: float
    precision: float
    curve: list
    by_day: list
    lead: tuple | None = None


@dataclass
class Result:
    """Outcome of a back-test: the scores by name, what is used and why, or why nothing could be tried."""

    days: list = field(default_factory=list)
    scores: dict = field(default_factory=dict)
    chosen: str | None = None
    rule: str | None = None
    refusal: str | None = None
    customers: int = 0
    base_rate: float | None = None
    capacity: int = 0


class Backtest:
    """:param history: `History`
    :param today: last day of what is known
    :param horizon: days without a purchase that are churn
    :param population: maps a snapshot to the rows that the question is about
    :param candidates: function that makes new, untaught candidates
    :param fit_purchase: maps (repeats, days to the last, days since the first purchase) to a purchase model, or None
    :param capacity: customers that the team can look at in a week
    """

    def __init__(self, history, today, horizon, population, candidates, fit_purchase, capacity=50):
        self.history, self.today, self.horizon = history, today, horizon
        self.population, self.candidates, self.fit_purchase = population, candidates, fit_purchase
        self.capacity = capacity
        self._snapshots, self._purchases = {}, {}

    # ------------------------------------------------------------ snapshots

    def days(self):
        """Days of the past whose outcome is known, the first one first: half a horizon apart."""
        span = self.history.span
        if not span:
            return []
        step = max(self.horizon // 2, 1)
        found, day = [], self.today - self.horizon
        while day > span[0] and len(found) < TESTS + LESSONS:
            if self._is_usable(day):
                found.append(day)
            day -= step
        return found[::-1]

    def _is_usable(self, day):
        outcome = self.snapshot(day)["outcome"]
        return min(outcome.sum(), (~outcome).sum()) >= MINIMUM_EACH

    def snapshot(self, day):
        """Who was asked about on a day, with `outcome`: no purchase within the horizon."""
        if day not in self._snapshots:
            snapshot = self.open_snapshot(day)
            came = self.history.bought_within(day, self.horizon)
            snapshot["outcome"] = ~came[snapshot["position"]]
            self._snapshots[day] = snapshot
        return self._snapshots[day]

    def open_snapshot(self, day):
        """The same without the outcome, which today is not known yet."""
        everybody = {**self.history.snapshot(day, self.horizon), "horizon": self.horizon}
        snapshot = pick(everybody, self.population(everybody))
        snapshot["customer"] = self.history.ids[snapshot["position"]]
        return snapshot

    def purchase(self, day):
        """The purchase model as it would have been fitted on a day, to all customers of then."""
        if day not in self._purchases:
            known = self.history.snapshot(day, self.horizon)
            self._purchases[day] = self.fit_purchase(known["repeats"], known["span"], known["tenure"])
        return self._purchases[day]

    # ------------------------------------------------------------ trial

    def run(self):
        days = self.days()
        tests = [(day, lessons) for day in days if (lessons := self._lessons(day, days))][-TESTS:]
        if not tests:
            return Result(refusal="history")
        folds = {}
        for day, lessons in tests:
            for candidate in self._taught(day, lessons):
                snapshot = self.snapshot(day)
                fold = (candidate, candidate.score(snapshot), candidate.probability(snapshot), snapshot)
                folds.setdefault(candidate.name, []).append(fold)
        # Only what could be tried on all days is compared.
        folds = {name: found for name, found in folds.items() if len(found) == len(tests)}
        return self._judge([day for day, _lessons in tests], folds)

    def _lessons(self, day, days):
        return [known for known in days if known + self.horizon <= day][-LESSONS:]

    def _taught(self, day, lessons):
        purchase = self.purchase(day)
        snapshots = [self.snapshot(known) for known in lessons]
        for candidate in self.candidates():
            if candidate.name == "purchase" and purchase is None:
                continue
            yield candidate.fit(snapshots, purchase)

    def teach(self, name):
        """The chosen candidate, taught with all that is known today; None without a usable day."""
        lessons = self.days()[-LESSONS:]
        if not lessons:
            return None
        return next(found for found in self._taught(self.today, lessons) if found.name == name)

    # ------------------------------------------------------------ judgement

    def _judge(self, days, folds):
        rankings = {
            name: Ranking([(score, snapshot["outcome"], snapshot["customer"]) for _c, score, _p, snapshot in found])
            for name, found in folds.items()
        }
        scores = {name: self._score(found, rankings[name]) for name, found in folds.items()}
        rule = max((s for s in scores.values() if not s.is_model), key=lambda score: score.auc).name
        for name, score in scores.items():
            if name != rule:
                score.lead = rankings[name].lead(rankings[rule])
        winners = [s for s in scores.values() if s.is_model and s.lead[0] - s.lead[1] > 0]
        chosen = max(winners, key=lambda score: score.auc).name if winners else rule
        snapshots = [self.snapshot(day) for day in days]
        return Result(
            days=days,
            scores=scores,
            chosen=chosen,
            rule=rule,
            customers=int(sum(len(snapshot["outcome"]) for snapshot in snapshots)),
            base_rate=float(np.concatenate([snapshot["outcome"] for snapshot in snapshots]).mean()),
            capacity=self.capacity,
        )

    def _score(self, folds, ranking):
        outcomes = [snapshot["outcome"] for *_rest, snapshot in folds]
        tenth = [top_share(s, o, round(len(o) / 10)) for (_c, s, *_rest), o in zip(folds, outcomes, strict=True)]
        week = [top_share(s, o, self.capacity) for (_c, s, *_rest), o in zip(folds, outcomes, strict=True)]
        rates = [float(outcome.mean()) for outcome in outcomes]
        everything = np.concatenate(outcomes)
        return Score(
            name=folds[0][0].name,
            is_model=folds[0][0].is_model,
            auc=ranking.value,
            margin=ranking.margin,
            lift=float(np.mean([top / rate for top, rate in zip(tenth, rates, strict=True)])),
            precision=float(np.mean(week)),
            curve=calibration_curve(np.concatenate([p for _c, _s, p, _n in folds]), everything),
            by_day=[Ranking([(s, n["outcome"], n["customer"])]).value for _c, s, _p, n in folds],
        )
