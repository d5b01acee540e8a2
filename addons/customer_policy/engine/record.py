from odoo import models
from odoo.tools import SQL


class CustomerPolicyEngine(models.AbstractModel):
    """How complete the records are, and when they are to be checked again."""

    _inherit = "customer.policy.engine"

    def _steps(self):
        """Completeness before the rules that may use it; the re-check after the grade that it depends on."""
        steps = super()._steps()
        steps.insert(steps.index("collect") + 1, "completeness")
        steps.insert(steps.index("merge"), "recheck")
        return steps

    def _step_completeness(self, run):
        rules = run.policy._get_rules("customer.entry.rule")
        completeness = rules._completeness_sql(run.company)
        self._update_stage({"completeness": completeness}, SQL("res_partner p"), SQL("p.id = s.partner_id"))

    def _step_recheck(self, run):
        rules = run.policy._get_rules("customer.recheck.rule")
        due = rules._due_sql("s", run.company._recheck_created_sql())
        self._update_stage({"recheck_date": due}, SQL("res_partner p"), SQL("p.id = s.partner_id"))
