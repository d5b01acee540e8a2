from odoo import fields, models

ALL = {"active_test": False}


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    loyalty_earning_rule_ids = fields.One2many("loyalty.points.earning.rule", "policy_id", "Points for Purchases")
    loyalty_multiplier_rule_ids = fields.One2many(
        "loyalty.points.multiplier.rule", "policy_id", "Points Multipliers", context=ALL
    )
    loyalty_behaviour_rule_ids = fields.One2many(
        "loyalty.points.behaviour.rule", "policy_id", "Points for Behaviour", context=ALL
    )
    loyalty_cap_rule_ids = fields.One2many("loyalty.points.cap.rule", "policy_id", "Points Caps", context=ALL)
    loyalty_expiry_rule_ids = fields.One2many("loyalty.points.expiry.rule", "policy_id", "Points Expiry")
    loyalty_tier_rule_ids = fields.One2many("loyalty.points.tier.rule", "policy_id", "Tier Rules")
