from odoo import fields, models


class CustomerSatisfactionTrigger(models.Model):
    _inherit = "customer.satisfaction.trigger"

    channel = fields.Selection(selection_add=[("sms", "SMS"), ("link",)], ondelete={"sms": "set default"})
