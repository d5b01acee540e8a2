"""The purchases of the CDNOW sample, from the PyPI package `lifetimes` (Fader, Hardie 2001)."""

from collections import defaultdict
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..engine.purchase_days import PurchaseDays

EPOCH = date(1970, 1, 1)
CALIBRATED = (date(1997, 9, 30) - EPOCH).days
END = (date(1998, 6, 30) - EPOCH).days
# Customer, date, amount.
COLUMNS = {"sample": (1, 2, 4), "master": (0, 1, 3)}


def purchase_days(name="sample"):
    """All purchases, those of one day as one."""
    path = Path(find_spec("lifetimes").origin).parent / "datasets" / f"CDNOW_{name}.txt"
    amounts = defaultdict(float)
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or not words[0].isdigit():
            continue
        customer, day, amount = (words[place] for place in COLUMNS[name])
        amounts[int(customer), (datetime.strptime(day, "%Y%m%d").date() - EPOCH).days] += float(amount)
    rows = sorted(amounts)
    return PurchaseDays(
        np.array([customer for customer, _day in rows]),
        np.array([day for _customer, day in rows]),
        np.array([amounts[row] for row in rows]),
    )


def repeat_spend(days, until):
    """(number of repeat purchases, their mean amount) of each customer, 0 where there is none: what the published
    estimates of the gamma-gamma model were made from."""
    known = days.until(until)
    first = known.amount[known.starts]
    summary = known.summary(until)
    total = summary.value * (summary.x + 1) - first
    return summary.x, np.where(summary.x > 0, total / np.maximum(summary.x, 1), 0)
