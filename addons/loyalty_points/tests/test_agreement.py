"""The report says who, which account and by how much when cards, ledger and books do not agree."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .books import FEBRUARY, JANUARY, BooksCommon


@tagged("post_install", "-at_install")
class TestAgreement(BooksCommon):
    def setUp(self):
        super().setUp()
        self.card = self.new_card()
        self.lot = self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.period = self.close(JANUARY)
        self.env.flush_all()

    def differences(self):
        self.env.invalidate_all()
        return {found.code: found.text for found in self.checks._differences(self.company)}

    def test_agreed(self):
        report = self.env["loyalty.points.reconciliation"].with_user(self.accountant).create({})
        self.assertTrue(report.is_agreed)
        self.assertIn("agree to the cent", report.html)
        self.assertEqual(report.html.count("86.76"), 6)  # four sources, deferred and liability

    def test_balance_of_a_card(self):
        self.env.cr.execute("UPDATE loyalty_card SET points = points + 7 WHERE id = %s", self.card.ids)
        text = self.differences()["card"]
        self.assertIn("Longhua", text)
        self.assertIn("107 points, its ledger 100: 7 too many", text)
        report = self.env["loyalty.points.reconciliation"].with_user(self.accountant).create({})
        self.assertFalse(report.is_agreed)
        self.assertIn("They do not agree", report.html)
        self.assertIn("7 too many", report.html)

    def test_entry_changed_in_the_database(self):
        self.env.cr.execute("UPDATE loyalty_points_value SET amount = amount + 1 WHERE entry_id = %s", self.lot.ids)
        self.assertRegex(self.differences()["closing"], r"87\.76.*86\.76")

    def test_taken_twice_from_a_lot(self):
        self.env.cr.execute(
            "INSERT INTO loyalty_ledger_allocation (entry_id, lot_id, points) SELECT id, id, 130"
            " FROM loyalty_ledger_entry WHERE id = %s",
            self.lot.ids,
        )
        self.assertIn("of the 100 points", self.differences()["lot"])

    def test_entry_by_hand_on_the_account(self):
        liability, expense = self.accounts["liability"], self.accounts["expense"]
        move = self.env["account.move"].create(
            {"journal_id": self.company.loyalty_points_journal_id.id, "date": "2026-02-10", "line_ids": [
                Command.create({"account_id": liability.id, "debit": 5}),
                Command.create({"account_id": expense.id, "credit": 5})]}
        )  # fmt: skip
        move.action_post()
        text = self.differences()["account"]
        self.assertIn(liability.with_company(self.company).code, text)
        self.assertIn(move.name, text)
        self.assertIn("-5.00", text.replace("\ufeff", ""))
        with self.assertRaisesRegex(UserError, "do not agree"), self.env.cr.savepoint():
            self.close(FEBRUARY)
        self.assertEqual(self.periods._last_closed(self.company), self.period)

    def test_closing_entry_taken_back(self):
        self.period.move_id.button_draft()
        found = self.differences()
        self.assertIn("not posted", found["move"])
        self.assertIn("86.76", found["booked"])

    def test_the_job_tells_who_closed(self):
        self.env.cr.execute("UPDATE loyalty_card SET points = points + 7 WHERE id = %s", self.card.ids)
        self.env.invalidate_all()
        self.checks._report(self.company)
        self.checks._report(self.company)
        self.assertEqual(self.period.activity_ids.user_id, self.accountant)
        self.assertIn("7 too many", self.period.activity_ids.note)
        self.env.cr.execute("UPDATE loyalty_card SET points = points - 7 WHERE id = %s", self.card.ids)
        self.env.invalidate_all()
        self.checks._report(self.company)
        self.assertFalse(self.period.activity_ids)
