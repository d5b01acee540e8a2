from odoo import models

# What moves a contact to another customer.
MOVES = {"parent_id", "is_company"}


class ResPartner(models.Model):
    """Who joins a company buys for it: what they have collected goes to its account."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if MOVES & set(vals):
            # sudo: whoever may move a contact need not see points.
            family = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
            cards_sudo = self.env["loyalty.card"].sudo()
            if cards_sudo.search_count([("partner_id", "in", family.ids)], limit=1):
                cards_sudo._gather_accounts(family)
        return result
