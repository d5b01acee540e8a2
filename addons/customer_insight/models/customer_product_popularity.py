from odoo import api, fields, models
from odoo.tools import SQL

from .customer_product_pair import purchases_sql


class CustomerProductPopularity(models.Model):
    """How often a product is bought: what every suggestion has to beat, and what is shown where none does."""

    _name = "customer.product.popularity"
    _description = "Popularity of a Product"
    _order = "share DESC, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    purchases = fields.Integer(readonly=True, help="Days on which a customer bought it.")
    customers = fields.Integer(readonly=True, aggregator=None)
    share = fields.Float("Share of Purchases", digits=(16, 4), readonly=True, aggregator=None)

    _company_share = models.Index("(company_id, share DESC)")

    @api.model
    def _refresh(self, company, since, until):
        """Count anew; as sudo, of all customers of the company."""
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM customer_product_popularity WHERE company_id = %s", company.id))
        columns = SQL("company_id, product_id, purchases, customers, share")
        counts = self._counts(company, since, until)
        self.env.cr.execute(SQL("INSERT INTO customer_product_popularity (%s) %s", columns, counts))
        self.env.cr.execute("ANALYZE customer_product_popularity")
        self.invalidate_model()

    @api.model
    def _counts(self, company, since, until):
        """SELECT of one row per product."""
        return SQL(
            """WITH bought AS (%(purchases)s)
               SELECT %(company)s, product_id, COUNT(*), COUNT(DISTINCT partner_id),
                      COUNT(*)::float8 / (SELECT COUNT(DISTINCT (partner_id, day)) FROM bought)
                 FROM bought GROUP BY product_id""",
            purchases=purchases_sql(self.env, company, since, until),
            company=company.id,
        )
