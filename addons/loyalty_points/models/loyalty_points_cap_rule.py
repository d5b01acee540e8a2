from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

SCOPES = [("order", "Per Order"), ("day", "Per Day"), ("month", "Per Month"), ("member", "Per Member, Ever")]
COVERS = [("all", "All Points"), ("purchase", "Points for Purchases"), ("behaviour", "Points for Behaviour")]


class LoyaltyPointsCapRule(models.Model):
    """How many points a member can earn at most: per order, day, calendar month, or ever. What lies above is not given.

    Days and months are those of the company's time zone of the policy. A return makes room again where the points were
    earned, not on the day of the return.
    """

    _name = "loyalty.points.cap.rule"
    _description = "Points Cap"
    _inherit = ["customer.policy.rule", "loyalty.points.program.mixin"]

    scope = fields.Selection(SCOPES, "At Most", required=True, default="day")
    covers = fields.Selection(COVERS, "Of", required=True, default="all")
    points = fields.Float(required=True, digits=(16, 2))
    grade_ids = fields.Many2many("customer.grade", string="Grades", help="Of the member. Empty: all.")

    @api.depends("scope", "covers")
    def _compute_display_name(self):
        scopes, covers = (dict(self._fields[name]._description_selection(self.env)) for name in ("scope", "covers"))
        for rule in self:
            rule.display_name = f"{scopes.get(rule.scope, '')}: {covers.get(rule.covers, '')}"

    @api.constrains("points")
    def _check_points(self):
        for rule in self:
            if rule.points <= 0:
                raise ValidationError(self.env._("“%s”: a cap is above 0; to give nothing, switch the rule off.",
                                                 rule.display_name))  # fmt: skip

    def _get_sentence(self):
        self.ensure_one()
        parts = [self.env._("at most %s points", f"{self.points:g}"), *self.sudo().grade_ids.mapped("name")]
        content = format_list(self.env, parts, "unit")
        return self.env._("%(name)s: %(content)s", name=self.display_name, content=content)

    def _applies_to(self, kind, grade, program):
        """Whether points of this kind, for a member of this grade, count against this cap."""
        return (
            self._covers(program)
            and (not self.grade_ids or grade in self.grade_ids)
            and self.covers in ("all", "purchase" if kind == "purchase" else "behaviour")
        )
