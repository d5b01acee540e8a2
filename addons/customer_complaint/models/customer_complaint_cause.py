from odoo import api, fields, models


class CustomerComplaintCause(models.Model):
    """Why something went wrong, as a tree; reports and corrective actions count by it."""

    _name = "customer.complaint.cause"
    _description = "Cause"
    _parent_store = True
    _order = "parent_path, id"

    name = fields.Char(required=True, translate=True)
    parent_id = fields.Many2one("customer.complaint.cause", string="Part Of", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    active = fields.Boolean(default=True)
    display_name = fields.Char(compute="_compute_display_name", recursive=True)

    @api.depends("name", "parent_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for cause in self:
            parent = cause.parent_id
            cause.display_name = f"{parent.display_name} / {cause.name}" if parent else cause.name


class CustomerComplaintWhy(models.Model):
    """One “why?” on the way from the symptom to the cause."""

    _name = "customer.complaint.why"
    _description = "Why"
    _order = "complaint_id, sequence, id"
    _rec_name = "answer"

    complaint_id = fields.Many2one("customer.complaint", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    answer = fields.Char("Because", required=True)


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
