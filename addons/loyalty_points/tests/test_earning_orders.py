from odoo import Command
from odoo.tests import tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestEarningOrders(EarningCommon):
    """Points at the confirmation of an order, under the policy: edits, cancellation, credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.earning_moment = "confirmation"

    def confirmed(self, *lines):
        order = self.new_order(lines=list(lines))
        order.action_confirm()
        return order

    def refund(self, order, quantities):
        """A credit note for some of an order that is invoiced in full."""
        invoice = order._create_invoices()
        invoice.action_post()
        return self.credit(invoice, quantities)

    def test_the_quotation_itself_gives_nothing_to_spend(self):
        order = self.new_order(lines=[(self.tea, 3)])
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards())
        order.action_confirm()
        self.assertEqual(self.card().points, 300)
        self.assertFalse(self.env["loyalty.history"].search([("card_id", "=", self.card().id), ("issued", ">", 0)]))

    def test_edited_and_cancelled(self):
        order = self.confirmed((self.tea, 1))
        self.assertEqual(self.card().points, 100)
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.card().points, 300)
        order.order_line.price_unit = 90
        self.assertEqual(self.card().points, 270)
        order.order_line.product_uom_qty = 2
        self.assertEqual(self.card().points, 180)
        order.write({"order_line": [Command.create({"product_id": self.cup.id, "product_uom_qty": 1})]})
        self.assertEqual(self.card().points, 210)
        order._action_cancel()
        self.assertEqual(self.card().points, 0)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.card().points, 210)
        self.assert_sound(self.card())

    def test_credit_notes(self):
        order = self.confirmed((self.tea, 4), (self.cup, 1))
        self.assertEqual(self.card().points, 430)
        self.refund(order, {self.tea: 1})
        self.assertEqual(self.points_of(order), [300, 30])
        order.order_line[0].product_uom_qty = 5
        self.assertEqual(self.points_of(order), [400, 30])
        self.assert_sound(self.card())

    def test_confirmed_twice_in_one_call(self):
        orders = self.new_order() | self.new_order(lines=[(self.cup, 2)])
        orders.action_confirm()
        self.assertEqual(self.card().points, 160)
        self.assertFalse(self.earnings._settle(orders))

    def test_spending_what_was_earned_and_returning_it_all(self):
        first = self.confirmed((self.tea, 1))
        second = self.new_order(lines=[(self.tea, 1)])
        second._update_programs_and_rewards()
        [(coupon, rewards)] = second._get_claimable_rewards().items()
        second._apply_program_reward(rewards, coupon)
        second.action_confirm()
        self.assertEqual(self.card().points, 100, "100 spent, 100 earned; the free cup earns nothing")
        first._action_cancel()
        self.assertEqual(self.card().points, 0)
        self.assert_sound(self.card())

    def test_moments_do_not_count_twice(self):
        order = self.confirmed((self.tea, 1))
        self.program.earning_moment = "invoice"
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(self.card().points, 100)
        other = self.new_order()
        other.action_confirm()
        self.assertEqual(self.card().points, 100)
        other._create_invoices().action_post()
        self.assertEqual(self.card().points, 200)
