from odoo import fields, models


class CustomerDuplicateReason(models.TransientModel):
    """Why the selected pairs are different customers."""

    _name = "customer.duplicate.reason"
    _description = "Why Not the Same Customer"

    duplicate_ids = fields.Many2many("customer.duplicate", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.duplicate_ids._decide_not_same(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
