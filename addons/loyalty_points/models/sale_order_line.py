from contextlib import nullcontext

from odoo import api, models
from odoo.exceptions import ValidationError

SPENDING = {"points_cost", "coupon_id", "reward_id", "order_id"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.constrains("points_cost")
    def _check_points_cost(self):
        for line in self:
            if not line.points_cost >= 0:
                raise ValidationError(self.env._("A reward can't cost less than no points."))

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"]
        if any(SPENDING - {"order_id"} & set(vals) for vals in vals_list):
            orders = orders.browse({vals["order_id"] for vals in vals_list if vals.get("order_id")})
        with self._settling(orders):
            return super().create(vals_list)

    def write(self, vals):
        with self._settling(self.order_id if SPENDING & set(vals) else self.env["sale.order"]):
            return super().write(vals)

    def unlink(self):
        with self._settling(self.filtered("coupon_id").order_id):
            return super().unlink()

    def _settling(self, orders):
        """Only a confirmed order has points in the ledger."""
        orders = orders.filtered(lambda order: order.state == "sale")
        return orders._settling() if orders else nullcontext()
