from odoo import api, models


class LoyaltyLedgerMixin(models.AbstractModel):
    """What `loyalty.card._post_entries` writes, and nobody else."""

    _name = "loyalty.ledger.mixin"
    _description = "Part of the Points Ledger"
    _inherit = "customer.policy.append.only"

    @api.model
    def _get_append_only_hint(self):
        return self.env._("Adjust the balance of the card: every change is a further entry.")
