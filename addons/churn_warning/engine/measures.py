"""How well a score ranks and how true a probability is. NumPy and SciPy only: tested by themselves."""

import numpy as np

Z95 = 1.959963984540054


def ranks(values):
    """Ranks from 1, ties share their mean."""
    _values, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]


def auc(score, outcome):
    """Area under the ROC curve: chance that a random positive has the higher score; ties count a half."""
    return _placements(score, outcome)[0]


def _placements(score, outcome):
    """(AUC, influence of each observation on it): DeLong, DeLong & Clarke-Pearson 1988, in the rank form of
    Sun & Xu 2014; influences sum up to zero."""
    outcome = np.asarray(outcome, bool)
    score = np.asarray(score, float)
    positives, negatives = outcome.sum(), (~outcome).sum()
    if not positives or not negatives:
        raise ValueError("an AUC needs both outcomes")
    everywhere = ranks(score)
    influence = np.empty(len(score))
    place = (everywhere[outcome] - ranks(score[outcome])) / negatives
    area = place.mean()
    influence[outcome] = (place - area) / positives
    influence[~outcome] = (1 - (everywhere[~outcome] - ranks(score[~outcome])) / positives - area) / negatives
    return area, influence


class Ranking:
    """AUC over several days (mean by number of customers), with an interval that knows that the same customers are
    seen on several days (Obuchowski 1997: influences are summed up per customer)."""

    def __init__(self, folds):
        """:param folds: (score, outcome, customer) arrays, one triple per day"""
        sizes = np.array([len(outcome) for _score, outcome, _customer in folds], float)
        weights = sizes / sizes.sum()
        parts = [_placements(score, outcome) for score, outcome, _customer in folds]
        self.value = float(sum(w * area for w, (area, _influence) in zip(weights, parts, strict=True)))
        influence = np.concatenate([w * part for w, (_area, part) in zip(weights, parts, strict=True)])
        _ids, cluster = np.unique(np.concatenate([customer for *_rest, customer in folds]), return_inverse=True)
        self._influence = np.bincount(cluster, weights=influence)

    @property
    def margin(self):
        return _margin(self._influence)

    def lead(self, other):
        """(difference to the AUC of another score on the same rows, its 95 % margin)."""
        return self.value - other.value, _margin(self._influence - other._influence)


def _margin(influence):
    count = len(influence)
    return float(Z95 * np.sqrt(np.sum(influence**2) * count / max(count - 1, 1)))


def top_share(score, outcome, count):
    """Share of positives among the `count` highest scores; of a tie at the border, its average."""
    score, outcome = np.asarray(score, float), np.asarray(outcome, float)
    count = int(min(max(count, 1), len(score)))
    border = np.partition(score, -count)[-count]
    above, tied = score > border, score == border
    left = count - above.sum()
    return float((outcome[above].sum() + left * outcome[tied].mean()) / count)


def calibration_curve(probability, outcome, bins=10):
    """[(mean probability, share of positives, number)] of equally many customers each."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [(float(probability[p].mean()), float(np.mean(outcome[p])), len(p)) for p in parts]


class Isotonic:
    """Probability as a function of a score that never falls: pool adjacent violators, straight between the steps.

    Keeps at most `limit` points, so that it can be stored; a score outside gets the nearest.
    """

    def __init__(self, points):
        self.points = points

    @classmethod
    def fit(cls, score, outcome, limit=60):
        values, inverse = np.unique(np.asarray(score, float), return_inverse=True)
        weights = np.bincount(inverse).astype(float)
        means = np.bincount(inverse, weights=np.asarray(outcome, float)) / weights
        blocks = []  # [mean, weight, sum of weighted scores]
        for value, mean, weight in zip(values, means, weights, strict=True):
            blocks.append([mean, weight, value * weight])
            while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
                mean, weight, total = blocks.pop()
                last = blocks[-1]
                last[0] = (last[0] * last[1] + mean * weight) / (last[1] + weight)
                last[1] += weight
                last[2] += total
        while len(blocks) > limit:
            blocks = cls._halve(blocks)
        # Nothing is certain: as if one more customer of a block had done the opposite.
        return cls([(b[2] / b[1], (b[0] * b[1] + 0.5) / (b[1] + 1)) for b in blocks])

    @staticmethod
    def _halve(blocks):
        merged = []
        for left, right in zip(blocks[::2], [*blocks[1::2], None], strict=False):
            if right is None:
                merged.append(left)
                continue
            weight = left[1] + right[1]
            merged.append([(left[0] * left[1] + right[0] * right[1]) / weight, weight, left[2] + right[2]])
        return merged

    def __call__(self, score):
        xs, ys = zip(*self.points, strict=True)
        return np.interp(np.asarray(score, float), xs, np.maximum.accumulate(ys))
