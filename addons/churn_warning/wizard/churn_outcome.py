from odoo import api, fields, models
from odoo.exceptions import UserError


class ChurnOutcome(models.TransientModel):
    """How a warning ended: without an outcome none is closed (clause 7.4)."""

    _name = "churn.outcome"
    _description = "Outcome of a Churn Warning"

    warning_ids = fields.Many2many("churn.warning", required=True)
    outcome = fields.Selection(
        [("won_back", "Won Back"), ("lost", "Lost"), ("false_alarm", "False Alarm")], required=True
    )
    loss_reason_id = fields.Many2one("churn.reason", string="Lost Because", domain=[("is_cause", "=", True)])
    note = fields.Text("In Words")

    @api.onchange("outcome")
    def _onchange_outcome(self):
        if self.outcome != "lost":
            self.loss_reason_id = False

    def action_confirm(self):
        self.ensure_one()
        if self.outcome == "lost" and not self.loss_reason_id.is_cause:
            raise UserError(self.env._("Why was the customer lost?"))
        if self.outcome == "false_alarm" and not (self.note or "").strip():
            raise UserError(self.env._("Say in a few words why this was a false alarm."))
        reason = self.loss_reason_id if self.outcome == "lost" else None
        self.warning_ids._for_action()._finish(self.outcome, loss_reason=reason, note=self.note)
        return {"type": "ir.actions.act_window_close"}
