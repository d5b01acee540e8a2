"""The days on which customers bought, and what they tell as of any day. No ORM here: tested by itself."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Summary:
    """Customers as of a day: one entry each in every array.

    `x`: days with a purchase after the first one; `t_x`: days from the first to the last; `T`: days from the first to
    the day of looking; `value`: mean amount of a day with a purchase.
    """

    customer: np.ndarray
    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    value: np.ndarray

    def __len__(self):
        return len(self.customer)

    @property
    def frame(self):
        return self.x, self.t_x, self.T


class PurchaseDays:
    """One row per customer and day with a purchase, sorted by both: customer id, day (since 1970-01-01), amount.

    Whatever is asked as of a day uses no later row.
    """

    def __init__(self, customer, day, amount):
        self.customer, self.day, self.amount = customer, day.astype(np.int64), amount
        self.starts = np.flatnonzero(np.diff(customer, prepend=customer[:1] - 1))
        self.ends = np.append(self.starts[1:], len(customer))[: len(self.starts)]

    @property
    def first_day(self):
        return int(self.day.min()) if len(self.day) else None

    @property
    def last_day(self):
        return int(self.day.max()) if len(self.day) else None

    def until(self, day):
        """What was known on that day."""
        known = self.day <= day
        return PurchaseDays(self.customer[known], self.day[known], self.amount[known])

    def summary(self, day):
        """The customers who had bought by that day, as they were then."""
        if not len(self.day) or self.last_day > day:
            return self.until(day).summary(day) if len(self.day) else Summary(*(np.empty(0) for _ in range(5)))
        first, last = self.day[self.starts], self.day[self.ends - 1]
        amounts = np.add.reduceat(self.amount, self.starts)
        count = self.ends - self.starts
        return Summary(self.customer[self.starts], count - 1, last - first, day - first, amounts / count)

    def outcome(self, customers, start, end):
        """(days with a purchase, amount) of each of `customers` (sorted) after `start` up to `end`."""
        inside = (self.day > start) & (self.day <= end)
        place = np.searchsorted(customers, self.customer[inside])
        known = place < len(customers)
        known[known] = customers[place[known]] == self.customer[inside][known]
        place, amount = place[known], self.amount[inside][known]
        return np.bincount(place, minlength=len(customers)), np.bincount(place, amount, minlength=len(customers))
