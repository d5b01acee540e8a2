"""What unredeemed points are worth in the books: IFRS 15 (ASC 606), plain Python without Odoo.

Points that a customer gets with a purchase are a separate promise (IFRS 15 B39-B43): part of the price is deferred, by
relative stand-alone selling price, and becomes revenue when the points are redeemed. Points that nobody will redeem
(*breakage*, B44-B47) become revenue in proportion to those redeemed; a changed estimate is caught up at once, over all
that was issued. The standard's own example is IE267-IE270.

Amounts and points are `Decimal`. Nothing is rounded but the figures that go into the books (`Position.rounded`).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO, ONE = Decimal(0), Decimal(1)


def allocate(price, points, point_price):
    """Part of a `price` paid for goods that belongs to the points given with them (IFRS 15.76-80, B42).

    :param price: what was paid for the goods, which is also what they cost alone
    :param point_price: stand-alone selling price of a point: its value at redemption times how likely that is
    """
    alone = points * point_price
    return price * alone / (price + alone) if price + alone > 0 else ZERO


def round_to(amount, unit):
    """`amount` to multiples of `unit` of the currency, halves away from zero."""
    return (amount / unit).quantize(ONE, ROUND_HALF_UP) * unit


@dataclass(frozen=True)
class Cohort:
    """Points issued together (one company, program, month and origin) and what has become of them until a day.

    `amount` was deferred for the `issued` points. `cancelled` ones were taken back with the sale that gave them: they
    leave with their part `cancelled_amount`, as if they had never been. `lapsed` ones expired or were forfeited.
    """

    issued: Decimal = ZERO
    amount: Decimal = ZERO
    redeemed: Decimal = ZERO
    lapsed: Decimal = ZERO
    cancelled: Decimal = ZERO
    cancelled_amount: Decimal = ZERO

    @property
    def outstanding(self):
        return self.issued - self.cancelled - self.redeemed - self.lapsed

    def position(self, rate, is_proportional=True):
        """Where the cohort stands when `rate` (0 to 1) of its points is expected to be redeemed in the end.

        :param is_proportional: False recognises breakage only when points lapse (B46: no right to it is expected)
        """
        kept, amount = self.issued - self.cancelled, self.amount - self.cancelled_amount
        possible = self.redeemed + max(self.outstanding, ZERO)
        if possible <= self.redeemed or kept <= 0:
            return Position(amount, self.redeemed, amount, self._at_face(amount, kept))
        if not is_proportional:
            gone = self.redeemed + self.lapsed
            return Position(amount, possible, amount * gone / kept, self._at_face(amount, kept))
        expected = min(max(rate * kept, self.redeemed), possible)
        released = amount * self.redeemed / expected if expected > 0 else amount
        return Position(amount, expected, released, self._at_face(amount, kept))

    def _at_face(self, amount, kept):
        """What the redeemed points alone would release, if all points were redeemed."""
        return amount * self.redeemed / kept if kept > 0 else amount


@dataclass(frozen=True)
class Position:
    """Cumulative figures of a cohort: deferred in all, points expected to be redeemed in all, released to revenue, and
    `at_face`, the part of it that is no breakage."""

    deferred: Decimal
    expected: Decimal
    released: Decimal
    at_face: Decimal

    @property
    def breakage(self):
        return self.released - self.at_face

    @property
    def liability(self):
        return self.deferred - self.released

    def rounded(self, unit):
        """Figures for the books; the liability is the difference of rounded ones, so that they add up."""
        figures = (round_to(amount, unit) for amount in (self.deferred, self.released, self.at_face))
        deferred, released, at_face = figures
        return Position(deferred, self.expected, released, at_face)
