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

    def _lot_values(self):
        """Points of orders, of the counter and of adjustments expire by the policy too; a card's own day comes first."""
        values = super()._lot_values()
        if self.program_type != "loyalty":
            return values
        company = self.program_id.company_id or self.env.company
        rules, day = self.env["loyalty.points.expiry.rule"], company._customer_policy_today()
        days = [values.get("expiration_date"), rules._expiration_date(self.program_id, company, day)]
        days = [date for date in days if date]
        return {**values, "expiration_date": min(days)} if days else values
