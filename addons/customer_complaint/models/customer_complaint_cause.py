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
