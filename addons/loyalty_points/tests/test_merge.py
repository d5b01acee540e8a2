from .common import LoyaltyPointsCommon


class TestMerge(LoyaltyPointsCommon):
    """Core adds balances up on one card and leaves orders, history and the ledger of the others behind."""

    def merge(self, target, *sources):
        contacts = target.union(*sources)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({"dst_partner_id": target.id})
        wizard._merge(contacts.ids, target)

    def test_merged_customers_have_one_account(self):
        other = self.new_customer("Long Hua")
        mine, theirs = self.new_card(), self.new_card(partner=other)
        self.post(mine, 10, expiration_date="2099-06-30")
        lot = self.post(theirs, 30, expiration_date="2099-01-31")
        self.post(theirs, 50)
        self.post(theirs, -20)
        history = self.env["loyalty.history"].create({"card_id": theirs.id, "description": "Earned", "issued": 80})
        self.merge(self.customer, other)
        self.assertEqual((mine.points, theirs.points, theirs.active), (70, 0, False))
        self.assertEqual((theirs.merged_into_id, history.card_id), (mine, mine))
        moved = self.ledger.search([("card_id", "=", mine.id), ("entry_type", "=", "transfer")], order="id")
        self.assertEqual(
            [(entry.points, str(entry.expiration_date or "")) for entry in moved], [(10, "2099-01-31"), (50, "")]
        )
        self.assertEqual(moved[0].origin_entry_id, lot)
        self.assertEqual(self.ledger.search([("card_id", "in", (mine | theirs).ids)]).partner_id, self.customer)
        self.assert_sound(mine | theirs)

    def test_orders_from_before_are_returned_to_the_merged_account(self):
        other = self.new_customer("Long Hua")
        order = self.new_order(partner=other)
        order.action_confirm()
        mine = self.new_card(5)
        theirs = order.coupon_point_ids.coupon_id
        self.merge(self.customer, other)
        self.assertEqual(mine.points, 105)
        order._action_cancel()
        self.assertEqual((mine.points, theirs.points, theirs.points_owed), (5, 0, 0))
        self.assertEqual(self.env["loyalty.ledger.open"].search([("card_id", "=", mine.id)]).points, 5)
        self.assert_sound(mine | theirs)

    def test_debts_are_merged_too(self):
        other = self.new_customer("Long Hua")
        mine, theirs = self.new_card(30), self.new_card(partner=other)
        earned = self.post(theirs, 100)
        self.post(theirs, -100)
        earned._reverse(reason="Back")
        self.assertEqual((theirs.points, theirs.points_owed), (0, 100))
        self.merge(self.customer, other)
        self.assertEqual((mine.points, mine.points_owed, theirs.points_owed), (0, 70, 0))
        self.assert_sound(mine | theirs)

    def test_a_second_merge_follows(self):
        first, second = self.new_customer("A"), self.new_customer("B")
        cards = [self.new_card(10, partner=partner) for partner in (self.customer, first, second)]
        self.merge(first, second)
        self.merge(self.customer, first)
        self.assertEqual([card.points for card in cards], [30, 0, 0])
        self.assertEqual(cards[2].merged_into_id, cards[0])
        self.assert_sound(cards[0] | cards[1] | cards[2])

    def test_part_of_the_points(self):
        card, target = self.new_card(), self.new_card(partner=self.new_customer("A"))
        self.post(card, 10, expiration_date="2099-01-31")
        self.post(card, 10)
        card._transfer(target, 15, reason="Gift")
        self.assertEqual((card.points, target.points), (5, 15))
        lots = self.env["loyalty.ledger.open"].search([("card_id", "=", target.id)])
        self.assertEqual(sorted(lots.mapped("points")), [5, 10])
        self.assert_sound(card | target)

    def lots(self, card):
        """{last day: points} of what a card has to spend."""
        rows = self.env["loyalty.ledger.open"].search([("card_id", "=", card.id)])
        return {str(day): sum(mine.mapped("points")) for day, mine in rows.grouped("expiration_date").items()}

    def test_a_reward_of_before_comes_back_to_the_merged_account(self):
        """What it took from the old card's lots comes back with their last days, those that are valid longest first."""
        other = self.new_customer("Long Hua")
        mine, theirs = self.new_card(), self.new_card(partner=other)
        self.post(theirs, 100, expiration_date="2099-01-31")
        self.post(theirs, 100, expiration_date="2099-06-30")
        spent = self.post(theirs, -150)
        self.merge(self.customer, other)
        self.assertEqual(self.lots(mine), {"2099-06-30": 50})
        spent._reverse({spent.id: 60}, reason="Back")
        self.assertEqual(self.lots(mine), {"2099-06-30": 100, "2099-01-31": 10})
        self.assert_sound(mine | theirs)
        spent._reverse(reason="The rest")
        self.assertEqual(self.lots(mine), {"2099-06-30": 100, "2099-01-31": 100})
        self.assertEqual((mine.points, theirs.points), (200, 0))
        self.assert_sound(mine | theirs)

    def test_requests_and_pending_points_follow(self):
        other = self.new_customer("Long Hua")
        mine, theirs = self.new_card(), self.new_card(partner=other)
        request = self.env["loyalty.points.adjustment"].create(
            {"card_id": theirs.id, "points": 5000, "reason": "Prize"}
        )
        self.merge(self.customer, other)
        request.with_user(self.manager).action_approve()
        self.assertEqual((request.card_id, mine.points, theirs.points), (mine, 5000, 0))
        self.assert_sound(mine | theirs)
