"""Benchmark of the churn risk: what the addon would use on the CDNOW base, against what customers did afterwards."""

from datetime import date
from importlib.resources import files

import numpy as np

from .report import result

CUT, HORIZON, LONGEST_SILENCE = date(1997, 9, 30), 90, 180


def bench_auc_cdnow(_scene, _options):
    """AUC of P(no purchase in 90 days) as of 1997-09-30, for customers with a repeat purchase and at most 180 days of
    silence. Everything is learnt from days before the cut, and the back-test decides what is used; what came in the 90
    days after it is looked at only to judge."""
    from odoo.addons.churn_warning.engine.backtest import Backtest
    from odoo.addons.churn_warning.engine.candidates import PurchaseRisk, Recency, Regression, RfmSum
    from odoo.addons.churn_warning.engine.history import History
    from odoo.addons.churn_warning.engine.measures import auc
    from odoo.addons.customer_insight.engine.purchase_model import PurchaseModel

    customers, days, amounts = _read()
    cut = CUT.toordinal()
    known = days <= cut
    everything = np.ones(len(days), bool)
    history = History(customers[known], days[known], amounts[known], everything[known])
    backtest = Backtest(
        history,
        cut,
        HORIZON,
        lambda snapshot: (snapshot["repeats"] >= 1) & (snapshot["silence"] <= LONGEST_SILENCE),
        lambda: [Recency(), RfmSum(), PurchaseRisk(), Regression()],
        PurchaseModel.fit,
    )
    found = backtest.run()
    asked = backtest.open_snapshot(cut)
    whole = History(customers, days, amounts, everything)
    stayed_away = ~whole.bought_within(cut, HORIZON)[np.searchsorted(whole.ids, asked["customer"])]
    areas = {name: round(auc(backtest.teach(name).score(asked), stayed_away), 4) for name in found.scores}
    return result(
        "churn.auc_cdnow",
        round(1 - areas[found.chosen], 4),
        0.31,
        "1 - AUC",
        {"customers": len(stayed_away), "stayed_away": round(float(stayed_away.mean()), 3)},
        ok=abs(areas["recency"] - 0.66) < 0.005,
        used=found.chosen,
        of_each=areas,
        in_backtest={name: round(score.auc, 4) for name, score in found.scores.items()},
        lead=[round(value, 4) for value in found.scores[found.chosen].lead or ()],
    )


def _read():
    """(customer, day, amount) of the package's CDNOW master file."""
    text = files("lifetimes.datasets").joinpath("CDNOW_master.txt").read_text()
    rows = [line.split() for line in text.splitlines()[1:] if line.strip()]
    days = {day: date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal() for day in {row[1] for row in rows}}
    return (
        np.array([int(row[0]) for row in rows]),
        np.array([days[row[1]] for row in rows]),
        np.array([float(row[3]) for row in rows]),
    )
