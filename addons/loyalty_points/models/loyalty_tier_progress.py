from odoo import api, models
from odoo.tools import SQL


class LoyaltyTierMembership(models.Model):
    """How far a member is from the next tier."""

    _inherit = "loyalty.tier.membership"

    @api.model
    def _get_progress(self, partners, company):
        """{commercial partner id: figures for the member page}; {} where the policy in force has no tiers.

        Keys: `tier`, `next_tier` (records as sudo, empty where there is none), `measure` (points, revenue, grade),
        `collected` in this period, `needed` for the next tier, `period_start`, `period_end`, `review_date`. It is for
        pages that have checked who may see the member.
        """
        rule = self.env["loyalty.points.tier.rule"].sudo()._in_force(company)[:1]
        levels = rule._ranked_levels() if rule else self.env["loyalty.points.tier.level"]
        if not levels or not partners:
            return {}
        self.env.flush_all()
        today, members = company._customer_policy_today(), partners.commercial_partner_id.ids
        rows = self.env.execute_query(
            SQL(
                """WITH level (tier_id, rank, threshold, grade_id) AS (VALUES %s), %s
                   SELECT partner_id, tier_id, current_rank, reached, now_sum::float8, period_start, period_end,
                          review_date
                     FROM judged""",
                self._level_values(levels),
                self._judged(company, rule, today, members),
            )
        )
        tiers = self.env["loyalty.tier"].sudo()
        result = {}
        for partner_id, tier_id, current_rank, reached, collected, start, end, review in rows:
            following = levels[max(current_rank, reached) :][:1]
            result[partner_id] = {
                "tier": tiers.browse(tier_id or ()),
                "next_tier": following.tier_id,
                "measure": rule.measure,
                "collected": collected,
                "needed": max(0.0, following.threshold - collected) if following else 0.0,
                "threshold": following.threshold,
                "period_start": start,
                "period_end": end,
                "review_date": review,
            }
        return result
