from odoo import api, models


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _step_labels(self):
        return {
            **super()._step_labels(),
            "churn": self.env._("Churn risk"),
            "churn_end": self.env._("Warnings that end on a purchase"),
        }

    def _execute(self, partner_ids=None):
        """Warnings follow a full run: they look at what it found. So does a back-test that the policy asks for anew."""
        result = super()._execute(partner_ids)
        if self.kind == "full" and self.state == "done":
            self.env.ref("churn_warning.ir_cron_warn")._trigger()
            if self.env["churn.model"]._is_training_due(self.company_id):
                self.env.ref("churn_warning.ir_cron_train")._trigger()
        return result
