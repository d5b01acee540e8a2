from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .survey_question import METRICS, SCALES

# How far ahead working hours are loaded: enough for a deadline in days, also over long holidays.
AHEAD = timedelta(days=400)


class CustomerSatisfactionResponse(models.Model):
    """What a low answer leads to: a case or a call, with a deadline in working days."""

    _name = "customer.satisfaction.response"
    _description = "Low-Score Rule"
    _inherit = "customer.policy.rule"

    name = fields.Char(required=True, translate=True)
    metric = fields.Selection(METRICS, required=True, default="nps")
    max_score = fields.Integer("Up to Score", required=True, default=6, help="This answer and lower ones are low.")
    grade_ids = fields.Many2many("customer.grade", string="Grades", help="Of the customer. Empty: all grades.")
    action = fields.Selection([("case", "Open a Case"), ("activity", "Schedule a Call")], required=True, default="case")
    type_id = fields.Many2one("customer.complaint.type", string="Type of Case", ondelete="restrict")
    responsible = fields.Selection(
        [("routing", "By the Routing of Cases"), ("salesperson", "Salesperson of the Customer")],
        required=True,
        default="routing",
    )
    working_days = fields.Integer(default=2, required=True, help="To contact the customer.")

    @api.constrains("metric", "max_score", "working_days")
    def _check_figures(self):
        for rule in self:
            low, high = SCALES[rule.metric]
            if not low <= rule.max_score < high:
                raise ValidationError(
                    self.env._("“%(rule)s”: a low score lies from %(low)s to %(high)s.",
                               rule=rule.name, low=low, high=high - 1)
                )  # fmt: skip
            if not 1 <= rule.working_days <= 60:
                raise ValidationError(self.env._("“%s”: from 1 to 60 working days, please.", rule.name))

    def _get_warnings(self):
        companies = self.filtered("active").policy_id._get_future_companies()
        return [
            self.env._(
                "The working hours of %s are not fixed: deadlines after low scores count calendar days.", company.name
            )
            for company in companies.filtered(lambda c: not c.resource_calendar_id._has_fixed_hours())
        ]

    def _get_sentence(self):
        self.ensure_one()
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in ("metric", "action")}
        return self.env._(
            "%(name)s: %(metric)s up to %(score)s: %(action)s within %(days)s working days",
            name=self.name,
            metric=labels["metric"][self.metric],
            score=self.max_score,
            action=labels["action"][self.action],
            days=self.working_days,
        )

    @api.model
    def _low_bounds(self, company):
        """{metric: highest low score} of the rules in force, whatever the grade."""
        bounds = {}
        for rule in self._in_force(company):
            bounds[rule.metric] = max(bounds.get(rule.metric, -1), rule.max_score)
        return bounds

    def _matches(self, answer):
        self.ensure_one()
        return (
            answer.metric == self.metric
            and not answer.topic_id
            and answer.score <= self.max_score
            and (not self.grade_ids or answer.grade_id in self.grade_ids)
        )

    def _deadline(self, company, start):
        """`start` and the working days of this rule, on the calendar of the company."""
        self.ensure_one()
        calendar = company.resource_calendar_id
        if calendar._has_fixed_hours():
            clock = calendar._get_working_time(company, start, start + AHEAD)
            found = clock.deadline(start, round(self.working_days * calendar.hours_per_day * 3600))
            if found:
                return found
        return start + timedelta(days=self.working_days)
