from odoo import fields, models


class CustomerTestRule(models.Model):
    """A promise in days: the smallest rule model there can be."""

    _name = "customer.test.rule"
    _description = "Test Rule"
    _inherit = "customer.policy.rule"

    days = fields.Integer(required=True)
