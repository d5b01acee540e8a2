from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.tools import SQL

from .survey_question import SCALES


class CustomerPolicyEngine(models.AbstractModel):
    """Satisfaction in the profile."""

    _inherit = "customer.policy.engine"

    def _steps(self):
        steps = super()._steps()
        steps.insert(steps.index("collect") + 1, "satisfaction")
        return steps

    def _step_satisfaction(self, run):
        """Last score, average, trend and number of the answers about everything, on a scale from 0 to 100."""
        percent = SQL(" ").join(
            SQL("WHEN %s THEN (score - %s) * 100.0 / %s", metric, low, high - low)
            for metric, (low, high) in SCALES.items()
        )
        self._update_stage(
            {
                "satisfaction_score": SQL("ROUND(a.last_score, 1)"),
                "satisfaction_average": SQL("ROUND(a.average, 1)"),
                "satisfaction_trend": SQL("ROUND(a.average - a.average_before, 1)"),
                "satisfaction_count_12m": SQL("COALESCE(a.answers, 0)"),
                "last_satisfaction_date": SQL("a.last_date"),
            },
            SQL(
                """customer_profile_stage b LEFT JOIN (
                       SELECT partner_id, MAX(date) AS last_date,
                              (ARRAY_AGG(percent ORDER BY date DESC, id DESC))[1] AS last_score,
                              AVG(percent) FILTER (WHERE date > %(since)s::date) AS average,
                              COUNT(*) FILTER (WHERE date > %(since)s::date) AS answers,
                              AVG(percent) FILTER (WHERE date <= %(since)s::date AND date > %(before)s::date)
                                  AS average_before
                         FROM (SELECT id, partner_id, date, CASE metric %(percent)s END AS percent
                                 FROM customer_satisfaction_answer
                                WHERE company_id = %(company)s AND metric IS NOT NULL AND topic_id IS NULL
                                  AND %(scope)s) scored
                        GROUP BY partner_id) a ON a.partner_id = b.partner_id""",
                since=run.window_start,
                before=run.window_start - relativedelta(months=12),
                percent=percent,
                company=run.company.id,
                scope=SQL("partner_id IS NOT NULL") if run.is_full else SQL("partner_id = ANY(%s)", run.partner_ids),
            ),
            SQL("b.partner_id = s.partner_id"),
        )
