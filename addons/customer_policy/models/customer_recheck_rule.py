from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CustomerRecheckRule(models.Model):
    """After how many months the record of a customer of this grade is checked again."""

    _name = "customer.recheck.rule"
    _description = "Re-check Rule"
    _inherit = "customer.policy.rule"

    grade_id = fields.Many2one("customer.grade", ondelete="restrict", help="Empty: all other customers.")
    months = fields.Integer(required=True, default=12)

    _grade_unique = models.UniqueIndex(
        "(policy_id, COALESCE(grade_id, 0)) WHERE active", "This grade already has a re-check rule in this version."
    )

    @api.depends("grade_id")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = rule.grade_id.name or self.env._("All others")

    @api.constrains("months")
    def _check_months(self):
        for rule in self:
            if not 1 <= rule.months <= 120:
                raise ValidationError(self.env._("“%s”: from 1 to 120 months, please.", rule.display_name))

    def _get_sentence(self):
        self.ensure_one()
        return self.env._("%(grade)s: every %(months)s months", grade=self.display_name, months=self.months)

    def _due_sql(self, profile, created):
        """SQL of the day on which a record is due: the last confirmation, or its creation, and the months of the grade.

        :param profile: alias of customer.profile or its staging table
        :param created: SQL of the day on which the contact was created
        """
        graded = self.filtered("grade_id")
        others = (self - graded)[:1].months or None
        months = SQL("%s::int", others)
        if graded:
            branches = SQL(" ").join(SQL("WHEN %s THEN %s", rule.grade_id.id, rule.months) for rule in graded)
            months = SQL("CASE %s %s ELSE %s::int END", SQL.identifier(profile, "grade_id"), branches, others)
        return SQL(
            "(COALESCE(%s, %s) + MAKE_INTERVAL(months => %s))::date",
            SQL.identifier(profile, "confirmed_date"),
            created,
            months,
        )
