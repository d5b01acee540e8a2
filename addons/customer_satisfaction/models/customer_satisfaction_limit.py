from odoo import api, fields, models
from odoo.addons.customer_policy.words import join_names
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CustomerSatisfactionLimit(models.Model):
    """What keeps customers of a grade from being asked too often; holds over all survey rules."""

    _name = "customer.satisfaction.limit"
    _description = "Survey Limit"
    _inherit = "customer.policy.rule"

    grade_id = fields.Many2one("customer.grade", ondelete="restrict", help="Empty: all other customers.")
    rest_days = fields.Integer("Days Between Invitations", default=90, required=True, help="At most one in this time.")
    share = fields.Float(
        "Sample (%)",
        default=100,
        digits=(16, 2),
        help="Part of the occasions that are asked, drawn at random within the grade (stratified sample).",
    )
    tenure_days = fields.Integer(
        "Customer For (Days)", help="Since the first purchase. 0: also new ones and prospects."
    )
    not_with_open_case = fields.Boolean("Not With an Open Case", default=True)

    _grade_unique = models.UniqueIndex(
        "(policy_id, COALESCE(grade_id, 0)) WHERE active", "This grade already has a survey limit in this version."
    )

    @api.depends("grade_id")
    def _compute_display_name(self):
        for limit in self:
            limit.display_name = limit.grade_id.name or self.env._("All others")

    @api.constrains("rest_days", "share", "tenure_days")
    def _check_figures(self):
        for limit in self:
            if limit.rest_days < 0 or limit.tenure_days < 0:
                raise ValidationError(self.env._("“%s”: days can't be negative.", limit.display_name))
            if not 0 <= limit.share <= 100:
                raise ValidationError(self.env._("“%s”: a sample has from 0 to 100 percent.", limit.display_name))

    def _get_problems(self):
        active = self.filtered("active")
        if active and all(limit.grade_id for limit in active):
            return [self.env._("Survey limits: one without a grade is needed, for all other customers.")]
        return []

    def _get_sentence(self):
        self.ensure_one()
        parts = [self.env._("at most one invitation in %s days", self.rest_days)]
        if self.share < 100:
            parts.append(self.env._("%s %% of the occasions", f"{self.share:g}"))
        if self.tenure_days:
            parts.append(self.env._("customer for %s days", self.tenure_days))
        if self.not_with_open_case:
            parts.append(self.env._("not with an open case"))
        return self.env._("%(name)s: %(content)s", name=self.display_name, content=join_names(self.env, parts))

    def _by_grade(self, name, grade):
        """SQL of a figure of the limit that applies to a grade; NULL where none does.

        :param grade: SQL of the id of a grade
        """
        kind = SQL("boolean" if self._fields[name].type == "boolean" else "numeric")
        branches = [
            SQL("WHEN %s = %s THEN %s", grade, limit.grade_id.id, limit[name]) for limit in self if limit.grade_id
        ]
        others = self.filtered(lambda limit: not limit.grade_id)[:1]
        default = SQL("%s::%s", others[name] if others else None, kind)
        return SQL("CASE %s ELSE %s END", SQL(" ").join(branches), default) if branches else default
