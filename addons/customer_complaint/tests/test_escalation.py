"""The escalation ladder under a simulated clock: to the minute, one level at a time, to whom it may concern."""

from unittest.mock import patch

from odoo.tools import mute_logger

from .common import ComplaintCommon
from .test_deadlines import on


class TestEscalation(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strategic_team = cls.env.ref("customer_complaint.team_strategic")
        cls.strategic_team.user_id = cls.leader
        cls.staff(cls.strategic_team, cls.service)

    def escalate(self):
        cases = self.env["customer.complaint"]._due_for_escalation().filtered(lambda c: c.company_id == self.company)
        return cases._escalate()

    def test_ladder_to_the_minute(self):
        with self.at(2, 9):
            case = self.new_case(self.strategic)
            case.action_acknowledge()
        self.assertEqual(case.deadline_reply, on(2, 11))
        told = []
        expected = [
            (on(2, 10), self.service),  # an hour before
            (on(2, 11), self.leader),  # at the deadline
            (on(2, 16), self.leader),  # four hours after; the customer has no salesperson, so the leader again
        ]
        for moment, user in expected:
            with self.at(moment.day, moment.hour - 1, 59):
                self.assertFalse(self.escalate(), moment)
            with self.at(moment.day, moment.hour):
                self.assertEqual(self.escalate(), case, moment)
                told.append(case.escalation_log_ids[-1])
                self.assertEqual(told[-1].user_ids, user)
                self.assertFalse(self.escalate(), "again at the same moment")
        with self.at(3, 11):
            self.assertEqual(self.escalate(), case)
        last = case.escalation_log_ids[-1]
        self.assertEqual(last.user_ids, self.manager | self.second_manager | (last.user_ids - self.manager))
        self.assertEqual(case.escalation_log_ids.mapped("level"), [1, 2, 3, 4])
        self.assertEqual(set(case.escalation_log_ids.clause_id.mapped("number")), {"5.4"})
        self.assertIn(self.leader, case.activity_ids.user_id)
        mail = self.env["mail.message"].search([("partner_ids", "in", self.leader.partner_id.id)], limit=1)
        self.assertIn(case.name, mail.subject)

    def test_what_was_escalated_is_settled(self):
        """Once the reply is out nobody is told any more that it is due; what else is planned stays."""
        with self.at(2, 9):
            case = self.new_case(self.strategic)
            case.action_acknowledge()
            own = case.activity_schedule("mail.mail_activity_data_todo", user_id=self.service.id)
        with self.at(2, 10):
            self.escalate()
        self.assertEqual(len(case.activity_ids - own), 1)
        with self.at(2, 10, 30):
            case._update_clock()
            self.assertEqual(len(case.activity_ids - own), 1, "still due")
            case.with_user(self.leader).action_log_reply()
        self.assertEqual(case.activity_ids, own)

    def test_one_level_at_a_time(self):
        with self.at(2, 9):
            case = self.new_case(self.strategic)
        with self.at(27, 9):  # nobody looked for weeks
            self.escalate()
            self.assertEqual(len(case.escalation_log_ids), 1)
        with self.at(27, 9, 1):
            self.escalate()
            self.assertEqual(len(case.escalation_log_ids), 2)

    def test_nothing_while_waiting_nor_after_the_reply(self):
        with self.at(2, 9):
            case = self.new_case(self.strategic)
            case.action_wait()
        with self.at(4, 9):
            self.assertFalse(self.escalate())
            case.action_investigate()
            case.action_log_reply()
            case.action_resolve()
        with self.at(20, 9):
            self.assertFalse(self.escalate())

    def test_responsible_who_left(self):
        self.staff(self.strategic_team, self.service, self.colleague)
        with self.at(2, 9):
            case = self.new_case(self.strategic)
            self.assertEqual(case.user_id, self.service)
            self.service.sudo().active = False
            moved = self.env["customer.complaint"]._reassign_of_leavers()
        self.assertIn(case, moved)
        self.assertEqual(case.user_id, self.colleague)

    def test_cron(self):
        with self.at(2, 9):
            case = self.new_case(self.strategic)
        self.env.flush_all()
        cron = self.env.ref("customer_complaint.ir_cron_escalate")
        with self.at(2, 9, 30), self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        case.invalidate_recordset()
        self.assertEqual(len(case.escalation_log_ids), 1)

    def test_reopened_has_a_ladder_of_its_own(self):
        with self.at(2, 9):
            case = self.new_case(self.strategic)
            case.action_log_reply()
            case.action_resolve()
        with self.at(9, 9):
            case.action_reopen()
            self.assertEqual((case.round, case.deadline_resolve), (1, on(11, 18)))
            self.assertEqual(case.next_milestone, "resolve")

    def test_one_that_fails_holds_up_no_other(self):
        with self.at(2, 9):
            first, second = self.new_case(self.strategic), self.new_case(self.strategic)
        escalate_one = type(first)._escalate_one

        def fail_for_the_first(case, *arguments):
            if case == first:
                raise ValueError("a broken rule")
            return escalate_one(case, *arguments)

        with (
            self.at(2, 9, 30),
            patch.object(type(first), "_escalate_one", fail_for_the_first),
            mute_logger("odoo.addons.customer_complaint.models.customer_complaint_escalate"),
        ):
            raised = (first | second).sudo()._escalate_apart()
        self.assertEqual(raised, second)
        self.assertEqual((len(first.escalation_log_ids), len(second.escalation_log_ids)), (0, 1))
        self.assertEqual(first.next_escalation, on(2, 9))

    def test_who_may_not_see_the_case_is_not_told(self):
        """The salesperson of the customer has no role: the leader is told instead."""
        self.strategic.user_id = self.new_user("roleless", "account.group_account_invoice")
        rule = self.env.ref("customer_complaint.escalation_salesperson")
        case = self.new_case(self.strategic)
        self.assertEqual(rule._get_users(case), self.leader)
        self.strategic.user_id = seller = self.new_user("seller", "customer_policy.group_customer_user")
        self.assertEqual(rule._get_users(case), seller)

    def test_in_the_language_of_who_is_told(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        rule = self.env.ref("customer_complaint.escalation_remind")
        self.env.cr.execute(
            """UPDATE customer_complaint_escalation SET name = name || '{"fr_FR": "Rappel"}'::jsonb WHERE id = %s""",
            [rule.id],
        )
        rule.invalidate_recordset()
        self.service.lang = "fr_FR"
        with self.at(2, 9):
            case = self.new_case(self.strategic)
            self.escalate()
        self.assertIn("Rappel", case.activity_ids.filtered(lambda a: a.user_id == self.service).note)

    def test_mails_do_not_wait_for_the_hourly_queue(self):
        job = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        with self.at(2, 9):
            self.new_case(self.strategic).action_acknowledge()
        with self.at(2, 11):
            self.escalate()
            self.escalate()
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]) - triggers)
