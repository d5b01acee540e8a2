from odoo import models
from odoo.tools import SQL


class CustomerPolicyEngine(models.AbstractModel):
    """How complete the records are, and when they are to be checked again."""

    _inherit = "customer.policy.engine"

    def _collect_columns(self, run):
        rules = run.policy._get_rules("customer.entry.rule")
        return {**super()._collect_columns(run), "completeness": rules._completeness_sql(run.company)}

    def _step_recheck(self, run):
        rules = run.policy._get_rules("customer.recheck.rule")
        due = rules._due_sql("s", run.company._recheck_created_sql())
        self._update_stage(run, {"recheck_date": due}, SQL("LEFT JOIN res_partner p ON p.id = s.partner_id"))
