from datetime import timedelta
from unittest.mock import patch

import pytz
from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestEarningCaps(EarningCommon):
    def cap(self, scope, points, **values):
        return self.policy_rule("loyalty.points.cap.rule", scope=scope, points=points, **values)

    def buy_for(self, *prices):
        invoice = self.bill(*((self.tea, 1, price) for price in prices))
        self.collect(invoice)
        return invoice

    def test_exactly_the_cap_is_given(self):
        self.cap("order", 150)
        self.buy_for(150)
        self.assertEqual(self.card().points, 150)
        invoice = self.buy_for(100, 51)
        self.assertEqual(self.points_of(invoice), [100, 50])
        cut = self.earnings.search([("res_id", "=", invoice.id)], order="id")[-1]
        self.assertEqual((cut.points_uncapped, cut.inputs["caps"][0]["points"]), (51, 50))
        self.assertIn("cap", cut.explanation)
        self.assertFalse(self.earnings._settle(invoice), "what a cap has cut is not given later")

    def test_day_month_and_member(self):
        self.cap("day", 100)
        self.cap("month", 250)
        self.cap("member", 300)
        start = self.today.replace(day=1) + timedelta(days=40)
        start = start.replace(day=1)
        received = []
        for days, price in ((0, 80), (0, 80), (1, 120), (2, 100), (31, 90), (32, 90)):
            with patch.object(
                type(self.company), "_customer_policy_today", lambda c, d=days: start + timedelta(days=d)
            ):
                before = self.card().points if self.card() else 0
                self.buy_for(price)
                received.append(self.card().points - before)
        # 80; 20 left of the day; 100 of 120; 50 left of the month; 50 left of the member; nothing
        self.assertEqual(received, [80, 20, 100, 50, 50, 0])

    def test_a_return_makes_room_where_the_points_were_earned(self):
        self.cap("day", 100)
        with patch.object(type(self.company), "_customer_policy_today", lambda c: self.today - timedelta(days=1)):
            yesterday = self.buy_for(100)
        self.buy_for(60)
        self.credit(yesterday)
        self.assertEqual(self.card().points, 60)
        self.buy_for(60)
        self.assertEqual(self.card().points, 100, "40 are left of today, whatever came back of yesterday")

    def test_caps_of_one_kind_and_grade(self):
        self.cap("day", 10, covers="behaviour")
        self.cap("day", 20, grade_ids=self.env.ref("customer_policy.customer_grade_strategic").ids)
        self.buy_for(60)
        self.assertEqual(self.card().points, 60)

    def test_a_day_is_that_of_the_company(self):
        """16:30 in London is half past midnight of the next day in Shanghai."""
        self.cap("day", 100)
        with patch("odoo.addons.customer_policy.models.res_company.datetime") as clock:
            for moment, expected in (("2026-03-10 15:30", 80), ("2026-03-10 16:30", 180)):
                moment = pytz.utc.localize(fields.Datetime.to_datetime(f"{moment}:00"))
                clock.now = moment.astimezone
                self.buy_for(80 if expected == 80 else 120)
                self.assertEqual(self.card().points, expected)
        days = self.earnings.search([("card_id", "=", self.card().id)], order="id").mapped("day")
        self.assertEqual([str(day) for day in days], ["2026-03-10", "2026-03-11"])

    def test_bad_input(self):
        for points in (0, -5):
            with self.assertRaises(ValidationError):
                self.cap("day", points)
            self._freeze()
        with self.assertRaises(ValidationError):
            self.change(self.env.ref("loyalty_points.earning_rule"), digits=3)
        self._freeze()
        with self.assertRaises(ValidationError):
            self.policy_rule("loyalty.points.multiplier.rule", name="M", factor=-1)
        self._freeze()
        with self.assertRaises(ValidationError):
            self.policy_rule("loyalty.points.multiplier.rule", name="M", product_domain="[('nothing', '=', 1)]")
        self._freeze()
        with self.assertRaises(ValidationError):
            self.policy_rule("loyalty.points.behaviour.rule", name="B", points=-1)
        self._freeze()
        with self.assertRaises(ValidationError):
            self.policy_rule("loyalty.points.expiry.rule", method="days", number=0)

    def test_many_members_cost_few_queries(self):
        """What caps have left is asked once per cap, not once per member."""
        for scope in ("day", "month", "member", "order"):
            self.cap(scope, 10000)
        self.policy_rule("loyalty.points.behaviour.rule", name="Birthday", behaviour="birthday", points=50)

        def reward(count, name):
            members = [self.new_customer(f"{name}{number}") for number in range(count)]
            occasions = [(member, f"{member.id}:x", None, "points") for member in members]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            earnings = self.env["loyalty.points.behaviour.rule"]._reward(self.company, "birthday", occasions)
            self.env.flush_all()
            self.assertEqual(earnings.mapped("points"), [50.0] * count)
            return self.env.cr.sql_log_count - before

        reward(1, "warm")
        few, many = reward(2, "few"), reward(22, "many")
        self.assertLess((many - few) / 20, 3, f"{few} queries for 2 members, {many} for 22")
