from odoo import models
from odoo.tools import SQL

from .customer_complaint_stage import DONE_STATES


class CustomerPolicyEngine(models.AbstractModel):
    """Figures of complaints in the profile, and deadlines that follow a new grade."""

    _inherit = "customer.policy.engine"

    def _collect_queries(self, run):
        """Open cases, complaints and late first replies of twelve months, and the day of the last complaint."""
        complaint = SQL(
            """SELECT partner_id,
                      COUNT(*) FILTER (WHERE state <> ALL(%(done)s)) AS opened,
                      COUNT(*) FILTER (WHERE kind = 'complaint' AND day > %(since)s::date) AS complaints,
                      MAX(day) FILTER (WHERE kind = 'complaint') AS last_date,
                      COUNT(*) FILTER (WHERE day > %(since)s::date
                          AND (reply_result = 'late' OR (date_replied IS NULL AND state <> ALL(%(still)s)
                               AND deadline_reply < NOW() AT TIME ZONE 'UTC'))) AS late
                 FROM (SELECT *, (date_received AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
                         FROM customer_complaint
                        WHERE company_id = %(company)s AND state <> 'cancelled' AND %(scope)s) cases
                GROUP BY partner_id""",
            done=list(DONE_STATES),
            still=[*DONE_STATES, "waiting"],
            since=run.window_start,
            tz=run.company.customer_policy_tz or "UTC",
            company=run.company.id,
            scope=SQL("partner_id IS NOT NULL") if run.is_full else SQL("partner_id = ANY(%s)", run.partner_ids),
        )
        return {"complaint": complaint, **super()._collect_queries(run)}

    def _collect_columns(self, run):
        return {
            **super()._collect_columns(run),
            "complaint_open_count": SQL("COALESCE(complaint.opened, 0)"),
            "complaint_count_12m": SQL("COALESCE(complaint.complaints, 0)"),
            "last_complaint_date": SQL("complaint.last_date"),
            "complaint_late_count_12m": SQL("COALESCE(complaint.late, 0)"),
        }

    def _on_grades_changed(self, run, changes):
        """Open cases of these customers are due as their new grade says."""
        result = super()._on_grades_changed(run, changes)
        changes.fetch(["partner_id"])  # not the arithmetic of a thousand grades
        domain = [("partner_id", "in", changes.partner_id.ids), ("company_id", "=", run.company.id)]
        words = self.with_context(lang=run.company.partner_id.lang).env
        self.env["customer.complaint"]._recalculate_open(
            domain, words._("Deadlines counted anew: the grade of the customer has changed.")
        )
        return result
