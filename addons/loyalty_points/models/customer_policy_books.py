from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    loyalty_accounting_rule_ids = fields.One2many(
        "loyalty.points.accounting.rule", "policy_id", string="Valuation of Points"
    )
    loyalty_fraud_rule_ids = fields.One2many(
        "loyalty.points.fraud.rule", "policy_id", string="Points to Review", context={"active_test": False}
    )
