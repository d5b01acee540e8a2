from odoo import api, models


class LoyaltyCard(models.Model):
    """One account per customer and program: contacts earn for their company."""

    _inherit = "loyalty.card"

    @api.model
    def _get_member_cards(self, partners, programs):
        """{(commercial partner id, program id): card}, the oldest where there are several; as sudo."""
        members = partners.commercial_partner_id
        domain = [("partner_id.commercial_partner_id", "in", members.ids), ("program_id", "in", programs.ids)]
        cards = {}
        for card in self.sudo().search(domain, order="id"):
            member = card.partner_id.commercial_partner_id
            best = cards.setdefault((member.id, card.program_id.id), card)
            if card.partner_id == member != best.partner_id:
                cards[member.id, card.program_id.id] = card
        return cards
