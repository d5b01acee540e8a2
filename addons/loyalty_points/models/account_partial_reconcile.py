from odoo import models


class AccountPartialReconcile(models.Model):
    """A payment that is taken back takes the points along."""

    _inherit = "account.partial.reconcile"

    def unlink(self):
        moves = (self.debit_move_id | self.credit_move_id).move_id
        result = super().unlink()
        moves.exists().filtered(lambda move: move.move_type == "out_invoice")._settle_loyalty()
        return result
