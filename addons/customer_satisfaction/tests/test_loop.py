"""The closed loop: low answers become cases or calls, and improvements tell who raised them."""

from datetime import datetime
from unittest.mock import patch

from odoo.tests import Form
from odoo.tools import mute_logger

from .common import SatisfactionCommon


class TestLoop(SatisfactionCommon):
    def test_a_detractor_becomes_a_case(self):
        self.staff(self.team, self.service)
        with self.at(6, 16):  # Friday at four
            invitation = self.invite()
            self.fill_in(invitation, 3, text="Nobody calls back")
            case = invitation.case_id
            self.assertEqual((case.contact_id, case.kind, case.channel), (self.customer, "complaint", "survey"))
            self.assertIn("3", case.subject)
            self.assertIn("Nobody calls back", case.description)
            self.assertTrue(case.team_id)
            # Two working days of eight hours after Friday 16:00, in a calendar of 9-12 and 13-18: Tuesday 16:00.
            self.assertEqual(invitation.contact_deadline, datetime(2026, 3, 10, 16))
        with self.at(9, 10):
            case.with_user(self.service).action_log_reply()
            self.assertEqual(invitation.date_contacted, datetime(2026, 3, 9, 10))
        self.assertEqual(case.satisfaction_invitation_id, invitation)

    def test_the_clock_of_the_case_keeps_the_rule(self):
        """Deadlines of cases are shorter as shipped; where they are longer, the low-score rule's counts."""
        draft = self.draft()
        for rule in self.env["customer.complaint.deadline"].search([("policy_id", "=", draft.id)]):
            times = {"unit": "days", "reply_time": 10, "acknowledge_time": 0, "resolve_time": 20, "severe_percent": 100}
            rule.with_user(self.manager).write(times)
        self.publish(draft)
        with self.at(2, 9):
            invitation = self.invite()
            self.fill_in(invitation, 0)
            self.assertEqual(invitation.case_id.deadline_reply, datetime(2026, 3, 3, 18))
            self.assertEqual(self.new_case().deadline_reply, datetime(2026, 3, 13, 18), "other cases keep their own")

    def test_bounds_of_each_metric(self):
        """NPS to 6, CSAT to 2, CES to 3 as shipped."""
        for survey, low, fine in ((self.nps, 6, 7), (self.csat, 2, 3), (self.ces, 3, 4)):
            for score, expected in ((low, True), (fine, False)):
                invitation = self.invite(self.new_customer(f"{survey.id} {score}"), survey)
                self.fill_in(invitation, score)
                self.assertEqual(bool(invitation.case_id), expected, (survey.title, score))

    def test_one_case_per_questionnaire(self):
        invitation = self.invite(survey=self.ces)
        self.fill_in(invitation, 1, topics={"service": 1, "speed": 1})
        invitation._respond()
        cases = self.env["customer.complaint"].search([("satisfaction_invitation_id", "=", invitation.id)])
        self.assertEqual(len(cases), 1)

    def test_a_call_instead(self):
        draft = self.draft()
        rule = self.env["customer.satisfaction.response"].search([("policy_id", "=", draft.id), ("metric", "=", "nps")])
        rule.with_user(self.manager).write({"action": "activity", "responsible": "salesperson", "working_days": 1})
        self.publish(draft)
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        self.customer.user_id = seller
        with self.at(2, 9):
            invitation = self.invite()
            self.fill_in(invitation, 5)
            self.assertFalse(invitation.case_id)
            activity = invitation.activity_ids
            self.assertEqual((activity.user_id, activity.date_deadline), (seller, datetime(2026, 3, 2).date()))
            invitation.with_user(seller).action_contacted()
            self.assertEqual(invitation.date_contacted, datetime(2026, 3, 2, 9))
            self.assertFalse(invitation.activity_ids)

    def test_salesperson_who_has_left(self):
        draft = self.draft()
        rules = self.env["customer.satisfaction.response"].search([("policy_id", "=", draft.id)])
        rules.with_user(self.manager).write({"action": "activity", "responsible": "salesperson"})
        self.publish(draft)
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        self.customer.user_id = seller
        invitation = self.invite()
        seller.active = False
        self.fill_in(invitation, 5)
        self.assertTrue(invitation.activity_ids.user_id.active)

    def test_an_answer_survives_a_failing_case(self):
        invitation = self.invite()
        complaint = type(self.env["customer.complaint"])
        with (
            mute_logger("odoo.addons.customer_satisfaction.models.customer_satisfaction_loop"),
            patch.object(complaint, "_complete", side_effect=ValueError("no stage")),
        ):
            self.fill_in(invitation, 2)
        self.assertTrue(invitation.is_response_pending)
        self.assertEqual((invitation.state, len(invitation.answer_ids)), ("answered", 1))
        self.invitations._respond_pending(self.company)
        self.assertTrue(invitation.case_id)
        self.assertFalse(invitation.is_response_pending)

    def test_improvement_from_answers(self):
        """Told once each: by their case, or by a mail of their own. The effect compares low scores of the topic."""
        silent = self.new_customer("Without mail")
        happy = self.new_customer("Content but critical", email="critical@example.com")
        answers = self.answer(2, text="Bent corners", topics={"quality": 1})
        answers |= self.answer(9, contact=happy, topics={"quality": 2})
        answers |= self.answer(9, contact=silent, topics={"quality": 2})
        low = answers.filtered(lambda answer: answer.topic_id and answer.is_low)
        action = low.with_user(self.service).action_propose_improvement()
        with Form(self.env["customer.improvement"].with_user(self.service).with_context(**action["context"])) as form:
            self.assertEqual(form.name, "Product Quality")
        improvement = form.record
        self.assertEqual(improvement.satisfaction_answer_ids, low)
        case = answers.invitation_id.case_id
        improvement.write(
            {"complaint_ids": [(4, case.id)], "notice": "<p>We pack corners now.</p>", "measure": "Corners"}
        )
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        improvement.action_start()
        improvement.action_take_measure()
        improvement.action_notify()
        told = self.env["mail.message"].search([("id", ">", before), ("body", "ilike", "pack corners")])
        told = told.filtered(lambda message: message.model != "customer.improvement")
        self.assertEqual(
            sorted((message.model, message.res_id) for message in told),
            sorted([("customer.complaint", case.id), ("res.partner", happy.id)]),
        )
        self.assertEqual((improvement.count_before, improvement.total_before), (0, 0), "all on the day of the measure")
        improvement.sudo().date_done = improvement.company_id._customer_policy_today().replace(day=1)
        self.assertIn("No answers", improvement.effect_text)

    def test_effect_on_a_topic(self):
        """12 low of 40 before, 3 of 50 after: 30.0 % → 6.0 %, change -24.0 ± 15.7 (Wald, by hand)."""
        topic = self.env.ref("customer_satisfaction.topic_quality")
        values = {"topic_id": topic.id, "survey_id": self.nps.id}
        for days, low, total in ((20, 12, 40), (5, 3, 50)):
            self.scored("csat", [2] * low + [4] * (total - low), days_ago=days, **values)
        improvement = self.env["customer.improvement"].create(
            {"name": "Quality", "satisfaction_topic_id": topic.id, "company_id": self.company.id, "days": 15,
             "date_done": self.company._customer_policy_today().fromordinal(self.today.toordinal() - 10)}
        )  # fmt: skip
        self.assertIn("30.0 % (n = 40) → 6.0 % (n = 50)", improvement.effect_text)
        self.assertIn("-24.0 ± 15.7", improvement.effect_text)
        # A page of the register takes as many queries as a line of it.
        cause = self.env["customer.complaint.cause"].create({"name": "Packing"})
        page = improvement | improvement.copy({"cause_id": cause.id})
        page |= self.env["customer.improvement"].create([page[n % 2].copy_data()[0] for n in range(30)])
        self.assertEqual(self.queries(page), self.queries(page[:2]))
        self.assertEqual(page[3].effect_text, "No cases to compare yet.")
        self.assertEqual(page[2].effect_text, improvement.effect_text)

    def queries(self, improvements):
        for _twice in range(2):  # rights are cached by the first reading
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            improvements.read(["count_before", "total_before", "count_after", "total_after", "effect_text"])
        return self.env.cr.sql_log_count - before
