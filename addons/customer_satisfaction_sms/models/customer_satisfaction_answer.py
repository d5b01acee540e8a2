from odoo import fields, models


class CustomerSatisfactionAnswer(models.Model):
    _inherit = "customer.satisfaction.answer"

    channel = fields.Selection(selection_add=[("sms", "SMS"), ("link",)], ondelete={"sms": "set link"})
