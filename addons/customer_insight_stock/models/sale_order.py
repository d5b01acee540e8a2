from odoo import models
from odoo.tools import formatLang


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _suggested_products(self):
        """With what is in stock, of goods that are kept in stock."""
        found = super()._suggested_products()
        products = self.env["product.product"].browse([row["product_id"] for row in found])
        free = self.env["customer.suggestion"]._free_quantities(products, self.company_id)
        for row in found:
            if row["product_id"] in free:
                row["stock"] = formatLang(self.env, free[row["product_id"]], dp="Product Unit")
        return found
