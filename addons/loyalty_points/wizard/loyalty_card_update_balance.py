from odoo import models


class LoyaltyCardUpdateBalance(models.TransientModel):
    """Odoo's dialog on the card, with the reason that it asks for, becomes an adjustment."""

    _inherit = "loyalty.card.update.balance"

    def action_update_card_point(self):
        if self.old_balance == self.new_balance or self.new_balance < 0:
            return super().action_update_card_point()
        # sudo: whoever may write cards, of customers that are theirs to see, may ask for it; what is posted at once and
        # what is approved, the rule says.
        self.card_id.check_access("write")
        self.card_id._check_scope()
        adjustment_sudo = self.env["loyalty.points.adjustment"].sudo()
        adjustment_sudo = adjustment_sudo.create(
            {
                "card_id": self.card_id.id,
                "points": self.new_balance - self.old_balance,
                "reason": self.description,
                "requester_id": self.env.uid,
            }
        )
        return adjustment_sudo._submitted_action()
