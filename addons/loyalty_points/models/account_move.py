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
        """Credit notes change what orders say of points, and so does an invoice of what was credited before; sudo, as
        accountants have nothing to do with cards."""
        for move in self.filtered(lambda move: move.move_type in ("out_invoice", "out_refund")).sudo():
            orders = move.invoice_line_ids.sale_line_ids.order_id
            orders = orders.filtered(lambda order: order.coupon_point_ids or order.order_line.coupon_id)
            if move.move_type == "out_invoice":
                orders = orders.filtered(lambda order: order._has_credit_notes())
            if orders:
                with orders._settling(move):
                    pass
