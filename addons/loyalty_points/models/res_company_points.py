from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ResCompany(models.Model):
    """Where the points of a company's members go in its books."""

    _inherit = "res.company"

    loyalty_points_start = fields.Date(
        "Points in the Books Since",
        help="First month that is closed. Points from before are taken over with it, at what they are worth then.",
    )
    loyalty_points_journal_id = fields.Many2one(
        "account.journal", "Points Journal", domain="[('type', '=', 'general')]", check_company=True
    )
    loyalty_points_liability_id = fields.Many2one(
        "account.account",
        "Points Liability",
        check_company=True,
        domain="[('internal_group', '=', 'liability')]",
        help="Contract liability: what members have yet to redeem. Nothing else is posted there.",
    )
    loyalty_points_revenue_id = fields.Many2one(
        "account.account",
        "Points Revenue",
        check_company=True,
        domain="[('internal_group', '=', 'income')]",
        help="Less when points are given with a sale, more when they are redeemed or lapse.",
    )
    loyalty_points_expense_id = fields.Many2one(
        "account.account",
        "Points Expense",
        check_company=True,
        domain="[('internal_group', 'in', ('expense', 'income'))]",
        help="Points given without a sale: birthdays, surveys, adjustments.",
    )
    loyalty_points_opening_id = fields.Many2one(
        "account.account",
        "Points from Before",
        check_company=True,
        help="Counterpart of the points that members had before: retained earnings. Empty: the expense account.",
    )

    @api.constrains("loyalty_points_liability_id", "loyalty_points_start")
    def _check_points_liability(self):
        """A closed month stays where it was posted."""
        periods_sudo = self.env["loyalty.points.period"].sudo()
        for company in self:
            last = periods_sudo._last_closed(company)
            if last and company.loyalty_points_liability_id != last.liability_account_id:
                raise ValidationError(
                    self.env._(
                        "The points liability of %(company)s stands on account %(account)s since the closing of "
                        "%(month)s. To use another one, rename or recode that account.",
                        company=company.name,
                        account=self.env["loyalty.points.check"].sudo()._account_name(last),
                        month=last.display_name,
                    )
                )

    def _points_accounts(self):
        """Accounts by origin of the points, and the one that releases go to.

        :raises UserError: naming what is missing
        """
        self.ensure_one()
        needed = [
            "loyalty_points_start",
            "loyalty_points_journal_id",
            "loyalty_points_liability_id",
            "loyalty_points_revenue_id",
            "loyalty_points_expense_id",
        ]
        missing = [self._fields[name]._description_string(self.env) for name in needed if not self[name]]
        if missing:
            raise UserError(
                self.env._(
                    "The points of %(company)s are not in its books yet. Set in Settings, Customer Policy, Points: "
                    "%(fields)s.",
                    company=self.name,
                    fields=", ".join(missing),
                )
            )
        revenue, expense = self.loyalty_points_revenue_id, self.loyalty_points_expense_id
        return {
            "sale": revenue,
            "returned": revenue,
            "granted": expense,
            "opening": self.loyalty_points_opening_id or expense,
        }

    def _points_is_accounted(self):
        """Whether accounts and start are set."""
        self.ensure_one()
        try:
            return bool(self._points_accounts())
        except UserError:
            return False

    def _points_first_open_date(self, day, journal):
        """`day`, or the first day after it that no lock date closes for `journal`."""
        self.ensure_one()
        locks = self._get_violated_lock_dates(day, False, journal)
        return fields.Date.add(max(lock for lock, _field in locks), days=1) if locks else day

    def _points_first_month(self):
        self.ensure_one()
        return self.loyalty_points_start.replace(day=1) if self.loyalty_points_start else date.min
