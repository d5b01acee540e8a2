from odoo import fields, models


class CustomerPolicyParameter(models.Model):
    _inherit = "customer.policy.parameter"

    key = fields.Selection(
        selection_add=[
            ("next_action_quotation_days", "Next best action: days before a quotation expires"),
            ("next_action_silent_days", "Next best action: days without contact with a dormant or lost customer"),
        ],
        ondelete={"next_action_quotation_days": "cascade", "next_action_silent_days": "cascade"},
    )
