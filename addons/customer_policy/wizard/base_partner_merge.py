from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Move overrides and history to the remaining partner and let its profile be computed anew.

        Core would delete or refuse rows that are unique per customer.
        """
        sources = tuple(src_partners.ids)
        target = dst_partner.commercial_partner_id
        if target in src_partners:
            target = dst_partner
        companies = (
            self.env["customer.profile"]
            .sudo()
            .search([("partner_id", "in", (src_partners | dst_partner).ids)])
            .company_id
        )
        self.env.flush_all()
        # What was entered by hand survives where the remaining customer has nothing of its own.
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_profile AS kept
                          (partner_id, company_id, is_marked, potential_estimate, potential_date, potential_user_id)
                   SELECT DISTINCT ON (company_id)
                          %(target)s, company_id, is_marked, potential_estimate, potential_date, potential_user_id
                     FROM customer_profile
                    WHERE partner_id IN %(sources)s AND (is_marked OR potential_estimate <> 0)
                    ORDER BY company_id, potential_date DESC NULLS LAST
              ON CONFLICT (partner_id, company_id) DO UPDATE
                      SET is_marked = kept.is_marked OR EXCLUDED.is_marked,
                          potential_estimate =
                              COALESCE(NULLIF(kept.potential_estimate, 0), EXCLUDED.potential_estimate),
                          potential_date = COALESCE(kept.potential_date, EXCLUDED.potential_date),
                          potential_user_id = COALESCE(kept.potential_user_id, EXCLUDED.potential_user_id)""",
                target=target.id,
                sources=sources,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM customer_profile WHERE partner_id IN %s", sources))
        # Only one override can be in effect: the remaining customer's own, else the newest.
        self.env.cr.execute(
            SQL(
                """UPDATE customer_grade_override SET state = 'cancelled'
                    WHERE state = 'approved' AND partner_id IN %(all)s AND id NOT IN (
                          SELECT DISTINCT ON (company_id) id FROM customer_grade_override
                           WHERE state = 'approved' AND partner_id IN %(all)s
                           ORDER BY company_id, (partner_id = %(target)s) DESC, id DESC)""",
                all=(*sources, dst_partner.id),
                target=dst_partner.id,
            )
        )
        self.env.invalidate_all(flush=False)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        for company in companies:
            self.env["customer.policy.engine"]._run(company, target.ids)
        return result
