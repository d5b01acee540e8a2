from odoo import api, fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    loyalty_tier_id = UncheckedMany2one("loyalty.tier", string="Member Tier", readonly=True)
    loyalty_points_balance = fields.Float("Points", digits=(16, 2), min_display_digits=0, readonly=True)
    loyalty_points_earned_12m = fields.Float(
        "Points Earned, 12 Months", digits=(16, 2), min_display_digits=0, readonly=True
    )
    loyalty_redemption_rate = fields.Float(
        "Redemption Rate (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Of the points that were ever given (with openings): how many were redeemed.",
    )
    last_loyalty_date = fields.Date("Last Points Activity", readonly=True, help="Last accrual or redemption.")
    loyalty_expiry_date = fields.Date("Next Points Expiry", readonly=True, help="Last day of the points that go first.")
    loyalty_expiring_points = fields.Float(
        "Points Expiring Soon",
        digits=(16, 2),
        min_display_digits=0,
        readonly=True,
        help="Within the days of notice of the policy, 30 where it has none.",
    )
    loyalty_tier_date = fields.Date("Tier Safe Until", readonly=True, help="Of the present tier.")
    loyalty_tier_missing = fields.Float(
        "Missing to Keep the Tier",
        digits=(16, 2),
        min_display_digits=0,
        readonly=True,
        help="Qualifying points or revenue that this period lacks for the present tier. 0: nothing.",
    )
    loyalty_idle_days = fields.Integer(
        "Days Since Points Activity",
        compute="_compute_loyalty_idle_days",
        help="Follows from the date, so that no profile is rewritten every night.",
    )

    @api.depends("last_loyalty_date", "company_id")
    def _compute_loyalty_idle_days(self):
        for profile in self:
            last = profile.last_loyalty_date
            profile.loyalty_idle_days = last and (profile.company_id._customer_policy_today() - last).days
