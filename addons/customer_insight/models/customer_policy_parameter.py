from odoo import fields, models

FIGURES = [
    ("insight_horizon_days", "Predictions: days of “no purchase”"),
    ("insight_discount_rate", "Lifetime value: discount rate per year, 0.1 for 10 %"),
    ("insight_margin", "Lifetime value: margin where products tell none, 1 for all of the revenue"),
    ("insight_retention", "Simple rule: retention per year, where the history is too short to measure it"),
    ("insight_refresh_days", "Predictions: days between two looks at customers who did not buy"),
    ("insight_min_customers", "Purchase model: customers, at least"),
    ("insight_min_repeaters", "Purchase model: customers who bought again, at least"),
    ("insight_min_history_days", "Purchase model: days of history, at least"),
]


class CustomerPolicyParameter(models.Model):
    _inherit = "customer.policy.parameter"

    key = fields.Selection(selection_add=FIGURES, ondelete={key: "cascade" for key, _label in FIGURES})
