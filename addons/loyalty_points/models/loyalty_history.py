from odoo import models
from odoo.exceptions import UserError

# What a line says, and of which order and card.
FIGURES = {"issued", "used", "card_id", "order_id", "order_model"}


class LoyaltyHistory(models.Model):
    """Odoo's history keeps its behaviour, but for one thing: points of orders from before the ledger are read from it
    (`sale.order._carve_out_of_opening`), so that people do not write its figures."""

    _inherit = "loyalty.history"

    def write(self, vals):
        if not self.env.su and FIGURES & set(vals):
            raise UserError(self.env._("The figures of the history can't be changed."))
        return super().write(vals)
