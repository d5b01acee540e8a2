from datetime import datetime, time

import pytz
from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date, get_lang
from odoo.tools.misc import babel_locale_parse

from .loyalty_ledger_entry import POINTS


def month_name(env, day):
    """“October 2026”, “2026年10月”: in the order of the reader's language."""
    return day and format_skeleton("yMMMM", day, locale=babel_locale_parse(get_lang(env).code))


# Written by the buttons only; what a draft begins with.
LIFE = {
    "state": "draft", "number": 0, "line_ids": False, "move_id": False, "liability_account_id": False,
    "last_entry_id": 0, "user_id": False, "date_closed": False,
}  # fmt: skip


class LoyaltyPointsPeriod(models.Model):
    """The points of a company's members at the end of a month, and the journal entry that brings its books there.

    Figures are cumulative since the start; the entry posts what they differ by from the closing before. So entries of
    the ledger that come late, and changed estimates, are caught up by the next closing, and nothing posted is touched.
    """

    _name = "loyalty.points.period"
    _description = "Closing of Points"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, number desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("Month", required=True, default=lambda self: self._next_month(self.env.company))
    date_to = fields.Date(compute="_compute_date_to")
    number = fields.Integer("Correction", readonly=True, help="0 is the closing, what follows are corrections.")
    state = fields.Selection([("draft", "Draft"), ("closed", "Closed")], required=True, readonly=True, default="draft")
    line_ids = fields.One2many("loyalty.points.period.line", "period_id", readonly=True)
    move_id = fields.Many2one("account.move", "Journal Entry", readonly=True, ondelete="restrict", check_company=True)
    liability_account_id = fields.Many2one("account.account", readonly=True, ondelete="restrict")
    last_entry_id = fields.Integer("Last Ledger Entry", readonly=True, help="Entries after it came late.")
    user_id = fields.Many2one("res.users", "Closed by", readonly=True)
    date_closed = fields.Datetime("Closed on", readonly=True)
    outstanding = fields.Float("Outstanding Points", compute="_compute_sums", digits=POINTS, min_display_digits=0)
    deferred_change = fields.Monetary("Deferred", compute="_compute_sums")
    released_change = fields.Monetary("Released", compute="_compute_sums")
    liability = fields.Monetary(compute="_compute_sums")

    _month_unique = models.UniqueIndex("(company_id, date_from, number)", "There is a closing of this month already.")
    _first_of_month = models.Constraint(
        "CHECK (EXTRACT(DAY FROM date_from) = 1)", "A closing is named by the first day of its month."
    )

    @api.depends("date_from")
    def _compute_date_to(self):
        for period in self:
            period.date_to = period.date_from and period.date_from + relativedelta(months=1, days=-1)

    @api.depends("date_from", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for period in self:
            month = month_name(self.env, period.date_from)
            correction = self.env._("%(month)s, correction %(number)s", month=month, number=period.number)
            period.display_name = correction if period.number else month

    @api.depends("line_ids.liability", "line_ids.deferred_change", "line_ids.released_change")
    def _compute_sums(self):
        for period in self:
            for name in ("outstanding", "deferred_change", "released_change", "liability"):
                period[name] = sum(period.line_ids.mapped(name))

    @api.constrains("date_from", "company_id", "state")
    def _check_month(self):
        for period in self:
            last = self._last_closed(period.company_id, other_than=period)
            if last and period.date_from < last.date_from:
                raise ValidationError(
                    self.env._("%(month)s is closed for %(company)s: what came late is posted with the next closing.",
                               month=last.display_name, company=period.company_id.name)
                )  # fmt: skip
            if period.date_from < period.company_id._points_first_month():
                raise ValidationError(
                    self.env._("The points of %(company)s are in its books since %(date)s.",
                               company=period.company_id.name,
                               date=format_date(self.env, period.company_id.loyalty_points_start))
                )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        """What belongs to the life of a closing is written by the buttons only."""
        number = self.env.context.get("points_correction", 0) if self.env.su else 0
        return super().create([{**vals, **LIFE, "number": number} for vals in vals_list])

    def write(self, vals):
        if not self.env.su and any(period.state == "closed" for period in self):
            raise UserError(self.env._("This month is closed. Corrections are closings of their own."))
        return super().write({name: value for name, value in vals.items() if self.env.su or name not in LIFE})

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(period.state == "closed" for period in self):
            raise UserError(self.env._("A closed month can't be deleted: its entry is in the books."))

    def unlink(self):
        result = super().unlink()
        self.env["loyalty.points.value"]._forget(self)
        return result

    # ------------------------------------------------------------ days

    def _first_moment(self):
        """UTC at which the points of the company enter its books."""
        return self._midnight(self.company_id._points_first_month())

    def _end_moment(self):
        """UTC at which the month is over, in the company's time zone."""
        return self._midnight(self.date_to + relativedelta(days=1))

    def _midnight(self, day):
        zone = pytz.timezone(self.company_id.customer_policy_tz or "UTC")
        return zone.localize(datetime.combine(day, time())).astimezone(pytz.UTC).replace(tzinfo=None)

    @api.model
    def _last_closed(self, company, other_than=None):
        domain = [("company_id", "=", company.id), ("state", "=", "closed")]
        if other_than:
            domain.append(("id", "!=", other_than._origin.id))
        return self.sudo().search(domain, limit=1)

    @api.model
    def _next_month(self, company):
        """First day of the month that is to be closed next; the current one before anything is configured."""
        last = self._last_closed(company)
        if last:
            return last.date_from + relativedelta(months=1)
        start = company.loyalty_points_start or company._customer_policy_today()
        return start.replace(day=1)

    # ------------------------------------------------------------ actions

    def action_compute(self):
        """Figures of the draft from the ledger as it is now; nothing is posted."""
        self.check_access("write")
        for period in self:
            period._check_open()
            period.sudo()._compute_lines()
        return True

    def action_close(self):
        """Compute, post the journal entry, and make sure that books and ledger agree."""
        self.check_access("write")
        for period in self.sorted(lambda period: (period.date_from, period.number)):
            period._check_open()
            period.sudo()._close(self.env.user)
        return True

    def action_correct(self):
        """A draft that posts what the last closing differs by from the ledger, rules and estimates of today."""
        self.ensure_one()
        self.check_access("create")
        if self != self._last_closed(self.company_id):
            raise UserError(self.env._("Only the last closing is corrected: it holds the balance of all before."))
        number, vals = self.number + 1, {"company_id": self.company_id.id, "date_from": self.date_from}
        domain = [(name, "=", value) for name, value in {**vals, "number": number}.items()]
        correction = self.search(domain) or self.sudo().with_context(points_correction=number).create(vals)
        correction.with_env(self.env).action_compute()
        return self._action_open(correction)

    def action_open_move(self):
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "account.move", "res_id": self.move_id.id,
                "views": [(False, "form")]}  # fmt: skip

    def action_open_values(self):
        """The lots valued by this closing."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_points.loyalty_points_value_action")
        return {**action, "domain": [("period_id", "=", self.id)]}

    def _action_open(self, period):
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": period.id,
                "views": [(False, "form")]}  # fmt: skip

    def _check_open(self):
        """:raises UserError: the month is closed, or not over yet"""
        self.ensure_one()
        self.company_id._points_accounts()
        if self.state == "closed":
            raise UserError(
                self.env._("%(month)s is closed for %(company)s since %(date)s. Corrections are closings of their own.",
                           month=self.display_name, company=self.company_id.name,
                           date=format_date(self.env, self.date_closed))
            )  # fmt: skip
        if self.date_to >= self.company_id._customer_policy_today():
            raise UserError(self.env._("%s is not over yet.", self.display_name))

    # ------------------------------------------------------------ closing

    def _close(self, user):
        """In one transaction; all closings of the company are locked, so that two people never post the same."""
        self.search([("company_id", "=", self.company_id.id)]).lock_for_update()
        self.invalidate_recordset()
        self._check_open()
        self._check_month()
        self._compute_lines()
        self.write(
            {
                "state": "closed",
                "user_id": user.id,
                "date_closed": fields.Datetime.now(),
                "liability_account_id": self.company_id.loyalty_points_liability_id.id,
                "move_id": self._post_move().id,
            }
        )
        self.env["loyalty.points.check"]._assert_agreement(self.company_id)

    def _compute_lines(self):
        self.env["loyalty.points.value"]._value_lots(self)
        self.env.cr.execute(SQL("SELECT COALESCE(MAX(id), 0) FROM loyalty_ledger_entry"))
        self.last_entry_id = self.env.cr.fetchone()[0]
        self.line_ids.unlink()
        self.env["loyalty.points.period.line"].create(self.env["loyalty.points.period.line"]._prepare(self))

    @api.model
    def _cron_prepare(self):
        """Drafts of the months that are over, one per company, for the accountant to look at and close."""
        companies = self.env["res.company"]._customer_policy_companies()
        companies = companies.filtered(lambda company: company._points_is_accounted())
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._prepare_draft(company)
            self.env["ir.cron"]._commit_progress(1)

    def _prepare_draft(self, company):
        """The draft of the next month to close, computed; empty if that month is not over yet."""
        month = self._next_month(company)
        draft = self.search([("company_id", "=", company.id), ("date_from", "=", month), ("number", "=", 0)])
        if month + relativedelta(months=1) > company._customer_policy_today():
            return draft
        draft = draft or self.create({"company_id": company.id, "date_from": month})
        draft._compute_lines()
        return draft
