"""Whether a score is about the same kind of customers as when it was made. NumPy only: tested by itself."""

import numpy as np


def describe(score, bins=10):
    """(cuts between the tenths of a sample, shares between them), to be stored; equal values share a bin."""
    cuts = np.unique(np.quantile(score, np.linspace(0, 1, bins + 1)[1:-1]))
    return cuts.tolist(), _shares(score, cuts).tolist()


def index(score, cuts, shares):
    """Population stability index of another sample: the sum of (now - before) · ln(now / before), Siddiqi (2006).

    Below 0.1 nothing changed, above 0.25 the customers are others.
    """
    now, before = _shares(score, np.asarray(cuts)), np.asarray(shares)
    return float(np.sum((now - before) * np.log(now / before)))


def _shares(score, cuts):
    """Half a customer more in each bin: an empty one gives no infinity."""
    counts = np.bincount(np.searchsorted(cuts, score, side="right"), minlength=len(cuts) + 1) + 0.5
    return counts / counts.sum()
