from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    match_rule_ids = fields.One2many("customer.match.rule", "policy_id", string="Duplicate Rules")

    def _transition(self, vals):
        """What refuses an entry is cached per company, see `customer.match.rule._conditions`."""
        self.env.registry.clear_cache()
        return super()._transition(vals)
