from odoo import api, models
from odoo.tools import SQL


class CustomerPolicyRun(models.Model):
    _inherit = "customer.policy.run"

    @api.model
    def _changed_sources(self, company, since):
        """Records that defined metrics aggregate, too; what has been deleted is found by the night's full run."""
        sources = super()._changed_sources(company, since)
        for metric in self.env["customer.metric"]._in_force(company):
            records = self.env.get(metric.model)
            if metric._get_problem() or not records._auto or not records._log_access:
                continue
            sources[f"metric_{metric.model}_{metric.partner_field}"] = SQL(
                """SELECT %(partner)s AS partner_id FROM %(table)s
                    WHERE write_date >= %(since)s AND %(partner)s IS NOT NULL""",
                partner=SQL.identifier(metric.partner_field),
                table=SQL.identifier(records._table),
                since=since,
            )
        return sources
