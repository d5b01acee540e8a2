"""What is predicted of customers, by a purchase model or by the simple rule. No ORM here: tested by itself."""

from dataclasses import dataclass

import numpy as np

from .mathematics import rows
from .purchase_model import PurchaseModel
from .simple_rule import YEAR, SimpleRule
from .spend_model import SpendModel

# The value of a year is discounted quarter by quarter, each from its middle.
QUARTERS = np.arange(1, 5) / 4
# A date further away says nothing.
FAR = 10 * YEAR


@dataclass(frozen=True)
class Scores:
    """One entry per customer. `next_days` counts from the last purchase, NaN where none is to be expected."""

    alive: np.ndarray
    expected: np.ndarray
    clv: np.ndarray
    next_days: np.ndarray
    no_purchase: np.ndarray


@dataclass(frozen=True)
class Predictor:
    """A fitted model, or the rule in its place, with the figures of the policy.

    :param horizon: days of “no purchase”
    :param discount: rate per year
    :param margin: of customers whose own is unknown, part of the revenue
    """

    purchases: PurchaseModel | SimpleRule
    spend: SpendModel | None
    horizon: float
    discount: float = 0.0
    margin: float = 1.0

    def score(self, x, t_x, T, value, margin=np.nan):
        """Figures of customers, see `Summary`; `margin` is their own, NaN where unknown."""
        x, t_x, T, value, margin = rows(x, t_x, T, value, margin)
        alive = self.purchases.alive(x, t_x, T)
        expected = self.purchases.expected_at(x, t_x, T, YEAR * QUARTERS)
        factors = (1 + self.discount) ** -(QUARTERS - 1 / 8)
        discounted = np.diff(expected, axis=1, prepend=0) @ factors
        margin = np.where(np.isnan(margin), self.margin, margin)
        days = self.purchases.next_purchase(x, t_x)
        return Scores(
            alive=alive,
            expected=expected[:, -1],
            clv=discounted * self.spending(x, value) * margin,
            next_days=np.where((alive < 0.5) | (days > FAR), np.nan, np.ceil(days)),
            no_purchase=self.purchases.no_purchase(x, t_x, T, self.horizon),
        )

    def spending(self, x, value):
        """Amount of a day with a purchase: by the spend model, else the customer's own average."""
        return value if self.spend is None else self.spend.expected(x + 1, value)
