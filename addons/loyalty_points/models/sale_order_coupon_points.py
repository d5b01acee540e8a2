from contextlib import nullcontext

from odoo import api, models
from odoo.exceptions import UserError

from ..scope import Settling, current


class SaleOrderCouponPoints(models.Model):
    """What an order issues; of a confirmed order every change goes into the ledger."""

    _inherit = "sale.order.coupon.points"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_software()
        orders = self.env["sale.order"].browse({vals["order_id"] for vals in vals_list if vals.get("order_id")})
        with self._settling(orders):
            return super().create(vals_list)

    def write(self, vals):
        self._check_software()
        with self._settling(self.order_id):
            return super().write(vals)

    def unlink(self):
        """Whoever may cancel an order takes its points off it; Odoo asks for rights that salespeople do not have."""
        records = self
        if not self.env.su and isinstance(current(self.env), Settling):
            self.order_id.check_access("write")
            records = self.sudo()
        with self._settling(self.order_id):
            return super(SaleOrderCouponPoints, records).unlink()

    @api.model
    def _check_software(self):
        """Points follow from the lines of the order and the rules of the program, while these are worked out."""
        if not self.env.su and not isinstance(current(self.env), Settling):
            raise UserError(self.env._("Points of an order are not typed in: they follow from its lines."))

    def _settling(self, orders):
        orders = orders.filtered(lambda order: order.state == "sale")
        return orders._settling() if orders else nullcontext()
