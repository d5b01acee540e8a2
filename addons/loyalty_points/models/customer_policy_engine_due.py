from datetime import timedelta

from odoo import models
from odoo.tools import SQL

# Days ahead where the policy in force gives no notice.
NOTICE_DAYS = 30


class CustomerPolicyEngine(models.AbstractModel):
    """What a member is about to lose: points by their date, the tier at the end of its period."""

    _inherit = "customer.policy.engine"

    def _collect_queries(self, run):
        queries = {"loyalty_due": self._expiring_points(run), **super()._collect_queries(run)}
        if levels := self._tier_levels(run):
            queries = {"loyalty_tier_due": self._tier_due(run, levels), **queries}
        return queries

    def _collect_columns(self, run):
        has_tiers = bool(self._tier_levels(run))
        return {
            **super()._collect_columns(run),
            "loyalty_expiry_date": SQL("loyalty_due.day"),
            "loyalty_expiring_points": SQL("COALESCE(loyalty_due.points, 0)"),
            "loyalty_tier_date": SQL("loyalty_tier_due.review_date") if has_tiers else SQL("NULL"),
            "loyalty_tier_missing": SQL("COALESCE(loyalty_tier_due.missing, 0)") if has_tiers else SQL("0"),
        }

    def _expiring_points(self, run):
        """SELECT partner_id, first last day, points that can be spent within the days of notice only."""
        rules = self.env["loyalty.points.expiry.rule"]._in_force(run.company)
        notice = max(rules.mapped("notice_days"), default=0) or NOTICE_DAYS
        member = SQL("e.partner_id IS NOT NULL") if run.is_full else SQL("e.partner_id = ANY(%s)", run.partner_ids)
        return SQL(
            """SELECT e.partner_id, MIN(o.expiration_date) AS day,
                      SUM(o.points) FILTER (WHERE o.expiration_date <= %(until)s) AS points
                 FROM loyalty_ledger_open o JOIN loyalty_ledger_entry e ON e.id = o.entry_id
                 JOIN loyalty_program g ON g.id = e.program_id AND g.program_type = 'loyalty'
                WHERE o.points > 0 AND o.expiration_date >= %(today)s AND e.company_id = %(company)s AND %(member)s
                GROUP BY e.partner_id""",
            until=run.today + timedelta(days=notice),
            today=run.today,
            company=run.company.id,
            member=member,
        )

    def _tier_levels(self, run):
        """Those of the tier rule in force; none where grades decide, which are no matter of collecting."""
        rule = self.env["loyalty.points.tier.rule"]._in_force(run.company)[:1]
        return rule._ranked_levels() if rule and rule.measure != "grade" else None

    def _tier_due(self, run, levels):
        """SELECT partner_id, day on which the tier may be lowered, what is missing until then. A tier that the period
        before has earned is kept when it is looked at in this one."""
        members = self.env["loyalty.tier.membership"]
        rule = self.env["loyalty.points.tier.rule"]._in_force(run.company)[:1]
        return SQL(
            """WITH level (tier_id, rank, threshold, grade_id) AS (VALUES %s), %s
               SELECT j.partner_id, j.review_date,
                      CASE WHEN j.current_rank > GREATEST(j.reached, j.floor_rank)
                                AND (j.review_date >= j.period_end OR j.kept < j.current_rank)
                           THEN GREATEST(level.threshold - j.now_sum, 0) ELSE 0 END AS missing
                 FROM judged j JOIN level ON level.rank = j.current_rank""",
            members._level_values(levels),
            members._judged(run.company, rule, run.today, run.partner_ids),
        )
