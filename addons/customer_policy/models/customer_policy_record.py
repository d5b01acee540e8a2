from odoo import api, fields, models
from odoo.tools import SQL


class CustomerPolicy(models.Model):
    _inherit = "customer.policy"

    entry_rule_ids = fields.One2many("customer.entry.rule", "policy_id", string="Entry Standard")
    recheck_rule_ids = fields.One2many("customer.recheck.rule", "policy_id", string="Re-check")


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _step_labels(self):
        return {**super()._step_labels(), "recheck": self.env._("Records to check again")}

    @api.model
    def _changed_sources(self, company, since):
        interactions = SQL(
            "SELECT partner_id FROM customer_interaction WHERE write_date >= %s AND company_id = %s", since, company.id
        )
        return {**super()._changed_sources(company, since), "interaction": interactions}
