from odoo import fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one

SOURCES = [
    ("model", "Purchase model"),
    ("rule_scipy", "Simple rule: SciPy is missing"),
    ("rule_customers", "Simple rule: too few customers"),
    ("rule_repeaters", "Simple rule: too few bought again"),
    ("rule_history", "Simple rule: too short a history"),
    ("rule_estimate", "Simple rule: the model found no sane estimate"),
    ("rule_lost", "Simple rule: it did better than the model"),
]


class CustomerProfile(models.Model):
    """Predictions: written by the engine's step `insight` from the model in force (`customer.insight.model`)."""

    _inherit = "customer.profile"

    purchase_days = fields.Integer(
        "Days with a Purchase",
        readonly=True,
        help="Several purchases of one day count once: what predictions build on.",
    )
    margin_rate = fields.Float(
        "Margin",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="Part of the revenue of 12 months, from the cost of the products; 0 where no cost is known.",
    )
    probability_alive = fields.Float(
        "Probability Active",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="That the customer has not left for good, 0 to 1.",
    )
    expected_purchases_12m = fields.Float(
        "Expected Purchases, 12 Months",
        digits=(16, 2),
        readonly=True,
        help="Days with a purchase expected in the next 12 months.",
    )
    clv_12m = fields.Monetary(
        "Lifetime Value, 12 Months",
        readonly=True,
        help="Margin expected in the next 12 months, discounted by the rate of the policy.",
    )
    next_purchase_date = fields.Date(
        "Next Purchase Expected",
        readonly=True,
        help="When half of such customers would have bought again; empty for who has more likely left.",
    )
    no_purchase_probability = fields.Float(
        "Probability of No Purchase",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="That the customer buys nothing within the days that the policy names, 0 to 1.",
    )
    insight_source = fields.Selection(
        SOURCES,
        "Predicted By",
        readonly=True,
        help="Empty: never bought, so nothing is predicted.",
    )
    insight_model_id = UncheckedMany2one("customer.insight.model", string="Model Version", readonly=True)
