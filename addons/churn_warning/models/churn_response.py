from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChurnResponse(models.Model):
    """Within how many working days a warning must be acted on."""

    _name = "churn.response"
    _description = "Time to Act on a Churn Warning"
    _inherit = "churn.grade.rule"

    working_days = fields.Integer(default=5, required=True)

    @api.constrains("working_days")
    def _check_days(self):
        if any(not 1 <= rule.working_days <= 60 for rule in self):
            raise ValidationError(self.env._("From 1 to 60 working days, please."))

    def _get_problems(self):
        active = self.filtered("active")
        if active and all(rule.grade_ids for rule in active):
            return [self.env._("Churn warnings: a time to act without grades is needed, for all other customers.")]
        return []

    def _get_warnings(self):
        companies = self.filtered("active").policy_id._get_future_companies()
        return [
            self.env._("%s has no working hours: deadlines of churn warnings count calendar days.", company.name)
            for company in companies
            if not company.resource_calendar_id.attendance_ids
        ]

    def _get_sentence(self):
        self.ensure_one()
        return self.env._("%(grades)s: %(days)s working days to act", grades=self.display_name, days=self.working_days)

    def _deadline(self, company, start):
        """The day by which to act: the last of so many working days of the company, that of `start` included.

        :param start: naive UTC
        """
        days = self.working_days or 5
        calendar = company.sudo().resource_calendar_id
        end = calendar.attendance_ids and calendar.plan_days(days, start, compute_leaves=True)
        return (end or start + timedelta(days=days)).date()
