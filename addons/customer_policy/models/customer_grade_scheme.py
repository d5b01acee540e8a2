from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ..condition import describe_text

METHODS = [
    ("share", "Share of the ranked customers"),
    ("score", "Minimum score"),
]


class CustomerGradeScheme(models.Model):
    """How one kind of customer is graded: whom, by which criteria, with which thresholds.

    A customer belongs to the first scheme (by sequence) whose condition it meets. The score is the
    weighted mean of the criteria's points, 0 to 100.
    """

    _name = "customer.grade.scheme"
    _description = "Customer Grading Scheme"
    _inherit = "customer.policy.scheme"
    _policy_rule_outputs = frozenset({"grade_id", "customer_grade_id", "computed_grade_id", "grade_score"})

    method = fields.Selection(METHODS, "Grades By", required=True, default="share")
    minimum_purchases = fields.Integer(
        default=1, help="Purchases in 12 months from which a customer is ranked. Others get the grade apart."
    )
    apart_grade_id = fields.Many2one(
        "customer.grade", string="Grade Apart", required=True, ondelete="restrict", help="For customers not ranked."
    )
    downgrade_months = fields.Integer(
        "Months Before Downgrade", default=3, help="A lower grade applies after so many months below the standard."
    )
    criterion_ids = fields.One2many("customer.grade.criterion", "scheme_id", string="Criteria", copy=True)
    level_ids = fields.One2many("customer.grade.level", "scheme_id", string="Grades", copy=True)
    total_weight = fields.Float(compute="_compute_total_weight", digits=(16, 2))

    @api.depends("criterion_ids.weight", "criterion_ids.active")
    def _compute_total_weight(self):
        for scheme in self:
            scheme.total_weight = sum(scheme.criterion_ids.mapped("weight"))

    @api.constrains("minimum_purchases", "downgrade_months")
    def _check_not_negative(self):
        for scheme in self:
            if scheme.minimum_purchases < 0 or scheme.downgrade_months < 0:
                raise ValidationError(self.env._("“%s”: purchases and months can't be negative.", scheme.name))

    def _get_problems(self):
        problems = []
        for scheme in self:
            try:
                scheme._get_domain()
            except ValidationError as error:
                problems.append(str(error))
            if not scheme.criterion_ids:
                problems.append(self.env._("“%s” has no criterion.", scheme.name))
            elif scheme.total_weight <= 0:
                problems.append(self.env._("“%s”: the weights add up to zero.", scheme.name))
            problems += scheme._get_level_problems()
        return problems

    def _get_level_problems(self):
        self.ensure_one()
        levels = self._sorted_levels()
        if not levels:
            return [self.env._("“%s” has no grade.", self.name)]
        problems = []
        if len(set(levels.grade_id)) < len(levels) or self.apart_grade_id in levels.grade_id:
            problems.append(
                self.env._("“%s”: each grade may stand only once, and not also as the grade apart.", self.name)
            )
        figures = levels.mapped("share" if self.method == "share" else "minimum_score")
        better_first = sorted(set(figures), reverse=self.method == "score")
        if figures != better_first:
            problems.append(self.env._("“%s”: the thresholds are out of order; the best grade comes first.", self.name))
        last = 100.0 if self.method == "share" else 0.0
        if figures[-1] != last:
            problems.append(
                self.env._(
                    "“%(scheme)s”: the lowest grade must take all the rest (%(last)s).", scheme=self.name, last=last
                )
            )
        return problems

    def _sorted_levels(self):
        """Grades of this scheme, best first."""
        return self.level_ids.sorted(lambda level: (level.sequence, level.id))

    def _get_sentence(self):
        self.ensure_one()
        criteria = [f"{c.display_name} {c.weight:g}" for c in self.criterion_ids]
        apart = self.env._(
            "Fewer than %(purchases)s purchases in 12 months: %(grade)s. "
            "A lower grade applies after %(months)s months.",
            purchases=self.minimum_purchases,
            grade=self.apart_grade_id.name,
            months=self.downgrade_months,
        )
        return self.env._(
            "%(scheme)s (%(customers)s): weights %(criteria)s; grades %(levels)s. %(apart)s",
            scheme=self.name,
            customers=describe_text(self.env, self.domain, "res.partner"),
            criteria=format_list(self.env, criteria),
            levels=format_list(self.env, [level._get_sentence() for level in self._sorted_levels()]),
            apart=apart,
        )
