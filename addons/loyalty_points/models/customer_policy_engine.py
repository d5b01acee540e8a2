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

    def _steps(self):
        steps = super()._steps()
        steps.insert(steps.index("collect") + 1, "loyalty")
        return steps

    def _step_loyalty(self, run):
        """Balance, points of 12 months, redemption rate and last activity of loyalty programs, from the ledger."""
        member = SQL("e.partner_id IS NOT NULL") if run.is_full else SQL("e.partner_id = ANY(%s)", run.partner_ids)
        self._update_stage(
            {
                "loyalty_tier_id": SQL("t.tier_id"),
                "loyalty_points_balance": SQL("COALESCE(l.balance, 0)"),
                "loyalty_points_earned_12m": SQL("COALESCE(l.earned, 0)"),
                "loyalty_redemption_rate": SQL("ROUND(COALESCE(l.rate, 0), 1)"),
                "last_loyalty_date": SQL("l.last_day"),
            },
            SQL(
                """customer_profile_stage b
                   LEFT JOIN loyalty_tier_membership t ON t.partner_id = b.partner_id AND t.company_id = %(company)s
                        AND t.date_end IS NULL
                   LEFT JOIN (%(ledger)s) l ON l.partner_id = b.partner_id""",
                company=run.company.id,
                ledger=self._loyalty_of_ledger(run, member),
            ),
            SQL("b.partner_id = s.partner_id"),
        )

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
    def _step_labels(self):
        return {**super()._step_labels(), "loyalty": self.env._("Points and tiers")}

    @api.model
    def _changed_sources(self, company, since):
        points = SQL(
            "SELECT partner_id FROM loyalty_ledger_entry WHERE date >= %s AND company_id = %s AND partner_id > 0",
            since,
            company.id,
        )
        return {**super()._changed_sources(company, since), "loyalty": points}
