from odoo import api, models


class CustomerFieldSensitivity(models.Model):
    _inherit = "customer.field.sensitivity"

    @api.model
    def _shipped_fields(self):
        """The phone of whom to call is that of the contact; what customers say may be about persons."""
        shipped, model = super()._shipped_fields(), "customer.satisfaction"
        return {
            **shipped,
            f"{model}.invitation": shipped.get(f"{model}.invitation", set()) | {"contact_phone"},
            f"{model}.answer": shipped.get(f"{model}.answer", set()) | {"text"},
        }
