from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .common import LoyaltyPointsCommon


class TestAdjustments(LoyaltyPointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user("seller", "sales_team.group_sale_salesman_all_leads")
        cls.marketer = cls.new_user("marketer", "customer_policy.group_marketing")
        cls.sales_manager = cls.new_user("sales_manager", "sales_team.group_sale_manager")
        cls.card = cls.new_card(100)

    def adjust(self, points, user=None, reason="Goodwill", **values):
        adjustments = self.env["loyalty.points.adjustment"].with_user(user or self.marketer)
        return adjustments.create({"card_id": self.card.id, "points": points, "reason": reason, **values})

    def update_balance(self, balance, user):
        wizard = self.env["loyalty.card.update.balance"].with_user(user)
        return wizard.create(
            {"card_id": self.card.id, "new_balance": balance, "description": "Goodwill"}
        ).action_update_card_point()

    def test_dialog_of_the_card_asks_for_a_reason(self):
        self.update_balance(350, self.seller)
        self.assertEqual(self.card.points, 350)
        entry = self.ledger.search([("card_id", "=", self.card.id)], limit=1)
        self.assertEqual((entry.entry_type, entry.points, entry.reason), ("adjustment", 250, "Goodwill"))
        self.assertEqual((entry.user_id, entry.clause), (self.seller, "8.5 Adjustments by Hand"))
        self.assertEqual(self.card.history_ids[:1].issued, 250, "the customer reads it in the portal")
        with self.assertRaises(ValidationError):
            self.update_balance(-1, self.seller)

    def test_above_the_limit_somebody_else_approves(self):
        self.assertEqual(self.update_balance(1101, self.seller)["tag"], "display_notification")
        self.assertEqual(self.card.points, 100)
        request = self.env["loyalty.points.adjustment"].search([("card_id", "=", self.card.id)])
        self.assertEqual((request.state, request.points, request.requester_id), ("requested", 1001, self.seller))
        with self.assertRaises(AccessError):
            request.with_user(self.marketer).action_approve()
        request.with_user(self.manager).action_approve()
        request.with_user(self.second_manager).action_approve()
        self.assertEqual((request.state, self.card.points), ("posted", 1101), "once")
        self.assertEqual(request.entry_id.inputs["approver"], self.manager.id)
        self.assert_sound(self.card)

    def test_nobody_approves_their_own(self):
        request = self.adjust(2000, self.manager)
        with self.assertRaisesRegex(UserError, "somebody else"):
            request.with_user(self.manager).action_approve()
        request.with_user(self.second_manager).action_refuse()
        self.assertEqual((request.state, self.card.points), ("refused", 100))

    def test_many_small_ones_are_a_large_one(self):
        self.assertEqual(self.adjust(900).state, "posted")
        self.assertEqual(self.adjust(200).state, "requested", "1,100 within a day")
        self.assertEqual(self.adjust(-900).state, "posted", "it corrects the first one")

    def test_forged_requests(self):
        for values in ({"state": "posted"}, {"requester_id": self.seller.id}, {"approver_id": self.manager.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.adjust(5000, **values)
        context = {"default_state": "posted", "default_approver_id": self.manager.id}
        adjustments = self.env["loyalty.points.adjustment"].with_user(self.marketer).with_context(**context)
        request = adjustments.create({"card_id": self.card.id, "points": 5000, "reason": "x"})
        self.assertEqual((request.state, request.approver_id.id), ("requested", False))
        with self.assertRaises(AccessError):
            request.write({"points": 10})
        with self.assertRaises(UserError):
            request.sudo().unlink()

    def test_bad_input(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.adjust(10, reason="  ")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.adjust(0)
        with self.assertRaisesRegex(ValidationError, "100 points, 101 would be taken"), self.env.cr.savepoint():
            self.adjust(-101)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.adjust(1e12)
        with self.assertRaisesRegex(UserError, "past"), self.env.cr.savepoint():
            self.adjust(10, expiration_date="2020-01-31")
        self.program.action_archive()
        with self.assertRaisesRegex(UserError, "archived"), self.env.cr.savepoint():
            self.adjust(10)

    def test_points_spent_before_the_approval(self):
        self.post(self.card, 2000)
        request = self.adjust(-2000)
        self.post(self.card, -1000)
        with self.assertRaisesRegex(ValidationError, "1100 points, 2000 would be taken"), self.env.cr.savepoint():
            request.with_user(self.manager).action_approve()
        self.assertEqual(request.state, "requested")

    def generate(self, customers, points, **values):
        wizard = self.env["loyalty.generate.wizard"].with_user(self.sales_manager)
        values = {"program_id": self.program.id, "mode": "selected", "customer_ids": customers.ids, **values}
        return wizard.create({**values, "points_granted": points}).generate_coupons()

    def test_points_for_chosen_customers(self):
        """Core makes a second card for whoever has one, and one for each contact of a company."""
        new = self.new_customer("New")
        buyers = [self.new_customer(name, is_company=False, parent_id=new.id) for name in ("Li", "Wang")]
        cards = self.generate(self.customer.union(*buyers), 500, description="Welcome", valid_until="2099-12-31")
        self.assertEqual(self.card.points, 600)
        mine = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
        self.assertEqual(cards, mine)
        self.assertEqual(mine.partner_id, self.customer | new)
        other = mine - self.card
        self.assertEqual(self.entries(other, "reason"), [("adjustment", 500, "Welcome")])
        self.assertEqual(str(self.ledger.search([("card_id", "=", other.id)]).expiration_date), "2099-12-31")
        self.assertFalse(other.expiration_date, "the account itself goes on earning")
        self.assertEqual(other.history_ids.issued, 500)
        self.assert_sound(mine)

    def test_points_for_chosen_customers_above_the_limit(self):
        """They wait for approval like any other adjustment, also when they are given in small parts."""
        self.assertEqual(self.generate(self.customer, 1001)["tag"], "display_notification")
        self.assertEqual(self.card.points, 100)
        self.generate(self.customer, 900)
        self.generate(self.customer, 900)
        self.assertEqual(self.card.points, 1000)
        requests = self.env["loyalty.points.adjustment"].search([("state", "=", "requested")])
        self.assertEqual(requests.mapped("points"), [900, 1001])

    def test_small_ones_in_one_call_are_a_large_one(self):
        adjustments = self.env["loyalty.points.adjustment"].with_user(self.marketer)
        made = adjustments.create([{"card_id": self.card.id, "points": 900, "reason": "x"} for _n in range(3)])
        self.assertEqual(made.mapped("state"), ["posted", "requested", "requested"])
        self.assertEqual(self.card.points, 1000)

    def test_cards_handed_out_with_points(self):
        """The wizard that generates cards is no way around the limit."""
        manager = self.sales_manager
        wizard = self.env["loyalty.generate.wizard"].with_user(manager)
        values = {"program_id": self.program.id, "mode": "anonymous", "coupon_qty": 2}
        with self.assertRaisesRegex(UserError, "approval"), self.env.cr.savepoint():
            wizard.create({**values, "points_granted": 1001}).generate_coupons()
        cards = wizard.create({**values, "points_granted": 500, "description": "Welcome"}).generate_coupons()
        self.assertEqual(self.entries(cards[0], "reason"), [("adjustment", 500, "Welcome")])
        seller = self.env["loyalty.generate.wizard"].with_user(self.seller)
        selected = {"program_id": self.program.id, "mode": "selected", "customer_ids": self.customer.ids}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            seller.create({**selected, "points_granted": 5}).generate_coupons()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["loyalty.card"].with_user(manager).create(
                {"program_id": self.program.id, "partner_id": self.customer.id, "points": 9}
            )
        sneaky = self.env["loyalty.card"].with_user(manager).with_context(default_points=9, default_points_owed=-9)
        card = sneaky.create({"program_id": self.program.id, "partner_id": self.new_customer("Other").id})
        self.assertEqual((card.points, card.points_owed), (0, 0))
        self.assertEqual(self.card.copy({"code": "copy"}).points, 0)

    def test_form(self):
        form = Form(self.env["loyalty.points.adjustment"].with_user(self.marketer))
        form.card_id = self.card
        form.points = 20
        form.reason = "Goodwill"
        self.assertEqual(form.save().state, "posted")
