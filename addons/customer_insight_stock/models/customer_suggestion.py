from odoo import api, models
from odoo.tools import SQL


class CustomerSuggestion(models.AbstractModel):
    _inherit = "customer.suggestion"

    @api.model
    def _deliverable_sql(self, product_id, company):
        """Goods that are kept in stock need some that nobody has reserved; others can always be sold."""
        return SQL("COALESCE((%s), 1) > 0", self._free_sql(product_id, company))

    @api.model
    def _free_sql(self, product_id, company):
        """SELECT of the quantity of a product that nobody has reserved; NULL where it is not kept in stock.

        As sudo: salespeople read it on every line of a quotation as well.
        """
        return SQL(
            """SELECT COALESCE(SUM(quant.quantity - quant.reserved_quantity)
                               FILTER (WHERE location.usage = 'internal'), 0)
                 FROM product_product stored
                 JOIN product_template kept ON kept.id = stored.product_tmpl_id AND kept.is_storable
            LEFT JOIN stock_quant quant ON quant.product_id = stored.id AND quant.company_id = %s
            LEFT JOIN stock_location location ON location.id = quant.location_id
                WHERE stored.id = %s GROUP BY stored.id""",
            company.id,
            product_id,
        )

    @api.model
    def _free_quantities(self, product_ids, company):
        """{product id: unreserved quantity}, None where it is not kept in stock."""
        self.env.flush_all()
        free = self._free_sql(SQL.identifier("wanted", "id"), company)
        return dict(
            self.env.execute_query(SQL("SELECT id, (%s) FROM UNNEST(%s::int4[]) AS wanted (id)", free, product_ids))
        )
