"""Members whose points somebody should look at."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LoyaltyPointsCommon


@tagged("post_install", "-at_install")
class TestReview(LoyaltyPointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.found = cls.env["loyalty.points.suspicion"]
        cls.marketer = cls.new_user("marketer", "customer_policy.group_marketing")
        cls.card = cls.new_card()

    def look(self, kind=None):
        self.found._look(self.company)
        domain = [("company_id", "=", self.company.id)] + ([("kind", "=", kind)] if kind else [])
        return self.found.search(domain, order="id")

    def buy_and_return(self, times, card=None, days_ago=5):
        card = card or self.card
        for number in range(times):
            date = fields.Datetime.now() - timedelta(days=days_ago, minutes=-number)
            lot = self.post(card, 100, date=date)
            self.post(card, -100, "reversal", origin_entry_id=lot.id, lots={lot.id: 100},
                      date=date + timedelta(hours=1))  # fmt: skip

    def test_buy_and_return(self):
        """Three returns of all that was earned are looked at; two, or three of many purchases, are not."""
        self.buy_and_return(2)
        self.assertFalse(self.look())
        self.buy_and_return(1)
        found = self.look()
        self.assertEqual(
            (found.partner_id, found.kind, found.times, found.points), (self.customer, "return_loop", 3, 300)
        )
        self.assertIn("8.7", found.clause)
        honest = self.new_card(partner=self.new_customer("Honest"))
        self.post(honest, 5_000)
        self.buy_and_return(3, honest)
        self.assertEqual(self.look(), found)

    def test_lines_of_one_document_count_once(self):
        """An order of twelve lines that is sent back is one purchase, not a loop of twelve."""
        order = {"order_model": "sale.order", "order_id": self.new_order().id}
        lots = [self.post(self.card, 10, **order) for _line in range(12)]
        self.assertFalse(self.look(), "one credit, not twelve")
        for lot in lots:
            self.post(self.card, -10, "reversal", origin_entry_id=lot.id, lots={lot.id: 10}, **order)
        self.assertFalse(self.look(), "one return, not twelve")

    def test_long_ago(self):
        self.buy_and_return(3, days_ago=100)
        self.assertFalse(self.look())

    def test_returned_redemptions_are_no_returns_of_purchases(self):
        lot = self.post(self.card, 900)
        for _time in range(4):
            spent = self.post(self.card, -100)
            self.post(self.card, 100, "reversal", origin_entry_id=spent.id, lots={lot.id: 100})
        self.assertFalse(self.look("return_loop"))

    def test_velocity(self):
        for _number in range(9):
            self.post(self.card, 5)
        self.assertFalse(self.look())
        self.post(self.card, 5)
        found = self.look()
        self.assertEqual((found.kind, found.times, found.points), ("velocity", 10, 50))

    def test_twice_changes_nothing_and_figures_follow(self):
        self.buy_and_return(3)
        found = self.look()
        self.assertEqual(self.look(), found)
        self.buy_and_return(1)
        self.assertEqual(self.look(), found)
        self.assertEqual(found.times, 4)

    def test_referral(self):
        """A friend with the referrer's phone number; not one with a number of their own."""
        self.customer.write({"phone": "+86 755 8888 1234", "country_id": self.env.ref("base.cn").id})
        friend = self.new_customer("Friend", loyalty_referrer_id=self.customer.id, phone="+86 755 8888 9999",
                                   country_id=self.env.ref("base.cn").id)  # fmt: skip
        self.env["customer.match"]._settle()
        self.assertFalse(self.look())
        friend.phone = "0755-88881234"
        self.env["customer.match"]._settle()
        found = self.look()
        self.assertEqual(
            (found.kind, found.partner_id, found.other_partner_id), ("self_referral", self.customer, friend)
        )

    def test_reviewed(self):
        """Somebody has looked: what was there before does not count again, what comes after does."""
        self.buy_and_return(3)
        found = self.look()
        with self.assertRaisesRegex(UserError, "note"):
            found.with_user(self.marketer).action_dismiss()
        found.with_user(self.marketer).note = "Damaged goods"
        found.with_user(self.marketer).action_dismiss()
        self.assertEqual((found.state, found.user_id), ("dismissed", self.marketer))
        self.assertEqual(self.look(), found)
        self.env.cr.execute("UPDATE loyalty_points_suspicion SET date_reviewed = NOW() - interval '3 days'")
        self.env.invalidate_all()
        self.buy_and_return(3, days_ago=2)
        again = self.look() - found
        self.assertEqual((again.state, again.times), ("open", 3))

    def test_forged(self):
        self.buy_and_return(3)
        found = self.look().with_user(self.marketer)
        found.write({"state": "dismissed", "partner_id": self.new_customer("X").id})
        self.assertEqual((found.state, found.partner_id), ("open", self.customer))
        with self.assertRaises(UserError):
            self.found.with_user(self.marketer).create({"partner_id": self.customer.id})
        seller = self.new_user("seller", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            found.with_user(seller).read(["finding"])

    def test_merge(self):
        other = self.new_customer("Longhua Components Ltd")
        self.buy_and_return(3)
        self.buy_and_return(3, self.new_card(partner=other))
        self.assertEqual(len(self.look()), 2)
        self.env["base.partner.merge.automatic.wizard"]._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(self.look().partner_id, self.customer)

    def test_bad_rules(self):
        draft = self.draft()
        rule = draft.loyalty_fraud_rule_ids[:1]
        for values in ({"days": 0}, {"count": -1}, {"share": 101}, {"count": 0, "points": 0}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                rule.with_user(self.manager).write(values)
        self.assertEqual(len(draft.loyalty_fraud_rule_ids), 3)
        self.assertTrue(all(rule._get_sentence() for rule in draft.loyalty_fraud_rule_ids))
        accounting = draft.loyalty_accounting_rule_ids
        for values in ({"redemption_rate": 0}, {"redemption_rate": 101}, {"point_price": -1}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                accounting.with_user(self.manager).write(values)
        accounting.with_user(self.manager).program_id = self.program
        self.assertTrue(accounting._get_problems())
