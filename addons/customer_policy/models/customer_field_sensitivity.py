from odoo import api, fields, models, tools
from odoo.tools import SQL

SENSITIVITIES = [("normal", "Normal"), ("sensitive", "Sensitive")]


class CustomerFieldSensitivity(models.Model):
    """How sensitive a field is. What has no mark is normal.

    A record of its own and not a column of `ir.model.fields`: managers mark fields without a right on the
    definition of fields, which core guards against any change.
    """

    _name = "customer.field.sensitivity"
    _description = "Sensitive Field"
    _order = "model, field_name, id"
    _rec_name = "field_id"

    field_id = fields.Many2one(
        "ir.model.fields", required=True, index=True, ondelete="cascade", domain=[("model_id.abstract", "=", False)]
    )
    model = fields.Char(related="field_id.model", store=True, string="Model Name")
    field_name = fields.Char(related="field_id.name", store=True)
    model_id = fields.Many2one(related="field_id.model_id")
    sensitivity = fields.Selection(SENSITIVITIES, required=True, default="sensitive")
    is_shipped = fields.Boolean("As Shipped", compute="_compute_is_shipped", help="Marked by the software itself.")

    _field_unique = models.UniqueIndex("(field_id)", "This field is marked already.")

    @api.depends("field_id", "sensitivity")
    def _compute_is_shipped(self):
        shipped = self._shipped_fields()
        for mark in self:
            mark.is_shipped = mark.sensitivity == "sensitive" and mark.field_name in shipped.get(mark.model, ())

    @api.model_create_multi
    def create(self, vals_list):
        marks = super().create(vals_list)
        self.env.registry.clear_cache()
        return marks

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _get_sensitive_fields(self, model_name):
        """Names of the fields of a model that are marked as sensitive, as a frozenset."""
        return self._sensitive_fields().get(model_name, frozenset())

    @api.model
    @tools.ormcache()
    def _sensitive_fields(self):
        """{model: frozenset of field names}"""
        groups = self.sudo()._read_group([("sensitivity", "=", "sensitive")], ["model"], ["field_name:array_agg"])
        return {model: frozenset(names) for model, names in groups}

    @api.model
    def _shipped_fields(self):
        """{model: names} that are sensitive from the day they exist. An addon adds its own; names of fields that
        are not installed wait for them. Stored copies count as the field that they are copied from, and so
        do the values that the suite itself keeps of them."""
        return {
            "res.partner": {
                "phone", "phone_sanitized", "street", "street2", "contact_address", "contact_address_complete",
                "partner_latitude", "partner_longitude", "customer_background", "birthday", "birthdate",
                "birthdate_date", "birth_date", "identification_id", "id_number", "l10n_cn_id_number",
            },
            "res.partner.bank": {"acc_number", "sanitized_acc_number", "acc_holder_name"},
            "crm.lead": {"phone", "phone_sanitized", "street", "street2"},
            "account.payment": {"partner_bank_id"},
            "customer.cleanup.correction": {"old_value", "new_value"},
            "customer.match.key": {"key"},
            "customer.match.exception": {"value", "key"},
        }  # fmt: skip

    @api.model
    def _mark_shipped(self, model_names=None):
        """Mark the shipped fields that exist and that nobody has decided about."""
        for model, names in self._shipped_fields().items():
            if model_names is None or model in model_names:
                self.env.cr.execute(
                    SQL(
                        """INSERT INTO customer_field_sensitivity (field_id, model, field_name, sensitivity)
                           SELECT id, model, name, 'sensitive' FROM ir_model_fields WHERE model = %s AND name IN %s
                      ON CONFLICT DO NOTHING""",
                        model,
                        tuple(names),
                    )
                )
        self.invalidate_model()
        self.env.registry.clear_cache()


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _reflect_fields(self, model_names):
        """An addon that brings a field which is sensitive as shipped gets it marked."""
        result = super()._reflect_fields(model_names)
        marks = self.env["customer.field.sensitivity"]
        if tools.sql.table_exists(self.env.cr, marks._table):
            marks._mark_shipped(model_names)
        return result
