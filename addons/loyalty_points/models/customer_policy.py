from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    loyalty_return_rule_ids = fields.One2many("loyalty.points.return.rule", "policy_id", string="Returned Points")
    loyalty_adjustment_rule_ids = fields.One2many(
        "loyalty.points.adjustment.rule", "policy_id", string="Points Adjusted by Hand"
    )
