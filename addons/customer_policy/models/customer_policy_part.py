from odoo import api, fields, models


class CustomerPolicyPart(models.AbstractModel):
    """A part of a policy version, clause or rule: it changes with its draft and is frozen from review on."""

    _name = "customer.policy.part"
    _description = "Part of a Customer Policy"

    policy_id = fields.Many2one("customer.policy", required=True, index=True, ondelete="cascade")
    is_frozen = fields.Boolean(compute="_compute_is_frozen", help="The version is past its draft.")

    @api.depends("policy_id.state")
    def _compute_is_frozen(self):
        for part in self:
            part.is_frozen = bool(part.policy_id) and part.policy_id.state != "draft"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.policy_id._check_draft()
        return parts

    def write(self, vals):
        self.policy_id._check_draft()
        result = super().write(vals)
        self.policy_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_from_draft(self):
        self.policy_id._check_draft()
