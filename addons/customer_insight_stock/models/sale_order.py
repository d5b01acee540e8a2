from odoo import models
from odoo.tools import formatLang


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _suggested_products(self):
        """With what is in stock, of goods that are kept in stock."""
        found = super()._suggested_products()
        ids = [row["product_id"] for row in found]
        free = self.env["customer.suggestion"]._free_quantities(ids, self.company_id)
        for row in found:
            quantity = free[row["product_id"]]
            row["stock"] = None if quantity is None else formatLang(self.env, quantity, dp="Product Unit")
        return found
