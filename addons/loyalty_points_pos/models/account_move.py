from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _loyalty_own(self):
        """Orders at the counter give their points themselves, whether they are invoiced or not."""
        own = super()._loyalty_own()
        return own.filtered(lambda move: not (move | move.reversed_entry_id).sudo().pos_order_ids)
