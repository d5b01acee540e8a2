from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Warnings move to the customer that remains; of several open ones of a company the first one stays open."""
        warnings_sudo = self.env["churn.warning"].sudo().with_context(active_test=False)
        merged = (src_partners | dst_partner).ids
        waiting = warnings_sudo.search(
            [("partner_id", "in", merged), ("state", "!=", "closed")], order="date_opened, id"
        )
        for same in waiting.grouped("company_id").values():
            same[1:]._finish("merged")
            # What the others bought before is no return.
            before = [warning.purchase_before for warning in same if warning.purchase_before]
            same[0].purchase_before = max(before, default=False)
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
