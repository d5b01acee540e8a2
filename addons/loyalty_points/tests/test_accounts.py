"""One account per customer, whatever contacts do; what people can't do to it by hand."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .common import LoyaltyPointsCommon


class TestAccounts(LoyaltyPointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user("seller", "sales_team.group_sale_salesman_all_leads")
        cls.sales_manager = cls.new_user("sales_manager", "sales_team.group_sale_manager")

    def accounts(self, program=None):
        return self.env["loyalty.card"].search([("program_id", "=", (program or self.program).id)], order="id")

    # ------------------------------------------------------------ contacts that move

    def test_who_joins_a_company_brings_the_points_along(self):
        person = self.new_customer("Li", is_company=False)
        old = self.new_card(40, partner=person)
        account = self.new_card(100)
        person.parent_id = self.customer
        self.assertEqual((account.points, old.points, old.active), (140, 0, False))
        self.assertEqual(self.ledger.search([("card_id", "in", (old | account).ids)]).partner_id, self.customer)
        self.new_order(partner=person).action_confirm()
        self.assertEqual((self.accounts(), account.points), (account, 240))
        self.assert_sound(old | account)

    def test_who_joins_a_company_without_an_account(self):
        person = self.new_customer("Li", is_company=False)
        card = self.new_card(40, partner=person)
        person.parent_id = self.customer
        self.assertEqual((card.partner_id, card.points), (self.customer, 40))
        self.assertEqual(self.ledger.search([("card_id", "=", card.id)]).partner_id, self.customer)

    def test_who_leaves_takes_nothing(self):
        person = self.new_customer("Li", is_company=False, parent_id=self.customer.id)
        account = self.new_card(100)
        person.parent_id = False
        self.new_order(partner=person).action_confirm()
        self.assertEqual(account.points, 100)
        self.assertEqual((self.accounts() - account).partner_id, person)

    def test_two_accounts_become_one_at_night(self):
        """Two first orders of a customer at the same moment open an account each."""
        first = self.new_card(30)
        second = self.new_card(40)
        coupons = self.new_program("Coupons", program_type="coupons", applies_on="current", trigger="with_code")
        pieces = self.new_card(1, program=coupons) | self.new_card(1, program=coupons)
        self.env["loyalty.earning"]._day_accounts(self.company)
        self.assertEqual((first.points, second.points, second.active), (70, 0, False))
        self.assertEqual(pieces.mapped("active"), [True, True], "coupons are no accounts")
        self.assert_sound(first | second)

    def test_a_card_is_not_handed_to_somebody_else(self):
        """Core lets a salesperson give a card with all its points to another customer."""
        card, other = self.new_card(100), self.new_customer("Friend")
        with self.assertRaisesRegex(UserError, "Merge the customers"), self.env.cr.savepoint():
            card.with_user(self.seller).partner_id = other
        contact = self.new_customer("Li", is_company=False, parent_id=self.customer.id)
        card.with_user(self.seller).partner_id = contact
        self.assertEqual(card.partner_id, self.customer, "the account stays the company's")
        nobodys = self.new_card(5, partner=self.env["res.partner"])
        nobodys.with_user(self.seller).partner_id = other
        self.assertEqual(self.ledger.search([("card_id", "=", nobodys.id)]).partner_id, other)

    # ------------------------------------------------------------ points that people would write

    def test_points_of_an_order_are_not_typed_in(self):
        """Core lets a sales manager write what an order issues: cancelling or editing then moves the balance."""
        order = self.new_order()
        order.action_confirm()
        for values in ({"points": 99999}, {"coupon_id": self.new_card(partner=self.new_customer("X")).id}):
            with self.assertRaisesRegex(UserError, "follow from its lines"), self.env.cr.savepoint():
                order.coupon_point_ids.with_user(self.sales_manager).write(values)
        card = order.coupon_point_ids.coupon_id
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.new_order().with_user(self.sales_manager).write(
                {"coupon_point_ids": [Command.create({"coupon_id": card.id, "points": 99999})]}
            )
        self.assertEqual(card.points, 100)

    def test_figures_of_the_history_are_not_written(self):
        """Orders from before the ledger are settled by what it says."""
        history = self.env["loyalty.history"].create(
            {"card_id": self.new_card().id, "description": "Order", "used": 10}
        )
        mine = history.with_user(self.seller)
        for values in ({"used": 99999}, {"issued": 1}, {"order_id": 1}, {"card_id": self.new_card().id}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                mine.write(values)
        mine.description = "Order of May"
        self.assertEqual((history.used, history.description), (10, "Order of May"))

    def test_a_salesperson_cancels_an_order_with_points(self):
        """Core asks a salesperson for the right to delete the order's points, which they have not."""
        order = self.new_order(user_id=self.seller.id).with_user(self.seller)
        order.action_confirm()
        card = self.accounts()
        self.assertEqual(card.points, 100)
        order._action_cancel()
        self.assertEqual((order.state, card.points), ("cancel", 0))
        other = self.new_order()
        other.action_confirm()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            other.coupon_point_ids.with_user(self.seller).unlink()

    def test_an_expired_card_pays_for_nothing(self):
        card = self.new_card(500)
        order = self.new_order()
        order.action_confirm()
        card.expiration_date = self.today - timedelta(days=2)
        line = {"name": "Cup", "product_id": self.gift.id, "reward_id": self.reward.id, "coupon_id": card.id,
                "points_cost": 100}  # fmt: skip
        with self.assertRaisesRegex(ValidationError, "expired"), self.env.cr.savepoint():
            order.order_line = [Command.create(line)]
        with self.assertRaisesRegex(UserError, "expired"), self.env.cr.savepoint():
            self.env["loyalty.points.adjustment"].create({"card_id": card.id, "points": 5, "reason": "Gift"})
        self.assertEqual(card.points, 600)

    # ------------------------------------------------------------ days of lots

    def test_lots_with_a_last_day_expire_without_a_rule(self):
        card = self.new_card()
        self.post(card, 10, expiration_date=self.today - timedelta(days=1))
        self.post(card, 20, expiration_date=self.today)
        empty = self.env["loyalty.points.expiry.rule"]
        with patch.object(type(empty), "_in_force", lambda self, _company: empty):
            self.assertGreaterEqual(self.env["loyalty.card"]._expire_due(self.company), 1)
            self.assertEqual(self.env["loyalty.card"]._expire_due(self.company), 0)
        self.assertEqual(card.points, 20)
        self.assert_sound(card)

    def test_the_company_of_the_order_says_until_when(self):
        """A program of all companies: not the company that the user works in at the moment."""
        program = self.new_program("Everywhere", company_id=False, currency_id=self.company.currency_id.id)
        other = self.env["res.company"].create({"name": "Other"})
        asked = []

        def expiration_date(_rules, _program, company, day):
            asked.append(company)
            return day + timedelta(days=7)

        rules = type(self.env["loyalty.points.expiry.rule"])
        self.program.action_archive()
        order = self.new_order().with_company(other)
        with patch.object(rules, "_expiration_date", expiration_date):
            order.action_confirm()
        self.assertEqual(self.accounts(program).points, 100)
        self.assertEqual(set(asked), {self.company})

    def test_what_no_lot_gave_comes_back_like_new_points(self):
        """Two rewards on credit: what is still owed is released once, the rest is a lot with the policy's last day."""
        card = self.new_card()
        spent = self.post(card, -50, shortfall="owe") | self.post(card, -50, shortfall="owe")
        self.assertEqual((card.points, card.points_owed), (0, 100))
        self.post(card, 50)
        self.assertEqual((card.points, card.points_owed), (0, 50))
        spent._reverse(reason="Both came back")
        self.assertEqual((card.points, card.points_owed), (50, 0))
        day = self.env["loyalty.points.expiry.rule"]._expiration_date(self.program, self.company, self.today)
        self.assertTrue(day)
        lot = self.env["loyalty.ledger.open"].search([("card_id", "=", card.id)])
        self.assertEqual((lot.points, lot.expiration_date), (50, day))
        self.assert_sound(card)

    # ------------------------------------------------------------ credit notes that correct

    def test_a_credit_note_that_corrects_an_invoice(self):
        """Credited and invoiced again: the goods are where they were, and so are the points."""
        order = self.new_order(lines=[(self.product, 2)])
        order.action_confirm()
        card = self.accounts()
        invoice = self.invoice(order)
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(invoice.ids)], "journal_id": invoice.journal_id.id}
        )
        again = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        self.assertEqual(card.points, 0, "credited, and not invoiced yet")
        again.action_post()
        self.assertEqual(card.points, 200)
        self.credit(again, {self.product: 1})
        self.assertEqual(card.points, 100)
        self.assert_sound(card)

    def test_append_only(self):
        """Nobody, sudo included, writes the ledger, its open items, the tiers of members."""
        card = self.new_card(10)
        entry = self.ledger.search([("card_id", "=", card.id)])
        item = self.env["loyalty.ledger.open"].search([("card_id", "=", card.id)])
        self.post(card, -1)
        taken = self.env["loyalty.ledger.allocation"].search([("lot_id", "=", entry.id)])
        self.assertTrue(entry and item and taken)
        for record in (entry, item, taken):
            with self.assertRaisesRegex(UserError, "Adjust the balance"), self.env.cr.savepoint():
                record.sudo().write({"points": 1})
            with self.assertRaisesRegex(UserError, "can't be deleted"), self.env.cr.savepoint():
                record.sudo().unlink()
            with self.assertRaisesRegex(UserError, "software alone"), self.env.cr.savepoint():
                record.sudo().create({"points": 1})
        self.env.cr.execute(SQL("SELECT points FROM loyalty_ledger_entry WHERE id = %s", entry.id))
        self.assertEqual(self.env.cr.fetchone(), (10,))
        with self.assertRaisesRegex(UserError, "lowest tier"):
            self.env["loyalty.tier.membership"].sudo().create({})
