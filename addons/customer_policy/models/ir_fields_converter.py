from odoo import models

from ..import_look import EARLIER_ROW, ImportLook


class IrFieldsConverter(models.AbstractModel):
    """Core looks up the name of a country or a product again for every row of an import; here once per file. While a
    file is only looked at, its rows may refer to rows before them although these are not there."""

    _inherit = "ir.fields.converter"

    def db_id_for(self, model, field, subfield, value, savepoint):
        look = ImportLook.of(self.env)
        refers_to_row = look is not None and field.type == "many2one" and field.comodel_name == model._name
        if refers_to_row and look.is_earlier_row(subfield, value):
            return EARLIER_ROW, []
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
