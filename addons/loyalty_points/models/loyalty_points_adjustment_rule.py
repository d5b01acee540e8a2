from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyPointsAdjustmentRule(models.Model):
    """Up to which number of points somebody may change a balance alone."""

    _name = "loyalty.points.adjustment.rule"
    _description = "Rule for Points Adjusted by Hand"
    _inherit = "customer.policy.rule"

    approval_limit = fields.Float(
        "Approval Above",
        default=1000,
        digits=(16, 4),
        min_display_digits=0,
        help="A change of more points, up or down, is approved by somebody else.",
    )

    _one_per_version = models.UniqueIndex(
        "(policy_id) WHERE active", "This version already has a rule for adjustments."
    )

    @api.depends("approval_limit")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = self.env._("Adjustments by hand")

    @api.constrains("approval_limit")
    def _check_figures(self):
        if any(rule.approval_limit < 0 for rule in self):
            raise ValidationError(self.env._("Adjustments by hand: the limit can't be negative."))

    def _get_sentence(self):
        self.ensure_one()
        return self.env._(
            "Every change by hand has a reason; one of more than %s points is approved by somebody else.",
            f"{self.approval_limit:g}",
        )
