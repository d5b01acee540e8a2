from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    suggestion_exclusion_ids = fields.One2many(
        "customer.suggestion.exclusion", "policy_id", string="Products Not Suggested", context={"active_test": False}
    )
