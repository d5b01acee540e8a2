from datetime import timedelta

from odoo import models
from odoo.addons.customer_policy.engine.context import STAGE, collected
from odoo.tools import SQL

from .customer_insight_model import EPOCH

SCORED = "customer_insight_scored"
READ = ("int4", "int4", "int4", "int4", "float8", "float8")
WRITTEN = ("int4", "float8", "float8", "float8", "float8", "float8")
# Outside of every column: what is not there.
NONE = SQL("'NaN'::float8")


class CustomerPolicyEngine(models.AbstractModel):
    """Predictions in the profile, from the version of the purchase model in force."""

    _inherit = "customer.policy.engine"

    def _steps(self):
        steps = super()._steps()
        steps.insert(steps.index("classify"), "insight")
        return steps

    def _collect_queries(self, run):
        """Days with a purchase; not read before there is a model that asks for them."""
        queries = super()._collect_queries(run)
        if not self.env["customer.insight.model"]._in_force(run.company):
            return queries
        purchases = self.env["customer.insight.days"]._query(collected("document"))
        bought = SQL(
            "SELECT partner_id, COUNT(DISTINCT date) AS days FROM (%s) purchase GROUP BY partner_id", purchases
        )
        candidates = queries.pop("candidate")
        return {**queries, "insight": bought, "candidate": candidates}

    def _collect_columns(self, run):
        columns = super()._collect_columns(run)
        if self.env["customer.insight.model"]._in_force(run.company):
            columns["purchase_days"] = SQL("COALESCE(insight.days, 0)")
        return columns

    def _step_insight(self, run):
        """Score whoever has bought; all others have no predictions."""
        version = self.env["customer.insight.model"]._in_force(run.company)
        if not version:
            return
        days = self.env["customer.insight.days"]
        partner, x, t_x, T, value, margin = days._receive(self._insight_query(run), READ)
        scores = version._predictor().score(x, t_x, T, value, margin)
        columns = {
            "partner_id": partner,
            "alive": scores.alive,
            "expected": scores.expected,
            "clv": scores.clv,
            "next_days": scores.next_days,
            "no_purchase": scores.no_purchase,
        }
        days._send(SCORED, WRITTEN, columns)
        self._write_insight(run, version)
        self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(SCORED)))
        run.counts["predicted"] = len(partner)

    def _insight_day(self, today, step):
        """The day of looking: the last one of every `step` days (policy figure), so that customers who buy nothing are
        not written anew every night."""
        return today - timedelta(days=(today - EPOCH).days % max(int(step), 1))

    def _insight_query(self, run):
        """SELECT partner_id, x, t_x, T, value, margin of the customers who have bought. Who bought after the day of
        looking is looked at on the day of that purchase."""
        step = run.policy._get_parameter("insight_refresh_days")
        return SQL(
            """SELECT partner_id::int4, (purchase_days - 1)::int4, last_purchase_date - first_purchase_date,
                      GREATEST(%s::date, last_purchase_date) - first_purchase_date,
                      (avg_purchase_value * purchase_count / purchase_days)::float8,
                      COALESCE(margin_rate::float8, %s)
                 FROM %s WHERE purchase_days > 0 AND first_purchase_date IS NOT NULL""",
            self._insight_day(run.today, step),
            NONE,
            SQL.identifier(STAGE),
        )

    def _write_insight(self, run, version):
        digits = run.company.currency_id.decimal_places

        def rounded(name, places):
            return SQL("ROUND(v.%s::numeric, %s)", SQL.identifier(name), places)

        self._update_stage(
            run,
            {
                "probability_alive": rounded("alive", 3),
                "expected_purchases_12m": rounded("expected", 2),
                "clv_12m": rounded("clv", digits),
                "no_purchase_probability": rounded("no_purchase", 3),
                "next_purchase_date": SQL("s.last_purchase_date + NULLIF(v.next_days, %s)::int", NONE),
                "insight_source": SQL("CASE WHEN v.partner_id IS NOT NULL THEN %s END", version._source()),
                "insight_model_id": SQL("CASE WHEN v.partner_id IS NOT NULL THEN %s END", version.id),
            },
            SQL("LEFT JOIN %s v ON v.partner_id = s.partner_id", SQL.identifier(SCORED)),
        )
