from odoo import api, fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one

REASONS = [
    ("reached", "Reached"),
    ("review", "Too Little in the Period"),
    ("floor", "Set by Hand"),
    ("grade", "Grade of the Customer"),
    ("policy", "Tier Not in the Policy"),
]


class LoyaltyTierMembership(models.Model):
    """Which tier a member has and had, and why. The row without an end is the current one.

    Written by `_review` alone, in one statement for all members. `review_date` is the last day for which the tier is
    safe: only after it (and the days of grace) can it be lowered.
    """

    _name = "loyalty.tier.membership"
    _inherit = "customer.policy.append.only"
    _description = "Tier of a Member"
    _order = "date_start desc, id desc"
    _rec_name = "tier_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", "Member", required=True, index=True, ondelete="cascade")
    company_id = UncheckedMany2one("res.company", required=True)
    tier_id = fields.Many2one("loyalty.tier", required=True, index=True, ondelete="restrict")
    color = fields.Integer(related="tier_id.color")
    previous_tier_id = UncheckedMany2one("loyalty.tier", "From Tier")
    date_start = fields.Date("Since", required=True)
    date_end = fields.Date("Until", help="Empty: still.")
    review_date = fields.Date("Safe Until")
    is_upgrade = fields.Boolean("Upgrade")
    reason = fields.Selection(REASONS, required=True)
    measured = fields.Float(
        "Collected", digits=(16, 2), min_display_digits=0, aggregator=None, help="In the period that decided."
    )
    clause_id = UncheckedMany2one("customer.policy.clause")
    clause = fields.Char("Clause as Cited")
    inputs = fields.Json(help="Periods, what was collected in them, threshold.")

    _current_unique = models.UniqueIndex("(partner_id, company_id) WHERE date_end IS NULL")

    @api.model
    def _get_append_only_hint(self):
        return self.env._("Tiers follow from the policy. A lowest tier for a member can be set by hand.")

    @api.model
    def _get_current(self, partners, company):
        """{commercial partner id: tier} as far as the reader may see it; {} where memberships may not be read."""
        if not self.has_access("read"):
            return {}
        rows = self.search_fetch(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "=", company.id),
                ("date_end", "=", False),
            ],
            ["partner_id", "tier_id"],
        )
        return {row.partner_id.id: row.tier_id for row in rows}

    @api.model
    def _get_levels(self, partners, company):
        """{commercial partner id: level of the version in force}, as sudo: benefits act on documents of people who may
        not see tiers."""
        rule = self.env["loyalty.points.tier.rule"].sudo()._in_force(company)[:1]
        levels = {level.tier_id.id: level for level in rule._ranked_levels()} if rule else {}
        current = self.sudo()._get_current(partners, company) if levels else {}
        return {partner_id: levels[tier.id] for partner_id, tier in current.items() if tier.id in levels}
