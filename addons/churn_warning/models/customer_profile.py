from odoo import fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one

from .churn_definition import STATUSES


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    churn_status = fields.Selection(
        STATUSES, readonly=True, help="By the churn definition of the policy. Empty: no customer yet."
    )
    churn_definition_id = UncheckedMany2one("churn.definition", string="Churn Definition", readonly=True)
    churn_horizon_days = fields.Integer(
        "Churn Horizon (Days)", readonly=True, aggregator="avg", help="Days without a purchase that count as churn."
    )
    churn_risk = fields.Float(
        "Churn Risk (%)",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="Chance that nothing is bought within the churn horizon, by the model or rule that did best in the "
        "back-test. Empty for who is lost or has no rhythm yet.",
    )
    purchase_gap_ratio = fields.Float(
        "Silence by Own Interval",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Days since the last purchase, divided by the customer's own average interval.",
    )
    purchase_change = fields.Float(
        "Change of Purchases (%)",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="Days with a purchase, last half year against the one before. Empty within the first year.",
    )
    revenue_change = fields.Float(
        "Change of Revenue (%)",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="Last half year against the one before. Empty within the first year.",
    )
    loyalty_index_change = fields.Float(
        "Change of Loyalty Index",
        digits=(16, 0),
        readonly=True,
        aggregator="avg",
        help="Points in half a year.",
    )
