from odoo import fields, models


class CustomerComplaint(models.Model):
    """Investigation: cause, containment, solution, cost, corrective actions."""

    _inherit = "customer.complaint"

    cause_id = fields.Many2one("customer.complaint.cause", index=True, tracking=True, ondelete="restrict")
    why_ids = fields.One2many("customer.complaint.why", "complaint_id", string="Five Whys")
    containment = fields.Text(help="What keeps the damage from growing until the cause is found.")
    solution = fields.Text(help="What was done for this customer.")
    cost = fields.Monetary(help="What this case has cost: goods, freight, compensation.")
    action_ids = fields.One2many("customer.complaint.action", "complaint_id", string="Actions")

    def _missing_for_closing(self):
        missing = super()._missing_for_closing()
        rule = self._closing_rule()
        if rule.needs_action:
            done = self.action_ids.filtered(
                lambda action: action.kind in ("corrective", "preventive") and action.state in ("check", "effective")
            )
            if not self.cause_id:
                missing.append(self.env._("Name the cause."))
            if not done:
                missing.append(self.env._("Implement a corrective action."))
        return missing
