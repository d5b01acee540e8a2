from odoo import fields, models

FIGURES = [
    ("suggestion_view_days", "Viewed products: days that a look at a product on the website raises it"),
    ("suggestion_view_weight", "Viewed products: what each day with a look adds to the score of a product, 0 to 1"),
]


class CustomerPolicyParameter(models.Model):
    _inherit = "customer.policy.parameter"

    key = fields.Selection(selection_add=FIGURES, ondelete={key: "cascade" for key, _label in FIGURES})

    def _ranges(self):
        return {**super()._ranges(), "suggestion_view_days": (1, 730), "suggestion_view_weight": (0, 1)}
