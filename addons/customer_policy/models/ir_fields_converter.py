from odoo import models


class IrFieldsConverter(models.AbstractModel):
    """Core looks up the name of a country or a product again for every row of an import; here once per file."""

    _inherit = "ir.fields.converter"

    def db_id_for(self, model, field, subfield, value, savepoint):
        found = self.env.context.get("customer_import_names")
        # Not what the same file may create.
        if found is None or subfield or field.comodel_name == model._name or field.name in self._creatable():
            return super().db_id_for(model, field, subfield, value, savepoint)
        key = (field.comodel_name, field.name, value)
        if key not in found:
            found[key] = super().db_id_for(model, field, subfield, value, savepoint)
        return found[key]

    def _creatable(self):
        return self.env.context.get("name_create_enabled_fields") or {}
