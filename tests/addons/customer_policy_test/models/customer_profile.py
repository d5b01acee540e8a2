from odoo import fields, models


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    test_name_length = fields.Integer("Length of Name", readonly=True)
