from odoo import fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one

from .loyalty_ledger_entry import POINTS


class LoyaltyLedgerOpen(models.Model):
    """Open items of the ledger: lots with points left (positive) and entries that no lot covers yet (negative).

    An index over entries and allocations, made from them and gone when nothing is left, so that a card with ten
    thousand entries costs what one with ten costs. A card has open lots or open debts, never both.
    """

    _name = "loyalty.ledger.open"
    _inherit = "loyalty.ledger.mixin"
    _description = "Open Points"
    _order = "expiration_date, entry_id.id"  # as the index has them, without a look at the entries
    _log_access = False

    entry_id = fields.Many2one("loyalty.ledger.entry", required=True, ondelete="restrict")
    card_id = UncheckedMany2one("loyalty.card", required=True)
    points = fields.Float(digits=POINTS, min_display_digits=0, required=True)
    expiration_date = fields.Date(
        help="Last day on which the points can be spent. It may be moved, unlike the lot's own."
    )
    program_id = fields.Many2one(related="entry_id.program_id")
    partner_id = fields.Many2one(related="entry_id.partner_id")
    company_id = fields.Many2one(related="entry_id.company_id")
    date = fields.Datetime(related="entry_id.date")

    _entry_unique = models.UniqueIndex("(entry_id)")
    _spending_idx = models.Index("(card_id, expiration_date, entry_id) WHERE points > 0")
    _debt_idx = models.Index("(card_id, entry_id) WHERE points < 0")
    _expiry_idx = models.Index("(expiration_date) WHERE points > 0 AND expiration_date IS NOT NULL")
