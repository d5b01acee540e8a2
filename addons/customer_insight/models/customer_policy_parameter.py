from odoo import fields, models

FIGURES = [
    ("insight_horizon_days", "Predictions: days of “no purchase”"),
    ("insight_discount_rate", "Lifetime value: discount rate per year, 0.1 for 10 %"),
    ("insight_margin", "Lifetime value: margin where no product has a cost, 1 for all of the revenue"),
    ("insight_retention", "Simple rule: retention per year, where the history is too short to measure it"),
    ("insight_refresh_days", "Predictions: days between two looks at customers who did not buy"),
    ("insight_min_customers", "Purchase model: customers, at least"),
    ("insight_min_repeaters", "Purchase model: customers who bought again, at least"),
    ("insight_min_history_days", "Purchase model: days of history, at least"),
]
# What a figure may be, lowest and highest.
RANGES = {
    "insight_horizon_days": (1, 730),
    "insight_discount_rate": (0, 1),
    "insight_margin": (0, 1),
    "insight_retention": (0, 1),
    "insight_refresh_days": (1, 31),
}


class CustomerPolicyParameter(models.Model):
    _inherit = "customer.policy.parameter"

    key = fields.Selection(selection_add=FIGURES, ondelete={key: "cascade" for key, _label in FIGURES})

    def _ranges(self):
        """{key: (lowest, highest) that a figure may be}"""
        return dict(RANGES)

    def _get_problems(self):
        ranges = self._ranges()
        outside = self.filtered(lambda figure: figure.key in ranges and not figure._is_within(*ranges[figure.key]))
        return super()._get_problems() + [
            self.env._(
                "“%(figure)s” must be from %(lowest)s to %(highest)s.",
                figure=figure.display_name,
                lowest=ranges[figure.key][0],
                highest=ranges[figure.key][1],
            )
            for figure in outside
        ]

    def _is_within(self, lowest, highest):
        return lowest <= self.value <= highest
