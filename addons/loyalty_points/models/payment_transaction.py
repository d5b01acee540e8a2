from odoo import api, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody pays for an order that would not be confirmed afterwards, in the portal or in the shop."""
        transactions = super().create(vals_list)
        orders = transactions.sudo().sale_order_ids.filtered(lambda order: order.state in ("draft", "sent"))
        orders._check_loyalty_open()
        return transactions
