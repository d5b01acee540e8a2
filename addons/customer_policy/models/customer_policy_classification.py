from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    segment_rule_ids = fields.One2many("customer.segment.rule", "policy_id", string="Segment Rules")
