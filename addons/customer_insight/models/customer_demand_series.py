from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL, float_round

from ..engine.demand import forecast

# Series forecast between two commits.
BATCH = 20
METHODS = [
    ("naive", "Last month again (naive)"),
    ("seasonal_naive", "Same month last year (naive)"),
    ("ets", "Exponential smoothing"),
    ("sba", "Croston, corrected (rare demand)"),
    ("average", "Average: too short a history"),
]


class CustomerDemandSeries(models.Model):
    """Monthly demand of a product category, by all customers or those of a segment, and how it is forecast.

    A job lists the series and their months at the beginning of each month, then forecasts them in small batches.
    """

    _name = "customer.demand.series"
    _description = "Demand"
    _order = "next_quantity DESC, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    category_id = fields.Many2one(
        "product.category", "Product Category", required=True, readonly=True, ondelete="cascade"
    )
    segment_id = fields.Many2one(
        "customer.segment", readonly=True, index=True, ondelete="cascade", help="Empty: all customers."
    )
    month = fields.Date("Forecast From", required=True, readonly=True, help="The month that was going on.")
    state = fields.Selection([("waiting", "Waiting"), ("done", "Forecast")], required=True, readonly=True, index=True)
    months = fields.Integer("Months of History", readonly=True, aggregator=None)
    method = fields.Selection(METHODS, readonly=True)
    mase = fields.Float(
        "MASE",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="Mean absolute error over the last 12 months, in units of the change from month to month before them.",
    )
    naive_mase = fields.Float("Naive MASE", digits=(16, 2), readonly=True, aggregator=None)
    next_quantity = fields.Float("This Month", digits="Product Unit", readonly=True)
    next_low = fields.Float("At Least", digits="Product Unit", readonly=True, aggregator=None)
    next_high = fields.Float("At Most", digits="Product Unit", readonly=True, aggregator=None)
    ahead_quantity = fields.Float("Months Ahead", digits="Product Unit", readonly=True, help="Sum of the forecast.")
    month_ids = fields.One2many("customer.demand.month", "series_id", readonly=True)
    verdict = fields.Char(compute="_compute_verdict")

    _series_unique = models.UniqueIndex("(company_id, category_id, COALESCE(segment_id, 0))")

    @api.depends("category_id", "segment_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for series in self:
            names = [series.category_id.display_name, series.segment_id.display_name]
            series.display_name = " · ".join(name for name in names if name)

    @api.depends("method", "mase", "naive_mase", "months")
    @api.depends_context("lang")
    def _compute_verdict(self):
        for series in self:
            if series.method == "average":
                text = self.env._("Only %s months of history: the average, without an interval.", series.months)
            elif series.method in ("naive", "seasonal_naive"):
                text = self.env._("No method was better than the naive forecast.")
            elif series.method and series.naive_mase:
                less = 100 * (1 - series.mase / series.naive_mase)
                text = self.env._("Error %s %% smaller than the naive forecast's.", f"{less:.0f}")
            else:
                text = False
            series.verdict = text

    def action_open_months(self):
        """The months of these series as a graph."""
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_insight.customer_demand_month_action")
        name = self[:1].display_name
        domain = [("series_id", "in", self.ids)]
        return {**action, "domain": domain, "context": {}, "name": name, "display_name": name}

    # ------------------------------------------------------------ job

    @api.model
    def _cron_forecast(self):
        """List the series where a new month has begun, then forecast those that wait, batch after batch."""
        for company in self.env["res.company"]._customer_policy_companies():
            if company._customer_policy_today().replace(day=1) not in self._months_listed(company):
                self._list(company)
                self.env["ir.cron"]._commit_progress(0, remaining=self.search_count([("state", "=", "waiting")]))
        while batch := self.search([("state", "=", "waiting")], order="id", limit=BATCH):
            batch._forecast()
            remaining = self.search_count([("state", "=", "waiting")])
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                return

    def _months_listed(self, company):
        groups = self._read_group([("company_id", "=", company.id)], ["month:day"])
        return {month for (month,) in groups}

    @api.model
    def _list(self, company):
        """Series and actual months of a company anew, set-based; the forecasts follow."""
        figures = self.env["customer.policy.parameter"]._figures(company)
        month = company._customer_policy_today().replace(day=1)
        first = month - relativedelta(months=int(figures["demand_history_months"]))
        self.env.flush_all()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS customer_demand_new"))
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE customer_demand_new ON COMMIT DROP AS %s", self._history(company, first, month))
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_demand_series s WHERE company_id = %s AND NOT EXISTS (
                       SELECT FROM customer_demand_new n
                        WHERE n.category_id = s.category_id AND n.segment_id IS NOT DISTINCT FROM s.segment_id)""",
                company.id,
            )
        )
        self.env.cr.execute(self._upsert(company, month))
        self.env["customer.demand.month"]._replace(company, month)
        self.invalidate_model()

    def _upsert(self, company, month):
        return SQL(
            """INSERT INTO customer_demand_series (company_id, category_id, segment_id, month, state)
               SELECT DISTINCT %(company)s, category_id, segment_id, %(month)s::date, 'waiting' FROM customer_demand_new
               ON CONFLICT (company_id, category_id, COALESCE(segment_id, 0))
               DO UPDATE SET month = EXCLUDED.month, state = EXCLUDED.state""",
            company=company.id,
            month=month,
        )

    def _history(self, company, first, month):
        """SELECT category_id, segment_id (NULL: all), month, quantity, amount of the complete months: this one is not
        over, and the first of all begins where the records do."""
        members = self.env["customer.segment.member"].sudo()
        return SQL(
            """WITH bought AS MATERIALIZED (
                   SELECT category_id, partner_id, DATE_TRUNC('month', date)::date AS month, SUM(quantity) AS quantity,
                          SUM(amount) AS amount
                     FROM (%(lines)s) line
                    WHERE company_id = %(company)s AND date >= %(first)s AND date < %(month)s
                      AND category_id IS NOT NULL
                    GROUP BY 1, 2, 3),
               start AS (
                   SELECT DATE_TRUNC('month', MIN(date) + INTERVAL '1 month' - INTERVAL '1 day')::date AS month
                     FROM (%(lines)s) line WHERE company_id = %(company)s),
               member AS MATERIALIZED (
                   SELECT DISTINCT partner_id, segment_id FROM (%(members)s) m
                    WHERE company_id = %(company)s OR company_id IS NULL)
               SELECT category_id, segment_id, month, SUM(quantity) AS quantity, SUM(amount) AS amount
                 FROM (SELECT category_id, NULL::int4 AS segment_id, month, quantity, amount FROM bought
                       UNION ALL
                       SELECT category_id, segment_id, month, quantity, amount
                         FROM bought JOIN member USING (partner_id)
                      ) both_kinds
                WHERE month >= (SELECT month FROM start)
                GROUP BY 1, 2, 3""",
            lines=self.env["customer.transaction.line"].sudo()._table_query,
            members=members._table_query,
            company=company.id,
            first=first,
            month=month,
        )

    def _forecast(self):
        """Forecast these series from their months; rows of the months ahead are written anew."""
        months = self.env["customer.demand.month"]
        months.search([("series_id", "in", self.ids), ("kind", "=", "forecast")]).unlink()
        actual = months.search_fetch(
            [("series_id", "in", self.ids)], ["series_id", "quantity", "amount"], order="month"
        )
        by_series = actual.grouped("series_id")
        rows = []
        for series in self:
            rows += series._forecast_one(by_series.get(series, months))
        months.create(rows)

    def _forecast_one(self, actual):
        """Forecast one series; returns the values of its months ahead."""
        figures = self.env["customer.policy.parameter"]._figures(self.company_id)
        horizon = max(int(figures["demand_horizon_months"]), 1)
        found = forecast(actual.mapped("quantity"), horizon, figures["demand_level"], int(figures["demand_min_months"]))
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        values, low, high = (
            [float_round(float(value), digits) for value in row] for row in (found.values, found.low, found.high)
        )
        self.write(
            {"state": "done", "months": len(actual), "method": found.method, "mase": found.mase.get(found.method, 0),
             "naive_mase": found.naive_mase or 0, "next_quantity": values[0], "next_low": low[0], "next_high": high[0],
             "ahead_quantity": sum(values)}
        )  # fmt: skip
        recent = actual[-12:]
        sold = sum(recent.mapped("quantity"))
        price = sum(recent.mapped("amount")) / sold if sold > 0 else 0
        known = found.method != "average"
        return [
            {"series_id": self.id, "kind": "forecast", "month": self.month + relativedelta(months=step),
             "quantity": values[step], "low": low[step] if known else 0, "high": high[step] if known else 0,
             "amount": values[step] * price}
            for step in range(horizon)
        ]  # fmt: skip
