"""What is known of customers on a day, from their purchases up to that day. NumPy only: tested by itself."""

import numpy as np

# Window of the comparison with a customer's own past, in days: the last half year with the one before.
HALF_YEAR = 182
YEAR = 365


class History:
    """Purchases of many customers, sorted by customer and day; several on one day are one.

    :param customers: ids, in any order, repeated
    :param days: ordinal days of the documents
    :param amounts: untaxed, negative for returns
    :param is_purchase: whether the document begins a purchase (parts of an order and returns do not); a return changes
        the revenue from its own day on, so that no snapshot knows of later returns
    """

    def __init__(self, customers, days, amounts, is_purchase):
        customers, days = np.asarray(customers, np.int64), np.asarray(days, np.int64)
        self.ids, index = np.unique(customers, return_inverse=True)
        order = np.lexsort((days, index))
        self._money = (index[order], days[order], np.asarray(amounts, float)[order])
        bought = np.asarray(is_purchase, bool)[order]
        index, days = index[order][bought], days[order][bought]
        first = np.ones(len(index), bool)
        first[1:] = (index[1:] != index[:-1]) | (days[1:] != days[:-1])
        self._index, self._days = index[first], days[first]

    def __len__(self):
        return len(self.ids)

    @property
    def span(self):
        """(first, last) day with a purchase; None without any."""
        return (int(self._days.min()), int(self._days.max())) if len(self._days) else None

    def intervals(self):
        """Days between consecutive purchases of the same customer."""
        same = self._index[1:] == self._index[:-1]
        return (self._days[1:] - self._days[:-1])[same]

    def cohorts(self, month_of):
        """(index of customer, month of first purchase, month of purchase), one row per purchase day.

        :param month_of: maps an array of days to numbers of months
        """
        months = month_of(self._days)
        begins = np.zeros(len(self), np.int64)
        begins[self._index[::-1]] = months[::-1]  # the earliest is written last
        return self._index, begins[self._index], months

    def bought_within(self, day, days):
        """Whether each customer bought after `day`, within so many days."""
        inside = (self._days > day) & (self._days <= day + days)
        return np.bincount(self._index[inside], minlength=len(self)) > 0

    def snapshot(self, day, horizon):
        """{name: array} of the customers that had bought by `day`; nothing later is looked at.

        `position` says which customer a row is. Amounts and counts of the last and the last but one half year carry
        `recent` and `before`; `horizon` days make the shorter window `last_horizon`.
        """
        known = self._days <= day
        index, days = self._index[known], self._days[known]
        change = np.flatnonzero(index[1:] != index[:-1])
        lasts = np.append(change, len(index) - 1) if len(index) else np.zeros(0, int)
        firsts = np.append(0, change + 1) if len(index) else np.zeros(0, int)
        position = index[firsts]
        repeats = (lasts - firsts).astype(float)
        found = {
            "position": position,
            "repeats": repeats,
            "silence": (day - days[lasts]).astype(float),
            "tenure": (day - days[firsts]).astype(float),
            "span": (days[lasts] - days[firsts]).astype(float),
        }
        gaps = np.where(index[1:] == index[:-1], days[1:] - days[:-1], 0)
        squares = np.bincount(index[1:], weights=gaps.astype(float) ** 2, minlength=len(self))[position]
        with np.errstate(divide="ignore", invalid="ignore"):
            interval = np.where(repeats > 0, found["span"] / repeats, np.nan)
            variance = np.maximum(squares / repeats - interval**2, 0)
        found["interval"] = interval
        found["spread"] = np.where(repeats > 1, np.sqrt(variance), np.nan)
        found.update(self._windows(day, horizon, position, index, days))
        found["active_twelfths"] = self._active_twelfths(day, index, days)[position]
        return found

    def _windows(self, day, horizon, position, index, days):
        """Counts and revenue of windows that end on `day`."""
        members, when, amount = self._money
        size = len(self)

        def count(newest, oldest):
            inside = (days > day - oldest) & (days <= day - newest)
            return np.bincount(index[inside], minlength=size)[position].astype(float)

        def money(newest, oldest):
            inside = (when <= day - newest) & (when > day - oldest if oldest else True)
            return np.bincount(members[inside], weights=amount[inside], minlength=size)[position]

        return {
            "last_horizon": count(0, horizon),
            "count_recent": count(0, HALF_YEAR),
            "count_before": count(HALF_YEAR, 2 * HALF_YEAR),
            "count_year": count(0, YEAR),
            "revenue_recent": money(0, HALF_YEAR),
            "revenue_before": money(HALF_YEAR, 2 * HALF_YEAR),
            "revenue_year": money(0, YEAR),
            "revenue": money(0, None),
        }

    def _active_twelfths(self, day, index, days):
        """Twelfths of the last year with a purchase, as the loyalty index counts them."""
        twelfth = (day - days) * 12 // 366
        recent = twelfth < 12
        pairs = np.unique(index[recent] * 12 + twelfth[recent])
        return np.bincount(pairs // 12, minlength=len(self))
