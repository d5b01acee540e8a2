from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Tiers of merged customers: the best one goes on, what the others were stays in the history."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_tier_membership m SET date_end = CURRENT_DATE FROM (
                       SELECT m.id, ROW_NUMBER() OVER (
                                        PARTITION BY m.company_id
                                        ORDER BY t.sequence, t.id, m.review_date DESC, m.id) AS place
                         FROM loyalty_tier_membership m JOIN loyalty_tier t ON t.id = m.tier_id
                        WHERE m.partner_id = ANY(%s) AND m.date_end IS NULL) current
                    WHERE m.id = current.id AND current.place > 1""",
                (src_partners | dst_partner).ids,
            )
        )
        self.env["loyalty.tier.membership"].invalidate_model(flush=False)
        return super()._update_foreign_keys(src_partners, dst_partner)
