from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from .customer_complaint_rule import SEVERE

MILESTONES = [("acknowledge", "Acknowledgement"), ("reply", "First Reply"), ("resolve", "Resolution")]


class CustomerComplaintDeadline(models.Model):
    """How much working time there is for the acknowledgement, the first substantive reply and the resolution."""

    _name = "customer.complaint.deadline"
    _description = "Deadline Rule"
    _inherit = "customer.complaint.rule"

    unit = fields.Selection(
        [("hours", "Hours"), ("days", "Days")],
        default="hours",
        required=True,
        help="Of working time; a day is the average day of the calendar.",
    )
    acknowledge_time = fields.Float("Acknowledgement", digits=(16, 2), help="0: no deadline.")
    reply_time = fields.Float("First Reply", digits=(16, 2), help="0: no deadline.")
    resolve_time = fields.Float("Resolution", digits=(16, 2), help="0: no deadline.")
    severe_percent = fields.Integer(
        "Severe (%)", default=50, help="Cases of high or critical severity have this part of the time."
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours of",
        ondelete="restrict",
        help="Empty: the working hours of the company.",
    )

    @api.constrains("acknowledge_time", "reply_time", "resolve_time", "severe_percent")
    def _check_times(self):
        for rule in self:
            if min(rule.acknowledge_time, rule.reply_time, rule.resolve_time) < 0:
                raise ValidationError(self.env._("“%s”: times can't be negative.", rule.name))
            if not 1 <= rule.severe_percent <= 100:
                raise ValidationError(
                    self.env._("“%s”: severe cases have from 1 to 100 percent of the time.", rule.name)
                )

    def _seconds(self, milestone, severity, calendar):
        """Working seconds for a milestone; 0 where there is no deadline."""
        self.ensure_one()
        hours = self[f"{milestone}_time"] * (calendar.hours_per_day if self.unit == "days" else 1)
        part = self.severe_percent / 100 if severity in SEVERE else 1
        return round(hours * 3600 * part)

    def _get_problems(self):
        problems = super()._get_problems()
        for rule in self.filtered("active"):
            calendar = rule.calendar_id
            if calendar and not calendar._has_fixed_hours():
                problems.append(self.env._("“%(rule)s”: “%(calendar)s” has no fixed working hours to count.",
                                           rule=rule.name, calendar=calendar.name))  # fmt: skip
        return problems

    def _get_warnings(self):
        warnings = super()._get_warnings()
        if not self.filtered("active"):
            return warnings
        companies = self.policy_id._get_future_companies()
        for company in companies.filtered(lambda c: not c.resource_calendar_id._has_fixed_hours()):
            warnings.append(self.env._("The working hours of %s are not fixed: its deadlines are not counted.",
                                       company.name))  # fmt: skip
        return warnings

    def _get_content(self):
        self.ensure_one()
        times = [(label, self[f"{name}_time"]) for name, label in self._milestone_labels().items()]
        if self.unit == "days":
            parts = [self.env._("%(what)s within %(time)s working days", what=label, time=f"{time:g}")
                     for label, time in times if time]  # fmt: skip
        else:
            parts = [self.env._("%(what)s within %(time)s working hours", what=label, time=f"{time:g}")
                     for label, time in times if time]  # fmt: skip
        if self.severe_percent < 100 and parts:
            parts.append(self.env._("severe cases %s %% of the time", self.severe_percent))
        return format_list(self.env, parts) if parts else self.env._("no deadline")

    @api.model
    def _milestone_labels(self):
        """{milestone: label} in the reader's language."""
        names = self.env["customer.complaint"]._fields["next_milestone"]._description_selection(self.env)
        return dict(names)
