from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

KINDS = [
    ("return_loop", "Bought and Returned"),
    ("velocity", "Too Many Points in Short Time"),
    ("self_referral", "Referred Themselves"),
]


class LoyaltyPointsFraudRule(models.Model):
    """When somebody looks at how a member gets points; it accuses nobody and blocks nothing."""

    _name = "loyalty.points.fraud.rule"
    _description = "Points to Review"
    _inherit = "customer.policy.rule"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="return_loop")
    days = fields.Integer("Within Days", default=90, required=True)
    count = fields.Integer(
        "Times", default=3, required=True, help="Purchases taken back, or credits, at least. 0: the points decide."
    )
    points = fields.Float(help="Points taken back, or credited, at least. 0: the number of times decides.")
    share = fields.Float(
        "Part Taken Back (%)", default=50, digits=(16, 2), help="Of the points earned in that time, at least."
    )

    @api.constrains("kind", "days", "count", "points", "share")
    def _check_figures(self):
        for rule in self:
            if not 1 <= rule.days <= 3650 or rule.count < 0 or rule.points < 0 or not 0 <= rule.share <= 100:
                raise ValidationError(
                    self.env._("“%s”: from 1 to 3650 days, no negative figures, at most 100 percent.", rule.name)
                )
            if rule.kind != "self_referral" and not rule.count and not rule.points:
                raise ValidationError(self.env._("“%s”: say how many times, or how many points.", rule.name))

    def _get_sentence(self):
        self.ensure_one()
        names = {"name": self.name, "days": self.days, "count": self.count, "points": f"{self.points:g}",
                 "share": f"{self.share:g}"}  # fmt: skip
        if self.kind == "self_referral":
            return self.env._("%(name)s: friends who share phone, e-mail or code with who referred them", **names)
        if self.kind == "return_loop":
            return self.env._(
                "%(name)s: %(count)s purchases and %(points)s points taken back within %(days)s days, and %(share)s %% "
                "of what was earned",
                **names,
            )
        return self.env._("%(name)s: %(count)s credits and %(points)s points within %(days)s days", **names)

    def _find(self, company):
        """SELECT of members to review: (partner_id, times, points, earned, first, last, other_partner_id).

        What somebody has reviewed already does not count again.
        """
        self.ensure_one()
        return getattr(self, f"_find_{self.kind}")(company)

    def _find_return_loop(self, company):
        taken = SQL("e.entry_type = 'reversal' AND (e.points < 0 AND e.owed_points >= 0 OR e.owed_points > 0)")
        return SQL(
            """SELECT e.partner_id, COUNT(DISTINCT e.document) FILTER (WHERE %(taken)s),
                      COALESCE(SUM(e.owed_points - e.points) FILTER (WHERE %(taken)s), 0),
                      COALESCE(SUM(e.points) FILTER (WHERE e.entry_type = 'accrual'), 0),
                      MIN(e.date) FILTER (WHERE %(taken)s), MAX(e.date) FILTER (WHERE %(taken)s), NULL::integer
                 FROM %(entries)s
                GROUP BY e.partner_id
               HAVING COUNT(DISTINCT e.document) FILTER (WHERE %(taken)s) >= GREATEST(%(count)s, 1)
                  AND SUM(e.owed_points - e.points) FILTER (WHERE %(taken)s) >= %(points)s
                  AND SUM(e.owed_points - e.points) FILTER (WHERE %(taken)s) * 100
                      >= %(share)s * COALESCE(SUM(e.points) FILTER (WHERE e.entry_type = 'accrual'), 0)""",
            taken=taken,
            entries=self._entries(company),
            count=self.count,
            points=self.points,
            share=self.share,
        )

    def _find_velocity(self, company):
        return SQL(
            """SELECT e.partner_id, COUNT(DISTINCT e.document), SUM(e.points), SUM(e.points), MIN(e.date), MAX(e.date),
                      NULL::integer
                 FROM %s
                WHERE e.entry_type IN ('accrual', 'adjustment') AND e.points > 0
                GROUP BY e.partner_id HAVING COUNT(DISTINCT e.document) >= %s AND SUM(e.points) >= %s""",
            self._entries(company),
            self.count,
            self.points,
        )

    def _entries(self, company):
        """FROM clause: entries of the company's members in the days of the rule, since they were last reviewed.

        `document` is what counts once, however many of its lines have earned points.
        """
        since = fields.Datetime.now() - timedelta(days=self.days)
        return SQL(
            """(SELECT entry.*, COALESCE(earning.res_model || ',' || earning.res_id,
                                         entry.order_model || ',' || entry.order_id, entry.id::text) AS document
                  FROM loyalty_ledger_entry entry
                  LEFT JOIN loyalty_earning earning ON entry.order_model = 'loyalty.earning'
                       AND earning.id = entry.order_id
                 WHERE entry.company_id = %(company)s AND entry.date >= %(since)s AND entry.partner_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM loyalty_points_suspicion s
                                    WHERE s.partner_id = entry.partner_id AND s.company_id = entry.company_id
                                      AND s.rule_key = %(key)s AND s.date_reviewed >= entry.date)) e""",
            company=company.id,
            since=since,
            key=self.stable_key,
        )

    def _find_self_referral(self, company):
        """Friends with a key of their referrer's: keys of contacts are made for the search for duplicates."""
        since = fields.Datetime.now() - timedelta(days=self.days)
        return SQL(
            """SELECT referrer.commercial_partner_id, COUNT(*), NULL::numeric, NULL::numeric, MIN(friend.create_date),
                      MAX(friend.create_date), MIN(friend.commercial_partner_id)
                 FROM res_partner friend
                 JOIN res_partner referrer ON referrer.id = friend.loyalty_referrer_id
                WHERE friend.create_date >= %(since)s
                  AND (friend.company_id IS NULL OR friend.company_id = %(company)s)
                  AND (friend.commercial_partner_id = referrer.commercial_partner_id
                       OR EXISTS (SELECT FROM customer_match_key mine
                                    JOIN customer_match_key theirs ON theirs.kind = mine.kind AND theirs.key = mine.key
                                   WHERE mine.customer_id = friend.commercial_partner_id
                                     AND theirs.customer_id = referrer.commercial_partner_id
                                     AND mine.kind IN ('code', 'phone', 'email')))
                  AND NOT EXISTS (SELECT FROM loyalty_points_suspicion s
                                   WHERE s.partner_id = referrer.commercial_partner_id AND s.rule_key = %(key)s
                                     AND s.company_id = %(company)s AND s.date_reviewed >= friend.create_date)
                GROUP BY referrer.commercial_partner_id""",
            since=since,
            company=company.id,
            key=self.stable_key,
        )
