from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Days ahead where the policy in force gives no notice.
NOTICE_DAYS = 30


class CustomerPolicyEngine(models.AbstractModel):
    """What a member is about to lose: points by their date, the tier at the end of its period."""

    _inherit = "customer.policy.engine"

    def _steps(self):
        steps = super()._steps()
        steps.insert(steps.index("loyalty") + 1, "loyalty_due")
        return steps

    def _step_loyalty_due(self, run):
        self._update_stage(
            {
                "loyalty_expiry_date": SQL("l.day"),
                "loyalty_expiring_points": SQL("COALESCE(l.points, 0)"),
            },
            SQL("customer_profile_stage b LEFT JOIN (%s) l ON l.partner_id = b.partner_id", self._expiring_points(run)),
            SQL("b.partner_id = s.partner_id"),
        )
        self._fill_tier_due(run)

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

    def _fill_tier_due(self, run):
        """When the tier may be lowered, and what is missing until then. Grades are no matter of collecting."""
        rule = self.env["loyalty.points.tier.rule"]._in_force(run.company)[:1]
        levels = rule._ranked_levels() if rule and rule.measure != "grade" else None
        if not levels:
            self._update_stage({"loyalty_tier_date": SQL("NULL"), "loyalty_tier_missing": SQL("0")})
            return
        members = self.env["loyalty.tier.membership"]
        # A tier that the period before has earned is kept when it is looked at in this one.
        source = SQL(
            """customer_profile_stage b LEFT JOIN (
                   WITH level (tier_id, rank, threshold, grade_id) AS (VALUES %s), %s
                   SELECT j.partner_id, j.review_date,
                          CASE WHEN j.current_rank > GREATEST(j.reached, j.floor_rank)
                                    AND (j.review_date >= j.period_end OR j.kept < j.current_rank)
                               THEN GREATEST(level.threshold - j.now_sum, 0) ELSE 0 END AS missing
                     FROM judged j JOIN level ON level.rank = j.current_rank) l ON l.partner_id = b.partner_id""",
            members._level_values(levels),
            members._judged(run.company, rule, run.today, run.partner_ids),
        )
        self._update_stage(
            {"loyalty_tier_date": SQL("l.review_date"), "loyalty_tier_missing": SQL("COALESCE(l.missing, 0)")},
            source,
            SQL("b.partner_id = s.partner_id"),
        )


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _step_labels(self):
        return {**super()._step_labels(), "loyalty_due": self.env._("Points and tiers about to be lost")}
