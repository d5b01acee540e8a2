from odoo import fields, models


class CustomerComplaintTag(models.Model):
    _name = "customer.complaint.tag"
    _description = "Case Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()

    _name_unique = models.UniqueIndex("(name)", "This tag exists already.")
