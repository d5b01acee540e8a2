"""What is known of customers on a day, from their purchases up to that day. NumPy only: tested by itself."""

import numpy as np

# Window of the comparison with a customer's own past, in days: the last half year with the one before.
HALF_YEAR = 182
YEAR = 365


class History:
    """Purchases of many customers, sorted by customer and day; several on one day are one.

    :param customers: ids, repeated; in any order, but fastest in that one
    :param days: ordinal days of the documents
    :param amounts: untaxed, negative for returns
    :param is_purchase: whether the document begins a purchase (parts of an order and returns do not); a return changes
        the revenue from its own day on, so that no snapshot knows of later returns
    """

    def __init__(self, customers, days, amounts, is_purchase):
        customers, days = np.asarray(customers, np.int64), np.asarray(days, np.int64)
        amounts, bought = np.asarray(amounts, float), np.asarray(is_purchase, bool)
        ahead, later = np.diff(customers), np.diff(days)
        if not np.all((ahead > 0) | ((ahead == 0) & (later >= 0))):
            order = np.lexsort((days, customers))
            customers, days, amounts, bought = (column[order] for column in (customers, days, amounts, bought))
        is_new = np.diff(customers, prepend=customers[:1] - 1) > 0
        self.ids, index = customers[is_new], np.cumsum(is_new) - 1
        self._money = (index, days, amounts)
        index, days = index[bought], days[bought]
        first = np.ones(len(index), bool)
        first[1:] = (index[1:] != index[:-1]) | (days[1:] != days[:-1])
        self._index, self._days = index[first], days[first]

    def __len__(self):
        return len(self.ids)

    def only(self, chosen):
        """The history of some customers; `chosen` is a boolean per customer."""
        members, days, amounts = self._money
        rows = chosen[members]
        part = History(self.ids[members[rows]], days[rows], amounts[rows], np.zeros(rows.sum(), bool))
        kept = chosen[self._index]
        part._index = np.searchsorted(part.ids, self.ids[self._index[kept]])
        part._days = self._days[kept]
        return part

    @property
    def span(self):
        """(first, last) day with a purchase; None without any."""
        return (int(self._days.min()), int(self._days.max())) if len(self._days) else None

    def intervals(self):
        """Days between consecutive purchases of the same customer."""
        same = self._index[1:] == self._index[:-1]
        return (self._days[1:] - self._days[:-1])[same]

    def retention(self, month_of, first, last, months=12):
        """[(month, customers, [share that bought in the k-th month after, k = 0, 1, ...])] of who came from `first` to
        `last` on; `last` is the last month that is over.

        :param month_of: maps an array of days to consecutive numbers of months
        """
        bought = month_of(self._days)
        begin = np.full(len(self), np.iinfo(np.int64).max)
        np.minimum.at(begin, self._index, bought)
        age = bought - begin[self._index]
        # A customer counts once a month.
        pairs = np.unique(self._index[age <= months] * (months + 1) + age[age <= months])
        member, age = pairs // (months + 1), pairs % (months + 1)
        found = []
        for month in range(max(first, last - 18), last + 1):
            size = int((begin == month).sum())
            if size:
                over = min(months, last - month)
                counts = np.bincount(age[begin[member] == month], minlength=months + 1)[: over + 1]
                found.append((month, size, [round(float(count) / size, 4) for count in counts]))
        return found

    def statuses(self, days, limits):
        """[(day, customers of each status)] of who had bought by then: active, at risk, dormant, lost.

        :param limits: days of silence from which one is at risk, dormant, lost
        """
        found = []
        for day in days:
            known = self._days <= day
            last = np.full(len(self), -1)
            last[self._index[known]] = self._days[known]  # sorted: the latest is written last
            silence = day - last[last >= 0]
            counts = np.bincount(np.searchsorted(limits, silence, side="right"), minlength=len(limits) + 1)
            found.append((int(day), counts.tolist()))
        return found

    def bought_within(self, day, days):
        """Whether each customer bought after `day`, within so many days."""
        inside = (self._days > day) & (self._days <= day + days)
        return np.bincount(self._index[inside], minlength=len(self)) > 0

    def after(self, customer, day, days):
        """(day of the first purchase or None, revenue) of one customer after `day`, within so many days."""
        place = np.searchsorted(self.ids, customer)
        if place == len(self.ids) or self.ids[place] != customer:
            return None, 0.0
        members, when, amount = self._money
        rows = slice(np.searchsorted(members, place), np.searchsorted(members, place, side="right"))
        inside = (when[rows] > day) & (when[rows] <= day + days)
        bought = self._days[np.searchsorted(self._index, place) : np.searchsorted(self._index, place, side="right")]
        bought = bought[(bought > day) & (bought <= day + days)]
        return (int(bought[0]) if len(bought) else None), round(float(amount[rows][inside].sum()), 2)

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
