from odoo import fields, models

from .loyalty_ledger_entry import POINTS


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    # The ledger is a better trace than tracking, and a copy of a card holds nothing.
    points = fields.Float(tracking=False, copy=False)
    points_owed = fields.Float(
        "Owed Points",
        digits=POINTS,
        min_display_digits=0,
        default=0,
        readonly=True,
        copy=False,
        help="Points of returned goods that were spent already; taken from the points earned next.",
    )
    ledger_entry_ids = fields.One2many("loyalty.ledger.entry", "card_id", "Ledger")
