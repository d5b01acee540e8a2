from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Customers on the list of a product.
LIMIT = 500


class CustomerProductProspect(models.TransientModel):
    """Customers who lack a product that is bought by those who buy what they buy."""

    _name = "customer.product.prospect"
    _description = "Customer to Offer a Product To"
    _order = "score DESC, id"
    _rec_name = "partner_id"

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    grade_id = fields.Many2one(related="partner_id.customer_grade_id")
    because_id = fields.Many2one("product.product", "Bought", readonly=True, ondelete="cascade")
    last_date = fields.Date("Last Bought", readonly=True)
    score = fields.Float(digits=(16, 4), readonly=True, aggregator=None, help="Lower bound of the confidence at 95 %.")
    reason = fields.Char(readonly=True)

    @api.model
    def _find(self, product, company):
        """Prospects of a product among the customers whose profile the user may see, the surest first."""
        rows = self.env.execute_query(self._select(product, company))
        pairs = self.env["customer.product.pair"].browse({row[2] for row in rows})
        reasons = {pair.id: (pair.product_id.id, pair.reason) for pair in pairs}
        return self.create(
            [
                {"product_id": product.id, "partner_id": partner, "score": score, "because_id": reasons[pair][0],
                 "last_date": date, "reason": reasons[pair][1]}
                for partner, score, pair, date in rows
            ]
        )  # fmt: skip

    def _select(self, product, company):
        figures = self.env["customer.policy.parameter"]._figures(company)
        today = company._customer_policy_today()
        # The record rules of the profile say whose customers these are; the lines below are read as sudo.
        visible = self.env["customer.profile"]._search([("company_id", "=", company.id)])
        self.env.flush_all()
        return SQL(
            """WITH pair AS (
                   SELECT id, product_id, low FROM customer_product_pair
                    WHERE company_id = %(company)s AND other_id = %(product)s),
               bought AS (
                   SELECT partner_id, product_id, MAX(date) AS date FROM (%(lines)s) line
                    WHERE company_id = %(company)s AND date > %(since)s AND date <= %(today)s
                      AND product_id IN (SELECT product_id FROM pair UNION ALL SELECT %(product)s)
                    GROUP BY partner_id, product_id HAVING SUM(quantity) > 0)
               SELECT partner_id, low, id, date FROM (
                   SELECT DISTINCT ON (bought.partner_id) bought.partner_id, pair.low::float8, pair.id, bought.date
                     FROM bought JOIN pair ON pair.product_id = bought.product_id
                     JOIN res_partner partner ON partner.id = bought.partner_id AND partner.active
                    WHERE bought.partner_id IN %(visible)s
                      AND bought.partner_id NOT IN (SELECT partner_id FROM bought WHERE product_id = %(product)s)
                    ORDER BY bought.partner_id, pair.low DESC, pair.id) best
                ORDER BY low DESC, date DESC, partner_id LIMIT %(limit)s""",
            company=company.id,
            product=product.id,
            lines=self.env["customer.transaction.line"].sudo()._table_query,
            since=today - timedelta(days=int(figures["suggestion_fresh_days"])),
            today=today,
            visible=visible.subselect("partner_id"),
            limit=LIMIT,
        )
