from odoo import api, fields, models
from odoo.tools import SQL, format_date

COLUMNS = ("times", "gap_days", "last_date", "due_date", "quantity")


class CustomerProductRhythm(models.Model):
    """A product that a customer buys again and again: how often, and when it is due by the customer's own rhythm.

    The rhythm is the median of the days between purchases. Written every night by one statement; a rhythm that was not
    kept for several intervals has ended and is left out.
    """

    _name = "customer.product.rhythm"
    _description = "Reorder"
    _order = "due_date DESC, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    times = fields.Integer("Purchases", readonly=True, aggregator=None, help="Days on which it was bought.")
    gap_days = fields.Float("Usual Interval (Days)", digits=(16, 1), readonly=True, aggregator="avg")
    quantity = fields.Float("Usual Quantity", digits="Product Unit", readonly=True, aggregator=None, help="Median.")
    last_date = fields.Date("Last Bought", readonly=True)
    due_date = fields.Date("Due", readonly=True, index=True)
    reason = fields.Char(compute="_compute_reason")

    _customer_product = models.UniqueIndex("(company_id, partner_id, product_id)")

    @api.depends("times", "gap_days", "last_date")
    @api.depends_context("lang")
    def _compute_reason(self):
        for rhythm in self:
            rhythm.reason = self.env._(
                "Bought %(times)s ×, usually every %(days)s days, last on %(date)s",
                times=rhythm.times,
                days=f"{rhythm.gap_days:.0f}",
                date=format_date(self.env, rhythm.last_date),
            )

    def action_new_quotation(self):
        """A new quotation with the usual quantity, not saved yet."""
        self.ensure_one()
        line = {"product_id": self.product_id.id, "product_uom_qty": self.quantity or 1}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Quotation"),
            "res_model": "sale.order",
            "views": [[False, "form"]],
            "context": {"default_partner_id": self.partner_id.id, "default_order_line": [[0, 0, line]]},
        }

    @api.model
    def _cron_refresh(self):
        """One company after the other, each committed."""
        companies = self.env["res.company"]._customer_policy_companies()
        for done, company in enumerate(companies, start=1):
            self._refresh(company)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done):
                return

    @api.model
    def _refresh(self, company):
        """Bring the rhythms of a company up to date; rows that stay the same are not written. Returns the due ones."""
        figures = self.env["customer.policy.parameter"]._figures(company)
        self.flush_model()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS customer_product_rhythm_new"))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE customer_product_rhythm_new ON COMMIT DROP AS %s",
                self._select(company, figures),
            )
        )
        self.env.cr.execute(SQL("ANALYZE customer_product_rhythm_new"))
        self._merge(company)
        self.invalidate_model()
        today = company._customer_policy_today()
        return self.search_count([("company_id", "=", company.id), ("due_date", "<=", today)])

    def _merge(self, company):
        pairs = SQL(", ").join(SQL("%s = n.%s", SQL.identifier(c), SQL.identifier(c)) for c in COLUMNS)
        old, new = (SQL(", ").join(SQL("%s.%s", SQL(t), SQL.identifier(c)) for c in COLUMNS) for t in ("r", "n"))
        same = SQL("r.partner_id = n.partner_id AND r.product_id = n.product_id AND r.company_id = %s", company.id)
        for statement in (
            SQL(
                """DELETE FROM customer_product_rhythm r WHERE company_id = %s
                      AND NOT EXISTS (SELECT FROM customer_product_rhythm_new n WHERE %s)""",
                company.id,
                same,
            ),
            SQL(
                """UPDATE customer_product_rhythm r SET %s FROM customer_product_rhythm_new n
                    WHERE %s AND (%s) IS DISTINCT FROM (%s)""",
                pairs,
                same,
                old,
                new,
            ),
            SQL(
                """INSERT INTO customer_product_rhythm (company_id, partner_id, product_id, %s)
                   SELECT %s, n.partner_id, n.product_id, %s FROM customer_product_rhythm_new n
                    WHERE NOT EXISTS (SELECT FROM customer_product_rhythm r WHERE %s)""",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                company.id,
                new,
                same,
            ),
        ):
            self.env.cr.execute(statement)

    def _select(self, company, figures):
        """SELECT of the rhythms in force, over all customers of the company, those archived left out."""
        today = company._customer_policy_today()
        lines = self.env["customer.transaction.line"].sudo()
        self.env.flush_all()
        return SQL(
            """WITH bought AS (
                   SELECT partner_id, product_id, date, SUM(quantity) AS quantity,
                          date - LAG(date) OVER (PARTITION BY partner_id, product_id ORDER BY date) AS gap
                     FROM (%(lines)s) line
                    WHERE company_id = %(company)s AND product_id IS NOT NULL AND date <= %(today)s
                      AND date > %(today)s - %(history)s
                    GROUP BY partner_id, product_id, date HAVING SUM(quantity) > 0),
               rhythm AS (
                   SELECT partner_id, product_id, COUNT(*)::int4 AS times, MAX(date) AS last_date,
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap) AS gap_days,
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY quantity) AS quantity
                     FROM bought GROUP BY partner_id, product_id HAVING COUNT(*) >= %(times)s)
               SELECT rhythm.partner_id, rhythm.product_id, times, ROUND(gap_days::numeric, 1) AS gap_days, last_date,
                      last_date + CEIL(gap_days)::int4 AS due_date, quantity::numeric AS quantity
                 FROM rhythm
                 JOIN res_partner partner ON partner.id = rhythm.partner_id AND partner.active
                 JOIN product_product product ON product.id = rhythm.product_id AND product.active
                 JOIN product_template template ON template.id = product.product_tmpl_id AND template.sale_ok
                WHERE last_date + CEIL(gap_days * %(give_up)s)::int4 >= %(today)s""",
            lines=lines._table_query,
            company=company.id,
            today=today,
            history=int(figures["suggestion_history_days"]),
            times=max(int(figures["reorder_min_times"]), 2),
            give_up=max(figures["reorder_give_up"], 1.0),
        )
