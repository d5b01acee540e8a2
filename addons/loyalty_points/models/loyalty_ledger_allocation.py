from odoo import api, fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one
from odoo.exceptions import UserError

from .loyalty_ledger_entry import POINTS


class LoyaltyLedgerAllocation(models.Model):
    """From which lots an entry took its points, or to which it gave them back (negative). Append-only.

    What a lot has left is its points minus the sum of its allocations.
    """

    _name = "loyalty.ledger.allocation"
    _description = "Points Taken from a Lot"
    _order = "id"
    _log_access = False

    # Entries are never deleted, so that foreign keys would only cost time.
    entry_id = UncheckedMany2one("loyalty.ledger.entry", required=True, index=True)
    lot_id = UncheckedMany2one("loyalty.ledger.entry", string="Lot", required=True, index=True)
    points = fields.Float(digits=POINTS, min_display_digits=0, required=True)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("The points ledger is kept by the software alone. Adjust the balance of the card."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The points ledger can't be changed. Post a further entry."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The points ledger can't be deleted."))
