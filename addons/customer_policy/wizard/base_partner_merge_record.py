from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep where the facts of the remaining partner come from, with those that only a merged one had: core can't
        move rows that are unique per partner. Imported contact history stays known to its file."""
        self.env["customer.interaction"].sudo()._follow_merge(src_partners.ids, dst_partner.id)
        self.env["customer.fact"].flush_model()
        sources = tuple(src_partners.ids)
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_fact (partner_id, field_name, source, date, user_id)
                   SELECT DISTINCT ON (field_name) %s, field_name, source, date, user_id
                     FROM customer_fact WHERE partner_id IN %s ORDER BY field_name, date DESC
              ON CONFLICT (partner_id, field_name) DO NOTHING""",
                dst_partner.id,
                sources,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM customer_fact WHERE partner_id IN %s", sources))
        self.env["customer.fact"].invalidate_model()
        return super()._update_foreign_keys(src_partners, dst_partner)
