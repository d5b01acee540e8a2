"""What points were given for: every document that gives some, what was paid for it, and what came back of it."""

from datetime import date

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .books import FEBRUARY, JANUARY, BooksCommon


@tagged("post_install", "-at_install")
class TestValuation(BooksCommon):
    """Ten pieces of tea for 1,000 give 1,000 points, worth 950: 1,000 x 950 / 1,950 = 487.18 of the price is theirs."""

    def setUp(self):
        super().setUp()
        self.program.earning_moment = "invoice"

    def order(self, **values):
        order = self.new_order(lines=[(self.product, 10)], **values)
        order.action_confirm()
        return order

    def deferred(self, amount, **others):
        """Close, and compare what is deferred with what the other accounts say."""
        period = self.close_now()
        self.assertAlmostEqual(period.liability, amount, 2)
        for name in ("expense", "opening"):
            self.assertAlmostEqual(self.balance(name), others.get(name, 0), 2, name)
        self.assertEqual(self.checks._differences(self.company), [])
        return period

    def test_points_earned_with_an_order(self):
        """Under the policy they are the earning's, not the order's own; they are part of its price all the same."""
        self.program.earning_moment = "confirmation"
        order = self.order()
        period = self.deferred(487.18)
        value = self.env["loyalty.points.value"].search([("period_id", "=", period.id)])
        self.assertEqual((value.origin, value.res_model, value.res_id), ("sale", "sale.order", order.id))

    def test_points_of_the_order_itself(self):
        self.program.earning_moment = "order"
        self.order()
        self.deferred(487.18)

    def test_referral_is_no_part_of_the_friends_price(self):
        """A friend's invoice is the occasion; who has referred them has paid nothing for the points."""
        card, today = self.new_card(), fields.Date.today()
        invoice = self.bill(1_000, today)
        self.env["loyalty.earning"]._grant(
            [{"company_id": self.company.id, "program_id": self.program.id, "card_id": card.id,
              "partner_id": self.customer.id, "kind": "referral", "key": "referral:test", "res_model": "account.move",
              "res_id": invoice.id, "points": 100, "day": today, "available_date": today, "inputs": {}}]
        )  # fmt: skip
        self.assertEqual(card.points, 100)
        self.deferred(95, expense=-95)

    def test_down_payment(self):
        """The final invoice gives points for all that was bought, and its price is that of all."""
        order = self.order()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids, active_model="sale.order")
        wizard.create({"advance_payment_method": "percentage", "amount": 90}).create_invoices()
        order.invoice_ids.action_post()
        final = order._create_invoices(final=True)
        final.action_post()
        card = self.env["loyalty.card"]._find_account(self.program, self.customer)
        self.assertEqual((final.amount_untaxed, card.points), (100, 1000))
        self.deferred(487.18)

    def test_paid_with_a_card(self):
        """What an e-wallet pays is paid."""
        wallet = self.new_program(
            "Wallet", program_type="ewallet", applies_on="future",
            reward_ids=[Command.create({"reward_type": "discount", "discount_mode": "per_point", "discount": 1,
                                        "discount_applicability": "order", "required_points": 1})],
        )  # fmt: skip
        card = self.new_card(400, program=wallet)
        order = self.new_order(lines=[(self.product, 10)])
        self.claim(order, card, wallet.reward_ids)
        order.action_confirm()
        invoice = self.invoice(order)
        self.assertEqual(invoice.amount_untaxed, 600)
        self.deferred(487.18)

    def test_partial_credit_in_the_same_month(self):
        invoice = self.invoice(self.order())
        self.credit(invoice, {self.product: 5})
        self.deferred(243.59)  # 500 x 475 / 975

    def test_partial_credit_later(self):
        """Points that are valued leave with their part of the price: the same amount is left."""
        invoice = self.invoice(self.order())
        self.deferred(487.18)
        self.credit(invoice, {self.product: 5})
        self.assertAlmostEqual(self.correct().liability, 243.59, 2)

    def test_edited_order_in_the_same_month(self):
        self.program.earning_moment = "confirmation"
        order = self.order()
        order.order_line.product_uom_qty = 5
        self.deferred(243.59)

    def test_edited_invoice(self):
        """Twice the goods for twice the price: 2,000 x 1,900 / 3,900 = 974.36, whenever it was edited."""
        invoice = self.invoice(self.order())
        self.double(invoice)
        self.deferred(974.36)

    def test_edited_invoice_later(self):
        invoice = self.invoice(self.order())
        self.deferred(487.18)
        self.double(invoice)
        self.assertAlmostEqual(self.correct().liability, 974.36, 2)

    def double(self, invoice):
        invoice.button_draft()
        invoice.invoice_line_ids.quantity = 20
        invoice.action_post()

    def correct(self):
        closed = self.periods._last_closed(self.company)
        with freeze_time(fields.Date.add(closed.date_from, days=50)):
            correction = self.periods.browse(closed.with_user(self.accountant).action_correct()["res_id"])
            self.assertEqual(closed.action_correct()["res_id"], correction.id, "a draft is made once")
            correction.action_close()
        return correction

    # ------------------------------------------------------------ drafts, ended programs, branches

    def test_draft_of_a_skipped_month(self):
        """What its draft has valued belongs to the closing that posts it, and stays when the draft goes."""
        card = self.new_card()
        self.sell(card, 1_000, 100, date(2026, 1, 10))
        with freeze_time("2026-03-02"):
            draft = self.periods.create({"company_id": self.company.id, "date_from": JANUARY})
            draft.action_compute()
            closed = self.close(FEBRUARY)
            draft.unlink()
        self.assertAlmostEqual(closed.liability, 86.76, 2)
        self.assertEqual(self.checks._differences(self.company), [])

    def test_archived_program(self):
        """Its rewards are archived with it; what its members have stays in the books, and the month can be closed."""
        card = self.new_card()
        self.sell(card, 1_000, 100, date(2026, 1, 10))
        self.close(JANUARY)
        self.sell(card, 1_000, 100, date(2026, 2, 10))
        self.program.action_archive()
        self.assertAlmostEqual(self.close(FEBRUARY).liability, 2 * 86.76, 1)

    def test_program_without_new_points(self):
        """The worth of points matters where some were given."""
        card = self.new_card()
        self.sell(card, 1_000, 100, date(2026, 1, 10))
        self.close(JANUARY)
        self.program.reward_ids.reward_type = "discount"
        self.program.reward_ids.discount_mode = "percent"
        self.assertAlmostEqual(self.close(FEBRUARY).liability, 86.76, 2)
        self.sell(card, 1_000, 100, date(2026, 3, 10))
        with self.assertRaisesRegex(UserError, "Members"):
            self.close(date(2026, 3, 1))

    def test_policy_without_a_valuation(self):
        card = self.new_card()
        self.sell(card, 1_000, 100, date(2026, 1, 10))
        self.close(JANUARY)
        self.env.cr.execute("UPDATE loyalty_points_accounting_rule SET active = false")
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        with self.assertRaisesRegex(UserError, "Members"):
            self.close(FEBRUARY)

    def test_branch(self):
        """A branch that posts in the journal of its head has its entry all the same."""
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "customer_policy_tz": "UTC"}
        )
        for name in ("journal", "liability", "revenue", "expense", "opening"):
            branch[f"loyalty_points_{name}_id"] = self.company[f"loyalty_points_{name}_id"]
        branch.loyalty_points_start = JANUARY
        self.post(self.new_card(), 100, "adjustment", company_id=branch.id, **self.on(date(2026, 1, 10)))
        with freeze_time("2026-06-15"):
            period = self.periods.with_company(branch).create({"company_id": branch.id, "date_from": JANUARY})
            period.action_close()
        self.assertEqual((period.move_id.company_id, period.liability), (branch, 95))
        self.assertEqual(self.checks._differences(branch), [])
