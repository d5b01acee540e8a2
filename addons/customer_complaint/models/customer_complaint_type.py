from odoo import fields, models


class CustomerComplaintType(models.Model):
    """What a case is about. Types are stable records that rules and reports point at."""

    _name = "customer.complaint.type"
    _description = "Case Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
