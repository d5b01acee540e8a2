from random import randint

from odoo import fields, models


class CustomerBrand(models.Model):
    """A brand that customers prefer: one's own or a competitor's."""

    _name = "customer.brand"
    _description = "Preferred Brand"
    _order = "name, id"

    name = fields.Char(required=True)
    color = fields.Integer(default=lambda self: randint(1, 11))
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(name)", "Another brand has this name.")
