from odoo import api, models
from odoo.tools import SQL


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _changed_sources(self, company, since):
        orders = SQL(
            "SELECT partner_id FROM pos_order WHERE write_date >= %s AND company_id = %s AND partner_id IS NOT NULL",
            since,
            company.id,
        )
        return {**super()._changed_sources(company, since), "pos": orders}
