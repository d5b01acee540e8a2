from odoo import api, fields, models
from odoo.addons.customer_policy.fields import UncheckedMany2one
from odoo.exceptions import UserError
from odoo.tools import SQL

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

    # The entry is never deleted, and keeps its program and company: no keys are checked row by row.
    entry_id = UncheckedMany2one("loyalty.ledger.entry", required=True, readonly=True)
    company_id = UncheckedMany2one("res.company", required=True, readonly=True)
    program_id = UncheckedMany2one("loyalty.program", required=True, readonly=True)
    period_id = fields.Many2one("loyalty.points.period", "Closing", readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="entry_id.partner_id", string="Member")
    origin = fields.Selection(ORIGINS, required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    cohort = fields.Date("Month", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    points = fields.Float(
        digits=POINTS, readonly=True, help="Without those that were gone before points were in the books."
    )
    price = fields.Float("Paid", digits=(16, 6), readonly=True, help="For the document, without taxes.")
    point_price = fields.Float("Selling Price of a Point", digits=(16, 8), readonly=True, aggregator=False)
    amount = fields.Float("Deferred", digits=(16, 6), readonly=True)

    _entry_unique = models.UniqueIndex("(entry_id)", "These points are already valued.")
    _company_index = models.Index("(company_id, date)")

    @api.model
    def _value_lots(self, period):
        """Value the lots until the end of `period` that no closing has valued yet, with the rules in force today."""
        self.env.flush_all()
        self._allow_memory()
        self.env.cr.execute(SQL("DELETE FROM loyalty_points_value WHERE period_id = %s", period.id))
        prices = self._point_prices(period)
        if prices:
            lots = SQL(" UNION ALL ").join([self._new_lots(period), self._lots_from_before(period)])
            self.env.cr.execute(self._insert(period, lots, prices))
            while self._follow_transfers(period):
                pass
        self.invalidate_model(flush=False)

    @api.model
    def _allow_memory(self):
        """Millions of rows are joined: with the default 4 MB they go through files. For this transaction only."""
        self.env.cr.execute("SET LOCAL work_mem = '256MB'")

    def _point_prices(self, period):
        """{program: stand-alone selling price of a point, in the company's currency}, for programs with points.

        :raises UserError: nothing tells what the points of a program are worth
        """
        company, rules = period.company_id, self.env["loyalty.points.accounting.rule"]
        self.env.cr.execute(
            SQL("SELECT DISTINCT program_id FROM loyalty_ledger_entry WHERE company_id = %s", company.id)
        )
        programs = self.env["loyalty.program"].sudo().browse(row[0] for row in self.env.cr.fetchall())
        prices = {}
        for program in programs.filtered(lambda program: program.program_type == "loyalty"):
            rule = rules._for_program(company, program)
            value = rule._value_at_redemption(program) if rule else 0
            if not value:
                raise UserError(
                    self.env._(
                        "Nothing tells what a point of “%s” is worth: its rewards are percentages. Set its value in "
                        "the valuation of points of the customer policy.",
                        program.name,
                    )
                )
            value = program.currency_id._convert(value, company.currency_id, company, period.date_to, round=False)
            prices[program] = value * rule.redemption_rate / 100
        return prices

    def _new_lots(self, period):
        """SELECT of the lots since the company's start, but for transferred ones:
        (entry_id, program_id, date, origin, document, points)."""
        return SQL(
            """SELECT e.id, e.program_id, e.date,
                      CASE e.entry_type WHEN 'accrual' THEN 'sale' WHEN 'opening' THEN 'opening'
                                        WHEN 'reversal' THEN 'returned' ELSE 'granted' END,
                      CASE WHEN e.move_id IS NULL THEN e.order_model ELSE 'account.move' END,
                      COALESCE(e.move_id, e.order_id), e.points
                 FROM loyalty_ledger_entry e
                WHERE e.company_id = %(company)s AND e.is_lot AND e.points > 0 AND e.entry_type <> 'transfer'
                  AND e.date >= %(start)s AND e.date < %(end)s
                  AND NOT EXISTS (SELECT FROM loyalty_points_value v WHERE v.entry_id = e.id)""",
            company=period.company_id.id,
            start=period._first_moment(),
            end=period._end_moment(),
        )

    def _lots_from_before(self, period):
        """SELECT of what was left, at the start, of the lots from before it."""
        return SQL(
            """SELECT e.id, e.program_id, e.date, 'opening', NULL, NULL, e.points - COALESCE(u.points, 0)
                 FROM loyalty_ledger_entry e
                 LEFT JOIN (SELECT a.lot_id, SUM(a.points) AS points
                              FROM loyalty_ledger_allocation a JOIN loyalty_ledger_entry used ON used.id = a.entry_id
                             WHERE used.date < %(start)s GROUP BY a.lot_id) u ON u.lot_id = e.id
                WHERE e.company_id = %(company)s AND e.is_lot AND e.date < %(start)s
                  AND e.points > COALESCE(u.points, 0)
                  AND NOT EXISTS (SELECT FROM loyalty_points_value v WHERE v.entry_id = e.id)""",
            company=period.company_id.id,
            start=period._first_moment(),
        )

    def _insert(self, period, lots, prices):
        """What was paid for a document is shared between its goods and the points of all its lots."""
        return SQL(
            """INSERT INTO loyalty_points_value
                      (entry_id, company_id, program_id, period_id, origin, date, cohort, points, price, point_price,
                       amount)
               SELECT id, %(company)s, program_id, %(period)s,
                      CASE WHEN origin = 'sale' AND price IS NULL THEN 'granted' ELSE origin END,
                      date, date_trunc('month', date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date,
                      points, price, point_price,
                      ROUND(points * point_price * CASE WHEN origin = 'sale' AND price IS NOT NULL
                                THEN price / (price + SUM(points * point_price) OVER (PARTITION BY model, document))
                                ELSE 1 END, 6)
                 FROM (SELECT lot.id, lot.program_id, lot.date, lot.origin, lot.model, lot.document, lot.points,
                              CASE WHEN lot.origin = 'sale' THEN paid.price END AS price, program.point_price
                         FROM (%(lots)s) lot (id, program_id, date, origin, model, document, points)
                         JOIN (VALUES %(prices)s) program (id, point_price) ON program.id = lot.program_id
                         LEFT JOIN (%(paid)s) paid ON paid.model = lot.model AND paid.id = lot.document
                                                  AND paid.price > 0) valued""",
            company=period.company_id.id,
            period=period.id,
            tz=period.company_id.customer_policy_tz or "UTC",
            lots=lots,
            prices=SQL(", ").join(SQL("(%s, %s::numeric)", program.id, price) for program, price in prices.items()),
            paid=SQL(" UNION ALL ").join(
                SQL("SELECT %s AS model, id, price FROM (%s) document", model, select)
                for model, select in self._documents(period.company_id).items()
            ),
        )

    def _follow_transfers(self, period):
        """Points that went to another card take their value and month along; returns how many lots were valued."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO loyalty_points_value
                          (entry_id, company_id, program_id, period_id, origin, date, cohort, points, price,
                           point_price, amount)
                   SELECT e.id, v.company_id, v.program_id, %(period)s, v.origin, e.date, v.cohort, e.points, v.price,
                          v.point_price, ROUND(v.amount * e.points / v.points, 6)
                     FROM loyalty_ledger_entry e JOIN loyalty_points_value v ON v.entry_id = e.origin_entry_id
                    WHERE v.company_id = %(company)s AND e.entry_type = 'transfer' AND e.is_lot
                      AND e.date >= %(start)s AND e.date < %(end)s
                      AND NOT EXISTS (SELECT FROM loyalty_points_value known WHERE known.entry_id = e.id)""",
                period=period.id,
                company=period.company_id.id,
                start=period._first_moment(),
                end=period._end_moment(),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _documents(self, company):
        """{model of a document: SELECT of its id and `price`, what was paid, without taxes, in the company's
        currency}."""
        return {
            "account.move": SQL(
                "SELECT id, amount_untaxed_signed AS price FROM account_move WHERE company_id = %s", company.id
            ),
            "sale.order": SQL(
                "SELECT id, amount_untaxed / NULLIF(currency_rate, 0) AS price FROM sale_order WHERE company_id = %s",
                company.id,
            ),
        }
