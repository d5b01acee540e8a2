from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    satisfaction_trigger_ids = fields.One2many(
        "customer.satisfaction.trigger", "policy_id", string="Survey Rules", context={"active_test": False}
    )
    satisfaction_limit_ids = fields.One2many("customer.satisfaction.limit", "policy_id", string="Survey Limits")
    satisfaction_response_ids = fields.One2many("customer.satisfaction.response", "policy_id", string="Low-Score Rules")
