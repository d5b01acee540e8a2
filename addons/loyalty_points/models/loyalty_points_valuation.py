from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Rows from which on the planner has to hear of them before they are summed up in the same transaction.
MANY = 10_000


class LoyaltyPointsValue(models.Model):
    """Valuing the lots that no closing has valued yet: a few statements, however many there are.

    What was paid for a document is shared between its goods and all the points that it gives, by relative stand-alone
    selling price (IFRS 15.76, B42). Both sides are taken without what has come back: a credit note lowers price and
    points, an edited document has another price and gives or takes the difference (IFRS 15.87-90). Points that a
    closing has valued are not valued anew; they leave with their part of the price when they are taken back.
    """

    _inherit = "loyalty.points.value"

    @api.model
    def _value_lots(self, period):
        """Value the lots until the end of `period` that no closing has valued yet, with the rules in force today."""
        self.env.flush_all()
        self._allow_memory()
        drafts = period.search([("company_id", "=", period.company_id.id), ("state", "=", "draft")])
        self._forget(period | drafts)
        lots = SQL(" UNION ALL ").join([self._new_lots(period), self._lots_from_before(period)])
        prices = self._point_prices(period, lots)
        if prices:
            self._collect(lots, prices)
            self.env.cr.execute(self._insert(period))
            if self.env.cr.rowcount > MANY:
                self.env.cr.execute("ANALYZE loyalty_points_value")
            while self._follow_transfers(period):
                pass
        self.invalidate_model(flush=False)

    @api.model
    def _allow_memory(self):
        """Millions of rows are joined: with the default 4 MB they go through files. For this transaction only."""
        self.env.cr.execute("SET LOCAL work_mem = '256MB'")

    @api.model
    def _forget(self, drafts):
        """What drafts have valued: only what a closing posts stays."""
        self.env.cr.execute(SQL("DELETE FROM loyalty_points_value WHERE period_id = ANY(%s)", drafts.ids))
        self.invalidate_model(flush=False)

    @api.model
    def _programs(self, company):
        """SELECT of the loyalty programs in which the company has given or taken points."""
        return SQL(
            """SELECT p.id FROM loyalty_program p
                WHERE p.program_type = 'loyalty' AND EXISTS (
                      SELECT FROM loyalty_ledger_entry e WHERE e.program_id = p.id AND e.company_id = %s)""",
            company.id,
        )

    def _point_prices(self, period, lots):
        """{program: stand-alone selling price of a point, in the company's currency}

        :raises UserError: nothing tells what the points of a program are worth that has lots to value
        """
        company, rules = period.company_id, self.env["loyalty.points.accounting.rule"]
        rows = self.env.execute_query(self._programs(company))
        prices, unknown = {}, {}
        for program in self.env["loyalty.program"].sudo().browse(row[0] for row in rows):
            rule = rules._for_program(company, program)
            value = rule._value_at_redemption(program) if rule else 0
            if value:
                value = program.currency_id._convert(value, company.currency_id, company, period.date_to, round=False)
                prices[program] = value * rule.redemption_rate / 100
            else:
                unknown[program.id] = program
        if unknown:
            self._check_worth(unknown, lots)
        return prices

    def _check_worth(self, unknown, lots):
        query = SQL(
            "SELECT program_id FROM (%s) lot (id, program_id) WHERE program_id = ANY(%s) LIMIT 1", lots, list(unknown)
        )
        for (program_id,) in self.env.execute_query(query):
            raise UserError(
                self.env._(
                    "Nothing tells what a point of “%s” is worth: its rewards are percentages. Set its value in "
                    "the valuation of points of the customer policy.",
                    unknown[program_id].name,
                )
            )

    # ------------------------------------------------------------ lots

    def _new_lots(self, period):
        """SELECT of the lots since the company's start, but for transferred ones:
        (entry_id, program_id, date, origin, model and id of the document, points).

        The document of points that were earned under the policy is that of the earning; points for anything else than
        buying are no part of a price, though a document may be their occasion (a friend's first invoice).
        """
        return SQL(
            """SELECT e.id, e.program_id, e.date,
                      CASE WHEN e.entry_type = 'opening' THEN 'opening' WHEN e.entry_type = 'reversal' THEN 'returned'
                           WHEN e.entry_type = 'accrual' AND COALESCE(earned.kind, 'purchase') = 'purchase' THEN 'sale'
                           ELSE 'granted' END,
                      COALESCE(earned.res_model,
                               CASE WHEN e.move_id IS NULL THEN e.order_model ELSE 'account.move' END),
                      COALESCE(earned.res_id, e.move_id, e.order_id), e.points
                 FROM loyalty_ledger_entry e LEFT JOIN loyalty_earning earned ON earned.entry_id = e.id
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
            """SELECT e.id, e.program_id, e.date, 'opening', NULL, NULL::integer, e.points - COALESCE(u.points, 0)
                 FROM loyalty_ledger_entry e CROSS JOIN LATERAL (
                      SELECT SUM(a.points) AS points
                        FROM loyalty_ledger_allocation a JOIN loyalty_ledger_entry used ON used.id = a.entry_id
                       WHERE a.lot_id = e.id AND used.date < %(start)s) u
                WHERE e.company_id = %(company)s AND e.is_lot AND e.date < %(start)s
                  AND e.points > COALESCE(u.points, 0)
                  AND NOT EXISTS (SELECT FROM loyalty_points_value v WHERE v.entry_id = e.id)""",
            company=period.company_id.id,
            start=period._first_moment(),
        )

    def _collect(self, lots, prices):
        """Lots with the price of their points, in a table of this transaction: the planner has to know how many there
        are, and takes nested loops for a part of a query that it can't count."""
        prices = SQL(", ").join(SQL("(%s, %s::numeric)", program.id, price) for program, price in prices.items())
        self.env.cr.execute("DROP TABLE IF EXISTS loyalty_points_lot")
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE loyalty_points_lot ON COMMIT DROP AS
                   SELECT found.*, program.point_price
                     FROM (%s) found (id, program_id, date, origin, res_model, res_id, points)
                     JOIN (VALUES %s) program (id, point_price) ON program.id = found.program_id""",
                lots,
                prices,
            )
        )
        self.env.cr.execute("ANALYZE loyalty_points_lot")

    def _insert(self, period):
        """Without a price of their own, points count at what they cost alone, and those of a sale as granted."""
        return SQL(
            """WITH %(documents)s
               INSERT INTO loyalty_points_value
                      (entry_id, company_id, program_id, period_id, origin, date, cohort, res_model, res_id, points,
                       price, point_price, amount)
               SELECT lot.id, %(company)s, lot.program_id, %(period)s,
                      CASE WHEN lot.origin = 'sale' AND document.price IS NULL THEN 'granted' ELSE lot.origin END,
                      lot.date, date_trunc('month', lot.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date,
                      document.res_model, document.res_id, lot.points, document.price, lot.point_price,
                      ROUND(lot.points * lot.point_price
                            * COALESCE(document.price / (document.price + document.alone), 1), 6)
                 FROM loyalty_points_lot lot
                 LEFT JOIN document ON lot.origin = 'sale' AND document.res_model = lot.res_model
                                   AND document.res_id = lot.res_id""",
            company=period.company_id.id,
            period=period.id,
            tz=period.company_id.customer_policy_tz or "UTC",
            documents=self._with_documents(period.company_id),
        )

    def _with_documents(self, company):
        """CTE `document` (res_model, res_id, price, alone) of the sales that the lots belong to: what is kept of the
        price, and what all points cost alone that were given for it and not taken back. Of a sale that has come back
        altogether the original figures, which leave with its points.
        """
        return SQL(
            """gone AS (
                   SELECT origin_entry_id AS lot_id, SUM(owed_points - points) AS points FROM loyalty_ledger_entry
                    WHERE entry_type = 'reversal' AND origin_entry_id IS NOT NULL GROUP BY origin_entry_id),
               given AS (
                   SELECT id, res_model, res_id, points, point_price FROM loyalty_points_lot
                    WHERE origin = 'sale' AND res_id IS NOT NULL
                   UNION ALL
                   SELECT entry_id, res_model, res_id, points, point_price FROM loyalty_points_value
                    WHERE company_id = %(company)s AND origin = 'sale'
                      AND (res_model, res_id) IN (
                          SELECT res_model, res_id FROM loyalty_points_lot WHERE origin = 'sale')),
               part AS (
                   SELECT res_model, res_id, SUM(given.points * point_price) AS alone,
                          SUM((given.points - COALESCE(gone.points, 0)) * point_price) AS kept
                     FROM given LEFT JOIN gone ON gone.lot_id = given.id GROUP BY res_model, res_id),
               document AS (
                   SELECT res_model, res_id,
                          CASE WHEN paid.price > paid.credited AND kept > 0 THEN paid.price - paid.credited
                               ELSE paid.price END AS price,
                          CASE WHEN paid.price > paid.credited AND kept > 0 THEN kept ELSE alone END AS alone
                     FROM part JOIN (%(paid)s) paid ON paid.model = part.res_model AND paid.id = part.res_id
                                                   AND paid.price > 0)""",
            company=company.id,
            paid=SQL(" UNION ALL ").join(
                SQL("SELECT %s AS model, id, price, credited FROM (%s) document", model, select)
                for model, select in self._documents(company).items()
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
