"""A thousand mails at once, a mail of 30 MB, and what programs get over the JSON interface."""

import json
from base64 import b64encode
from datetime import datetime, timedelta

import pytest
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .common import ComplaintCommon
from .test_intake import GATEWAY, MAIL

LARGE = """From: buyer@longhua.example
To: service@complaints.example
Subject: Photos
Message-Id: <large@client.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain; charset=utf-8

See the photos.
--part
Content-Type: application/octet-stream
Content-Disposition: attachment; filename=photos.zip
Content-Transfer-Encoding: base64

{content}
--part--
"""


class TestBulk(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "complaints.example", "company_ids": cls.company.ids})
        cls.team.write({"alias_name": "service", "alias_domain_id": domain.id, "company_id": cls.company.id})
        cls.senders = cls.env["res.partner"].create(
            [{"name": f"Sender {n}", "email": f"sender{n}@example.com", "is_company": True} for n in range(50)]
        )
        for sender in cls.senders[:10]:
            cls.grade(sender, "strategic")

    def check_batch(self, count):
        """`count` mails of 50 senders on Monday at 9, a tenth of them fetched a second time: server and client both
        lose their place."""
        cases = self.env["customer.complaint"]
        before = cases.search([]).ids
        mails = [
            MAIL.format(sender=f"sender{n % 50}@example.com", subject=f"Mail {n}", body=f"Text {n}", headers="",
                        message_id=f"bulk{n}")
            for n in range(count)
        ]  # fmt: skip
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", count)
        with self.at(2, 9), mute_logger(GATEWAY):
            for mail in [*mails, *mails[::10]]:
                self.env["mail.thread"].message_process(False, mail)
        found = cases.search([("id", "not in", before)], order="id")
        self.assertEqual(sorted(found.mapped("subject")), sorted(f"Mail {n}" for n in range(count)))
        self.assertEqual(len(set(found.mapped("name"))), count)
        # Two working hours for strategic customers, one working day of eight hours for all others.
        by_grade = found.grouped(lambda case: case.grade_id.code)
        self.assertEqual(len(by_grade["strategic"]), count // 5)
        self.assertEqual(set(by_grade["strategic"].mapped("deadline_reply")), {datetime(2026, 3, 2, 11)})
        self.assertEqual(set(by_grade[False].mapped("deadline_reply")), {datetime(2026, 3, 2, 18)})
        receipts = self.env["mail.mail"].search([("model", "=", cases._name), ("res_id", "in", found.ids)])
        self.assertEqual(sorted(receipts.mapped("res_id")), found.ids)

    def test_hundred_mails(self):
        self.check_batch(100)

    @pytest.mark.nightly
    def test_thousand_mails(self):
        self.check_batch(1000)

    def test_mail_of_thirty_megabytes(self):
        content = b"\0" * (30 * 2**20)
        with mute_logger(GATEWAY):
            case_id = self.env["mail.thread"].message_process(False, LARGE.format(content=b64encode(content).decode()))
        case = self.env["customer.complaint"].browse(case_id)
        self.assertEqual(case.subject, "Photos")
        attachment = self.env["ir.attachment"].search([("res_model", "=", case._name), ("res_id", "=", case.id)])
        self.assertEqual((attachment.name, attachment.file_size), ("photos.zip", len(content)))


class TestJson(ComplaintCommon, HttpCase):
    """What a program gets is what its user sees; life and clocks are not written from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.new_user("json_seller", "customer_policy.group_customer_user,base.group_allow_export")
        cls.mine = cls.new_case(cls.new_customer("Mine", user_id=cls.seller.id))
        cls.hidden = cls.new_case(cls.new_customer("Hidden", user_id=cls.manager.id))

    def call(self, method, **arguments):
        keys = self.env["res.users.apikeys"].with_user(self.seller)
        key = keys._generate("rpc", "Test", datetime.now() + timedelta(hours=1))
        answer = self.url_open(
            f"/json/2/customer.complaint/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        return answer.status_code, answer.json()

    def test_reads(self):
        status, rows = self.call("search_read", domain=[["id", "in", (self.mine | self.hidden).ids]], fields=["name"])
        self.assertEqual((status, [row["id"] for row in rows]), (200, self.mine.ids))
        with mute_logger("odoo.http"):
            self.assertEqual(self.call("read", ids=self.hidden.ids, fields=["subject"])[0], 403)
            self.assertEqual(self.call("export_data", ids=self.hidden.ids, fields_to_export=["subject"])[0], 403)
        status, groups = self.call(
            "formatted_read_group", domain=[["id", "in", (self.mine | self.hidden).ids]], groupby=["state"],
            aggregates=["__count"],
        )  # fmt: skip
        self.assertEqual((status, groups[0]["__count"]), (200, 1))

    def test_writes(self):
        with mute_logger("odoo.http"):
            for values in ({"state": "closed"}, {"deadline_reply": "2030-01-01"}, {"date_replied": "2026-01-01"}):
                self.assertEqual(self.call("write", ids=self.mine.ids, vals=values)[0], 403, values)
            self.assertEqual(self.call("unlink", ids=self.mine.ids)[0], 403)
            for private in ("_transition", "_update_clock"):
                self.assertIn(self.call(private, ids=self.mine.ids)[0], (403, 404))
        closed = self.env.ref("customer_complaint.stage_closed")
        with mute_logger("odoo.http"):
            self.assertEqual(self.call("write", ids=self.mine.ids, vals={"stage_id": closed.id})[0], 422)
        self.mine.invalidate_recordset()
        self.assertEqual(self.mine.state, "new")
