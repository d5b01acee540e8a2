from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list


class CustomerGradeLevel(models.Model):
    """One grade of a scheme: what it takes to reach it and what it brings."""

    _name = "customer.grade.level"
    _description = "Grade of a Scheme"
    _inherit = "customer.policy.rule"
    _order = "scheme_id, sequence, id"
    _policy_rule_parent = "scheme_id"

    scheme_id = fields.Many2one("customer.grade.scheme", required=True, index=True, ondelete="cascade")
    method = fields.Selection(related="scheme_id.method")
    grade_id = fields.Many2one("customer.grade", required=True, ondelete="restrict")
    share = fields.Float(
        "Top %", digits=(16, 2), default=100.0, help="Customers among the best so many percent of those ranked."
    )
    minimum_score = fields.Float(digits=(16, 2), help="Score from which this grade is reached.")
    pricelist_id = fields.Many2one(
        "product.pricelist", ondelete="restrict", help="For customers of this grade without a pricelist of their own."
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        ondelete="restrict",
        help="For customers of this grade without payment terms of their own.",
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        default="0",
        required=True,
        help="Starting priority of new leads and opportunities of these customers.",
    )

    @api.constrains("share", "minimum_score")
    def _check_range(self):
        for level in self:
            if not 0 < level.share <= 100 or not 0 <= level.minimum_score <= 100:
                raise ValidationError(
                    self.env._("“%s”: shares and scores lie between 0 and 100.", level.grade_id.display_name)
                )

    @api.depends("grade_id", "scheme_id")
    def _compute_display_name(self):
        for level in self:
            level.display_name = f"{level.scheme_id.name}: {level.grade_id.name}"

    def _get_sentence(self):
        """What it takes to reach this grade, and what it brings."""
        self.ensure_one()
        reached = f"{self.share:g}%" if self.method == "share" else f"{self.minimum_score:g}"
        benefits = [self.pricelist_id.name, self.payment_term_id.name]
        if self.priority != "0":
            priorities = dict(self._fields["priority"]._description_selection(self.env))
            benefits.append(self.env._("priority %s", priorities[self.priority]))
        benefits = format_list(self.env, [benefit for benefit in benefits if benefit])
        return f"{self.grade_id.name} {reached}" + (f" ({benefits})" if benefits else "")

    def _format_content(self, name):
        text = super()._format_content(name)
        return self.env._("%s %%", text) if name == "share" else text
