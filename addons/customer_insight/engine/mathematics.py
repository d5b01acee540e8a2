"""What the models compute with: special functions and optimiser of SciPy, equal rows, nodes of a beta weight."""

from functools import lru_cache

import numpy as np

try:
    from scipy.linalg import eigh_tridiagonal
    from scipy.optimize import minimize as _minimize
    from scipy.special import betainc, betaln, digamma, expit, gammaln
except ImportError:  # the models then refuse with a reason; the simple rule needs NumPy only
    eigh_tridiagonal = _minimize = betainc = betaln = digamma = expit = gammaln = None

__all__ = ["betainc", "betaln", "digamma", "eigh_tridiagonal", "expit", "gammaln"]


def is_available():
    """Whether SciPy is there."""
    return _minimize is not None


def rows(*columns):
    """Columns as arrays of doubles of one length."""
    return np.broadcast_arrays(*(np.atleast_1d(np.asarray(column, float)) for column in columns))


def unique_rows(*columns):
    """(the distinct rows as columns, sorted; for each row the place of its like)."""
    places = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        # Codes instead of values: two columns are one integer, and sorting integers is what NumPy does best.
        values, codes = np.unique(column, return_inverse=True)
        _distinct, places = np.unique(places * len(values) + codes, return_inverse=True)
    first = np.full(places.max(initial=-1) + 1, -1)
    first[places[::-1]] = np.arange(len(places))[::-1]
    return tuple(column[first] for column in columns), places


def merged(*columns):
    """(the distinct rows as columns, sorted; the part of all rows that each is)."""
    columns = np.broadcast_arrays(*(np.atleast_1d(column) for column in columns))
    sizes = [int(column.max(initial=0)) + 1 for column in columns]
    if not _are_whole(columns) or np.prod(sizes, dtype=float) > 2**62:
        distinct, places = unique_rows(*rows(*columns))
        return distinct, np.bincount(places) / len(places)
    key = np.zeros(len(columns[0]), np.int64)
    for column, size in zip(columns, sizes, strict=True):
        key *= size
        key += column
    key.sort()
    first = np.flatnonzero(np.diff(key, prepend=-1))
    weight = np.diff(first, append=len(key)) / len(key)
    key, distinct = key[first], []
    for size in reversed(sizes):
        key, column = np.divmod(key, size)
        distinct.insert(0, column)
    return tuple(distinct), weight


def _are_whole(columns):
    return all(np.issubdtype(column.dtype, np.integer) and column.min(initial=0) >= 0 for column in columns)


def table(column):
    """(values, for each row the place of its value). Small whole numbers are their own places."""
    if np.issubdtype(column.dtype, np.integer) and column.max(initial=0) < 1 << 16:
        return np.arange(column.max(initial=0) + 1, dtype=float), column
    return np.unique(column, return_inverse=True)


def minimize(function, start, bounds):
    """L-BFGS-B of a function that returns value and gradient, to nearly full precision."""
    options = {"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9, "maxcor": 20}
    return _minimize(function, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)


def counts_likelihood(parameters, k, x):
    """The part of the log-likelihood that depends on x alone."""
    r, alpha, a, b = parameters
    return (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        + gammaln(a + b) - gammaln(b) + gammaln(b + x + k) - gammaln(a + b + x + k)
    )  # fmt: skip


def counts_gradient(parameters, k, x, weight):
    """Its gradient by r, alpha, a and b, summed with weights."""
    r, alpha, a, b = parameters
    total, both = weight.sum(), digamma(a + b + x + k)
    return np.array(
        [
            weight @ digamma(r + x) + total * (np.log(alpha) - digamma(r)),
            total * r / alpha,
            total * digamma(a + b) - weight @ both,
            total * (digamma(a + b) - digamma(b)) + weight @ (digamma(b + x + k) - both),
        ]
    )


@lru_cache(maxsize=4096)
def beta_nodes(a, b, count):
    """(nodes, weights) of the mean of a function of p ~ Beta(a, b): Gauss-Jacobi on [0, 1] (Golub, Welsch 1969).

    The weights are the squared first components of the eigenvectors, so that no normalising constant overflows.
    """
    first, second = b - 1, a - 1
    total = first + second
    n = np.arange(1, count)
    diagonal = np.empty(count)
    diagonal[0] = (second - first) / (total + 2)
    diagonal[1:] = (second - first) * total / ((2 * n + total) * (2 * n + total + 2))
    n = n[1:]
    square = np.empty(count - 1)
    square[0] = 4 * (1 + first) * (1 + second) / ((2 + total) ** 2 * (3 + total))
    middle = 2 * n + total
    square[1:] = 4 * n * (n + first) * (n + second) * (n + total) / (middle**2 * (middle + 1) * (middle - 1))
    values, vectors = eigh_tridiagonal(diagonal, np.sqrt(square))
    return np.maximum((1 + values) / 2, 1e-16), vectors[0] ** 2
