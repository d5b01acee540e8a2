from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """sudo: who ships need not see orders, nor points."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.sudo().sale_line_id.order_id._settle_loyalty()
        return moves
