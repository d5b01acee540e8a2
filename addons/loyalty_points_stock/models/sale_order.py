from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _loyalty_moments(self):
        return [*super()._loyalty_moments(), "delivery"]

    def _loyalty_reached(self, line):
        """A line has reached its delivery as far as it is delivered, and more where more was delivered."""
        ordered = line.product_uom_qty
        share = line.qty_delivered / ordered if ordered else 0.0
        return {**super()._loyalty_reached(line), "delivery": max(0.0, share) if self.state == "sale" else 0.0}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _loyalty_basis(self):
        """Services are delivered by hand."""
        return super()._loyalty_basis() | {"qty_delivered"}
