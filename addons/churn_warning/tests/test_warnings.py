import hashlib
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, users
from odoo.tools import mute_logger

from .common import ChurnCommon


class TestWarnings(ChurnCommon):
    """Opening, reasons, what people do, and how it ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silent = cls.rhythm("Silent", 30, 8, 84, 1000)
        cls.steady = cls.rhythm("Steady", 30, 8, 10)

    def reach(self, warning, user=None):
        return warning.with_user(user or self.salesperson)

    def grade(self, partner, name):
        """Give a grade by hand: as the engine leaves it."""
        grade = self.env.ref(f"customer_policy.customer_grade_{name}")
        self.profile(partner).sudo().write({"grade_id": grade.id})
        return grade

    # ------------------------------------------------------------ opening

    def test_opened_with_reasons_in_words(self):
        self.night()
        warning = self.warning(self.silent)
        self.assertEqual((warning.state, warning.score, warning.level), ("open", 65, "medium"))
        self.assertEqual(warning.reason_text, "No purchase for 84 days, usually every 30.")
        chinese = warning.with_context(lang="zh_CN")
        self.assertIn("84", chinese.reason_text)
        self.assertNotEqual(chinese.reason_text, warning.reason_text)
        self.assertEqual(warning.user_id, self.salesperson)
        self.assertEqual(warning.clause, "7.2 Warnings")
        self.assertFalse(self.warning(self.steady))

    def test_night_after_night_nothing_new(self):
        self.night()
        warning = self.warning(self.silent)
        self.env.flush_all()
        before = (warning.write_date, len(warning.activity_ids), len(warning.message_ids))
        mails = self.env["mail.mail"].search_count([])
        self.assertEqual(self.night(), 0)
        self.env.flush_all()
        self.assertEqual((warning.write_date, len(warning.activity_ids), len(warning.message_ids)), before)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_deadline_in_working_days(self):
        """Two working days for strategic customers, five for others, weekends and public holidays left out."""
        responses = self.env["churn.response"]._in_force(self.company)
        strategic = responses._for_grade(self.env.ref("customer_policy.customer_grade_strategic"))
        others = responses._for_grade(self.env["customer.grade"])
        start = datetime(2026, 7, 2, 19, 0)
        # Thursday 19:00 UTC is Friday 03:00 in Shanghai, before work: Friday and Monday.
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.assertEqual(str(strategic._deadline(self.company, start)), "2026-07-06")
        self.assertEqual(str(others._deadline(self.company, start)), "2026-07-09")
        self.env["resource.calendar.leaves"].create(
            {"name": "Holiday", "company_id": self.company.id, "calendar_id": False,
             "date_from": "2026-07-05 16:00:00", "date_to": "2026-07-06 15:59:59"}
        )  # fmt: skip
        self.assertEqual(str(strategic._deadline(self.company, start)), "2026-07-07")

    def test_told_by_activity_and_one_mail(self):
        second = self.rhythm("Silent Too", 20, 8, 70, 400)
        self.night()
        warnings = self.warning(self.silent) | self.warning(second)
        for warning in warnings:
            self.assertEqual(warning.activity_ids.user_id, self.salesperson)
            self.assertEqual(warning.activity_ids.date_deadline, warning.date_deadline)
            self.assertIn("84" if warning.partner_id == self.silent else "70", warning.activity_ids.summary)
        mail = self.env["mail.mail"].search([("recipient_ids", "=", self.salesperson.partner_id.id)])
        self.assertEqual(len(mail), 1)
        self.assertIn("2 new churn warnings", mail.subject)
        self.assertLess(mail.body_html.index("Silent"), mail.body_html.index("Silent Too"))

    def test_most_valuable_first_and_no_flood(self):
        """Fifteen customers fall silent, ten is what a person can have: the ten with the most at stake."""
        customers = [self.rhythm(f"Bulk {n}", 20, 6, 60, 100 + n) for n in range(15)]
        self.silent.active = False
        self.night()
        found = self.warnings.sudo().search([("is_holdout", "=", False)])
        self.assertEqual(len(found), 10)
        opened = self.warnings.sudo().search([]).partner_id
        left = [customer for customer in customers if customer not in opened]
        self.assertLess(max(int(c.name.split()[1]) for c in left), min(int(c.name.split()[1]) for c in opened))
        self.assertEqual(self.warnings.sudo().search([]).mapped("value_at_risk"),
                         sorted(self.warnings.sudo().search([]).mapped("value_at_risk"), reverse=True))  # fmt: skip

    def test_not_again_before_its_time(self):
        self.night()
        warning = self.warning(self.silent)
        self.reach(warning)._for_action()._finish("false_alarm", note="On holiday")
        self.assertEqual(self.night(), 0)
        warning.date_closed = self.today - timedelta(days=61)
        self.assertEqual(self.night(), 1)
        self.assertEqual(self.warnings.sudo().search_count([("partner_id", "=", self.silent.id)]), 2)

    def test_without_a_salesperson_the_policy_owner(self):
        self.silent.user_id = False
        self.night()
        owner = self.env["customer.policy"]._get_in_force(self.company).owner_id
        self.assertEqual(self.warning(self.silent).user_id, owner)

    # ------------------------------------------------------------ hold-out

    def test_draw_can_be_recomputed(self):
        """10 % of the customers, whom a hash chooses; strategic ones never are."""
        drawn = [n for n in range(20_000) if self.warnings._is_drawn(self.company, n, 2026, 10)]
        self.assertLess(abs(len(drawn) / 20_000 - 0.1), 0.01)
        digest = hashlib.sha256(f"{self.company.id}:{drawn[0]}:2026".encode()).hexdigest()
        self.assertLess(int(digest[:8], 16) / 16**8, 0.1)
        self.assertFalse(any(self.warnings._is_drawn(self.company, n, 2026, 0) for n in range(1000)))
        holdouts = self.env["churn.holdout"]._in_force(self.company)
        self.assertEqual(holdouts._for_grade(self.env.ref("customer_policy.customer_grade_strategic")).share, 0)
        self.assertEqual(holdouts._for_grade(self.env.ref("customer_policy.customer_grade_key")).share, 10)

    def test_hold_out_is_left_alone(self):
        self.run_all()
        self.grade(self.silent, "ordinary")
        with self.drawing(True):
            self.warnings.sudo()._open_batch(self.company)
        self.warnings.sudo()._notify(self.company)
        warning = self.warning(self.silent)
        self.assertEqual((warning.state, warning.is_holdout), ("holdout", True))
        self.assertFalse(warning.activity_ids)
        self.assertFalse(warning.date_notified)
        self.assertFalse(self.warnings.with_user(self.salesperson).search([]))
        with self.assertRaises(AccessError):
            self.reach(warning).action_start()
        self.assertEqual(self.warnings.with_user(self.manager).search([]), warning)
        with self.assertRaises(UserError):
            self.reach(warning, self.manager).action_start()

    def drawing(self, answer):
        return patch.object(type(self.warnings), "_is_drawn", lambda *_arguments: answer)

    def test_hold_out_ends_after_its_days(self):
        self.run_all()
        with self.drawing(True):
            self.warnings.sudo()._open_batch(self.company)
        warning = self.warning(self.silent)
        warning.date_opened = self.today - timedelta(days=91)
        self.warnings.sudo()._keep_up(self.company)
        self.assertEqual((warning.state, warning.outcome), ("closed", "observed"))

    # ------------------------------------------------------------ what people do

    def test_playbook_by_reason_and_grade(self):
        self.night()
        warning = self.warning(self.silent)
        warning.grade_id = self.env.ref("customer_policy.customer_grade_key")
        first = warning.activity_ids
        self.reach(warning).action_start()
        self.assertEqual(warning.state, "working")
        self.assertEqual(warning.date_acted, self.today)
        self.assertEqual(warning.playbook_id.stable_key, "churn_warning.playbook_key")
        self.assertFalse(first.exists() & warning.activity_ids)
        steps = warning.activity_ids.sorted("date_deadline")
        self.assertEqual([(a.date_deadline - self.today).days for a in steps], [0, 5, 7])
        self.assertEqual(set(steps.user_id.ids), {self.salesperson.id})

    def test_outcome_is_asked_for(self):
        self.night()
        warning = self.warning(self.silent)
        action = self.reach(warning).action_close()
        wizards = self.env["churn.outcome"].with_user(self.salesperson).with_context(**action["context"])
        with self.assertRaises(UserError):
            wizards.create({"outcome": "lost"}).action_confirm()
        with self.assertRaises(UserError):
            wizards.create({"outcome": "false_alarm"}).action_confirm()
        form = Form(wizards)
        form.outcome = "lost"
        form.loss_reason_id = self.env.ref("churn_warning.reason_competitor")
        form.save().action_confirm()
        self.assertEqual((warning.state, warning.outcome), ("closed", "lost"))
        self.assertEqual(warning.loss_reason_id.code, "competitor")
        self.assertFalse(warning.activity_ids)
        page = self.env["churn.dashboard"].with_user(self.salesperson).with_company(self.company).load()
        self.assertEqual([(row["name"], row["count"]) for row in page["losses"]], [("Competitor", 1)])
        with self.assertRaises(UserError):
            self.reach(warning).action_start()

    def test_won_back_by_hand_is_visited_again(self):
        self.night()
        warning = self.warning(self.silent)
        self.reach(warning)._for_action()._finish("won_back")
        self.assertEqual(warning.activity_ids.date_deadline, self.today + timedelta(days=30))
        self.assertEqual(warning.activity_ids.user_id, self.salesperson)

    def test_purchase_ends_it(self):
        """After somebody has acted it is won back, before that the customer came back alone."""
        second = self.rhythm("Silent Too", 20, 8, 70, 400)
        self.night()
        acted, alone = self.warning(self.silent), self.warning(second)
        self.reach(acted).action_start()
        self.buy(self.silent, 700)
        self.buy(second, 300)
        self.engine._run(self.company, [self.silent.id, second.id])
        self.assertEqual((acted.state, acted.outcome), ("closed", "won_back"))
        self.assertEqual((alone.state, alone.outcome), ("closed", "returned"))
        self.assertIn("Follow-Up", acted.activity_ids.activity_type_id.name)
        self.assertFalse(alone.activity_ids)

    def test_sign_has_gone(self):
        """A warning that nobody has touched ends when the rule does not say so any more."""
        self.night()
        warning = self.warning(self.silent)
        draft = self.policy.with_user(self.manager)._draft_version()
        draft.churn_rule_ids.filtered(lambda rule: rule.reason_id.code == "silence").active = False
        self.publish(draft)
        self.warnings.sudo()._keep_up(self.company)
        self.assertEqual((warning.state, warning.outcome), ("closed", "faded"))

    def test_snooze(self):
        self.night()
        warning = self.warning(self.silent)
        wizards = self.env["churn.snooze"].with_user(self.salesperson).with_company(self.company)
        values = {"warning_ids": warning.ids, "reason": "Trade fair"}
        for days in (0, 31):
            with self.assertRaises(UserError):
                wizards.create({**values, "until": self.today + timedelta(days=days)}).action_confirm()
        wizards.create({**values, "until": self.today + timedelta(days=14)}).action_confirm()
        self.assertEqual(warning.state, "snoozed")
        self.assertFalse(warning.is_late)
        self.night()
        self.assertEqual(warning.state, "snoozed")
        warning.snooze_until = self.today
        self.night()
        self.assertEqual(warning.state, "open")

    def test_late(self):
        self.night()
        warning = self.warning(self.silent)
        self.assertFalse(warning.is_late)
        warning.date_deadline = self.today - timedelta(days=1)
        self.assertEqual(self.warnings.sudo().search([("is_late", "=", True)]), warning)
        self.assertTrue(warning.is_late)
        self.reach(warning).action_start()
        self.assertFalse(self.warnings.sudo().search([("is_late", "=", True)]))

    def test_steps_go_with_the_responsible(self):
        self.night()
        warning = self.warning(self.silent)
        self.reach(warning).action_start()
        self.reach(warning, self.manager).write({"user_id": self.other.id})
        self.assertEqual(warning.activity_ids.user_id, self.other)

    def test_return_is_measured(self):
        """Revenue within the N days after the opening counts, before and later does not."""
        self.night()
        warning = self.warning(self.silent)
        warning.write({"date_opened": self.today - timedelta(days=60), "horizon_days": 50, "purchase_before": False})
        self.buy(self.silent, 10, 60)
        self.buy(self.silent, 200, 40)
        self.buy(self.silent, 300, 12)
        self.buy(self.silent, 999, 5)
        self.run_all()
        self.warnings.sudo()._keep_up(self.company)
        self.assertEqual(warning.return_date, self.today - timedelta(days=40))
        self.assertEqual(warning.return_revenue, 500)

    # ------------------------------------------------------------ merging, deleting

    @mute_logger("odoo.models.unlink")
    def test_merge_keeps_one_open(self):
        second = self.rhythm("Silent Too", 20, 8, 70, 400)
        self.night()
        both = self.warning(self.silent) | self.warning(second)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"dst_partner_id": self.silent.id, "partner_ids": [(6, 0, (self.silent | second).ids)]}
        )
        wizard.action_merge()
        self.assertEqual(both.partner_id, self.silent)
        self.assertEqual(sorted(both.mapped("state")), ["closed", "open"])
        self.assertEqual(both.filtered(lambda w: w.state == "closed").outcome, "merged")

    @users("seller")
    def test_nobody_forges(self):
        self.env["churn.warning"].check_access("read")
        with self.assertRaises(AccessError):
            self.env["churn.warning"].create({"partner_id": self.silent.id, "company_id": self.company.id,
                                              "date_opened": self.today})  # fmt: skip
        self.night()
        mine = self.env["churn.warning"].search([])
        for vals in ({"state": "closed"}, {"outcome": "won_back"}, {"is_holdout": True}, {"date_acted": self.today}):
            with self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            mine.unlink()
        mine.write({"note": "Called"})
