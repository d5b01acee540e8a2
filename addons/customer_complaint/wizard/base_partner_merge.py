from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Cases move with their contacts; their customer, grade and deadlines are those of the remaining one."""
        cases_sudo = self.env["customer.complaint"].sudo()
        merged = (src_partners | dst_partner).ids
        moved = cases_sudo.search(["|", ("contact_id", "in", merged), ("partner_id", "in", merged)])
        result = super()._update_foreign_keys(src_partners, dst_partner)
        moved.invalidate_recordset()
        self.env.add_to_compute(moved._fields["partner_id"], moved)
        moved._update_clock(self.env._("Deadlines counted anew: contacts were merged."))
        return result
