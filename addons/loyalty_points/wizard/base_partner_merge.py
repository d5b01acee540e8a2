from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.loyalty_card import NOMINATIVE


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Ledgers move to the customer that remains."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_ledger_entry entry SET partner_id = contact.commercial_partner_id
                     FROM res_partner contact
                    WHERE contact.id = entry.partner_id AND contact.id = ANY(%s)
                      AND contact.commercial_partner_id <> contact.id""",
                (src_partners | dst_partner).ids,
            )
        )
        self.env.invalidate_all(flush=False)
        return result

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Accounts of the merged become one, by transfers: Odoo adds the balances up and leaves the history behind."""
        account = dst_partner.commercial_partner_id
        if account in src_partners:
            account = dst_partner
        merged = src_partners | dst_partner | account
        cards = self.env["loyalty.card"].sudo().search(Domain("partner_id", "in", merged.ids) & NOMINATIVE, order="id")
        for accounts in cards.grouped("program_id").values():
            # A colleague's own card is nobody's to merge.
            kept = accounts.filtered(lambda card: card.partner_id == account)[:1] or accounts[:1]
            if accounts.partner_id & src_partners:
                accounts._merge_into(kept, self.env._("Customers merged"))
                kept.partner_id = account
