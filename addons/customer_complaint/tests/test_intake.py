"""Mail, portal and web form: nothing lost, nothing doubled, nothing shown to whom it does not concern."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .common import ComplaintCommon

GATEWAY = "odoo.addons.mail.models.mail_thread"
MAIL = """From: {sender}
To: service@complaints.example
Subject: {subject}
Message-Id: <{message_id}@client.example>
{headers}Content-Type: text/plain; charset=utf-8

{body}
"""


class TestMail(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "complaints.example", "company_ids": cls.company.ids})
        cls.team.write({"alias_name": "service", "alias_domain_id": domain.id, "company_id": cls.company.id})
        cls.messages = 0

    def receive(self, sender="buyer@longhua.example", subject="Broken pump", body="It leaks.", headers="", **values):
        type(self).messages += 1
        mail = MAIL.format(sender=sender, subject=subject, body=body, headers=headers,
                           message_id=values.get("message_id") or f"m{self.messages}")  # fmt: skip
        with mute_logger(GATEWAY):
            case_id = self.env["mail.thread"].message_process(False, mail)
        return self.env["customer.complaint"].browse(case_id or []).exists()

    def receipts(self, case):
        mails = self.env["mail.mail"].search([("model", "=", case._name), ("res_id", "=", case.id)])
        return mails.filtered(lambda mail: case.name in (mail.subject or "") and "received" in mail.subject)

    def test_known_sender(self):
        case = self.receive()
        self.assertEqual(
            (case.subject, case.channel, case.kind, case.contact_id, case.team_id, case.company_id),
            ("Broken pump", "mail", "complaint", self.customer, self.team, self.company),
        )
        self.assertIn("It leaks", case.description)
        self.assertTrue(case.deadline_reply)
        receipt = self.receipts(case)
        self.assertIn("auto-replied", receipt.headers)
        self.assertIn(case.access_token, receipt.body_html)

    def test_unknown_sender(self):
        case = self.receive(sender="Somebody <someone@example.net>")
        self.assertFalse(case.contact_id)
        self.assertIn("someone@example.net", case.email_from)
        self.assertIn("someone@example.net", self.receipts(case).email_to)

    def test_without_a_subject(self):
        self.assertEqual(self.receive(subject="", body="The pump leaks again").subject, "The pump leaks again")

    def test_same_mail_twice(self):
        self.assertTrue(self.receive(message_id="same"))
        self.assertFalse(self.receive(message_id="same"))

    def test_auto_replies_open_no_case(self):
        for headers in ("Auto-Submitted: auto-replied\n", "Precedence: auto_reply\n", "X-Autoreply: yes\n"):
            self.assertFalse(self.receive(headers=headers), headers)
        case = self.receive(headers="Auto-Submitted: auto-generated\n")  # the form mailer of a web shop
        self.assertTrue(case)
        self.assertFalse(self.receipts(case))

    def test_no_receipt_where_none_is_wanted(self):
        for headers in ("Precedence: bulk\n", "List-Id: <news.example.net>\n", "Return-Path: <>\n",
                        "X-Auto-Response-Suppress: DR, AutoReply\n"):  # fmt: skip
            case = self.receive(headers=headers)
            self.assertTrue(case, headers)
            self.assertFalse(self.receipts(case), headers)

    def test_broken_receipt_loses_no_case(self):
        template = self.env.ref("customer_complaint.mail_template_receipt")
        template.body_html = "<t t-out='object.no_such_field'/>"
        with mute_logger("odoo.addons.customer_complaint.models.customer_complaint_mail",
                         "odoo.addons.mail.models.mail_render_mixin"):  # fmt: skip
            case = self.receive()
        self.assertFalse(self.receipts(case))
        self.assertTrue(any("No receipt" in (message.body or "") for message in case.message_ids))

    def test_mail_loop_ends(self):
        cases = [self.receive(sender="robot@example.net") for _mail in range(25)]
        self.assertEqual(len([case for case in cases if case]), 20)  # core's threshold

    def test_answer_wakes_the_clock(self):
        case = self.receive()
        case.with_user(self.service).action_wait()
        answer = f"In-Reply-To: <m{self.messages}@client.example>\n"
        self.receive(headers=answer + "Auto-Submitted: auto-replied\n", body="I am on holiday")
        self.assertEqual(case.state, "waiting")
        self.receive(headers=answer, body="The number is 7")
        self.assertEqual(case.state, "investigating")
        self.assertEqual(self.env["customer.complaint"].search_count([("contact_id", "=", self.customer.id)]), 1)

    def test_answer_after_closing_is_not_lost(self):
        case = self.receive()
        case.action_log_reply()
        case.action_resolve()
        self.receive(headers=f"In-Reply-To: <m{self.messages}@client.example>\n", body="It leaks again")
        self.assertEqual(case.state, "resolved")
        self.assertIn("The customer wrote again: reopen?", case.activity_ids.mapped("summary"))

    def test_answer_to_nobody_in_particular_reaches_a_manager(self):
        case = self.receive()
        self.team.user_id = False
        case.sudo().user_id = False
        case.action_log_reply()
        case.action_resolve()
        case._receive_from_customer("Again")
        self.assertTrue(case.activity_ids.user_id[-1:].has_group("customer_policy.group_customer_manager"))

    def test_team_deleted_meanwhile(self):
        alias = self.team.alias_id
        alias.alias_defaults = "{'team_id': 999999, 'kind': 'complaint'}"
        self.assertEqual(self.receive().team_id, self.team)  # by the routing rules


class TestWeb(ComplaintCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "portal_longhua", groups="base.group_portal", password="portal_longhua")
        cls.portal.partner_id.parent_id = cls.customer
        cls.case = cls.new_case()
        cls.other = cls.new_case(cls.strategic)
        cls.case.message_post(body="Secret note on margins", subtype_xmlid="mail.mt_note")
        cls.case._send_to_customer("We look into it", "Answer")
        cls.cases = (
            cls.env["customer.complaint"].sudo().with_context(allowed_company_ids=cls.env["res.company"].search([]).ids)
        )

    def page(self, case, token="", **values):
        return self.url_open(f"/my/complaints/{case.id}?access_token={token}", **values)

    def csrf(self, url):
        text = self.url_open(url).text
        return {
            name: text.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf_token", "submission_key")
        }

    def test_tracking_link_shows_what_the_customer_may_see(self):
        page = self.page(self.case, self.case.access_token)
        self.assertEqual(page.status_code, 200)
        self.assertIn("We look into it", page.text)
        for hidden in ("Secret note", "Deadline", self.service.name, "Severity"):
            self.assertNotIn(hidden, page.text)

    def test_forged_links(self):
        for case, token in (
            (self.case, ""),
            (self.case, "x"),
            (self.case, self.other.access_token),
            (self.env["customer.complaint"].browse(999999), self.case.access_token),
        ):
            self.assertEqual(self.page(case, token).status_code, 404, token)

    def test_portal_sees_own_cases_only(self):
        self.authenticate("portal_longhua", "portal_longhua")
        page = self.url_open("/my/complaints")
        self.assertIn(self.case.name, page.text)
        self.assertNotIn(self.other.name, page.text)
        self.assertEqual(self.page(self.case).status_code, 200)
        self.assertEqual(self.page(self.other).status_code, 404)
        self.assertEqual(self.url_open("/my/home").status_code, 200)
        for model in ("customer.complaint", "customer.complaint.reply", "customer.complaint.pause"):
            with self.assertRaisesRegex(Exception, "not allowed"):
                self.env[model].with_user(self.portal).search([])

    def test_portal_files_a_case(self):
        self.authenticate("portal_longhua", "portal_longhua")
        hidden = self.csrf("/my/complaints/new")
        data = {
            **hidden,
            "subject": "Wrong parts",
            "description": "Ten <b>left</b> ones",
            "kind": "enquiry",
            "type_id": "",
        }
        files = [("attachments", ("photo.txt", b"photo", "text/plain"))]
        page = self.url_open("/my/complaints/new", data=data, files=files)
        self.assertIn("We have received your message", page.text)
        case = self.cases.search([("subject", "=", "Wrong parts")])
        self.assertEqual((case.channel, case.partner_id, case.kind), ("portal", self.customer, "enquiry"))
        self.assertIn("&lt;b&gt;", case.description)
        attachment = self.env["ir.attachment"].search([("res_model", "=", case._name), ("res_id", "=", case.id)])
        self.assertEqual(attachment.mapped("name"), ["photo.txt"])
        again = self.url_open("/my/complaints/new", data={**data, "subject": "Wrong parts"})
        self.assertIn(case.name, again.text)
        self.assertEqual(self.cases.search_count([("subject", "=", "Wrong parts")]), 1)

    def test_message_on_the_tracking_page(self):
        self.case.with_user(self.service).action_wait()
        url = f"/my/complaints/{self.case.id}"
        page = self.page(self.case, self.case.access_token).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"csrf_token": token, "access_token": "forged", "message": "Seven pieces"}
        self.assertEqual(self.url_open(f"{url}/message", data=data).status_code, 404)
        self.url_open(f"{url}/message", data={**data, "access_token": self.case.access_token})
        self.case.invalidate_recordset()
        self.assertEqual(self.case.state, "investigating")
        message = self.case.message_ids.filtered(lambda m: "Seven pieces" in m.body)
        self.assertEqual(message.author_id, self.customer)

    def submit(self, **values):
        data = {**self.csrf("/complaint"), "name": "Wang", "email": "wang@example.org", "subject": "Web case",
                "description": "Text", **values}  # fmt: skip
        return self.url_open("/complaint", data=data)

    def found(self, subject="Web case"):
        return self.cases.search([("subject", "=", subject)])

    def test_web_form(self):
        self.assertIn("<textarea", self.url_open("/complaint").text)
        page = self.submit()
        case = self.found()
        self.assertIn(case.name, page.text)
        self.assertNotIn(case.access_token, page.text)  # the link goes to the address, whoever typed it
        self.assertEqual((case.channel, case.contact_id.id), ("web", False))
        self.assertIn("wang@example.org", case.email_from)

    def test_web_form_of_a_customer_names_nobody(self):
        page = self.submit(email="buyer@longhua.example")
        self.assertEqual(self.found().contact_id, self.customer)
        self.assertNotIn("Longhua", page.text)
        self.assertNotIn("Longhua", self.page(self.found(), self.found().access_token).text)

    def test_robots(self):
        page = self.submit(homepage="http://spam.example")
        self.assertIn("Thank you", page.text)
        self.assertFalse(self.found())

    def test_bad_input(self):
        for values, sentence in (
            ({"email": "nonsense"}, "mail address"),
            ({"description": "  "}, "in a few words"),
            ({"kind": "'; DROP", "type_id": "²"}, "Thank you"),
        ):
            page = self.submit(**values).text
            self.assertIn(sentence, page)
            self.assertIn("Web case" if sentence != "Thank you" else "number", page)  # nothing typed is lost
        self.assertEqual(self.found().kind, "complaint")

    def test_rate_limit(self):
        self.env["ir.config_parameter"].set_param("customer_complaint.web_form_limit", 2)
        pages = [self.submit(subject=f"Limit {number}") for number in range(3)]
        self.assertIn("try again in an hour", pages[2].text)
        self.assertFalse(self.found("Limit 2"))
        submissions = self.env["customer.complaint.submission"]
        self.assertFalse(submissions.search([("sender", "ilike", "127.0.0.1")]))
        submissions.search([]).date = fields.Datetime.now() - timedelta(hours=2)
        submissions._gc_submissions()
        self.assertFalse(submissions.search([]))

    def test_same_moment_and_forged_keys(self):
        """The button pressed twice at once is tried again, and then finds the case; a key opens nobody's case."""
        cases = self.env["customer.complaint"]
        values = {"subject": "x", "channel": "portal", "contact_id": self.customer.id, "submission_key": "k" * 32,
                  "company_id": self.company.id}  # fmt: skip
        case = cases._open_from_form(values, [])
        self.assertEqual(cases._open_from_form(values, []), case)
        other = cases._open_from_form({**values, "contact_id": self.strategic.id}, [])
        self.assertNotEqual(other, case)
        self.assertFalse(other.submission_key)
        with (
            patch.object(type(cases), "search", lambda self, *args, **kwargs: self.browse()),
            mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError),
        ):
            cases._open_from_form(values, [])

    def test_mail_address_is_limited_too(self):
        submissions = self.env["customer.complaint.submission"]
        self.env["ir.config_parameter"].set_param("customer_complaint.web_form_limit", 2)
        for number in range(2):
            submissions._check_limit(f"192.0.2.{number}", "victim@example.org")
        with self.assertRaisesRegex(UserError, "try again in an hour"):
            submissions._check_limit("192.0.2.9", "victim@example.org")

    def test_staff_on_the_tracking_page_do_not_wake_the_clock(self):
        self.case.with_user(self.service).action_wait()
        self.case._receive_from_customer("From us", author=self.service.partner_id)
        self.assertEqual(self.case.state, "waiting")
        self.case._receive_from_customer("From them")
        self.assertEqual(self.case.state, "investigating")

    def test_large_files(self):
        self.env["ir.config_parameter"].set_param("customer_complaint.upload_limit_mb", 1)
        data = {**self.csrf("/complaint"), "email": "w@example.org", "subject": "Large", "description": "x"}
        files = [("attachments", ("video.bin", b"0" * (2**20 + 1), "application/octet-stream"))]
        page = self.url_open("/complaint", data=data, files=files)
        self.assertIn("too large", page.text)
        self.assertFalse(self.found("Large"))
