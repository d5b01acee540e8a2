from odoo import api, models
from odoo.tools import SQL


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _changed_sources(self, company, since):
        complaint = SQL(
            "SELECT partner_id FROM customer_complaint WHERE write_date >= %s AND company_id = %s", since, company.id
        )
        return {**super()._changed_sources(company, since), "complaint": complaint}
