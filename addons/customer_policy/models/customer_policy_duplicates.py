from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    match_rule_ids = fields.One2many("customer.match.rule", "policy_id", string="Duplicate Rules")
