from contextlib import nullcontext

from odoo import api, models


class SaleOrderCouponPoints(models.Model):
    """What an order issues; of a confirmed order every change goes into the ledger."""

    _inherit = "sale.order.coupon.points"

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse({vals["order_id"] for vals in vals_list if vals.get("order_id")})
        with self._settling(orders):
            return super().create(vals_list)

    def write(self, vals):
        with self._settling(self.order_id):
            return super().write(vals)

    def unlink(self):
        with self._settling(self.order_id):
            return super().unlink()

    def _settling(self, orders):
        orders = orders.filtered(lambda order: order.state == "sale")
        return orders._settling() if orders else nullcontext()
