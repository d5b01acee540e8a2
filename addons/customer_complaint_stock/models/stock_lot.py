from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_new_complaint(self):
        """A case about this lot."""
        self.ensure_one()
        context = {"default_lot_id": self.id, "default_product_id": self.product_id.id}
        return {**self.env["customer.complaint"]._form_action(), "context": context}
