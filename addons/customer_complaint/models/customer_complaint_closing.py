from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list


class CustomerComplaintClosing(models.Model):
    """What a case needs before it may be closed."""

    _name = "customer.complaint.closing"
    _description = "Closing Rule"
    _inherit = "customer.complaint.rule"

    needs_reply = fields.Boolean("Reply", default=True, help="The customer has been answered.")
    needs_follow_up = fields.Boolean("Follow-up", help="The customer has been asked whether it helped.")
    follow_up_days = fields.Integer("Follow-up After Days", default=3, help="After the resolution.")
    follow_up_tries = fields.Integer(
        "Tries to Reach",
        default=3,
        help="The customer counts as not reached after tries in vain on so many different days.",
    )
    needs_approval = fields.Boolean("Approved Reply", help="Somebody else approves the reply before it is sent.")
    needs_action = fields.Boolean("Corrective Action", help="A cause is named and a corrective action implemented.")
    containment_days = fields.Integer("Days for Containment", default=2, help="8D: D3, from the receipt.")
    correction_days = fields.Integer("Days for Correction", default=14, help="8D: D4 to D6, from the receipt.")
    prevention_days = fields.Integer("Days for Prevention", default=60, help="8D: D7, from the receipt.")
    recurrence_days = fields.Integer(
        "Days Without Recurrence", default=90, help="A corrective action is done when its cause has not come back."
    )

    @api.constrains(
        "follow_up_days", "follow_up_tries", "recurrence_days", "containment_days", "correction_days", "prevention_days"
    )
    def _check_days(self):
        for rule in self:
            plan = (rule.containment_days, rule.correction_days, rule.prevention_days)
            if rule.follow_up_tries < 1:
                raise ValidationError(self.env._("“%s”: at least one try to reach the customer, please.", rule.name))
            if min(rule.follow_up_days, rule.recurrence_days, *plan) < 0:
                raise ValidationError(self.env._("“%s”: days can't be negative.", rule.name))

    def _get_content(self):
        self.ensure_one()
        needs = []
        if self.needs_reply:
            needs.append(self.env._("an approved reply") if self.needs_approval else self.env._("a reply"))
        if self.needs_follow_up:
            needs.append(
                self.env._("a follow-up after %(days)s days, or %(tries)s days on which the customer was not reached",
                           days=self.follow_up_days, tries=self.follow_up_tries)
            )  # fmt: skip
        if self.needs_action:
            needs.append(self.env._("a corrective action without recurrence for %s days", self.recurrence_days))
            needs.append(
                self.env._(
                    "containment, correction and prevention within %(d3)s, %(d6)s and %(d7)s days",
                    d3=self.containment_days,
                    d6=self.correction_days,
                    d7=self.prevention_days,
                )
            )
        return format_list(self.env, needs) if needs else self.env._("nothing is required")
