from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class ChurnSnooze(models.TransientModel):
    """Put a warning off until a day, with a reason, no longer than the policy allows."""

    _name = "churn.snooze"
    _description = "Snooze a Churn Warning"

    warning_ids = fields.Many2many("churn.warning", required=True)
    until = fields.Date(required=True, default=lambda self: self._default_until())
    reason = fields.Char(required=True)

    @api.model
    def _default_until(self):
        return self.env.company._customer_policy_today() + timedelta(days=7)

    def action_confirm(self):
        self.ensure_one()
        for warning_sudo in self.warning_ids._for_action():
            today = warning_sudo.company_id._customer_policy_today()
            figures = self.env["customer.policy.parameter"]._churn_figures(warning_sudo.company_id)
            longest = int(figures["churn_snooze_days"])
            if not today < self.until <= today + timedelta(days=longest):
                raise UserError(self.env._("From tomorrow on, and for %s days at most, please.", longest))
            # Whoever may put it off need not act before.
            deadline = max(filter(None, [warning_sudo.date_deadline, self.until]))
            warning_sudo.write({"state": "snoozed", "snooze_until": self.until, "date_deadline": deadline})
            warning_sudo.activity_ids.filtered(
                lambda a, day=self.until: a.date_deadline < day
            ).date_deadline = self.until
            warning_sudo.message_post(body=self.env._("Snoozed: %s", self.reason))
        return {"type": "ir.actions.act_window_close"}
