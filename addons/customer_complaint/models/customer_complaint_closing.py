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
    needs_approval = fields.Boolean("Approved Reply", help="Somebody else approves the reply before it is sent.")
    needs_action = fields.Boolean("Corrective Action", help="A cause is named and a corrective action implemented.")
    recurrence_days = fields.Integer(
        "Days Without Recurrence", default=90, help="A corrective action is done when its cause has not come back."
    )

    @api.constrains("follow_up_days", "recurrence_days")
    def _check_days(self):
        for rule in self:
            if rule.follow_up_days < 0 or rule.recurrence_days < 0:
                raise ValidationError(self.env._("“%s”: days can't be negative.", rule.name))

    def _get_content(self):
        self.ensure_one()
        needs = []
        if self.needs_reply:
            needs.append(self.env._("an approved reply") if self.needs_approval else self.env._("a reply"))
        if self.needs_follow_up:
            needs.append(self.env._("a follow-up after %s days", self.follow_up_days))
        if self.needs_action:
            needs.append(self.env._("a corrective action without recurrence for %s days", self.recurrence_days))
        return format_list(self.env, needs) if needs else self.env._("nothing is required")
