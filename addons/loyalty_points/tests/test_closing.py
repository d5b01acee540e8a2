"""From the ledger to the books: what closings post, and whether everything agrees."""

from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .books import FEBRUARY, JANUARY, BooksCommon


@tagged("post_install", "-at_install")
class TestClosing(BooksCommon):
    def setUp(self):
        super().setUp()
        self.card = self.new_card()

    def assert_agreed(self, company=None):
        self.assertEqual(self.checks._differences(company or self.company), [])

    def test_example_of_the_standard(self):
        """IFRS 15 IE267-IE270 from invoice to journal entry, to the cent."""
        self.sell(self.card, 100_000, 10_000, date(2026, 1, 10))
        self.post(self.card, -4_500, **self.on(date(2026, 1, 20)))
        first = self.close(JANUARY)
        # 100,000 x 9,500 / 109,500 = 8,675.80; of it 4,500 / 9,500 = 4,109.59
        self.assertEqual([round(self.balance("liability"), 2), round(self.balance("revenue"), 2)], [4566.21, -4566.21])
        self.assertEqual((first.deferred_change, first.released_change), (8675.8, 4109.59))
        self.post(self.card, -4_000, **self.on(date(2026, 2, 20)))
        self.estimate(97)
        second = self.close(FEBRUARY)
        self.assertEqual([round(second.released_change), round(second.liability)], [3_493, 1_073])
        self.assertEqual((second.deferred_change, round(self.balance("liability"), 2)), (0, second.liability))
        self.assertEqual(second.move_id.date, date(2026, 2, 28))
        self.assertEqual(second.move_id.state, "posted")
        self.assert_agreed()

    def test_expiry_releases_the_rest(self):
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.post(self.card, -40, **self.on(date(2026, 1, 20)))
        self.close(JANUARY)
        self.post(self.card, -60, "expiry", **self.on(date(2026, 2, 20)))
        period = self.close(FEBRUARY)
        self.assertEqual((period.outstanding, period.liability), (0, 0))
        self.assertAlmostEqual(self.balance("liability"), 0, 2)
        # All that was deferred, 1,000 x 95 / 1,095, is revenue in the end.
        self.assertAlmostEqual(sum(period.line_ids.mapped("released")), 86.76, 2)
        self.assertAlmostEqual(self.balance("revenue"), 0, 2)

    def test_points_of_a_returned_sale(self):
        """A credit note takes the points back with their part of the price: as if they had never been."""
        kept = self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        returned = self.sell(self.card, 3_000, 300, date(2026, 1, 11))
        self.post(self.card, -300, "reversal", origin_entry_id=returned.id, lots={returned.id: 300},
                  **self.on(date(2026, 1, 25)))  # fmt: skip
        period = self.close(JANUARY)
        self.assertAlmostEqual(period.liability, 86.76, 2)
        self.assertEqual(period.line_ids.cancelled, 300)
        self.assertEqual(self.card.points, kept.points)
        self.assert_agreed()

    def test_redeemed_points_that_come_back(self):
        """Points given back to their lot are a liability again."""
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        lot = self.card.ledger_entry_ids
        spent = self.post(self.card, -100, **self.on(date(2026, 1, 20)))
        self.assertEqual(self.close(JANUARY).liability, 0)
        self.post(self.card, 100, "reversal", origin_entry_id=spent.id, lots={lot.id: 100}, **self.on(FEBRUARY))
        self.assertAlmostEqual(self.close(FEBRUARY).liability, 86.76, 2)
        self.assert_agreed()

    def test_transferred_points(self):
        """A merge of members moves points with their value and month; nothing is posted for it."""
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.post(self.card, -20, **self.on(date(2026, 1, 11)))
        before = self.close(JANUARY)
        other = self.new_card(partner=self.new_customer("B"))
        third = self.new_card(partner=self.new_customer("C"))
        self.card._transfer(other, 50, reason="Test", **self.on(date(2026, 2, 10)))
        other._transfer(third, reason="Test", **self.on(date(2026, 2, 11)))
        after = self.close(FEBRUARY)
        self.assertEqual((after.liability, after.move_id.id, after.outstanding), (before.liability, False, 80))
        self.assertEqual(after.line_ids.cohort, JANUARY)
        self.assert_agreed()

    def test_points_without_a_sale_are_an_expense(self):
        self.post(self.card, 200, "adjustment", **self.on(date(2026, 1, 10)))
        self.post(self.card, 100, "accrual", reason="Birthday", **self.on(date(2026, 1, 11)))
        self.close(JANUARY)
        self.assertAlmostEqual(self.balance("expense"), -285, 2)  # 300 points, each worth 0.95
        self.assertAlmostEqual(self.balance("liability"), 285, 2)

    def test_points_from_before(self):
        """What members had before the start is taken over at what is left, against retained earnings."""
        self.post(self.card, 1_000, **self.on(date(2025, 11, 10)))
        self.post(self.card, -400, **self.on(date(2025, 12, 10)))
        self.post(self.card, -100, **self.on(date(2026, 1, 10)))
        period = self.close(JANUARY)
        self.assertAlmostEqual(self.balance("opening"), -570, 2)  # 600 x 0.95
        self.assertEqual((period.line_ids.issued, period.line_ids.redeemed), (600, 100))
        self.assertAlmostEqual(period.liability, 570 - 570 * 100 / 570, 2)  # 100 of 570 expected ones
        self.assert_agreed()

    def test_document_in_another_currency(self):
        """What was paid in a foreign currency counts in that of the company."""
        currency = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "X", "rounding": 0.01,
             "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4, "company_id": self.company.id})]}
        )  # fmt: skip
        invoice = self.bill(4_000, date(2026, 1, 10), currency_id=currency.id)
        self.post(self.card, 100, move_id=invoice.id, **self.on(date(2026, 1, 10)))
        self.assertAlmostEqual(self.close(JANUARY).liability, 86.76, 2)  # of 1,000, not of 4,000

    def test_programs_in_another_currency(self):
        """A point that is worth 4 of a currency at 4 to 1 is worth 1."""
        currency = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "X", "rounding": 0.01,
             "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4, "company_id": self.company.id})]}
        )  # fmt: skip
        program = self.new_program("Foreign", currency_id=currency.id)
        program.reward_ids = [
            Command.clear(), Command.create({"reward_type": "discount", "discount_mode": "per_point", "discount": 4})
        ]  # fmt: skip
        self.sell(self.new_card(program=program), 1_000, 100, date(2026, 1, 10))
        self.assertAlmostEqual(self.close(JANUARY).liability, 86.76, 2)

    # ------------------------------------------------------------ life

    def test_closing_twice(self):
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        period = self.close(JANUARY)
        with freeze_time("2026-06-15"), self.assertRaisesRegex(UserError, "is closed for"):
            period.action_close()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.periods.create({"company_id": self.company.id, "date_from": JANUARY})
            self.env.flush_all()
        self.assertEqual(self.env["account.move"].search_count([("journal_id.code", "=", "PTS")]), 1)

    def test_month_that_is_not_over(self):
        with freeze_time("2026-06-15"):
            period = self.periods.create({"company_id": self.company.id, "date_from": "2026-06-01"})
            with self.assertRaisesRegex(UserError, "not over"):
                period.action_close()

    def test_nothing_is_changed_after_the_closing(self):
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        period = self.close(JANUARY)
        for values in ({"date_from": FEBRUARY}, {"state": "draft"}, {"move_id": False}):
            with self.assertRaises(UserError):
                period.write(values)
        with self.assertRaises(UserError):
            period.unlink()
        forged = self.periods.with_user(self.accountant).with_context(default_state="closed").create(
            {"company_id": self.company.id, "date_from": FEBRUARY, "state": "closed", "number": 7}
        )  # fmt: skip
        self.assertEqual((forged.state, forged.number), ("draft", 0))
        forged.write({"state": "closed"})
        self.assertEqual(forged.state, "draft")

    def test_late_entries_are_posted_with_the_next_closing(self):
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.close(JANUARY)
        self.sell(self.card, 1_000, 100, date(2026, 1, 31))
        self.assert_agreed()
        period = self.close(FEBRUARY)
        self.assertAlmostEqual(period.deferred_change, 86.76, 2)
        self.assert_agreed()

    def test_correction(self):
        """A correction is a closing of its own: only the difference is posted, and what is posted stays."""
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.post(self.card, -10, **self.on(date(2026, 1, 11)))
        closed = self.close(JANUARY)
        before = closed.move_id.line_ids.mapped("balance")
        self.estimate(50)
        with freeze_time("2026-06-15"):
            action = closed.action_correct()
            correction = self.periods.with_user(self.accountant).browse(action["res_id"])
            self.assertEqual((correction.number, correction.state, correction.date_from), (1, "draft", JANUARY))
            correction.action_close()
        self.assertEqual(closed.move_id.line_ids.mapped("balance"), before)
        # 86.76 deferred; 10 of 95 released before, 10 of 50 now.
        self.assertAlmostEqual(correction.released_change, 86.757991 * (10 / 50 - 10 / 95), 2)
        self.assert_agreed()
        with freeze_time("2026-06-15"), self.assertRaisesRegex(UserError, "last closing"):
            closed.action_correct()

    def test_skipped_months(self):
        """Figures are cumulative: February closes January as well, which then can't be closed any more."""
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.assertAlmostEqual(self.close(FEBRUARY).deferred_change, 86.76, 2)
        with self.assertRaisesRegex(ValidationError, "is closed for"):
            self.close(JANUARY)

    def test_locked_period(self):
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.company.fiscalyear_lock_date = "2026-03-31"
        self.assertEqual(self.close(JANUARY).move_id.date, date(2026, 4, 1))
        self.assert_agreed()

    def test_hashed_journal(self):
        self.company.loyalty_points_journal_id.restrict_mode_hash_table = True
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        first = self.close(JANUARY)
        self.assertTrue(first.move_id.inalterable_hash)
        self.post(self.card, -50, **self.on(date(2026, 2, 10)))
        self.assertTrue(self.close(FEBRUARY).move_id.inalterable_hash)
        self.assert_agreed()

    def test_nothing_to_post(self):
        period = self.close(JANUARY)
        self.assertEqual((period.state, period.move_id.id), ("closed", False))
        self.assert_agreed()

    def test_drafts_by_the_job(self):
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        with freeze_time("2026-02-01"):
            draft = self.periods._prepare_draft(self.company)
            self.assertEqual((draft.date_from, draft.state, draft.move_id.id), (JANUARY, "draft", False))
            self.assertAlmostEqual(draft.liability, 86.76, 2)
            self.assertEqual(self.periods._prepare_draft(self.company), draft)
            draft.action_compute()
            draft.action_close()
            self.assertFalse(self.periods._prepare_draft(self.company))
        self.assertEqual(self.env["loyalty.points.value"].search_count([("company_id", "=", self.company.id)]), 1)

    # ------------------------------------------------------------ what is missing or wrong

    def test_company_without_accounts(self):
        self.company.loyalty_points_revenue_id = False
        with self.assertRaisesRegex(UserError, "Points Revenue"):
            self.close(JANUARY)

    def test_points_of_unknown_worth(self):
        self.program.reward_ids = [
            Command.clear(), Command.create({"reward_type": "discount", "discount_mode": "percent", "discount": 10})
        ]  # fmt: skip
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        with self.assertRaisesRegex(UserError, "Members"):
            self.close(JANUARY)
        self.estimate(95, point_price=1)
        self.assertAlmostEqual(self.close(JANUARY).liability, 86.76, 2)

    def test_account_stays(self):
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        self.close(JANUARY)
        with self.assertRaisesRegex(ValidationError, "stands on account"):
            self.company.loyalty_points_liability_id = self.accounts["liability"].copy()

    def test_rights(self):
        salesperson = self.new_user("seller", "sales_team.group_sale_salesman_all_leads")
        self.sell(self.card, 1_000, 100, date(2026, 1, 10))
        with self.assertRaises(AccessError):
            self.close(JANUARY, user=salesperson)
        period = self.close(JANUARY)
        with self.assertRaises(AccessError):
            period.with_user(self.manager).action_correct()
        self.assertEqual(period.with_user(self.manager).liability, period.liability)


