from datetime import date, datetime

from freezegun import freeze_time
from odoo import Command, fields

from .common import LoyaltyPointsCommon

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


class BooksCommon(LoyaltyPointsCommon):
    """A company with accounts whose points enter the books in January 2026; a point is worth 1, 95 % are redeemed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_policy_tz = "UTC"
        cls.program.reward_ids = [
            Command.clear(),
            Command.create({"reward_type": "discount", "discount_mode": "per_point", "discount": 1}),
        ]
        cls.accounts = cls.set_up_books(cls.company)
        cls.periods = cls.env["loyalty.points.period"]
        cls.checks = cls.env["loyalty.points.check"]
        cls.accountant = cls.new_user("books", "account.group_account_invoice")
        cls.estimate(95)
        cls.receivable = cls.env["account.account"].create(
            {"name": "Debtors", "code": "1210", "account_type": "asset_receivable", "reconcile": True,
             "company_ids": [Command.set(cls.company.ids)]}
        )  # fmt: skip
        cls.customer.with_company(cls.company).property_account_receivable_id = cls.receivable
        cls.sales_journal = cls.env["account.journal"].create(
            {"name": "Sales", "code": "SAL", "type": "sale", "company_id": cls.company.id,
             "default_account_id": cls.accounts["revenue"].id}
        )  # fmt: skip

    @classmethod
    def set_up_books(cls, company):
        kinds = {"liability": "liability_current", "revenue": "income", "expense": "expense", "opening": "equity"}
        accounts = {
            name: cls.env["account.account"].create(
                {"name": f"Points {name}", "code": f"99{number}", "account_type": kind,
                 "company_ids": [Command.set(company.ids)]}
            )
            for number, (name, kind) in enumerate(kinds.items())
        }  # fmt: skip
        company.loyalty_points_journal_id = cls.env["account.journal"].create(
            {"name": "Points", "code": "PTS", "type": "general", "company_id": company.id}
        )
        company.loyalty_points_start = JANUARY
        for name, account in accounts.items():
            company[f"loyalty_points_{name}_id"] = account
        return accounts

    @classmethod
    def estimate(cls, rate, **values):
        """The rule in force, as a new version of the policy would say it."""
        rule = cls.env["loyalty.points.accounting.rule"]._in_force(cls.company)[:1]
        values = {"redemption_rate": rate, "point_price": 0, "breakage": "proportional", **values}
        cls.env.flush_all()
        for name, value in values.items():
            cls.env.cr.execute(f"UPDATE loyalty_points_accounting_rule SET {name} = %s WHERE id = %s", [value, rule.id])
        cls.env.invalidate_all()

    @classmethod
    def bill(cls, amount, day, move_type="out_invoice", **values):
        invoice = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "journal_id": cls.sales_journal.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": False,
                         "account_id": cls.accounts["revenue"].id}
                    )
                ],
                **values,
            }
        )  # fmt: skip
        invoice.action_post()
        return invoice

    @classmethod
    def sell(cls, card, amount, points, day):
        """An invoice of that day, and the points that it gives."""
        invoice = cls.bill(amount, day)
        return cls.post(card, points, move_id=invoice.id, date=datetime(day.year, day.month, day.day, 12))

    @classmethod
    def on(cls, day):
        return {"date": datetime(day.year, day.month, day.day, 12)}

    @classmethod
    def close(cls, month, user=None, today="2026-06-15"):
        periods = cls.periods.with_user(user or cls.accountant)
        vals = {"company_id": cls.company.id, "date_from": month}
        period = periods.search([(name, "=", value) for name, value in vals.items()]) or periods.create(vals)
        with freeze_time(today):
            period.action_close()
        return period

    @classmethod
    def close_now(cls):
        """The month that runs by the clock, closed in the next one."""
        month = fields.Date.today().replace(day=1)
        return cls.close(month, today=fields.Date.add(month, days=45))

    def balance(self, name, company=None):
        """Credit balance of an account, posted entries of points only."""
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.accounts[name].id), ("parent_state", "=", "posted"),
             ("journal_id", "=", (company or self.company).loyalty_points_journal_id.id)]
        )  # fmt: skip
        return -sum(lines.mapped("balance"))
