from odoo import Command, fields
from odoo.tools import SQL

from .common import LoyaltyPointsCommon


class TestOpening(LoyaltyPointsCommon):
    """Installing over cards that are there already. Cards and orders are written as core leaves them: by SQL."""

    def core_card(self, points, partner=None, **values):
        card = self.new_card(partner=partner, **values)
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE loyalty_card SET points = %s WHERE id = %s", points, card.id))
        card.invalidate_recordset()
        return card

    def open_ledger(self):
        self.env["loyalty.card"].with_context(loyalty_no_mail=True)._open_ledger()

    def test_one_entry_equal_to_the_balance(self):
        day = fields.Date.to_date("2099-12-31")
        cards = [
            self.core_card(12.34567, self.new_customer("A")),
            self.core_card(0, self.new_customer("B")),
            self.core_card(-100, self.new_customer("C")),
            self.core_card(5, self.new_customer("D"), expiration_date=day),
        ]
        self.open_ledger()
        self.open_ledger()
        self.assertEqual([self.entries(card) for card in cards], [
            [("opening", 12.3457)], [], [("opening", -100)], [("opening", 5)]])  # fmt: skip
        self.assertEqual(cards[3].ledger_entry_ids.expiration_date, day)
        self.assertEqual(cards[0].points, 12.3457)
        self.assert_sound(self.env["loyalty.card"].union(*cards))
        self.post(cards[2], 150)
        self.assertEqual(cards[2].points, 50)
        self.assert_sound(cards[2])

    def test_contacts_are_gathered(self):
        contacts = self.env["res.partner"].create(
            [{"name": name, "parent_id": self.customer.id} for name in ("Li", "Wang")]
        )
        cards = [self.core_card(points) for points in (0, 10, 20)]
        for card, contact in zip(cards[1:], contacts, strict=True):
            self.env.cr.execute(SQL("UPDATE loyalty_card SET partner_id = %s WHERE id = %s", contact.id, card.id))
        self.env.invalidate_all()
        self.open_ledger()
        self.assertEqual([(card.points, card.active) for card in cards], [(30, True), (0, False), (0, False)])
        self.assert_sound(self.env["loyalty.card"].union(*cards))

    def test_an_order_from_before_is_cancelled(self):
        """Its points are in the opening balance; they are told apart when the order is touched."""
        card = self.core_card(160)
        self.open_ledger()
        order = self.confirmed_before(card, issued=100, cost=40)
        order._action_cancel()
        self.assertEqual(card.points, 100)
        self.assertEqual(
            self.entries(card),
            [
                ("opening", 160),
                ("opening", -60),
                ("accrual", 100),
                ("redemption", -40),
                ("reversal", 40),
                ("reversal", -100),
            ],
        )
        self.assert_sound(card)

    def test_an_order_from_before_whose_points_are_spent(self):
        card = self.core_card(0)
        self.open_ledger()
        order = self.confirmed_before(card, issued=100, cost=0)
        order._action_cancel()
        self.assertEqual((card.points, card.points_owed), (0, 100))
        self.assert_sound(card)

    def confirmed_before(self, card, issued, cost):
        """An order as core has confirmed it before this addon was installed."""
        order = self.new_order()
        self.env["ir.config_parameter"].set_param("loyalty_points.ledger_begin", "2099-01-01 00:00:00")
        self.env["loyalty.history"].create(
            {"card_id": card.id, "order_model": "sale.order", "order_id": order.id, "description": "Order",
             "issued": issued, "used": cost}
        )  # fmt: skip
        order.coupon_point_ids = [Command.create({"coupon_id": card.id, "points": issued})]
        if cost:
            order.order_line = [Command.create(
                {"name": "Cup", "product_id": self.gift.id, "reward_id": self.reward.id, "coupon_id": card.id,
                 "points_cost": cost}
            )]  # fmt: skip
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE sale_order SET state = 'sale' WHERE id = %s", order.id))
        self.env.invalidate_all()
        return order
