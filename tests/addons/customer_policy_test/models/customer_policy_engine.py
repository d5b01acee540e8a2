from odoo import models
from odoo.tools import SQL


class CustomerPolicyEngine(models.AbstractModel):
    _inherit = "customer.policy.engine"

    def _steps(self):
        steps = super()._steps()
        steps.insert(steps.index("assign"), "test_metric")
        return steps

    def _step_test_metric(self, run):
        self._update_stage(
            run, {"test_name_length": SQL("LENGTH(p.name)")}, SQL("LEFT JOIN res_partner p ON p.id = s.partner_id")
        )
