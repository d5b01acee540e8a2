from odoo import fields, models
from odoo.tools import format_list


class CustomerComplaintStandard(models.Model):
    """How a case is worked: what to say, and what to do step by step. Shown on the case."""

    _name = "customer.complaint.standard"
    _description = "Service Standard"
    _inherit = "customer.complaint.rule"

    script = fields.Text(translate=True, help="What to say and how.")
    step_ids = fields.One2many("customer.complaint.standard.step", "standard_id", string="Checklist", copy=True)

    def _get_problems(self):
        """A case may have no standard: no rule for all others is needed."""
        return []

    def _get_content(self):
        self.ensure_one()
        return format_list(self.env, self.step_ids.mapped("name")) if self.step_ids else (self.script or "")
