from odoo import api, fields, models


class CustomerSatisfactionInvitation(models.Model):
    _inherit = "customer.satisfaction.invitation"

    event = fields.Selection(selection_add=[("delivery_done", "Delivery Done")], ondelete={"delivery_done": "set null"})

    @api.model
    def _document_fields(self):
        fields_ = super()._document_fields()
        if "picking_id" in self.env["customer.complaint"]._fields:
            fields_["stock.picking"] = "picking_id"
        return fields_
