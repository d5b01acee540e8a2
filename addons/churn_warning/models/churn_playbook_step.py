from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChurnPlaybookStep(models.Model):
    """A step of a playbook; it becomes an activity of the person responsible."""

    _name = "churn.playbook.step"
    _description = "Step of a Win-Back Playbook"
    _inherit = "customer.policy.rule"
    _policy_rule_parent = "playbook_id"
    _rec_name = "summary"

    playbook_id = fields.Many2one("churn.playbook", required=True, index=True, ondelete="cascade")
    summary = fields.Char("Step", required=True, translate=True)
    note = fields.Text("How", translate=True)
    kind = fields.Selection(
        [("call", "Call"), ("visit", "Visit"), ("mail", "Mail"), ("offer", "Offer"), ("service", "Service Fix")],
        required=True,
        default="call",
    )
    days = fields.Integer("After Days", default=0, required=True, help="From the beginning of the win-back.")

    @api.constrains("days")
    def _check_days(self):
        if any(not 0 <= step.days <= 365 for step in self):
            raise ValidationError(self.env._("From 0 to 365 days, please."))

    def _activity_type(self):
        """What the step is scheduled as: core's call, meeting and mail, else a to-do."""
        name = {"call": "call", "visit": "meeting", "mail": "email"}.get(self.kind, "todo")
        return f"mail.mail_activity_data_{name}"
