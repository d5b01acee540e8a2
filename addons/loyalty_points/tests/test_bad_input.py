"""What the issue of the points asks to be refused, or handled with words."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import LoyaltyPointsCommon


class TestBadInput(LoyaltyPointsCommon):
    def confirmed(self, **values):
        order = self.new_order(**values)
        order.action_confirm()
        return order, order.coupon_point_ids.coupon_id

    def test_negative_and_huge_points(self):
        card = self.new_card(10)
        order, _card = self.confirmed()
        for cost in (-1, float("nan")):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                order.order_line.points_cost = cost
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.post(card, 10**11)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            card.points = 10**11
        self.assert_sound(card)

    def test_a_reward_that_costs_more_than_there_is(self):
        """A client that writes a reward line of its own into a confirmed order."""
        card = self.new_card(10)
        order, _card = self.confirmed()
        line = {
            "name": "Cup",
            "product_id": self.gift.id,
            "reward_id": self.reward.id,
            "coupon_id": card.id,
            "points_cost": 5000,
        }
        with self.assertRaisesRegex(ValidationError, "would be taken"), self.env.cr.savepoint():
            order.order_line = [Command.create(line)]
        self.assertEqual(card.points, 110)

    def test_points_of_somebody_else(self):
        card = self.new_card(500, partner=self.new_customer("Victim"))
        order, _card = self.confirmed()
        line = {
            "name": "Cup",
            "product_id": self.gift.id,
            "reward_id": self.reward.id,
            "coupon_id": card.id,
            "points_cost": 100,
        }
        with self.assertRaisesRegex(ValidationError, "another customer"), self.env.cr.savepoint():
            order.order_line = [Command.create(line)]
        quotation = self.new_order()
        quotation.order_line = [Command.create(line)]
        quotation.action_confirm()
        self.assertFalse(quotation.order_line.filtered("coupon_id"), "core takes it off")
        self.assertEqual(card.points, 500)

    def test_an_old_order_comes_back_after_the_program_has_ended(self):
        order, card = self.confirmed(lines=[(self.product, 2)])
        invoice = self.invoice(order)
        self.program.date_to = fields.Date.today() - timedelta(days=1)
        self.credit(invoice, {self.product: 1})
        self.assertEqual(card.points, 100)
        self.program.action_archive()
        self.credit(invoice)
        self.assertEqual(card.points, 0)
        self.assert_sound(card)

    def test_an_old_order_keeps_the_points_of_an_ended_program(self):
        """Core takes the points off the order, and leaves them on the card, when its rewards are updated."""
        order, card = self.confirmed()
        self.program.date_to = fields.Date.today()
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            order._update_programs_and_rewards()
            self.assertEqual((order.coupon_point_ids.points, card.points), (100, 100))
            self.program.action_archive()
            order._update_programs_and_rewards()
        self.assertEqual((order.coupon_point_ids.points, card.points), (100, 100))
        order._action_cancel()
        self.assertEqual(card.points, 0)

    def test_a_reward_that_was_deleted(self):
        card = self.new_card(100)
        order = self.new_order(lines=[(self.biscuit, 1)])
        self.claim(order, card)
        order.action_confirm()
        self.reward.unlink()
        self.assertFalse(self.reward.active, "core archives what an order names")
        self.credit(self.invoice(order))
        self.assertEqual(card.points, 100)
        self.assert_sound(card)

    def test_another_currency(self):
        """The credit note is in another currency than the order: its amount counts in the order's."""
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X", "rounding": 0.01})
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "rate": 4, "currency_id": currency.id, "company_id": self.company.id}
        )
        order, card = self.confirmed(lines=[(self.product, 3)])
        self.invoice(order)
        self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "journal_id": self.sales.id,
                "company_id": self.company.id,
                "currency_id": currency.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "quantity": 1, "price_unit": 400, "tax_ids": False,
                         "sale_line_ids": [Command.link(order.order_line[:1].id)]}
                    )
                ],
            }
        ).action_post()  # fmt: skip
        self.assertEqual(card.points, 200, "400 X are 100, a third of the goods")

    def test_a_price_that_is_lowered_afterwards(self):
        order, card = self.confirmed()
        refund = self.credit(self.invoice(order), {self.product: 0.1})
        self.assertEqual((refund.amount_total, card.points), (10, 90))

    def test_more_is_credited_than_was_sold(self):
        order, card = self.confirmed()
        invoice = self.invoice(order)
        for _time in range(2):
            self.credit(invoice)
        self.assertEqual((card.points, card.points_owed), (0, 0))

    def test_a_rule_without_a_clause(self):
        draft = self.draft()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["loyalty.points.return.rule"].create({"policy_id": draft.id}).flush_recordset()
        for model, name in (("return", "debt_limit"), ("return", "grace_days"), ("adjustment", "approval_limit")):
            rule = draft._get_rules(f"loyalty.points.{model}.rule")
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                rule[name] = -1

    def test_spent_points_of_returned_goods(self):
        """The policy's choice: down to a limit, the rest from later points."""
        draft = self.draft()
        draft._get_rules("loyalty.points.return.rule").debt_limit = 30
        self.publish(draft)
        order, card = self.confirmed()
        self.post(card, -100)
        self.credit(self.invoice(order))
        self.assertEqual((card.points, card.points_owed), (-30, 70))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.post(card, -1)
        self.post(card, 60)
        self.assertEqual((card.points, card.points_owed), (0, 40))
        self.post(card, 60)
        self.assertEqual((card.points, card.points_owed), (20, 0))
        entry = self.ledger.search([("card_id", "=", card.id), ("owed_points", ">", 0)])
        self.assertEqual(entry.clause, "8.3 Returned Goods")
        self.assert_sound(card)

    def test_expired_points_that_come_back(self):
        card = self.new_card()
        self.post(card, 100, expiration_date=fields.Date.today() + timedelta(days=5))
        order = self.new_order(lines=[(self.biscuit, 1)])
        self.claim(order, card)
        order.action_confirm()
        invoice = self.invoice(order)
        with freeze_time(fields.Datetime.now() + timedelta(days=10)):
            today = self.company._customer_policy_today()
            self.credit(invoice)
        reborn = self.env["loyalty.ledger.open"].search([("card_id", "=", card.id)])
        self.assertEqual((reborn.points, reborn.expiration_date), (100, today + timedelta(days=30)))
        self.assert_sound(card)

    def test_a_card_with_a_ledger_is_never_deleted(self):
        card = self.new_card(50)
        card.unlink()
        self.assertEqual((card.exists(), card.active, card.points), (card, False, 0))
        self.assertEqual(self.entries(card)[-1], ("adjustment", -50))
        empty = self.new_card(partner=self.new_customer("Empty"))
        empty.unlink()
        self.assertFalse(empty.exists())

    def test_gift_cards_and_coupons_are_in_the_ledger_too(self):
        program = self.env["loyalty.program"].create(
            {"name": "Gift", "program_type": "gift_card", "applies_on": "future", "company_id": self.company.id,
             "reward_ids": [Command.create({"reward_type": "discount", "discount_mode": "per_point", "discount": 1})]}
        )  # fmt: skip
        card = self.new_card(partner=self.env["res.partner"], program=program)
        card.points = 20
        self.assertEqual(self.entries(card, "reason"), [("adjustment", 20, "Changed by software")])
        self.assert_sound(card)
