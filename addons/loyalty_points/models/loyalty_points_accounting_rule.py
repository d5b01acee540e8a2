from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyPointsAccountingRule(models.Model):
    """What a company expects of its points: how many are redeemed in the end, and what one is worth then."""

    _name = "loyalty.points.accounting.rule"
    _description = "Valuation of Points"
    _inherit = "customer.policy.rule"

    program_id = fields.Many2one("loyalty.program", ondelete="restrict", help="Empty: all other loyalty programs.")
    redemption_rate = fields.Float(
        "Expected Redemption (%)",
        digits=(16, 2),
        default=80,
        required=True,
        help="Part of the points issued that members redeem in the end. A changed estimate is caught up with the next "
        "closing, over all points issued.",
    )
    point_price = fields.Float(
        "Value of a Point",
        digits=(16, 6),
        help="In the program's currency, when it is redeemed. 0: that of the program's best reward.",
    )
    breakage = fields.Selection(
        [("proportional", "In Proportion to Redemption"), ("expiry", "Only When Points Lapse")],
        required=True,
        default="proportional",
        help="When points that nobody will redeem become revenue (IFRS 15 B46). Only when they lapse: if no reliable "
        "estimate can be made.",
    )

    _program_unique = models.UniqueIndex(
        "(policy_id, COALESCE(program_id, 0)) WHERE active", "This program is already valued in this version."
    )

    @api.depends("program_id")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = rule.program_id.name or self.env._("All other programs")

    @api.constrains("redemption_rate", "point_price")
    def _check_figures(self):
        for rule in self:
            if not 0 < rule.redemption_rate <= 100:
                raise ValidationError(
                    self.env._("“%s”: more than 0 and at most 100 percent of the points.", rule.display_name)
                )
            if rule.point_price < 0:
                raise ValidationError(self.env._("“%s”: a point can't be worth less than nothing.", rule.display_name))

    def _get_problems(self):
        active = self.filtered("active")
        if active and all(rule.program_id for rule in active):
            return [self.env._("Valuation of points: a rule without a program is needed, for all other programs.")]
        return []

    def _get_sentence(self):
        self.ensure_one()
        names = {"name": self.display_name, "rate": f"{self.redemption_rate:g}"}
        if self.point_price:
            return self.env._(
                "%(name)s: %(rate)s %% of the points are redeemed in the end, a point is worth %(price)s",
                price=f"{self.point_price:g}",
                **names,
            )
        return self.env._(
            "%(name)s: %(rate)s %% of the points are redeemed in the end, a point is worth what the best reward gives",
            **names,
        )

    @api.model
    def _for_program(self, company, program):
        """The rule in force for a program; empty if the policy has none."""
        rules = self._in_force(company)
        own = rules.filtered(lambda rule: rule.program_id == program)
        return (own or rules.filtered(lambda rule: not rule.program_id))[:1]

    def _value_at_redemption(self, program):
        """What a point of `program` is worth when redeemed, in the program's currency; 0 where nothing tells. Rewards
        are archived with their program: its points are still worth what they were given for."""
        rewards = program.reward_ids or program.with_context(active_test=False).reward_ids
        return self.point_price or max((reward._value_of_a_point() for reward in rewards), default=0.0)
