from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestBehaviour(EarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["loyalty.points.behaviour.rule"]
        cls.person = cls.new_customer("Wang Fang", is_company=False)

    def on(self, day, *steps):
        with patch.object(type(self.company), "_customer_policy_today", lambda company: day):
            for step in steps or (self.rules._reward_days,):
                step(self.company)

    def balance(self, partner):
        return self.card(partner).points

    def test_birthdays(self):
        self.policy_rule("loyalty.points.behaviour.rule", name="Birthday", behaviour="birthday", points=50)
        self.person.loyalty_birthday = date(1990, 6, 15)
        self.buy(self.person, 10)
        self.run_all()
        self.on(date(2026, 6, 14))
        self.assertEqual(self.balance(self.person), 0)
        self.on(date(2026, 6, 15))
        self.on(date(2026, 6, 15))
        self.on(date(2026, 6, 18))
        self.assertEqual(self.balance(self.person), 50, "once a year")
        self.on(date(2027, 6, 20))
        self.assertEqual(self.balance(self.person), 100, "also where no job ran on the day")
        self.on(date(2028, 6, 30))
        self.assertEqual(self.balance(self.person), 100, "not weeks later")
        earning = self.earnings.search([("partner_id", "=", self.person.id)], limit=1)
        self.assertEqual((earning.kind, earning.explanation, earning.qualifying_points), ("birthday", "1 × 50 = 50", 0))

    def test_born_on_29_february(self):
        self.policy_rule("loyalty.points.behaviour.rule", name="Birthday", behaviour="birthday", points=50)
        self.person.loyalty_birthday = date(2000, 2, 29)
        self.buy(self.person, 10)
        self.run_all()
        self.on(date(2026, 2, 27))
        self.assertEqual(self.balance(self.person), 0)
        self.on(date(2026, 2, 28), self.rules._reward_days)
        self.on(date(2026, 3, 1))
        self.assertEqual(self.balance(self.person), 50)
        self.on(date(2028, 2, 28))
        self.assertEqual(self.balance(self.person), 50, "in a leap year the day is the 29th")
        self.on(date(2028, 2, 29))
        self.assertEqual(self.balance(self.person), 100)

    def test_anniversary_of_the_first_purchase(self):
        self.policy_rule("loyalty.points.behaviour.rule", name="Year", behaviour="anniversary", points=20)
        self.buy(self.person, 10, days_ago=800)
        self.buy(self.person, 10, days_ago=3)
        self.run_all()
        first = self.today - timedelta(days=800)
        self.on(
            first.replace(year=first.year + 1, day=min(first.day, 28)) + timedelta(days=0 if first.day <= 28 else 3)
        )
        self.assertEqual(self.balance(self.person), 20)
        self.on(first)
        self.assertEqual(self.balance(self.person), 20, "the first purchase itself is no anniversary")

    def test_referral_credits_both_sides_once(self):
        self.policy_rule("loyalty.points.behaviour.rule", name="Friends", behaviour="referral", points=200,
                         friend_points=100)  # fmt: skip
        self.person.loyalty_referrer_id = self.member
        invoice = self.bill((self.tea, 1, 40), partner=self.person)
        self.assertFalse(self.card(self.person))
        self.collect(invoice)
        self.assertEqual((self.balance(self.member), self.balance(self.person)), (200, 140))
        self.collect(self.bill((self.tea, 1, 40), partner=self.person))
        self.assertEqual((self.balance(self.member), self.balance(self.person)), (200, 180))
        with self.assertRaises(ValidationError):
            self.person.loyalty_referrer_id = self.new_customer("Other")
        self.credit(invoice)
        self.assertEqual((self.balance(self.member), self.balance(self.person)), (0, 40), "all came back")
        self.assert_sound(self.card() | self.card(self.person))

    def test_only_the_first_paid_invoice_counts(self):
        self.policy_rule("loyalty.points.behaviour.rule", name="Friends", behaviour="referral", points=200)
        self.collect(self.bill((self.tea, 1, 40), partner=self.person))
        self.person.loyalty_referrer_id = self.member
        self.collect(self.bill((self.tea, 1, 40), partner=self.person))
        self.assertFalse(self.card())

    def test_nobody_refers_themselves(self):
        contact = self.env["res.partner"].create({"name": "Li", "parent_id": self.member.id})
        with self.assertRaises(ValidationError):
            self.member.loyalty_referrer_id = contact
        self.person.loyalty_referrer_id = self.member
        with self.assertRaises(ValidationError):
            self.member.loyalty_referrer_id = self.person

    def test_no_points_without_a_program_or_for_the_public(self):
        self.policy_rule("loyalty.points.behaviour.rule", name="B", behaviour="birthday", points=50)
        public = new_test_user(self.env, "lp_public", groups="base.group_public").partner_id
        occasion = [(public, "x", None, "points")]
        self.assertFalse(self.rules._reward(self.company, "birthday", occasion))
        self.program.action_archive()
        self.assertFalse(self.rules._reward(self.company, "birthday", [(self.person, "y", None, "points")]))

    def test_the_birthday_is_marked_as_sensitive(self):
        marked = self.env["customer.field.sensitivity"]._get_sensitive_fields("res.partner")
        self.assertIn("loyalty_birthday", marked)
        with self.assertRaises(ValidationError):
            self.person.loyalty_birthday = self.today + timedelta(days=2)
