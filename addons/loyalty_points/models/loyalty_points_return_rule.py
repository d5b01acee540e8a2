from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyPointsReturnRule(models.Model):
    """What becomes of points when goods come back and the points are spent, or their lot has expired."""

    _name = "loyalty.points.return.rule"
    _description = "Rule for Returned Points"
    _inherit = "customer.policy.rule"

    debt_limit = fields.Float(
        "Balance May Fall Below Zero By",
        digits=(16, 4),
        min_display_digits=0,
        help="When points of returned goods are spent already. What is missing beyond it is owed: it is taken from "
        "the points earned next.",
    )
    grace_days = fields.Integer(
        "Days for Expired Points",
        default=30,
        help="Points that come back with a returned reward, and whose validity has ended meanwhile, can be spent so "
        "many days more.",
    )

    _one_per_version = models.UniqueIndex("(policy_id) WHERE active", "This version already has a rule for returns.")

    @api.depends("debt_limit", "grace_days")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = self.env._("Returned points")

    @api.constrains("debt_limit", "grace_days")
    def _check_figures(self):
        for rule in self:
            if rule.debt_limit < 0 or rule.grace_days < 0:
                raise ValidationError(self.env._("Returned points: limit and days can't be negative."))

    def _get_sentence(self):
        self.ensure_one()
        if self.debt_limit:
            return self.env._(
                "Points of returned goods are taken back, down to a balance of -%(limit)s; what is missing is taken "
                "from later points. Expired points that come back are valid for %(days)s days.",
                limit=f"{self.debt_limit:g}",
                days=self.grace_days,
            )
        return self.env._(
            "Points of returned goods are taken back; what is missing is taken from later points. Expired points "
            "that come back are valid for %(days)s days.",
            days=self.grace_days,
        )
