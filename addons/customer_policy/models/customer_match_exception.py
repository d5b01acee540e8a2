from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

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
    key = fields.Char(compute="_compute_key", store=True, help="What it is read as, in each country where it is valid.")
    note = fields.Char("Why")

    _key_unique = models.UniqueIndex("(kind, key)", "This value is on the list already.")

    @api.depends("kind", "value")
    def _compute_key(self):
        countries = self.env["customer.match.key"].sudo()._company_countries()
        for exception in self:
            value = exception.value or ""
            if exception.kind == "email":
                found = email.keys(value)[:1]
            else:
                found = (phone if exception.kind == "phone" else code).keys(value, countries)
            exception.key = " ".join(found) or False

    @api.model
    def _excepted(self):
        """SQL of a table (kind, key) of all values that prove nothing."""
        return SQL(
            """(SELECT exception.kind, single.key
                  FROM customer_match_exception exception, UNNEST(STRING_TO_ARRAY(exception.key, ' ')) single(key))"""
        )

    @api.constrains("kind", "value")
    def _check_value(self):
        for exception in self:
            if not exception.key:
                raise ValidationError(self.env._("“%s” can't be read as this kind of value.", exception.value))
