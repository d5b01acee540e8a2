"""Cases on the customer's record: timeline, open work, next best action, merging, history from elsewhere."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError

from .common import ComplaintCommon


class TestRecord(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.overview = cls.env["customer.overview"].with_user(cls.manager)

    def late_case(self, **values):
        now = fields.Datetime.now()
        return self.new_case(date_received=now - timedelta(days=40), **values)

    def test_timeline_and_open_work(self):
        done = self.new_case(subject="Old one")
        done.sudo().action_log_reply()
        done.sudo().action_resolve()
        open_ = self.new_case(subject="Open one", user_id=self.service.id)
        page = self.overview.load(self.customer.id)
        entries = {entry["id"]: entry for entry in page["timeline"]["entries"] if entry["kind"] == "case"}
        self.assertEqual(set(entries), {done.id, open_.id})
        self.assertEqual(entries[open_.id]["title"], f"{open_.name} Open one")
        self.assertEqual((entries[done.id]["status"], entries[open_.id]["user"]), ("Resolved", self.service.name))
        work = next(work for work in page["work"] if work["kind"] == "case")
        self.assertEqual((work["count"], work["entries"][0]["id"]), (1, open_.id))
        button = next(button for button in page["buttons"] if button["name"] == "cases")
        self.assertEqual(button["value"], 2)

    def test_messages_of_cases_are_the_customers(self):
        case = self.new_case()
        case._send_to_customer("We look into it", "Answer")
        entries = self.overview.load(self.customer.id)["timeline"]["entries"]
        self.assertIn("Answer", [entry["title"] for entry in entries if entry["kind"] == "mail"])

    def test_late_case_comes_first(self):
        self.assertFalse(self.overview.load(self.customer.id)["next_actions"])
        case = self.late_case(subject="Forgotten")
        action = self.overview.load(self.customer.id)["next_actions"][0]
        self.assertEqual((action["name"], action["open"]), ("case", ["customer.complaint", case.id]))
        self.assertIn("was due", action["reason"])
        case.sudo().action_wait()
        case.sudo().action_resolve()
        self.assertFalse(self.overview.load(self.customer.id)["next_actions"])

    def test_who_may_not_see_a_case_sees_none_on_the_page(self):
        case = self.late_case()
        seller = self.new_user("seller", "customer_policy.group_customer_user")
        self.customer.user_id = self.manager
        self.assertFalse(self.env["customer.complaint"].with_user(seller).search([("id", "=", case.id)]))
        scope_page = self.env["customer.overview"].with_user(seller).load(self.customer.id)
        self.assertFalse([entry for entry in scope_page["timeline"]["entries"] if entry["kind"] == "case"])
        self.assertFalse([work for work in scope_page["work"] if work["kind"] == "case"])

    def test_merged_customers_bring_their_cases(self):
        case = self.new_case()
        person = self.new_customer("Ms Li", is_company=False, parent_id=self.customer.id)
        hers = self.new_case(person)
        reply = case.deadline_reply
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with patch.object(type(self.engine), "_run"):  # the grade stays as the test has given it
            wizard._merge((self.customer | self.strategic).ids, self.strategic, extra_checks=False)
        cases = case | hers
        cases.invalidate_recordset()
        self.assertEqual((cases.partner_id, case.contact_id, hers.contact_id), (self.strategic, self.strategic, person))
        self.assertEqual(set(cases.grade_id.mapped("code")), {"strategic"})
        self.assertLess(case.deadline_reply, reply)
        self.assertTrue(any("merged" in (message.body or "") for message in case.message_ids))

    def test_another_customer_remembers_both(self):
        for partner in (self.customer, self.strategic):
            self.buy(partner, 100)
        case = self.new_case()
        self.run_all()
        case.sudo().contact_id = self.strategic
        changes = self.env["customer.policy.change"].search([])
        self.assertIn(self.customer, changes.partner_id)

    def test_phone_is_sensitive(self):
        self.assertIn("phone", self.env["customer.field.sensitivity"]._get_sensitive_fields("customer.complaint"))

    def test_caller_is_found_by_number(self):
        self.customer.write({"phone": "+86 21 6234 5678", "country_id": self.env.ref("base.cn").id})
        self.env.flush_all()
        case = self.env["customer.complaint"].new({"subject": "Call", "phone": "+862162345678"})
        case._onchange_phone()
        self.assertEqual(case.contact_id._origin, self.customer)
        for phone in ("1", "", False):
            short = self.env["customer.complaint"].new({"subject": "Call", "phone": phone})
            short._onchange_phone()
            self.assertFalse(short.contact_id)


class TestHistory(ComplaintCommon):
    COLUMNS = ["contact_id/.id", "subject", "date_received", "closed_before", "kind", "source", "reference"]

    def bring(self, rows, user=None):
        cases = self.env["customer.complaint"].with_user(user or self.manager)
        return cases.load(self.COLUMNS, [[str(self.customer.id), *row] for row in rows])

    ROWS = (
        ["Cracked", "2024-03-01 09:00:00", "2024-03-08 16:00:00", "complaint", "old", "K1"],
        ["Late", "2024-03-02 09:00:00", "", "complaint", "old", "K2"],
    )

    def test_import_twice(self):
        result = self.bring(self.ROWS)
        self.assertFalse(result["messages"])
        closed, open_ = self.env["customer.complaint"].browse(result["ids"])
        self.assertEqual((closed.state, closed.date_closed), ("closed", datetime(2024, 3, 8, 16)))
        self.assertFalse(closed.deadline_reply or closed.next_deadline or closed.reply_result or closed.team_id)
        self.assertFalse(closed.activity_ids)
        self.assertEqual((open_.state, open_.is_overdue), ("new", True))
        again = self.bring([self.ROWS[0], ["Later", *self.ROWS[1][1:]]])
        self.assertEqual(again["ids"], result["ids"])
        self.assertEqual(open_.subject, "Later")
        self.assertEqual(self.env["customer.complaint"].search_count([("source", "=", "old")]), 2)

    def test_nobody_else_closes_by_import(self):
        row = {"subject": "x", "contact_id": self.customer.id, "company_id": self.company.id,
               "closed_before": "2024-03-08 16:00:00"}  # fmt: skip
        with self.assertRaises(AccessError):
            self.env["customer.complaint"].with_user(self.service).create(row)

    def test_impossible_days(self):
        for received, closed in (("2024-03-09 09:00:00", "2024-03-08 16:00:00"), ("2024-03-01", "2124-03-08")):
            result = self.bring([["x", received, closed, "complaint", "old", "K9"]])
            self.assertIn("closed before it was received", result["messages"][0]["message"])
        with self.assertRaisesRegex(ValidationError, "future"):
            self.new_case(self.customer, self.manager, reference="F", date_received="2124-01-01")
