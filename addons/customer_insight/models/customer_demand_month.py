from odoo import api, fields, models
from odoo.tools import SQL


class CustomerDemandMonth(models.Model):
    """A month of a series of demand: what was bought, or what is expected with its interval."""

    _name = "customer.demand.month"
    _description = "Demand by Month"
    _order = "month, id"
    _rec_name = "month"

    series_id = fields.Many2one("customer.demand.series", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="series_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    category_id = fields.Many2one(related="series_id.category_id", store=True)
    segment_id = fields.Many2one(related="series_id.segment_id", store=True)
    month = fields.Date(required=True, readonly=True)
    kind = fields.Selection([("actual", "Bought"), ("forecast", "Forecast")], required=True, readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    low = fields.Float("At Least", digits="Product Unit", readonly=True, aggregator=None)
    high = fields.Float("At Most", digits="Product Unit", readonly=True, aggregator=None)
    amount = fields.Monetary(
        "Untaxed Amount", readonly=True, help="Of the forecast: at the average price of the last 12 months."
    )

    @api.model
    def _replace(self, company, month):
        """Months of all series of a company from the table that `_list` has filled; months without a purchase are 0."""
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM customer_demand_month WHERE company_id = %s", company.id))
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_demand_month
                          (series_id, company_id, category_id, segment_id, month, kind, quantity, low, high, amount)
                   SELECT s.id, s.company_id, s.category_id, s.segment_id, m.month::date, 'actual',
                          COALESCE(n.quantity, 0), 0, 0, COALESCE(n.amount, 0)
                     FROM customer_demand_series s
                     JOIN (SELECT category_id, segment_id, MIN(month) AS first FROM customer_demand_new GROUP BY 1, 2) f
                       ON f.category_id = s.category_id AND f.segment_id IS NOT DISTINCT FROM s.segment_id
               CROSS JOIN LATERAL GENERATE_SERIES(
                              f.first, %(month)s::date - INTERVAL '1 month', INTERVAL '1 month') m (month)
                LEFT JOIN customer_demand_new n ON n.category_id = s.category_id AND n.month = m.month::date
                      AND n.segment_id IS NOT DISTINCT FROM s.segment_id
                    WHERE s.company_id = %(company)s""",
                company=company.id,
                month=month,
            )
        )
        self.invalidate_model()
