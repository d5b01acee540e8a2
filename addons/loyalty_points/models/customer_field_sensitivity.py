from odoo import api, models


class CustomerFieldSensitivity(models.Model):
    _inherit = "customer.field.sensitivity"

    @api.model
    def _shipped_fields(self):
        shipped = super()._shipped_fields()
        return {**shipped, "res.partner": shipped.get("res.partner", set()) | {"loyalty_birthday"}}
