from odoo import api, models


class CustomerAccessSource(models.AbstractModel):
    """Records that decide who sees which customer.

    Record rules are cached with what these records said when they were evaluated; a change clears that cache.
    """

    _name = "customer.access.source"
    _description = "Source of Access to Customers"

    # Names of the fields that matter; None: all.
    _access_fields = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._access_fields is None or self._access_fields & set(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
