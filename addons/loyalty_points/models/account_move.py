from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._settle_returned_points()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._settle_returned_points()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._settle_returned_points()
        return result

    def _settle_returned_points(self):
        """Credit notes change what orders say of points; sudo, as accountants have nothing to do with cards."""
        for refund in self.filtered(lambda move: move.move_type == "out_refund"):
            orders = refund.sudo().invoice_line_ids.sale_line_ids.order_id
            with orders._settling(refund.sudo()):
                pass