@tagged("post_install", "-at_install")
class TestCompanies(BooksCommon):
    def test_two_companies(self):
        """A shared program: each company owes the points of its own documents, whoever redeems them."""
        second = self.env["res.company"].create({"name": "Second", "customer_policy_tz": "UTC"})
        self.env.user.company_ids |= second
        self.set_up_books(second)
        self.program.company_id = False
        card = self.new_card()
        self.sell(card, 1_000, 100, date(2026, 1, 10))
        self.post(card, 200, company_id=second.id, **self.on(date(2026, 1, 11)))
        self.post(card, -100, company_id=second.id, **self.on(date(2026, 1, 12)))
        mine = self.close(JANUARY)
        with freeze_time("2026-06-15"):
            theirs = self.periods.with_company(second).create({"company_id": second.id, "date_from": JANUARY})
            theirs.action_close()
        self.assertEqual((mine.line_ids.issued, mine.line_ids.redeemed, mine.liability), (100, 100, 0))
        self.assertEqual((theirs.line_ids.issued, theirs.line_ids.redeemed), (200, 0))
        self.assertEqual(theirs.move_id.company_id, second)
        self.assertEqual(self.checks._differences(second) + self.checks._differences(self.company), [])
        with self.assertRaises(AccessError):
            theirs.with_user(self.accountant).read(["liability"])
