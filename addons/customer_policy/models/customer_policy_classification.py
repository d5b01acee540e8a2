from odoo import fields, models


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    segment_rule_ids = fields.One2many("customer.segment.rule", "policy_id", string="Segment Rules")
    metric_ids = fields.One2many("customer.metric", "policy_id", string="Metrics")

    def unlink(self):
        """The database would drop the metrics with their version, but not their fields on the profile."""
        self._unlink_only_draft()
        metrics = self.env["customer.metric"].with_context(active_test=False).search([("policy_id", "in", self.ids)])
        names = set(metrics.mapped("technical_name"))
        result = super().unlink()
        self.env.registry.clear_cache()
        metrics._drop_columns(names)
        return result
