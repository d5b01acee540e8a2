from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    complaint_id = fields.Many2one("customer.complaint", "Case", readonly=True)

    def _prepare_default_reversal(self, move):
        """The credit note knows the case that it settles."""
        values = super()._prepare_default_reversal(move)
        return {**values, "complaint_id": self.complaint_id.id} if self.complaint_id else values
