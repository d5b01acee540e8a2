"""Invitations by SMS: to whom, when, in which language, and what keeps them back. Nothing leaves the queue here."""

from datetime import timedelta

from odoo.addons.customer_satisfaction.tests.common import SatisfactionCommon


class TestSms(SatisfactionCommon):
    def contact(self, name, phone="+86 138 0013 8000", **values):
        return self.new_customer(name, phone=phone, **values)

    def due(self, contact, day=2, **values):
        """As a rule plans it."""
        return self.invitations.create(
            {"contact_id": contact.id, "survey_id": self.nps.id, "company_id": self.company.id, "channel": "sms",
             "trigger_key": "test", "document_key": contact.name, "date_due": f"2026-03-0{day}", **values}
        )  # fmt: skip

    def work(self, *moment):
        """A turn of the job at this moment of March 2026."""
        with self.at(*moment):
            for step in ("_decide", "_remind"):
                while batch := self.invitations._claim(self.company, step):
                    getattr(batch, step)()

    def sent(self, contact):
        return self.env["sms.sms"].search([("partner_id", "=", contact.id)], order="id")

    def test_invitation_and_one_reminder(self):
        contact = self.contact("Lin", lang="zh_CN")
        invitation = self.due(contact, trigger_id=self.env.ref("customer_satisfaction.trigger_payment").id)
        self.work(2, 10)
        self.assertEqual(invitation.state, "sent")
        sms = self.sent(contact)
        self.assertEqual((sms.number, sms.state), ("+8613800138000", "outgoing"))
        self.assertIn(invitation.sudo().user_input_ids.access_token, sms.body)
        self.assertIn("no-more", sms.body)
        self.assertTrue(any("\u4e00" <= sign <= "\u9fff" for sign in sms.body), sms.body)
        self.work(10, 10)
        self.work(11, 10)
        self.assertEqual(len(self.sent(contact)), 2, "one reminder, a week later")
        self.assertTrue(invitation.date_reminded)
        self.fill_in(invitation, 9)
        self.assertEqual(invitation.answer_ids.channel, "sms")

    def test_only_in_working_hours(self):
        """Rules wait for the morning, mails and people don't."""
        contact, reader, asked = self.contact("Lin"), self.new_customer("R", email="r@example.com"), self.contact("By")
        invitation, mail = self.due(contact), self.due(reader, channel="mail")
        self.work(2, 20)
        self.assertEqual((invitation.state, mail.state), ("waiting", "sent"))
        self.work(7, 10)  # a Saturday
        self.assertEqual(invitation.state, "waiting")
        with self.at(7, 10):
            by_hand = self.invitations.create(
                {"contact_id": asked.id, "survey_id": self.nps.id, "company_id": self.company.id, "channel": "sms"}
            )
            by_hand.action_send()
        self.assertEqual(len(self.sent(asked)), 1)
        self.work(9, 9)
        self.assertEqual((invitation.state, len(self.sent(contact))), ("sent", 1))

    def test_reminders_wait_too(self):
        contact = self.contact("Lin")
        invitation = self.due(contact, trigger_id=self.env.ref("customer_satisfaction.trigger_payment").id)
        self.work(2, 10)
        self.work(10, 22)
        self.assertFalse(invitation.date_reminded)

    def test_who_is_not_written_to(self):
        listed = self.contact("Listed", phone="+86 139 0013 9000")
        self.env["phone.blacklist"].create({"number": "+8613900139000"})
        cases = (
            (self.new_customer("None"), "no_phone"),
            (self.contact("Short", phone="12"), "no_phone"),
            (listed, "opt_out"),
            (self.contact("No more", satisfaction_opt_out=True), "opt_out"),
        )
        batch = {self.due(contact): reason for contact, reason in cases}
        fine = self.due(self.contact("Fine"))
        self.work(2, 10)
        for invitation, reason in batch.items():
            self.assertEqual((invitation.state, invitation.skip_reason), ("skipped", reason), invitation.display_name)
            self.assertFalse(self.sent(invitation.contact_id))
        self.assertEqual(fine.state, "sent")

    def test_a_rule_reaches_who_has_a_number(self):
        """Of several contacts of a customer the one that can be called."""
        company = self.new_customer("Works Ltd", email="office@works.example")
        person = self.contact("Ms Wu", is_company=False, parent_id=company.id)
        draft = self.default_policy._draft_version()
        rule = draft.satisfaction_trigger_ids.filtered(lambda rule: rule.event == "complaint_closed")
        rule.write({"channel": "sms"})
        self.assertIn("SMS", rule._get_sentence())
        draft._publish()
        case = self.new_case(company)
        invitations = rule._plan(self.company, rule._occasions_complaint_closed(case), case._name)
        self.assertEqual((invitations.contact_id, invitations.channel), (person, "sms"))
        self.assertEqual(invitations.date_due - self.today, timedelta(days=rule.delay_days))

    def test_queries_do_not_grow_with_the_batch(self):
        costs = []
        for size in (20, 40):
            batch = self.invitations.union(
                *(self.due(self.contact(f"Q{size}-{n}", phone=f"+86 138 00{size} {n:04}")) for n in range(size))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.at(2, 10):
                batch._decide()
                self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(batch.mapped("state")), {"sent"})
        self.assertLessEqual(costs[1], costs[0] + 5, costs)
