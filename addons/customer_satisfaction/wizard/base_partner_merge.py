from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Invitations and answers move with their contacts, to the customer that remains. Who wanted no surveys wants
        none afterwards."""
        self.env.flush_all()
        merged = (src_partners | dst_partner).ids
        opted_out = any((src_partners | dst_partner).mapped("satisfaction_opt_out"))
        result = super()._update_foreign_keys(src_partners, dst_partner)
        for table in ("customer_satisfaction_invitation", "customer_satisfaction_answer"):
            self.env.cr.execute(
                SQL(
                    """UPDATE %s moved SET partner_id = contact.commercial_partner_id FROM res_partner contact
                        WHERE contact.id = moved.contact_id
                          AND (moved.contact_id = ANY(%s) OR moved.partner_id = ANY(%s))
                          AND moved.partner_id IS DISTINCT FROM contact.commercial_partner_id""",
                    SQL.identifier(table),
                    merged,
                    merged,
                )
            )
        self.env.invalidate_all(flush=False)
        if opted_out:
            dst_partner.satisfaction_opt_out = True
        return result
