from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

BEHAVIOURS = [
    ("birthday", "Birthday"),
    ("anniversary", "Anniversary of the First Purchase"),
    ("referral", "Referral"),
]


class LoyaltyPointsBehaviourRule(models.Model):
    """Points for something else than a purchase."""

    _name = "loyalty.points.behaviour.rule"
    _description = "Points for Behaviour"
    _inherit = "customer.policy.rule"

    name = fields.Char(required=True, translate=True)
    behaviour = fields.Selection(BEHAVIOURS, "For", required=True, default="birthday")
    points = fields.Float(required=True, digits=(16, 2), default=100, help="Referral: for who has referred.")
    friend_points = fields.Float("Points for the Friend", digits=(16, 2), help="Referral: for who was referred.")
    grade_ids = fields.Many2many("customer.grade", string="Grades", help="Of the member. Empty: all.")
    program_id = fields.Many2one(
        "loyalty.program",
        ondelete="restrict",
        domain=[("program_type", "=", "loyalty")],
        help="Whose points. Empty: the first loyalty program under the policy.",
    )
    pending_days = fields.Integer("Pending (Days)")
    qualifying_rate = fields.Float("Qualifying Points per Point", digits=(16, 4), default=0.0)

    @api.constrains("points", "friend_points", "pending_days", "qualifying_rate")
    def _check_figures(self):
        for rule in self:
            if min(rule.points, rule.friend_points, rule.pending_days, rule.qualifying_rate) < 0:
                raise ValidationError(self.env._("“%s”: points and days can't be negative.", rule.name))
            if max(rule.points, rule.friend_points) > 1_000_000 or rule.pending_days > 3650:
                raise ValidationError(self.env._("“%s”: this is more than a rule may give.", rule.name))

    def _get_sentence(self):
        self.ensure_one()
        parts = [self.env._("%s points", f"{self.points:g}")]
        if self.behaviour == "referral" and self.friend_points:
            parts.append(self.env._("%s for the friend", f"{self.friend_points:g}"))
        parts += self.sudo().grade_ids.mapped("name")
        return self.env._("%(name)s: %(content)s", name=self.name, content=format_list(self.env, parts, "unit"))

    def _get_program(self, company):
        """The program whose points these are; empty when there is none (or it was archived) for this company."""
        self.ensure_one()
        if self.program_id:
            return self.program_id.filtered(lambda p: p.active and p.company_id in (company, p.company_id.browse()))
        return self.env["loyalty.program"].sudo()._get_policy_programs(company)[:1]

    @api.model
    def _of(self, behaviour, company):
        """The rules in force for a behaviour, as sudo: who answers or pays need not see the rules."""
        return self.sudo()._in_force(company).filtered(lambda rule: rule.behaviour == behaviour)
