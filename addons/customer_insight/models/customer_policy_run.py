from odoo import api, models


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _step_labels(self):
        return {**super()._step_labels(), "insight": self.env._("Predictions")}
