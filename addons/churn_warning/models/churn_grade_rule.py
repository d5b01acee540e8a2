from odoo import api, fields, models
from odoo.tools import format_list


class ChurnGradeRule(models.AbstractModel):
    """A rule for customers of some grades; the first that fits, one without grades fits all."""

    _name = "churn.grade.rule"
    _description = "Rule by Grade"
    _inherit = "customer.policy.rule"

    grade_ids = fields.Many2many("customer.grade", string="Grades", help="Of the customer. Empty: all others.")

    @api.depends("grade_ids")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for rule in self:
            names = rule.grade_ids.mapped("name")
            rule.display_name = format_list(self.env, names, "or") if names else self.env._("All others")

    def _for_grade(self, grade):
        """The first of these rules that fits a grade, which may be empty."""
        return next((rule for rule in self if not rule.grade_ids or grade in rule.grade_ids), self.browse())
