"""Products bought together: support, confidence and lift of pairs, and how sure they are. Plain NumPy and SciPy.

A purchase is what one customer bought on one day. For a pair A → B of products, out of `total` purchases:
support = n(A, B) / total, confidence = n(A, B) / n(A), lift = confidence / (n(B) / total) (Agrawal, Imieliński, Swami
1993; Brin et al. 1997). Whether B is really bought more often with A is an exact one-sided binomial test of n(A, B)
out of n(A) against the share n(B) / total; it is a little stricter than Fisher's. Of all pairs the test keeps those
that Benjamini and Hochberg's (1995) step-up procedure allows for the false share. `low` is the lower bound of the
confidence (Clopper and Pearson 1934, one-sided 95 %).
"""

from dataclasses import dataclass, fields

import numpy as np

try:
    from scipy import sparse
    from scipy.special import bdtrc, betaincinv
except ImportError:  # no pairs are found then
    sparse = bdtrc = betaincinv = None

BLOCK = 256
LEVEL = 0.95


@dataclass(frozen=True)
class MiningSettings:
    """What a policy decides of the search; see the figures `suggestion_*`."""

    min_together: int = 5
    min_customers: int = 3
    false_share: float = 0.05
    per_product: int = 20
    purchase_limit: int = 100
    customer_limit: int = 200


@dataclass
class Pairs:
    """Columns of equal length, one row per pair `product` → `other`; counts are purchases."""

    product: np.ndarray
    other: np.ndarray
    together: np.ndarray
    purchases: np.ndarray
    other_purchases: np.ndarray
    low: np.ndarray
    customers: np.ndarray
    total: int

    def __len__(self):
        return len(self.product)

    @property
    def confidence(self):
        return self.together / self.purchases

    @property
    def base(self):
        """Share of all purchases that contain the other product."""
        return self.other_purchases / self.total

    @property
    def lift(self):
        return self.confidence / self.base

    @property
    def lift_low(self):
        return self.low / self.base

    def take(self, index):
        columns = {f.name: getattr(self, f.name)[index] for f in fields(self) if f.name != "total"}
        return Pairs(**columns, total=self.total)


def is_available():
    """Whether SciPy is there."""
    return sparse is not None


def find_pairs(customer, day, product, settings):
    """Pairs that hold, those with the greatest excess over the base share first for each product.

    :param customer, day, product: integer arrays, one row per customer, day and product bought
    """
    empty = np.empty(0, dtype=np.int64)
    purchase = purchase_numbers(customer, day)
    kept = capped(customer, day, purchase, settings)
    names, column = np.unique(product[kept], return_inverse=True)
    if not len(names):
        return Pairs(empty, empty, empty, empty, empty, empty.astype(float), empty, 0)
    _numbers, row = np.unique(purchase[kept], return_inverse=True)
    total = int(row.max()) + 1
    counts = np.bincount(column, minlength=len(names))
    left, right, together = _count_together(row, column, counts, total, settings.min_together)
    pairs = Pairs(left, right, together, counts[left], counts[right], np.zeros(len(left)), np.zeros(len(left)), total)
    # A pair of products that are too rare could never have been kept: it is no test that was made.
    possible = int((counts >= settings.min_together).sum())
    pairs = pairs.take(_significant(pairs, possible * (possible - 1), settings.false_share))
    pairs.low = betaincinv(pairs.together, pairs.purchases - pairs.together + 1, 1 - LEVEL)
    pairs = pairs.take(_best_per_product(pairs, settings.per_product))
    pairs.customers = _customers_of_both(customer[kept], column, pairs)
    pairs = pairs.take(pairs.customers >= settings.min_customers)
    pairs.product, pairs.other = names[pairs.product], names[pairs.other]
    return pairs


def purchase_numbers(customer, day):
    """The same number for what one customer bought on one day."""
    return customer.astype(np.int64) * 1_000_000 + day


def capped(customer, day, purchase, settings):
    """Mask of the rows to count: without purchases of too many products (a whole assortment says nothing of pairs), and
    of each customer only so many latest purchases (one customer does not speak for all)."""
    numbers, first, inverse, size = np.unique(purchase, return_index=True, return_inverse=True, return_counts=True)
    owner, when = customer[first], day[first]
    order = np.lexsort((-when, owner))
    rank = np.empty(len(numbers), dtype=np.int64)
    rank[order] = _places(owner[order])
    return ((size <= settings.purchase_limit) & (rank < settings.customer_limit))[inverse]


def _count_together(row, column, counts, total, minimum):
    """Ordered pairs of columns that share at least `minimum` rows and more than chance would give them."""
    frequent = np.flatnonzero(counts >= minimum)
    number = np.full(len(counts), -1)
    number[frequent] = np.arange(len(frequent))
    used = number[column] >= 0
    values = np.ones(used.sum(), dtype=np.int32)
    matrix = sparse.csr_matrix((values, (row[used], number[column[used]])), shape=(total, len(frequent)))
    matrix.data[:] = 1
    turned = matrix.T.tocsr()
    found = []
    for start in range(0, len(frequent), BLOCK):
        block = (turned[start : start + BLOCK] @ matrix).tocoo()
        left, right = frequent[block.row + start], frequent[block.col]
        together = block.data.astype(np.int64)
        more = together * total > counts[left] * counts[right]
        keep = (together >= minimum) & more & (left != right)
        found.append((left[keep], right[keep], together[keep]))
    if not found:
        return [np.empty(0, dtype=np.int64)] * 3
    return [np.concatenate(part) for part in zip(*found, strict=True)]


def _significant(pairs, tests, false_share):
    """Indexes of the pairs that the step-up procedure keeps among `tests` tests."""
    chance = bdtrc(pairs.together - 1, pairs.purchases, pairs.base)
    order = np.argsort(chance, kind="stable")
    passed = np.flatnonzero(chance[order] <= false_share * np.arange(1, len(order) + 1) / max(tests, 1))
    return order[: passed[-1] + 1] if len(passed) else order[:0]


def _best_per_product(pairs, count):
    """Indexes of the pairs with the greatest excess of the bound over the base share, `count` per product."""
    order = np.lexsort((pairs.other, pairs.base - pairs.low, pairs.product))
    return order[_places(pairs.product[order]) < count]


def _places(ordered):
    """Place of each row within its group, from 0, of an array in which equal values are neighbours."""
    if not len(ordered):
        return np.empty(0, dtype=np.int64)
    starts = np.r_[True, ordered[1:] != ordered[:-1]]
    index = np.arange(len(ordered))
    return index - np.maximum.accumulate(np.where(starts, index, 0))


def _customers_of_both(customer, column, pairs):
    """How many customers bought both products, on whatever days."""
    _names, row = np.unique(customer, return_inverse=True)
    ones = np.ones(len(row), dtype=np.int32)
    matrix = sparse.csc_matrix((ones, (row, column)))
    matrix.data[:] = 1
    counted = np.zeros(len(pairs), dtype=np.int64)
    for start in range(0, len(pairs), 4096):
        part = slice(start, start + 4096)
        both = matrix[:, pairs.product[part]].multiply(matrix[:, pairs.other[part]])
        counted[part] = np.asarray(both.sum(axis=0)).ravel()
    return counted
