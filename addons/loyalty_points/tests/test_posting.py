from odoo.exceptions import UserError, ValidationError

from .common import LoyaltyPointsCommon


class TestPosting(LoyaltyPointsCommon):
    def test_points_are_taken_from_lots_that_expire_soonest(self):
        card = self.new_card()
        late = self.post(card, 50, expiration_date="2027-12-31")
        never = self.post(card, 50)
        soon = self.post(card, 50, expiration_date="2027-01-31")
        spent = self.post(card, -120)
        taken = [(allocation.lot_id, allocation.points) for allocation in spent.allocation_ids]
        self.assertCountEqual(taken, [(soon, 50), (late, 50), (never, 20)])
        self.assertEqual(card.points, 30)
        self.assert_sound(card)

    def test_more_than_there_is_can_not_be_spent(self):
        card = self.new_card(100)
        with self.assertRaisesRegex(ValidationError, "100 points, 101 would be taken"), self.env.cr.savepoint():
            self.post(card, -101)
        self.post(card, -100)
        self.assert_sound(card)

    def test_a_key_is_posted_once(self):
        card = self.new_card()
        self.assertTrue(self.post(card, 10, idempotency_key="a"))
        self.assertFalse(self.post(card, 10, idempotency_key="a"))
        self.assertEqual(card.points, 10)

    def test_spent_points_of_returned_goods_are_taken_from_later_ones(self):
        card = self.new_card()
        earned = self.post(card, 100)
        self.post(card, -70)
        self.post(card, -100, "reversal", origin_entry_id=earned.id, lots={earned.id: 100})
        self.assertEqual((card.points, card.points_owed), (0, 70))
        self.post(card, 50)
        self.assertEqual((card.points, card.points_owed), (0, 20))
        self.post(card, 50)
        self.assertEqual((card.points, card.points_owed), (30, 0))
        self.assert_sound(card)

    def test_a_card_with_very_many_lots(self):
        card = self.new_card()
        vals = {"card_id": card.id, "entry_type": "accrual", "points": 1, "reason": "Test"}
        self.env["loyalty.card"]._post_entries([vals] * 350)
        self.post(card, -333)
        self.assertEqual(card.points, 17)
        self.assert_sound(card)

    def test_numbers_that_are_none(self):
        card = self.new_card()
        for points in (float("nan"), float("inf"), 1e15):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.post(card, points)

    def test_the_ledger_is_append_only(self):
        entry = self.post(self.new_card(), 10)
        with self.assertRaises(UserError):
            entry.write({"points": 20})
        with self.assertRaises(UserError):
            entry.unlink()
        with self.assertRaises(UserError):
            self.ledger.create({"card_id": entry.card_id.id, "points": 10})
