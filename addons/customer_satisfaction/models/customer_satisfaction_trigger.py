from odoo import api, fields, models
from odoo.addons.customer_complaint.models.customer_complaint_rule import KINDS
from odoo.addons.customer_policy.words import join_names
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from .survey_survey import TYPE

EVENTS = [
    ("invoice_paid", "Invoice Paid"),
    ("complaint_closed", "Case Closed"),
    ("interval", "Regularly"),
]
CHANNELS = [("mail", "Mail"), ("phone", "Phone Call"), ("link", "Link Only")]


class CustomerSatisfactionTrigger(models.Model):
    """When which questionnaire goes to whom, by what channel. Limits over all triggers stand in their own rules."""

    _name = "customer.satisfaction.trigger"
    _description = "Survey Rule"
    _inherit = "customer.policy.rule"

    name = fields.Char(required=True, translate=True)
    event = fields.Selection(EVENTS, "When", required=True, default="invoice_paid")
    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("survey_type", "=", TYPE)],
    )
    channel = fields.Selection(CHANNELS, required=True, default="mail")
    grade_ids = fields.Many2many("customer.grade", string="Grades", help="Of the customer. Empty: all grades.")
    case_kind = fields.Selection(KINDS, "Kind of Case", help="Empty: all kinds. For closed cases only.")
    audience = fields.Selection(
        [("buyers", "Who Has Bought"), ("prospects", "Prospects"), ("all", "All Customers")],
        required=True,
        default="buyers",
        help="Who is asked regularly.",
    )
    months = fields.Integer(
        "Every (Months)", default=6, help="For regular surveys; customers are spread over the time."
    )
    delay_days = fields.Integer("Days After", default=1, help="From the event to the invitation.")
    reminder_days = fields.Integer("Reminder After Days", default=7, help="Without an answer. 0: no reminder.")
    valid_days = fields.Integer("Open for Days", default=30, help="Afterwards the link is closed.")

    @api.constrains("months", "delay_days", "reminder_days", "valid_days")
    def _check_days(self):
        for rule in self:
            if not 1 <= rule.months <= 60:
                raise ValidationError(self.env._("“%s”: from 1 to 60 months, please.", rule.name))
            if not 0 <= rule.delay_days <= 365 or not 0 <= rule.reminder_days <= 365:
                raise ValidationError(self.env._("“%s”: from 0 to 365 days, please.", rule.name))
            if not 1 <= rule.valid_days <= 365:
                raise ValidationError(self.env._("“%s”: the link is open from 1 to 365 days.", rule.name))

    @api.constrains("survey_id")
    def _check_survey(self):
        for rule in self:
            if rule.survey_id.sudo().survey_type != TYPE:
                raise ValidationError(self.env._("“%s”: choose a questionnaire of the type “Customer Satisfaction”.",
                                                 rule.name))  # fmt: skip

    def _get_warnings(self):
        return [
            self.env._("“%(rule)s”: the questionnaire “%(survey)s” is closed, nobody is asked.",
                       rule=rule.name, survey=rule.survey_id.title)
            for rule in self.filtered("active").sudo()
            if not rule.survey_id.active
        ]  # fmt: skip

    def _get_sentence(self):
        self.ensure_one()
        rule = self.sudo()
        if rule.event == "interval":
            parts = [self.env._("every %s months", rule.months)]
        else:
            parts = [self.env._("%s days later", rule.delay_days)]
        if rule.grade_ids:
            parts.append(format_list(self.env, rule.grade_ids.mapped("name"), "or"))
        parts += [
            f"“{rule.survey_id.title}”",
            dict(self._fields["channel"]._description_selection(self.env))[rule.channel],
        ]
        return self.env._("%(name)s: %(content)s", name=rule.name, content=join_names(self.env, parts))
