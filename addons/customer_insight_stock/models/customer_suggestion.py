from odoo import api, models
from odoo.tools import SQL


class CustomerSuggestion(models.AbstractModel):
    _inherit = "customer.suggestion"

    @api.model
    def _available(self, products, company):
        """Goods that are kept in stock need some that nobody has reserved; other goods and services can always be sold."""
        products = super()._available(products, company)
        free = self._free_quantities(products, company)
        return products.filtered(lambda product: product.id not in free or free[product.id] > 0)

    @api.model
    def _free_quantities(self, products, company):
        """{product id: quantity that nobody has reserved} of the goods that are kept in stock, in one query.

        As sudo: salespeople read it on every line of a quotation as well.
        """
        if not products:
            return {}
        self.env["stock.quant"].flush_model()
        self.env["product.template"].flush_model(["is_storable"])
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id, COALESCE(SUM(quant.quantity - quant.reserved_quantity)
                                               FILTER (WHERE location.usage = 'internal'), 0)
                     FROM product_product product
                     JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
                LEFT JOIN stock_quant quant ON quant.product_id = product.id AND quant.company_id = %s
                LEFT JOIN stock_location location ON location.id = quant.location_id
                    WHERE product.id = ANY(%s) GROUP BY product.id""",
                company.id,
                products.ids,
            )
        )
        return dict(rows)
