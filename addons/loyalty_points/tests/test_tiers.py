from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestTiers(EarningCommon):
    """Shipped: silver from 1,000, gold from 5,000, platinum from 20,000 qualifying points of a calendar year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = cls.env["loyalty.tier.membership"]
        cls.silver, cls.gold, cls.platinum = (
            cls.env.ref(f"loyalty_points.loyalty_tier_{name}") for name in ("silver", "gold", "platinum")
        )
        cls.rule = cls.env.ref("loyalty_points.tier_rule")
        cls.account = cls.new_card()

    @contextmanager
    def at(self, day):
        with patch.object(type(self.company), "_customer_policy_today", lambda company: day):
            yield

    def collect_points(self, points, day, card=None):
        """Qualifying points of a day, at noon in the company's time zone."""
        moment = datetime(day.year, day.month, day.day, 4)
        self.post(card or self.account, abs(points), "accrual" if points > 0 else "redemption", date=moment,
                  qualifying_points=points) if points > 0 else self.post(
            card or self.account, 0, "reversal", date=moment, qualifying_points=points)  # fmt: skip

    def tier(self, day, partner=None):
        partner = partner or self.member
        with self.at(day):
            self.members._review(self.company, [partner.id])
            return self.members._get_current(partner, self.company).get(partner.id, self.env["loyalty.tier"])

    def rows(self, partner=None):
        rows = self.members.search([("partner_id", "=", (partner or self.member).id)], order="id")
        return [(row.tier_id.code, row.reason, str(row.date_start), str(row.review_date)) for row in rows]

    def test_up_at_once_down_at_the_end_of_a_period(self):
        self.collect_points(999.99, date(2026, 3, 1))
        self.assertFalse(self.tier(date(2026, 3, 1)))
        self.collect_points(0.01, date(2026, 3, 2))
        self.assertEqual(self.tier(date(2026, 3, 2)), self.silver)
        self.collect_points(4000, date(2026, 5, 1))
        self.assertEqual(self.tier(date(2026, 5, 1)), self.gold)
        self.collect_points(-4500, date(2026, 6, 1))
        self.assertEqual(self.tier(date(2026, 6, 1)), self.gold, "what comes back lowers nothing within the period")
        self.assertEqual(self.tier(date(2026, 12, 31)), self.gold)
        self.assertFalse(self.tier(date(2027, 1, 1)), "500 in all of 2026 are too little for silver")
        self.assertEqual(
            self.rows(),
            [("silver", "reached", "2026-03-02", "2026-12-31"), ("gold", "reached", "2026-05-01", "2026-12-31")],
        )

    def test_what_a_period_has_earned_holds_for_the_next(self):
        self.collect_points(6000, date(2026, 3, 1))
        self.assertEqual(self.tier(date(2026, 3, 1)), self.gold)
        self.assertEqual(self.tier(date(2027, 1, 1)), self.gold)
        self.assertEqual(self.tier(date(2027, 12, 31)), self.gold)
        self.collect_points(1200, date(2027, 12, 31))
        self.assertEqual(self.tier(date(2028, 1, 1)), self.silver)
        row = self.members.search([("partner_id", "=", self.member.id), ("date_end", "=", False)])
        self.assertEqual(
            (row.reason, row.measured, row.is_upgrade, row.previous_tier_id), ("review", 1200, False, self.gold)
        )
        self.assertEqual(row.clause, self.env.ref("loyalty_points.clause_8_4").display_name)
        self.assertEqual((row.inputs["period_start"], row.inputs["before"]), ("2028-01-01", 1200))
        self.assertFalse(self.tier(date(2029, 1, 1)))

    def test_grace(self):
        self.change(self.rule, grace_days=31)
        self.collect_points(1000, date(2026, 3, 1))
        self.assertEqual(self.tier(date(2026, 3, 1)), self.silver)
        self.assertEqual(self.tier(date(2027, 1, 1)), self.silver)
        self.assertEqual(self.tier(date(2027, 2, 1)), self.silver, "confirmed by what 2026 has brought")
        self.assertEqual(self.tier(date(2028, 1, 31)), self.silver)
        self.assertFalse(self.tier(date(2028, 2, 1)))

    def test_twice_writes_nothing(self):
        self.collect_points(6000, date(2026, 3, 1))
        self.tier(date(2026, 3, 1))
        self.env.cr.execute("SELECT MAX(xmin::text::bigint), COUNT(*) FROM loyalty_tier_membership")
        with self.at(date(2026, 3, 1)):
            self.assertFalse(self.members._review(self.company))
            self.assertFalse(self.members._review(self.company))
        self.assertEqual(len(self.rows()), 1)

    def test_periods_since_joining(self):
        self.env.cr.execute("UPDATE loyalty_card SET create_date = '2024-02-29 04:00' WHERE id = %s", [self.account.id])
        self.change(self.rule, period="anniversary")
        self.collect_points(600, date(2025, 2, 27))
        self.collect_points(600, date(2025, 2, 28))
        self.assertFalse(self.tier(date(2025, 2, 28)), "600 in each of two years of membership")
        self.collect_points(400, date(2026, 2, 27))
        self.assertEqual(self.tier(date(2026, 2, 27)), self.silver)
        self.assertEqual(self.rows()[0][3], "2026-02-27")
        self.assertEqual(self.tier(date(2027, 2, 27)), self.silver)
        self.assertFalse(self.tier(date(2027, 2, 28)))

    def test_the_day_is_that_of_the_company(self):
        """17:00 in London on 31 December is already the new year in Shanghai."""
        self.post(self.account, 1000, "accrual", date=datetime(2025, 12, 31, 17), qualifying_points=1000)
        self.assertEqual(self.tier(date(2026, 12, 31)), self.silver)
        row = self.members.search([("partner_id", "=", self.member.id)])
        self.assertEqual(row.inputs["collected"], 1000)

    def test_the_day_follows_the_clock_of_summer_and_winter(self):
        """22:30 UTC is half past midnight in Berlin in summer, and half past eleven in winter."""
        self.company.customer_policy_tz = "Europe/Berlin"
        self.change(self.rule, months=3)
        self.post(self.account, 600, "accrual", date=datetime(2026, 6, 30, 22, 30), qualifying_points=600)
        self.post(self.account, 400, "accrual", date=datetime(2026, 12, 31, 22, 30), qualifying_points=400)
        with self.at(date(2026, 9, 30)):
            progress = self.members._get_progress(self.member, self.company)[self.member.id]
        self.assertEqual((progress["collected"], str(progress["period_start"])), (600, "2026-07-01"))
        with self.at(date(2026, 12, 31)):
            progress = self.members._get_progress(self.member, self.company)[self.member.id]
        self.assertEqual((progress["collected"], str(progress["period_start"])), (400, "2026-10-01"))
        with self.at(date(2026, 3, 29)):
            self.collect(self.bill((self.tea, 1, 10)))
        self.assertEqual(str(self.earnings.search([], limit=1).day), "2026-03-29")

    def test_by_revenue(self):
        self.change(self.rule, measure="revenue")
        self.buy(self.member, 5200, days_ago=1)
        self.assertEqual(self.tier(self.today), self.gold)

    def test_tiers_may_be_the_grades(self):
        key = self.env.ref("customer_policy.customer_grade_key")
        self.gold.grade_id = key
        self.change(self.rule, measure="grade")
        self.buy(self.member, 100)
        self.run_all()
        self.env.cr.execute("UPDATE customer_profile SET grade_id = %s WHERE partner_id = %s", [key.id, self.member.id])
        self.env.invalidate_all()
        self.assertEqual(self.tier(self.today), self.gold)
        self.env.cr.execute("UPDATE customer_profile SET grade_id = NULL WHERE partner_id = %s", [self.member.id])
        self.env.invalidate_all()
        self.assertFalse(self.tier(self.today), "a grade that goes takes its tier along: its own rule says when")

    def test_a_floor_by_hand(self):
        floors = self.env["loyalty.tier.floor"].with_user(self.manager)
        with self.at(date(2026, 3, 1)):
            floor = floors.create({"partner_id": self.member.id, "tier_id": self.gold.id, "reason": "Founding member",
                                   "date_end": "2026-06-30", "company_id": self.company.id})  # fmt: skip
        self.assertEqual(self.tier(date(2026, 6, 30)), self.gold)
        self.collect_points(1000, date(2026, 6, 30))
        self.assertEqual(self.tier(date(2026, 7, 1)), self.silver, "what was earned remains")
        with self.at(date(2026, 7, 2)):
            floor.write({"date_end": False})
        self.assertEqual(self.tier(date(2026, 7, 2)), self.gold)
        with self.at(date(2026, 7, 3)):
            floor.unlink()
        self.assertEqual(self.tier(date(2026, 7, 3)), self.silver)
        with self.assertRaises(ValidationError):
            floors.create({"partner_id": self.member.id, "tier_id": self.gold.id, "reason": " "})
        salesperson = self.new_user("lp_sales", "customer_policy.group_customer_user")
        with self.assertRaises(AccessError):
            self.env["loyalty.tier.floor"].with_user(salesperson).create(
                {"partner_id": self.member.id, "tier_id": self.gold.id, "reason": "Friend"}
            )

    def test_points_earned_raise_the_tier_at_once_and_multiply_the_next(self):
        self.collect(self.bill((self.tea, 1, 5000)))
        current = self.members._get_current(self.member, self.company)
        self.assertEqual(current[self.member.id], self.gold)
        self.collect(self.bill((self.tea, 1, 100)))
        self.assertEqual(self.account.points, 5120, "gold has a multiplier of 1.2")
        self.assertEqual(self.member.loyalty_tier_id, self.gold)
        domain = [("loyalty_tier_id", "=", self.gold.id), ("id", "in", [self.member.id, self.company.partner_id.id])]
        self.assertEqual(self.env["res.partner"].search(domain), self.member)
        without = self.env["res.partner"].search([("loyalty_tier_id", "=", False), ("id", "in", self.member.ids)])
        self.assertFalse(without)

    def test_progress(self):
        self.collect_points(1500, date(2026, 3, 1))
        self.tier(date(2026, 3, 1))
        with self.at(date(2026, 4, 1)):
            progress = self.members._get_progress(self.member, self.company)[self.member.id]
        self.assertEqual((progress["tier"], progress["next_tier"]), (self.silver, self.gold))
        self.assertEqual((progress["collected"], progress["needed"]), (1500, 3500))
        self.assertEqual((str(progress["period_start"]), str(progress["period_end"])), ("2026-01-01", "2026-12-31"))

    def test_many_members_cost_what_one_costs(self):
        partners = self.env["res.partner"].create([{"name": f"M{n}"} for n in range(300)])
        cards = self.env["loyalty.card"].create([{"program_id": self.program.id, "partner_id": p.id} for p in partners])
        for card in cards[:101]:
            self.post(card, 1, "accrual", date=datetime(2026, 3, 1, 4), qualifying_points=2000)
        counts = []
        with self.at(date(2026, 3, 1)):
            for partner_ids in (partners[:1].ids, None):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.members._review(self.company, partner_ids)
                counts.append(self.env.cr.sql_log_count - before)
        silver = [("tier_id", "=", self.silver.id), ("partner_id", "in", partners.ids)]
        self.assertEqual(self.members.search_count(silver), 101)
        self.assertLessEqual(counts[1], counts[0], counts)

    def test_history_is_kept(self):
        self.collect_points(6000, date(2026, 3, 1))
        self.tier(date(2026, 3, 1))
        row = self.members.search([("partner_id", "=", self.member.id)])
        for action in (lambda: row.sudo().write({"tier_id": self.silver.id}), lambda: row.sudo().unlink(),
                       lambda: self.members.sudo().create({"partner_id": self.member.id})):  # fmt: skip
            with self.assertRaises(UserError):
                action()
        with self.assertRaises(UserError):
            self.gold.unlink()

    def test_merged_customers_keep_the_better_tier_and_what_is_pending(self):
        other = self.new_customer("Twin")
        card = self.new_card(partner=other)
        self.change(self.env.ref("loyalty_points.earning_rule"), pending_days=5)
        self.collect_points(6000, self.today, card)
        self.collect_points(1000, self.today)
        self.collect(self.bill((self.tea, 1, 70), partner=other))
        for partner, tier in ((other, self.gold), (self.member, self.silver)):
            self.assertEqual(self.tier(self.today, partner), tier)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.member | other).ids, self.member)
        self.assertEqual(self.tier(self.today), self.gold)
        self.assertEqual(self.members.search_count([("partner_id", "=", self.member.id)]), 2)
        with self.days_later(5):
            self.earnings._release_due(self.company)
        self.assertEqual(self.account.points, 7070)
        self.assert_sound(self.account)
