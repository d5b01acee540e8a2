from odoo import fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one

ENTRY_TYPES = [
    ("opening", "Opening"),
    ("accrual", "Accrual"),
    ("redemption", "Redemption"),
    ("expiry", "Expiry"),
    ("reversal", "Reversal"),
    ("adjustment", "Adjustment"),
    ("transfer", "Transfer"),
]
# As many decimals as any currency of an e-wallet has, and one more.
POINTS = (16, 4)


class LoyaltyLedgerEntry(models.Model):
    """Every change of a card's balance, with document, reason, user and clause. Append-only.

    Entries are written by `loyalty.card._post_entries` alone, together with the balance of the card. The sum of a
    card's entries is its balance. A positive entry is a lot unless its points went back to lots that they came from.
    """

    _name = "loyalty.ledger.entry"
    _inherit = "loyalty.ledger.mixin"
    _description = "Points Ledger Entry"
    _order = "id desc"
    _rec_name = "reason"
    _log_access = False

    card_id = fields.Many2one("loyalty.card", required=True, ondelete="restrict")
    # No foreign keys where rows are never deleted: checking them row by row is half of letting a million lots expire.
    program_id = UncheckedMany2one("loyalty.program", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", index=True, ondelete="set null", help="Whose account it is: never a mere contact."
    )
    company_id = UncheckedMany2one("res.company", required=True, help="That of the document.")
    entry_type = fields.Selection(ENTRY_TYPES, "Type", required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    points = fields.Float(digits=POINTS, min_display_digits=0, required=True, help="Spendable points.")
    qualifying_points = fields.Float(
        digits=POINTS, min_display_digits=0, required=True, default=0, help="Points that count for the tier."
    )
    owed_points = fields.Float(
        digits=POINTS,
        min_display_digits=0,
        required=True,
        default=0,
        help="What could not be taken from the balance and is taken from later points; negative where it is taken.",
    )
    is_lot = fields.Boolean("Lot", help="Points that others are taken from.")
    expiration_date = fields.Date(help="Last day on which this lot could be spent, as it was given.")
    order_model = fields.Char()
    order_id = fields.Many2oneReference(model_field="order_model", string="Document")
    order_line_id = fields.Integer("Document Line")
    move_id = fields.Many2one(
        "account.move", "Invoice", index="btree_not_null", ondelete="set null", help="Invoice or credit note behind it."
    )
    reason = fields.Char(required=True)
    user_id = UncheckedMany2one("res.users", required=True)
    policy_id = UncheckedMany2one("customer.policy")
    clause_id = UncheckedMany2one("customer.policy.clause")
    clause = fields.Char("Clause as Cited", help="Number and title of the clause, as they were.")
    inputs = fields.Json(help="The figures that led to it.")
    origin_entry_id = UncheckedMany2one("loyalty.ledger.entry", string="Takes Back", index="btree_not_null")
    idempotency_key = fields.Char(help="An occasion with this key is posted once.")
    available_issued_points = fields.Float(
        "Left",
        digits=POINTS,
        min_display_digits=0,
        compute="_compute_available_issued_points",
        help="What this lot has left.",
    )
    allocation_ids = fields.One2many("loyalty.ledger.allocation", "entry_id", "Taken From")
    use_ids = fields.One2many("loyalty.ledger.allocation", "lot_id", "Used By")

    _card_idx = models.Index("(card_id, id)")
    _order_idx = models.Index("(order_id, order_model) WHERE order_id IS NOT NULL")
    _key_unique = models.UniqueIndex("(idempotency_key) WHERE idempotency_key IS NOT NULL")

    def _compute_available_issued_points(self):
        """Odoo's own name, of its next version, for what is left of points that were issued."""
        domain = [("entry_id", "in", self.ids), ("points", ">", 0)]
        left = dict(self.env["loyalty.ledger.open"]._read_group(domain, ["entry_id"], ["points:sum"]))
        for entry in self:
            entry.available_issued_points = left.get(entry, 0.0)
