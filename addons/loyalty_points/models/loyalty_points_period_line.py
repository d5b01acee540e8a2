from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.liability import Cohort
from .loyalty_ledger_entry import POINTS
from .loyalty_points_period import month_name
from .loyalty_points_value import ORIGINS

# No entry has a greater number.
LAST = 2**31 - 1
# Figures of a `Cohort`, in its order: what became of the points, and of which column the sum.
FIGURES = (
    ("issued", "points"),
    ("issued", "amount"),
    ("redeemed", "points"),
    ("lapsed", "points"),
    ("cancelled", "points"),
    ("cancelled", "amount"),
)


class LoyaltyPointsPeriodLine(models.Model):
    """Points of one program, month of issue and origin at the end of a closed month: all figures since the start."""

    _name = "loyalty.points.period.line"
    _description = "Line of a Closing of Points"
    _order = "program_id, cohort desc, origin"
    _log_access = False

    period_id = fields.Many2one("loyalty.points.period", "Closing", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="period_id.date_from", store=True, string="Closed Month")
    state = fields.Selection(related="period_id.state", store=True)
    program_id = fields.Many2one("loyalty.program", required=True, ondelete="restrict")
    cohort = fields.Date("Month of Issue", required=True)
    month = fields.Char("Issued in", compute="_compute_month")
    origin = fields.Selection(ORIGINS, required=True)
    rate = fields.Float("Expected (%)", digits=(16, 2), aggregator="avg")
    is_proportional = fields.Boolean("Breakage in Proportion")
    issued = fields.Float(digits=POINTS, min_display_digits=0)
    cancelled = fields.Float(
        "Taken Back", digits=POINTS, min_display_digits=0, help="With the sale that had given them."
    )
    redeemed = fields.Float(digits=POINTS, min_display_digits=0)
    lapsed = fields.Float(digits=POINTS, min_display_digits=0, help="Expired or forfeited.")
    outstanding = fields.Float(digits=POINTS, min_display_digits=0)
    expected = fields.Float("Expected to Be Redeemed", digits=POINTS, min_display_digits=0)
    deferred = fields.Monetary()
    released = fields.Monetary()
    breakage = fields.Monetary(help="Part of the released amount for points that nobody redeems.")
    liability = fields.Monetary()
    deferred_change = fields.Monetary("Deferred This Time")
    released_change = fields.Monetary("Released This Time")

    @api.depends("cohort")
    @api.depends_context("lang")
    def _compute_month(self):
        for line in self:
            line.month = month_name(self.env, line.cohort)

    @api.model
    def _prepare(self, period):
        """Values of the lines of a draft: where each cohort stands, and what that differs by from the last closing."""
        before = {line._key(): line for line in period._last_closed(period.company_id, other_than=period).line_ids}
        vals_list = []
        for key, vals in self._positions(period).items():
            last = before.pop(key, None)
            vals_list.append(self._with_changes(period, vals, last))
        for last in before.values():
            # Nothing is left of it in the ledger: what was posted is taken back.
            vals_list.append(self._with_changes(period, last._identity(), last))
        return vals_list

    def _key(self):
        return self.program_id.id, self.cohort, self.origin

    def _identity(self):
        names = ("cohort", "origin", "rate", "is_proportional")
        return {"program_id": self.program_id.id, **{name: self[name] for name in names}}

    def _with_changes(self, period, vals, last):
        currency = period.currency_id
        changes = {
            f"{name}_change": currency.round(vals.get(name, 0.0) - (last[name] if last else 0.0))
            for name in ("deferred", "released")
        }
        return {"period_id": period.id, **vals, **changes}

    @api.model
    def _positions(self, period, last_entry_id=None, estimates=None):
        """{(program id, month, origin): values} at the end of a period.

        :param last_entry_id: leave out entries of the ledger after this one
        :param estimates: {program id: (rate, is_proportional)} of a closing; otherwise the rules in force
        """
        unit, found = Decimal(str(period.currency_id.rounding)), {}
        estimates = dict(estimates or {})
        for program_id, month, origin, *figures in self._cohorts(period, last_entry_id):
            if program_id not in estimates:
                estimates[program_id] = self._estimate(period.company_id, program_id)
            rate, is_proportional = estimates[program_id]
            cohort = Cohort(*map(Decimal, figures))
            position = cohort.position(Decimal(str(rate)) / 100, is_proportional).rounded(unit)
            found[program_id, month, origin] = {
                "program_id": program_id, "cohort": month, "origin": origin, "rate": rate,
                "is_proportional": is_proportional,
                **self._as_floats(cohort, ("issued", "cancelled", "redeemed", "lapsed", "outstanding")),
                **self._as_floats(position, ("expected", "deferred", "released", "breakage", "liability")),
            }  # fmt: skip
        return found

    def _estimate(self, company, program_id):
        """:raises UserError: no rule in force says what is expected"""
        program = self.env["loyalty.program"].sudo().browse(program_id)
        rule = self.env["loyalty.points.accounting.rule"]._for_program(company, program)
        if not rule:
            raise UserError(
                self.env._("No rule of the customer policy in force values the points of “%s”.", program.name)
            )
        return rule.redemption_rate, rule.breakage != "expiry"

    def _as_floats(self, figures, names):
        return {name: float(getattr(figures, name)) for name in names}

    @api.model
    def _cohorts(self, period, last_entry_id=None):
        """Rows (program, month, origin, figures of a `Cohort` as exact texts) from the ledger, in one statement.

        An allocation counts from when both its entries are there: a debt is repaid by the lot that comes later.
        """
        self.env.flush_all()
        self.env["loyalty.points.value"]._allow_memory()
        lots, used = self._lots(period, last_entry_id), self._uses(last_entry_id)
        return self.env.execute_query(
            SQL(
                """SELECT program_id, cohort, origin, %(figures)s
                     FROM (SELECT program_id, cohort, origin, 'issued' AS kind, SUM(points) AS points,
                                  SUM(amount) AS amount
                             FROM (%(lots)s) lot GROUP BY 1, 2, 3
                            UNION ALL
                           SELECT lot.program_id, lot.cohort, lot.origin, used.kind, SUM(used.points),
                                  SUM(CASE WHEN used.kind = 'cancelled' THEN lot.amount * used.points / lot.points END)
                             FROM (%(used)s) used JOIN (%(lots)s) lot ON lot.entry_id = used.lot_id
                            WHERE GREATEST(used.date, lot.date) >= %(start)s AND GREATEST(used.date, lot.date) < %(end)s
                            GROUP BY 1, 2, 3, 4) part
                    GROUP BY 1, 2, 3""",
                figures=SQL(", ").join(
                    SQL("COALESCE(SUM(%s) FILTER (WHERE kind = %s), 0)::text", SQL.identifier(column), kind)
                    for kind, column in FIGURES
                ),
                lots=lots,
                used=used,
                start=period._first_moment(),
                end=period._end_moment(),
            )
        )

    @api.model
    def _lots(self, period, last_entry_id):
        """SELECT of the valued lots; as of a closing without those that came, or were valued by a draft, after it."""
        drafts = period.sudo().search([("company_id", "=", period.company_id.id), ("state", "=", "draft")]) - period
        return SQL(
            """SELECT entry_id, program_id, cohort, origin, date, points, amount FROM loyalty_points_value
                WHERE company_id = %s AND date < %s AND entry_id <= %s AND period_id <> ALL(%s)""",
            period.company_id.id,
            period._end_moment(),
            LAST if last_entry_id is None else last_entry_id,
            drafts.ids,
        )

    @api.model
    def _uses(self, last_entry_id):
        """SELECT of what was taken from lots: (lot_id, points, date, kind). Lots take nothing themselves."""
        return SQL(
            """SELECT a.lot_id, a.points, e.date,
                      CASE WHEN e.entry_type = 'redemption' OR a.points < 0 THEN 'redeemed'
                           WHEN e.entry_type IN ('reversal', 'transfer') THEN 'cancelled'
                           ELSE 'lapsed' END AS kind
                 FROM loyalty_ledger_allocation a JOIN loyalty_ledger_entry e ON e.id = a.entry_id
                WHERE e.is_lot IS NOT TRUE AND e.id <= %s""",
            LAST if last_entry_id is None else last_entry_id,
        )
