from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Rhythms are unique per customer and product: those that go are left to the next night, which finds the rhythm
        of all purchases together."""
        rhythms = self.env["customer.product.rhythm"]
        rhythms.flush_model()
        self.env.cr.execute(SQL("DELETE FROM customer_product_rhythm WHERE partner_id = ANY(%s)", src_partners.ids))
        rhythms.invalidate_model()
        return super()._update_foreign_keys(src_partners, dst_partner)
