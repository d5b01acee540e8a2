from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _loyalty_own(self):
        """Orders at the counter give their points themselves, whether they are invoiced or not."""
        own = super()._loyalty_own()
        return own.filtered(lambda move: not (move | move.reversed_entry_id).sudo().pos_order_ids)

    def _settle_returned_points(self):
        """An invoice of the counter that the accountant credits: no return at the counter speaks of it."""
        result = super()._settle_returned_points()
        for refund in self.sudo().filtered(lambda move: move.move_type == "out_refund" and not move.pos_order_ids):
            refund.reversed_entry_id.pos_order_ids._take_back_points(refund.name)
        return result

    def _get_counter_share(self):
        """Part from 0 to 1 of an invoice of the counter that credit notes of the accountant have taken back."""
        refunds = self.reversal_move_ids.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "posted" and not move.pos_order_ids
        )
        return min(sum(refunds.mapped("amount_total")) / self.amount_total, 1.0) if self.amount_total else 0.0
