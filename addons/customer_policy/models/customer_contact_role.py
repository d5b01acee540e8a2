from odoo import fields, models


class CustomerContactRole(models.Model):
    """The part that a person plays when their company buys: decides, influences, uses, pays ..."""

    _name = "customer.contact.role"
    _description = "Role in Buying"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(name)", "Another role has this name.")
