from random import randint

from odoo import fields, models


class CustomerInterest(models.Model):
    """What a customer cares about: a topic, a kind of product, a sport."""

    _name = "customer.interest"
    _description = "Customer Interest"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(name)", "Another interest has this name.")
