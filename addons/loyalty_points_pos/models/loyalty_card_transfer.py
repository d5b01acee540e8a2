from odoo import models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _merged_references(self):
        return (*super()._merged_references(), ("pos_order_line", "coupon_id"))
