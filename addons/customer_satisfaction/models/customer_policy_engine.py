from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.tools import SQL

from .survey_question import SCALES


class CustomerPolicyEngine(models.AbstractModel):
    """Satisfaction in the profile."""

    _inherit = "customer.policy.engine"

    def _collect_queries(self, run):
        """Last score, average, trend and number of the answers about everything, on a scale from 0 to 100."""
        percent = SQL(" ").join(
            SQL("WHEN %s THEN (score - %s) * 100.0 / %s", metric, low, high - low)
            for metric, (low, high) in SCALES.items()
        )
        satisfaction = SQL(
            """SELECT partner_id, MAX(date) AS last_date,
                      (ARRAY_AGG(percent ORDER BY date DESC, id DESC))[1] AS last_score,
                      AVG(percent) FILTER (WHERE date > %(since)s::date) AS average,
                      COUNT(*) FILTER (WHERE date > %(since)s::date) AS answers,
                      AVG(percent) FILTER (WHERE date <= %(since)s::date AND date > %(before)s::date) AS average_before
                 FROM (SELECT id, partner_id, date, CASE metric %(percent)s END AS percent
                         FROM customer_satisfaction_answer
                        WHERE company_id = %(company)s AND metric IS NOT NULL AND topic_id IS NULL AND %(scope)s) scored
                GROUP BY partner_id""",
            since=run.window_start,
            before=run.window_start - relativedelta(months=12),
            percent=percent,
            company=run.company.id,
            scope=SQL("partner_id IS NOT NULL") if run.is_full else SQL("partner_id = ANY(%s)", run.partner_ids),
        )
        return {"satisfaction": satisfaction, **super()._collect_queries(run)}

    def _collect_columns(self, run):
        return {
            **super()._collect_columns(run),
            "satisfaction_score": SQL("ROUND(satisfaction.last_score, 1)"),
            "satisfaction_average": SQL("ROUND(satisfaction.average, 1)"),
            "satisfaction_trend": SQL("ROUND(satisfaction.average - satisfaction.average_before, 1)"),
            "satisfaction_count_12m": SQL("COALESCE(satisfaction.answers, 0)"),
            "last_satisfaction_date": SQL("satisfaction.last_date"),
        }
