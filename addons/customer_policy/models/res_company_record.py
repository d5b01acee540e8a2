from odoo import models
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    def _recheck_created_sql(self):
        """SQL of the day, in the company's time zone of the policy, on which a `res_partner` `p` was created."""
        return SQL("(p.create_date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", self.customer_policy_tz or "UTC")
