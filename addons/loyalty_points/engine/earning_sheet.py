"""What a document says about points: its lines as positions. Plain Python over records, without rules."""

from dataclasses import dataclass, field

from .earning_math import NOISE, net_of_discounts


@dataclass
class Position:
    """A line of a document that may earn points; amounts with tax, discounts taken off, in the document's currency.

    `amount_reached` and `quantity_reached` are set per moment; `credited_*` is what credit notes took back.
    """

    line: object
    product: object
    order: object
    amount: float
    untaxed: float
    quantity: float
    share_reached: dict = field(default_factory=dict)
    credited_amount: float = 0.0
    credited_quantity: float = 0.0

    def figure(self, unit):
        return self.quantity if unit == "quantity" else self.amount

    def credited(self, unit):
        return self.credited_quantity if unit == "quantity" else self.credited_amount


@dataclass
class Sheet:
    """A document with its member, day and positions."""

    document: object
    partner: object
    currency: object
    date: object
    pricelist: object
    orders: object
    positions: list
    counts_returns: bool  # what its moment has reached may go down by returns that are credited too

    def take_off_discounts(self):
        amounts = [position.amount for position in self.positions]
        for position, amount in zip(self.positions, net_of_discounts(amounts), strict=True):
            share = amount / position.amount if position.amount > NOISE else 0.0
            position.amount, position.untaxed = amount, position.untaxed * share

    def credit(self, credits):
        """Lay credit lines on the positions that they take back: the same order line, else the same product, else all
        in proportion (a price reduction). What exceeds a line goes on to the next.

        :param credits: list of (set of order line ids, product, amount, quantity), positive
        """
        for order_line_ids, product, amount, quantity in credits:
            same = [p for p in self.positions if order_line_ids & set(self._order_lines(p))]
            same = same or [p for p in self.positions if product and p.product == product]
            if same:
                self._fill(same, amount, quantity)
            else:
                self._spread(amount)

    @staticmethod
    def _order_lines(position):
        line = position.line
        return line.sale_line_ids.ids if "sale_line_ids" in line._fields else line.ids

    def _fill(self, positions, amount, quantity):
        for position in positions:
            last = position is positions[-1]
            part = amount if last else min(amount, max(0.0, position.amount - position.credited_amount))
            pieces = quantity if last else min(quantity, max(0.0, position.quantity - position.credited_quantity))
            position.credited_amount += part
            position.credited_quantity += pieces
            amount, quantity = amount - part, quantity - pieces

    def _spread(self, amount):
        total = sum(position.amount for position in self.positions)
        for position in self.positions if total > NOISE else []:
            position.credited_amount += amount * position.amount / total
