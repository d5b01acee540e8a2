"""What was found on Odoo 19.0 without this addon; the docstrings say what core does."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from .common import LoyaltyPointsCommon


class TestDefects(LoyaltyPointsCommon):
    def test_an_expired_card_earns_nothing(self):
        """Core looks for the card of the customer whatever its date, and goes on adding points to it."""
        card = self.new_card(20)
        card.expiration_date = self.today - timedelta(days=2)
        order = self.new_order()
        order._update_programs_and_rewards()
        order.action_confirm()
        self.assertEqual(card.points, 20)
        self.assertFalse(order.coupon_point_ids.filtered("points"))
        self.assertEqual(self.env["loyalty.card"].search_count([("program_id", "=", self.program.id)]), 1)

    def test_a_loyalty_card_can_expire(self):
        """Core raises “Expiration date cannot be set on a loyalty card.”"""
        card = self.new_card()
        with Form(card) as form:
            form.expiration_date = self.today
        self.assertEqual(card.expiration_date, self.today)

    def test_a_credit_note_takes_the_points_back(self):
        """Core leaves all 300 points to who has brought everything back."""
        order = self.new_order(lines=[(self.product, 3)])
        order.action_confirm()
        card = order.coupon_point_ids.coupon_id
        invoice = self.invoice(order)
        self.assertEqual(card.points, 300)
        refund = self.credit(invoice, {self.product: 1})
        self.assertEqual(card.points, 200)
        self.assertEqual(self.ledger.search([("card_id", "=", card.id)], limit=1).move_id, refund)
        self.credit(invoice)
        self.assertEqual(card.points, 0)
        self.assertEqual(
            self.entries(card), [("accrual", 300), ("reversal", -100), ("reversal", -200)], "never more than earned"
        )
        refund.button_draft()
        self.assertEqual(card.points, 0, "the other credit note still stands for all of it")
        self.assert_sound(card)

    def test_a_credit_note_that_is_withdrawn(self):
        order = self.new_order()
        order.action_confirm()
        card = order.coupon_point_ids.coupon_id
        refund = self.credit(self.invoice(order))
        self.assertEqual(card.points, 0)
        refund.button_draft()
        refund.button_cancel()
        self.assertEqual(card.points, 100)
        self.assert_sound(card)

    def test_a_returned_reward_gives_its_points_back(self):
        """Core gives nothing back: the credit note does not know the card."""
        card = self.new_card()
        lot = self.post(card, 150, expiration_date="2099-12-31")
        order = self.new_order(lines=[(self.biscuit, 1)])
        self.claim(order, card)
        order.action_confirm()
        self.assertEqual(card.points, 0, "150 + 50 - 200: as many rewards as the points are enough for")
        self.credit(self.invoice(order))
        self.assertEqual(card.points, 150)
        self.assertEqual(self.env["loyalty.ledger.open"].search([("card_id", "=", card.id)]).entry_id, lot)
        self.assert_sound(card)

    def test_an_edited_order_and_its_card_stay_together(self):
        """Core's card stays at 100 while the order says 300; cancelling then leaves -200."""
        order = self.new_order()
        order.action_confirm()
        card = order.coupon_point_ids.coupon_id
        order.order_line.product_uom_qty = 3
        order._update_programs_and_rewards()
        self.assertEqual((order.coupon_point_ids.points, card.points), (300, 300))
        order._action_cancel()
        self.assertEqual(card.points, 0)
        self.assertEqual(
            self.entries(card), [("accrual", 100), ("accrual", 200), ("reversal", -200), ("reversal", -100)]
        )
        self.assert_sound(card)

    def test_two_quotations_can_not_spend_the_same_points(self):
        """Core checks each quotation before it takes from any: both are confirmed and the card has -100."""
        self.program.rule_ids.product_ids = self.gift
        card = self.new_card(100)
        orders = self.new_order() | self.new_order()
        for order in orders:
            order.applied_coupon_ids = card
            self.claim(order, card)
        with self.assertRaisesRegex(ValidationError, "100 points, 200 would be taken"), self.env.cr.savepoint():
            orders.action_confirm()
        self.assertEqual(card.points, 100)
        orders[0].action_confirm()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            orders[1].action_confirm()
        self.assertEqual(card.points, 0)
        self.assert_sound(card)

    def test_a_changed_reward_line_is_in_the_ledger(self):
        """Core moves the balance and leaves its history as it was."""
        card = self.new_card(290)
        order = self.new_order(lines=[(self.biscuit, 1)])
        self.claim(order, card)
        order.action_confirm()
        reward = order.order_line.filtered("coupon_id")
        before = card.points
        self.assertEqual(reward.points_cost, 300, "core claims as many as the points are enough for")
        reward.with_context(loyalty_no_mail=True).points_cost = 200
        self.assertEqual(card.points, before + 100)
        self.assertEqual(self.entries(card)[-1], ("reversal", 100))
        reward._reset_loyalty()
        self.assertEqual(card.points, before + 300)
        self.assert_sound(card)

    def test_a_cancelled_order_stays_in_the_ledger(self):
        """Core deletes its history."""
        card = self.new_card(100)
        order = self.new_order(lines=[(self.biscuit, 1)])
        self.claim(order, card)
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(card.points, 100)
        self.assertEqual(
            self.entries(card),
            [("accrual", 100), ("accrual", 50), ("redemption", -100), ("reversal", 100), ("reversal", -50)],
        )
        self.assert_sound(card)

    def test_a_salesperson_can_not_write_points(self):
        """Core lets salespeople write `points = 99999`, and nothing but a chatter line says so."""
        card = self.new_card(10)
        user = self.new_user("salesperson", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaisesRegex(UserError, "Update Balance"):
            card.with_user(user).write({"points": 99999})
        with self.assertRaises(UserError):
            card.with_user(user).points = 99999
        order = self.new_order(user_id=user.id).with_user(user)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.write({"applied_coupon_ids": [Command.update(card.id, {"points": 99999})]})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            order.order_line.write({"points_cost": -99999})
        with self.assertRaises(UserError):
            card.with_user(user).write({"points_owed": 0})
        order.action_confirm()
        self.assertEqual(card.points, 110, "the order of a salesperson is counted")
        self.assertEqual(self.ledger.search([("card_id", "=", card.id)], limit=1).user_id, user)

    def test_the_card_belongs_to_the_company(self):
        """Core makes a card for each contact of a company."""
        buyers = [self.new_customer(name, is_company=False, parent_id=self.customer.id) for name in ("Li", "Wang")]
        for buyer in buyers:
            self.new_order(partner=buyer).action_confirm()
        card = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
        self.assertEqual((card.partner_id, card.points), (self.customer, 200))
        order = self.new_order(partner=buyers[0], lines=[(self.biscuit, 1)])
        self.claim(order, card)
        order.action_confirm()
        self.assertEqual(card.partner_id, self.customer)
        self.assertEqual(self.entries(card)[-1][0], "redemption")
        self.assert_sound(card)
