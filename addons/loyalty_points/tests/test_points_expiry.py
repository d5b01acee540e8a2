from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .earning_common import EarningCommon


@tagged("post_install", "-at_install")
class TestPointsExpiry(EarningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("loyalty_points.expiry_rule")
        cls.cards = cls.env["loyalty.card"]
        cls.notices = cls.env["loyalty.points.notice"]

    def at(self, day):
        return patch.object(type(self.company), "_customer_policy_today", lambda company: day)

    def expire(self, day):
        with self.at(day):
            return self.cards._expire_due(self.company)

    def lot(self, points, last_day=None, card=None, **values):
        return self.post(card or self.card() or self.new_card(), points, "accrual", expiration_date=last_day, **values)

    def test_last_days_by_hand(self):
        rules = self.env["loyalty.points.expiry.rule"]
        cases = [
            ("never", 0, date(2026, 3, 15), False),
            ("days", 90, date(2026, 3, 15), date(2026, 6, 13)),
            ("month_end", 12, date(2026, 3, 15), date(2027, 3, 31)),
            ("month_end", 12, date(2024, 2, 29), date(2025, 2, 28)),
            ("month_end", 12, date(2027, 2, 28), date(2028, 2, 29)),
            ("month_end", 1, date(2026, 1, 31), date(2026, 2, 28)),
            ("month_end", 0, date(2026, 4, 1), date(2026, 4, 30)),
            ("year_end", 1, date(2026, 1, 1), date(2027, 12, 31)),
            ("year_end", 0, date(2026, 12, 31), date(2026, 12, 31)),
            ("inactivity", 6, date(2026, 3, 15), False),
        ]
        for method, number, day, expected in cases:
            self.assertEqual(rules.new({"method": method, "number": number})._last_day(day), expected, (method, day))

    def test_earned_points_get_their_last_day(self):
        with self.at(date(2026, 3, 15)):
            self.collect(self.bill((self.tea, 1, 100)))
        self.assertEqual(self.card().ledger_entry_ids.expiration_date, date(2027, 3, 31))
        self.assertEqual(self.expire(date(2027, 3, 31)), 0, "the last day is a day to spend them")
        self.assertEqual(self.expire(date(2027, 4, 1)), 1)
        self.assertEqual(self.card().points, 0)
        entry = self.card().ledger_entry_ids.filtered(lambda entry: entry.entry_type == "expiry")
        self.assertEqual((entry.points, entry.clause[:3]), (-100, "8.2"))
        self.assertEqual(entry.qualifying_points, 0, "points that expire have counted for the tier all the same")

    def test_points_of_orders_expire_too(self):
        self.program.earning_moment = "order"
        order = self.new_order()
        with self.at(date(2026, 3, 15)):
            order.action_confirm()
        self.assertEqual(self.card().ledger_entry_ids.expiration_date, date(2027, 3, 31))

    def test_twice_and_what_is_left(self):
        card = self.new_card()
        self.lot(100, date(2026, 5, 31), card)
        self.lot(50, date(2026, 6, 30), card)
        self.post(card, -30)
        self.assertEqual(self.expire(date(2026, 6, 1)), 1)
        self.assertEqual(card.points, 50)
        before = self.ledger.search_count([])
        self.assertEqual(self.expire(date(2026, 6, 1)), 0)
        self.assertEqual(self.ledger.search_count([]), before)
        self.assertEqual(self.expire(date(2026, 8, 1)), 1)
        self.assertEqual(card.points, 0)
        self.assert_sound(card)

    def test_inactivity(self):
        self.change(self.rule, method="inactivity", number=6)
        card = self.new_card()
        self.lot(100, card=card, date=datetime(2026, 1, 10, 4))
        self.post(card, -10, "redemption", date=datetime(2026, 3, 15, 4))
        self.assertEqual(self.expire(date(2026, 9, 15)), 0)
        self.assertEqual(self.expire(date(2026, 9, 16)), 1)
        self.assertEqual(card.points, 0)

    def test_programs_have_rules_of_their_own(self):
        clause = self.env.ref("loyalty_points.clause_8_2")
        self.policy_rule(
            "loyalty.points.expiry.rule", method="never", program_ids=self.program.ids, clause_id=clause.id
        )
        with self.at(date(2026, 3, 15)):
            self.collect(self.bill((self.tea, 1, 100)))
        self.assertFalse(self.card().ledger_entry_ids.expiration_date)

    def test_other_companies_and_programs_are_left_alone(self):
        wallet = self.new_program("Wallet", program_type="ewallet")
        card = self.new_card(program=wallet)
        self.post(card, 40, expiration_date=date(2026, 5, 31))
        self.assertEqual(self.expire(date(2026, 7, 1)), 0)
        self.assertEqual(card.points, 40)

    def test_notices_once_per_lot_one_mail_per_member(self):
        self.member.email = "buyer@example.com"
        card = self.new_card()
        self.lot(100, date(2026, 6, 30), card)
        self.lot(20, date(2026, 6, 15), card)
        self.lot(5, date(2026, 12, 31), card)
        silent = self.new_customer("No mail")
        self.lot(7, date(2026, 6, 30), self.new_card(partner=silent))
        with self.at(date(2026, 5, 15)):
            self.notices._notify_due(self.company)
        self.assertFalse(self.notices.search([]), "31 days before")
        with self.at(date(2026, 5, 16)):
            self.notices._notify_due(self.company)
        self.assertEqual(self.notices.search([]).mapped("points"), [20], "30 days before the 15th")
        mails = self.env["mail.mail"].search([("model", "=", "loyalty.card"), ("res_id", "=", card.id)])
        self.assertEqual(len(mails), 1)
        with self.at(date(2026, 6, 1)):
            self.notices._notify_due(self.company)
            self.notices._notify_due(self.company)
        rows = self.notices.search([], order="id")
        self.assertEqual([(row.card_id.partner_id, row.points, row.is_sent) for row in rows],
                         [(self.member, 20, True), (self.member, 100, True), (silent, 7, False)])  # fmt: skip
        mails = self.env["mail.mail"].search([("model", "=", "loyalty.card"), ("res_id", "=", card.id)], order="id")
        self.assertEqual(len(mails), 2)
        self.assertIn("100 Points", mails[-1].subject)
        self.assertIn("06/30/2026", mails[-1].subject)

    def test_many_lots_in_few_statements(self):
        cards = self.env["loyalty.card"].create(
            [{"program_id": self.program.id, "partner_id": self.new_customer(f"C{n}").id} for n in range(60)]
        )
        for card in cards:
            self.lot(10, date(2026, 5, 31), card)
        self.env.flush_all()
        with self.at(date(2026, 6, 1)):
            before = self.env.cr.sql_log_count
            self.assertEqual(self.cards._expire_due(self.company), 60)
            self.assertLessEqual(self.env.cr.sql_log_count - before, 12)
        self.assertEqual(set(cards.mapped("points")), {0})

    def test_the_job(self):
        """All steps by the scheduled action itself; a second run finds nothing."""
        card = self.new_card()
        self.lot(10, self.today - timedelta(days=1), card)
        self.lot(2000, card=card, qualifying_points=2000)
        cron = self.env.ref("loyalty_points.ir_cron_loyalty_daily")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(card.points, 2000)
        self.assertEqual(self.member.loyalty_tier_id, self.env.ref("loyalty_points.loyalty_tier_silver"))
        entries = self.ledger.search_count([])
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(self.ledger.search_count([]), entries)
