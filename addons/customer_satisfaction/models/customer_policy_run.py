from odoo import api, models
from odoo.tools import SQL


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _changed_sources(self, company, since):
        answered = SQL(
            "SELECT partner_id FROM customer_satisfaction_invitation WHERE date_answered >= %s AND company_id = %s",
            since,
            company.id,
        )
        return {**super()._changed_sources(company, since), "satisfaction": answered}
