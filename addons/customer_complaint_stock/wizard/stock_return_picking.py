from odoo import fields, models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    complaint_id = fields.Many2one("customer.complaint", "Case", readonly=True)

    def _prepare_picking_default_values_based_on(self, picking):
        """The return knows the case that it settles, and so does the delivery in exchange."""
        values = super()._prepare_picking_default_values_based_on(picking)
        return {**values, "complaint_id": self.complaint_id.id} if self.complaint_id else values
