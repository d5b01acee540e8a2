from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOMENTS = [
    ("confirmation", "Order Confirmed"),
    ("invoice", "Invoice Posted"),
    ("payment", "Invoice Paid"),
]
ROUNDING_METHODS = [("half_up", "Half Up"), ("down", "Down"), ("up", "Up")]
COMBINATIONS = [("highest", "The highest counts"), ("multiply", "Multiplied"), ("add", "Extra parts added up")]


class LoyaltyPointsEarningRule(models.Model):
    """When and how purchases become points. How many a purchase gives stands in the program itself, in Odoo's rules."""

    _name = "loyalty.points.earning.rule"
    _description = "Points for Purchases"
    _inherit = ["customer.policy.rule", "loyalty.points.program.mixin"]

    moment = fields.Selection(
        MOMENTS,
        "Points Are Earned When",
        required=True,
        default="payment",
        help="For new programs, and for existing ones when they are switched to the policy.",
    )
    counts_in_payment = fields.Boolean(
        "A Payment in Transit Counts", default=True, help="Points are given before the bank statement confirms it."
    )
    pending_days = fields.Integer(
        "Pending (Days)", help="Points can be spent so many days later, e.g. after the time for returns. 0: at once."
    )
    rounding = fields.Selection(ROUNDING_METHODS, required=True, default="half_up")
    digits = fields.Integer("Decimals", default=0, help="Of points, after rounding: once per document and rule.")
    combination = fields.Selection(
        COMBINATIONS, "Several Multipliers", required=True, default="highest", help="When more than one applies."
    )
    qualifying_rate = fields.Float(
        "Qualifying Points per Point", digits=(16, 4), default=1.0, help="Points that count for the tier."
    )

    @api.depends("moment")
    def _compute_display_name(self):
        labels = dict(self._fields["moment"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._("Points for purchases: %s", labels.get(rule.moment, ""))

    @api.constrains("pending_days", "digits", "qualifying_rate")
    def _check_figures(self):
        for rule in self:
            if not 0 <= rule.pending_days <= 3650:
                raise ValidationError(self.env._("“%s”: from 0 to 3650 days, please.", rule.display_name))
            if not 0 <= rule.digits <= 2:
                raise ValidationError(self.env._("“%s”: points have from 0 to 2 decimals.", rule.display_name))
            if not 0 <= rule.qualifying_rate <= 100:
                raise ValidationError(
                    self.env._("“%s”: from 0 to 100 qualifying points per point, please.", rule.display_name)
                )

    def _get_problems(self):
        if self.filtered("active") and not self.filtered(lambda rule: rule.active and not rule.program_ids):
            return [self.env._("Points for purchases: one rule without programs is needed, for all others.")]
        return []

    def _get_sentence(self):
        self.ensure_one()
        labels = dict(self._fields["moment"]._description_selection(self.env))
        pending = self.env._("pending for %s days", self.pending_days) if self.pending_days else self.env._("at once")
        return self.env._("points for purchases: %(moment)s, %(pending)s", moment=labels[self.moment], pending=pending)

    def _add_days(self, day):
        """First day on which points earned on `day` can be spent."""
        return fields.Date.add(day, days=self.pending_days)
