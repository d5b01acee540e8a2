from odoo import fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one

from .loyalty_ledger_entry import POINTS

ORIGINS = [
    ("sale", "Sale"),
    ("granted", "Granted"),
    ("returned", "Given Back"),
    ("opening", "From Before"),
]


class LoyaltyPointsValue(models.Model):
    """What a lot of points was given for: the part of a price that is deferred, fixed once (IFRS 15.88).

    Written by closings alone, one row per lot. The draft of a closing values the lots of its month anew; what a
    closing has posted stays.
    """

    _name = "loyalty.points.value"
    _description = "Value of Points"
    _order = "date desc, id desc"
    _log_access = False

    # The entry is never deleted, and keeps its program and company; a draft takes its rows along (see `_forget`): no
    # keys are checked row by row.
    entry_id = UncheckedMany2one("loyalty.ledger.entry", required=True, readonly=True)
    company_id = UncheckedMany2one("res.company", required=True, readonly=True)
    program_id = UncheckedMany2one("loyalty.program", required=True, readonly=True)
    period_id = UncheckedMany2one("loyalty.points.period", "Closing", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="entry_id.partner_id", string="Member")
    origin = fields.Selection(ORIGINS, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    cohort = fields.Date("Month", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    res_model = fields.Char("Model of the Document", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True, help="Whose price the points have a part of."
    )
    points = fields.Float(
        digits=POINTS,
        min_display_digits=0,
        readonly=True,
        help="Without those that were gone before points were in the books.",
    )
    price = fields.Float(
        "Paid",
        digits=(16, 6),
        readonly=True,
        help="For the document, without taxes and what was credited; with money, points or gift cards.",
    )
    point_price = fields.Float("Selling Price of a Point", digits=(16, 8), readonly=True, aggregator=False)
    amount = fields.Float("Deferred", digits=(16, 6), readonly=True)

    _entry_unique = models.UniqueIndex("(entry_id)", "These points are already valued.")
