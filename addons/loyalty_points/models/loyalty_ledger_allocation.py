from odoo import fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one

from .loyalty_ledger_entry import POINTS


class LoyaltyLedgerAllocation(models.Model):
    """From which lots an entry took its points, or to which it gave them back (negative). Append-only.

    What a lot has left is its points minus the sum of its allocations.
    """

    _name = "loyalty.ledger.allocation"
    _inherit = "loyalty.ledger.mixin"
    _description = "Points Taken from a Lot"
    _order = "id"
    _log_access = False

    # Entries are never deleted, so that foreign keys would only cost time.
    entry_id = UncheckedMany2one("loyalty.ledger.entry", required=True, index=True)
    lot_id = UncheckedMany2one("loyalty.ledger.entry", string="Lot", required=True, index=True)
    points = fields.Float(digits=POINTS, min_display_digits=0, required=True)
