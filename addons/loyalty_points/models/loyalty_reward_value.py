from odoo import models


class LoyaltyReward(models.Model):
    _inherit = "loyalty.reward"

    def _value_of_a_point(self):
        """Money that a member saves per point with this reward; 0 where it depends on the order (percentages)."""
        self.ensure_one()
        if self.reward_type == "product":
            price = max(self.reward_product_ids.mapped("lst_price"), default=0.0) * self.reward_product_qty
        elif self.discount_mode == "per_point":
            return self.discount
        else:
            price = self.discount if self.discount_mode == "per_order" else self.discount_max_amount
        return price / self.required_points if self.required_points else 0.0
