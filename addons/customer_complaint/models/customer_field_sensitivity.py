from odoo import api, models


class CustomerFieldSensitivity(models.Model):
    _inherit = "customer.field.sensitivity"

    @api.model
    def _shipped_fields(self):
        """The phone of whoever contacted us is a copy of the contact's."""
        shipped = super()._shipped_fields()
        return {**shipped, "customer.complaint": shipped.get("customer.complaint", set()) | {"phone"}}
