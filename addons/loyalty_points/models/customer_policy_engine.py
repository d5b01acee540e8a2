from odoo import api, models
from odoo.tools import SQL

# A returned reward is a redemption that did not take place.
REDEEMED = SQL(
    """(e.entry_type = 'redemption' OR e.entry_type = 'reversal' AND (
           o.entry_type = 'redemption' OR o.id IS NULL AND e.points > 0))"""
)


class CustomerPolicyEngine(models.AbstractModel):
    """Points and tier in the profile."""

    _inherit = "customer.policy.engine"

    def _collect_queries(self, run):
        """Balance, points of 12 months, redemption rate and last activity of loyalty programs, and the tier."""
        member = SQL("partner_id IS NOT NULL") if run.is_full else SQL("partner_id = ANY(%s)", run.partner_ids)
        tier = SQL(
            """SELECT partner_id, tier_id FROM loyalty_tier_membership
                WHERE company_id = %s AND date_end IS NULL AND %s""",
            run.company.id,
            member,
        )
        points = self._loyalty_of_ledger(run, SQL("e.%s", member))
        return {"loyalty_tier": tier, "loyalty_points": points, **super()._collect_queries(run)}

    def _collect_columns(self, run):
        return {
            **super()._collect_columns(run),
            "loyalty_tier_id": SQL("loyalty_tier.tier_id"),
            "loyalty_points_balance": SQL("COALESCE(loyalty_points.balance, 0)"),
            "loyalty_points_earned_12m": SQL("COALESCE(loyalty_points.earned, 0)"),
            "loyalty_redemption_rate": SQL("ROUND(COALESCE(loyalty_points.rate, 0), 1)"),
            "last_loyalty_date": SQL("loyalty_points.last_day"),
        }

    def _loyalty_of_ledger(self, run, member):
        """Points given less those taken back are the whole that redemptions are a part of."""
        return SQL(
            """SELECT partner_id, SUM(points) AS balance,
                      SUM(points) FILTER (WHERE given AND day > %(since)s::date) AS earned,
                      MAX(day) FILTER (WHERE entry_type IN ('accrual', 'redemption')) AS last_day,
                      100.0 * -SUM(points) FILTER (WHERE redeemed) / NULLIF(SUM(points) FILTER (WHERE given), 0) AS rate
                 FROM (SELECT e.partner_id, e.points, e.entry_type,
                              (e.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
                              %(redeemed)s AS redeemed,
                              e.entry_type IN ('opening', 'accrual') OR (e.entry_type = 'reversal' AND NOT %(redeemed)s)
                                  AS given
                         FROM loyalty_ledger_entry e
                         JOIN loyalty_program g ON g.id = e.program_id AND g.program_type = 'loyalty'
                         LEFT JOIN loyalty_ledger_entry o ON o.id = e.origin_entry_id
                        WHERE e.company_id = %(company)s AND %(member)s) entry
                GROUP BY partner_id""",
            since=run.window_start,
            tz=run.company.customer_policy_tz or "UTC",
            redeemed=REDEEMED,
            company=run.company.id,
            member=member,
        )


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _changed_sources(self, company, since):
        points = SQL(
            "SELECT partner_id FROM loyalty_ledger_entry WHERE date >= %s AND company_id = %s AND partner_id > 0",
            since,
            company.id,
        )
        return {**super()._changed_sources(company, since), "loyalty": points}
