from odoo import fields, models


class CustomerComplaintStandardStep(models.Model):
    _name = "customer.complaint.standard.step"
    _description = "Step of a Service Standard"
    _inherit = "customer.policy.rule"
    _order = "standard_id, sequence, id"
    _policy_rule_parent = "standard_id"

    standard_id = fields.Many2one("customer.complaint.standard", required=True, index=True, ondelete="cascade")
    name = fields.Char("Step", required=True, translate=True)

    def _get_sentence(self):
        self.ensure_one()
        return self.name
