from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        delivered = self.filtered(lambda picking: picking.state == "done" and picking.picking_type_code == "outgoing"
                                  and picking.location_dest_id.usage == "customer")  # fmt: skip
        self.env["customer.satisfaction.trigger"]._on_event("delivery_done", delivered)
        return result
