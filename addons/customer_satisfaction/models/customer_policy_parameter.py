from odoo import fields, models


class CustomerPolicyParameter(models.Model):
    _inherit = "customer.policy.parameter"

    key = fields.Selection(
        selection_add=[("satisfaction_minimum_n", "Satisfaction: answers that a ranking needs, at least")],
        ondelete={"satisfaction_minimum_n": "cascade"},
    )
