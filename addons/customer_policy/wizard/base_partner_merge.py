from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Move overrides and history to the remaining customer and let its profile be computed anew.

        Core would delete or refuse rows that are unique per customer.
        """
        sources = tuple(src_partners.ids)
        target = dst_partner.commercial_partner_id
        if target in src_partners:
            target = dst_partner
        companies = self._keep_entries(src_partners, target)
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM customer_profile WHERE partner_id IN %s", sources))
        # Only one override can be in effect: the remaining customer's own, else the newest.
        self.env.cr.execute(
            SQL(
                """UPDATE customer_grade_override SET state = 'cancelled'
                    WHERE state = 'approved' AND partner_id IN %(all)s AND id NOT IN (
                          SELECT DISTINCT ON (company_id) id FROM customer_grade_override
                           WHERE state = 'approved' AND partner_id IN %(all)s
                           ORDER BY company_id, (partner_id = %(target)s) DESC, id DESC)""",
                all=(*sources, target.id),
                target=target.id,
            )
        )
        # Core would give them to the remaining partner, which can be a contact of the customer.
        for table in ("customer_grade_override", "customer_grade_history"):
            self.env.cr.execute(
                SQL("UPDATE %s SET partner_id = %s WHERE partner_id IN %s", SQL.identifier(table), target.id, sources)
            )
        self.env.invalidate_all(flush=False)
        # sudo: whoever may merge takes all along; Odoo's website reads visitors, which not everybody may see.
        result = super()._update_foreign_keys(src_partners.sudo(), dst_partner.sudo())
        for company in companies:
            self.env["customer.policy.engine"]._run(company, target.ids)
        return result

    def _keep_entries(self, src_partners, target):
        """Let what people entered into the merged profiles survive; returns the companies that have any.

        sudo: a merge takes all along, in whatever company it stands.
        """
        profiles_sudo = self.env["customer.profile"].sudo()
        profiles = profiles_sudo.search([("partner_id", "in", (src_partners | target).ids)])
        for company, merged in profiles.grouped("company_id").items():
            kept = merged.filtered(lambda profile: profile.partner_id == target)
            merged -= kept
            if merged:
                kept = kept or profiles_sudo.create({"partner_id": target.id, "company_id": company.id})
                kept.write((kept | merged)._entries_to_keep())
                self._update_foreign_keys_generic("customer.profile", merged, kept)
        return profiles.company_id
