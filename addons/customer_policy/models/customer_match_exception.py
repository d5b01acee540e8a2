from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..normalize import code, email, phone
from .customer_match_key import KINDS


class CustomerMatchException(models.Model):
    """A value that many customers share without being the same: a switchboard, the address of an agent, a placeholder.

    It is no policy but a fact about data, so data stewards keep the list.
    """

    _name = "customer.match.exception"
    _description = "Value That Proves No Duplicate"
    _order = "kind, value"
    _rec_name = "value"

    kind = fields.Selection([kind for kind in KINDS if kind[0] in ("code", "phone", "email")], required=True)
    value = fields.Char(required=True, help="As it stands on the contacts; other writings of it count too.")
    key = fields.Char(compute="_compute_key", store=True)
    note = fields.Char("Why")

    _key_unique = models.UniqueIndex("(kind, key)", "This value is on the list already.")

    @api.depends("kind", "value")
    def _compute_key(self):
        country = self.env.company.country_id.code
        for exception in self:
            value = exception.value or ""
            if exception.kind == "email":
                exception.key = next(iter(email.keys(value)), False)
            else:
                exception.key = (phone if exception.kind == "phone" else code).key(value, country) or False

    @api.constrains("kind", "value")
    def _check_value(self):
        for exception in self:
            if not exception.key:
                raise ValidationError(self.env._("“%s” can't be read as this kind of value.", exception.value))
