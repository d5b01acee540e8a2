from odoo import api, models
from odoo.tools import formatLang


class CustomerSuggestion(models.AbstractModel):
    _inherit = "customer.suggestion"

    @api.model
    def _available(self, products, company):
        """Goods that are kept in stock need some that nobody has reserved; other goods and services can always be sold."""
        products = super()._available(products, company)
        free = self._free_quantities(products, company)
        return products.filtered(lambda product: product.id not in free or free[product.id] > 0)

    @api.model
    def _explain(self, rows):
        rows = super()._explain(rows)
        products = self.env["product.product"].browse([row["product_id"] for row in rows])
        free = self._free_quantities(products, self.env.company)
        for row in rows:
            if row["product_id"] in free:
                row["stock"] = formatLang(self.env, free[row["product_id"]], dp="Product Unit")
        return rows

    def _free_quantities(self, products, company):
        """{product id: unreserved quantity} of the goods that are kept in stock. As sudo: sales people read it on every
        quotation line as well."""
        stored = products.sudo().with_company(company).filtered("is_storable")
        return {product.id: product.free_qty for product in stored}
