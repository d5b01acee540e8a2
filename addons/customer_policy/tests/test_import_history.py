"""History from elsewhere: imports of customers, purchases and contacts through Odoo's own importer."""

import csv
import io
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import file_open, mute_logger

from .test_entry_standard import EntryCommon
from .test_formats import REAL_CODES

CUSTOMER = ["id", "name", "is_company", "is_customer_record", "phone", "country_id", "vat"]
OPTIONS = {"quoting": '"', "separator": ",", "has_headers": True, "encoding": "utf-8",
           "date_format": "%Y-%m-%d", "datetime_format": "%Y-%m-%d %H:%M:%S"}  # fmt: skip


class ImportCommon(EntryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steward = cls.new_user("import_steward", "customer_policy.group_data_steward,base.group_partner_manager")

    def wizard(self, model, content, file_type="text/csv", user=None):
        return (
            self.env["base_import.import"]
            .with_user(user or self.steward)
            .with_context(allowed_company_ids=self.company.ids)
            .create({"res_model": model, "file": content, "file_type": file_type, "file_name": "a"})
        )

    def bring(self, model, names, rows, dryrun=False, limit=2000, user=None):
        """What the web client does: batch after batch, each given up on its first bad row."""
        text = io.StringIO()
        csv.writer(text).writerows([names, *rows])
        wizard = self.wizard(model, text.getvalue().encode(), user=user)
        ids, skip = [], 0
        while True:
            with mute_logger("odoo.sql_db", "odoo.models"):
                result = wizard.execute_import(names, names, {**OPTIONS, "limit": limit, "skip": skip}, dryrun=dryrun)
            if result["messages"]:
                return result
            ids += result["ids"]
            skip = result["nextrow"]
            if not skip:
                return {**result, "ids": ids}

    def rows(self, number, bad=()):
        return [
            [f"x{i}", f"Customer {i}", "TRUE", "TRUE", "ask" if i in bad else "021-62345678", "CN", ""]
            for i in range(number)
        ]

    def check_template(self, name, model, addon, language):
        """The example rows are understood and import; the second time nothing is new."""
        with file_open(f"{addon}/static/xls/{name}_{language}.xlsx", "rb") as template:
            content = template.read()
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        wizard = self.wizard(model, content, kind)
        options = {**OPTIONS, "limit": 2000, "skip": 0, "sheet": "数据" if language == "zh" else "Data"}
        options["sheets"] = [options["sheet"]]
        preview = wizard.parse_preview(dict(options))
        self.assertNotIn("error", preview)
        headers = preview["headers"]
        self.assertEqual(len(preview["matches"]), len(headers), (name, language, headers, preview["matches"]))
        columns = ["/".join(preview["matches"][index]) for index in range(len(headers))]
        result = wizard.execute_import(columns, headers, dict(options))
        self.assertFalse(result["messages"], (name, language))
        self.assertEqual(len(result["ids"]), 3)
        again = wizard.execute_import(columns, headers, dict(options))
        self.assertEqual(again["ids"], result["ids"], (name, language))


class TestImportCustomers(ImportCommon):
    def test_good_file(self):
        result = self.bring("res.partner", CUSTOMER, self.rows(30), limit=10)
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 30)
        partners = self.env["res.partner"].browse(result["ids"])
        self.assertTrue(all(partners.mapped("is_customer_record")))
        profile = self.profile(partners[0])
        self.assertEqual((profile.is_marked, profile.completeness), (True, 25), "4 / 16")
        again = self.bring("res.partner", CUSTOMER, self.rows(30), limit=10)
        self.assertEqual(set(again["ids"]), set(partners.ids), "a second time updates")

    def test_every_bad_row_is_named_and_none_imported(self):
        """The bad rows lie in the second and third batch: the first one is not imported either."""
        bad = {13, 14, 27}
        for dryrun in (True, False):
            result = self.bring("res.partner", CUSTOMER, self.rows(30, bad), dryrun=dryrun, limit=10)
            self.assertFalse(result["ids"])
            self.assertEqual([message["rows"]["from"] for message in result["messages"]], sorted(bad))
            self.assertEqual(
                [message["message"].split(":")[0] for message in result["messages"]], ["Row 15", "Row 16", "Row 29"]
            )
            self.assertIn("3.1", result["messages"][0]["message"])
            self.assertFalse(self.env["res.partner"].search([("name", "=like", "Customer %")]))

    def test_written_as_it_should_be(self):
        row = ["w1", "Ｃｏ Ltd", "TRUE", "TRUE", "０２１ ６２３４５６７８", "CN", "9135 0100 M000 100Y 43"]
        result = self.bring("res.partner", CUSTOMER, [row])
        partner = self.env["res.partner"].browse(result["ids"])
        self.assertEqual((partner.name, partner.phone, partner.vat), ("Co Ltd", "+86 21 6234 5678", REAL_CODES[0]))
        self.assertEqual(
            set(self.env["customer.fact"].search([("partner_id", "=", partner.id)]).mapped("source")), {"import"}
        )

    def test_one_row_with_many_faults(self):
        rows = [["y1", "Bad", "TRUE", "TRUE", "", "", "91350100M000100Y44"]]
        [message] = self.bring("res.partner", CUSTOMER, rows, dryrun=True)["messages"]
        for text in ("Phone is missing", "Country is missing", "18 characters"):
            self.assertIn(text, message["message"])

    def test_unknown_values_are_named_too(self):
        rows = self.rows(3)
        rows[1][5] = "Atlantis"
        [message] = self.bring("res.partner", CUSTOMER, rows, dryrun=True)["messages"]
        self.assertRegex(message["message"], "^Row 3: .*Atlantis")

    def test_contact_persons_follow_their_company(self):
        names = ["id", "name", "is_company", "is_customer_record", "parent_id/id", "phone", "country_id"]
        rows = [["c1", "Co", "TRUE", "TRUE", "", "021-62345678", "CN"], ["c2", "Li", "", "", "c1", "", ""]]
        result = self.bring("res.partner", names, rows)
        company, person = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(person.parent_id, company)
        self.assertEqual(self.profile(company).completeness, 37, "(3 + 1 + 2) / 16")

    def test_plain_contacts_are_not_checked(self):
        result = self.bring("res.partner", ["name", "phone"], [["Vendor", "?"]])
        self.assertTrue(result["ids"])

    def test_later_import_may_not_break_a_record(self):
        self.bring("res.partner", CUSTOMER, [["z1", "Fine", "TRUE", "TRUE", "021-62345678", "CN", REAL_CODES[0]]])
        [message] = self.bring("res.partner", ["id", "phone"], [["z1", "12"]])["messages"]
        self.assertIn("no phone number", message["message"])
        self.assertTrue(self.bring("res.partner", ["id", "city"], [["z1", "Shanghai"]])["ids"])

    def test_by_interface(self):
        """`load` of a program gets a message per row as well."""
        result = self.partners.load(CUSTOMER, self.rows(5, {1, 3}))
        self.assertFalse(result["ids"])
        self.assertEqual([message["rows"]["from"] for message in result["messages"]], [1, 3])
        self.assertFalse(self.partners.search([("name", "=like", "Customer %")]))

    def test_salesperson_without_create(self):
        user = self.new_user("no_create", "customer_policy.group_customer_all")
        user.group_ids -= self.env.ref("base.group_partner_manager")
        result = self.bring("res.partner", CUSTOMER, self.rows(2), user=user)
        self.assertFalse(result["ids"])


class TestTemplates(ImportCommon):
    def test_templates_are_understood_and_import(self):
        """In the order of the guide, in both languages. Balances need a loyalty program: loyalty_points tries them."""
        for language in ("en", "zh"):
            for name, model, addon in self.env["customer.history.guide"]._steps():
                if name != "balances":
                    self.check_template(name, model, addon, language)

    def test_offered_by_language(self):
        for model, name in (("customer.external.sale", "purchases"), ("customer.interaction", "interactions")):
            [template] = self.env[model].get_import_templates()
            self.assertEqual(template["template"], f"/customer_policy/static/xls/{name}_en.xlsx")
            [template] = self.env[model].with_context(lang="zh_CN").get_import_templates()
            self.assertEqual(template["template"], f"/customer_policy/static/xls/{name}_zh.xlsx")
        partners = self.env["res.partner"]
        [template] = partners.get_import_templates()
        self.assertEqual(template["template"], "/base/static/xls/contacts_import_template.xlsx", "core's stays")
        [template] = partners.with_context(default_is_customer_record=True).get_import_templates()
        self.assertEqual(template["template"], "/customer_policy/static/xls/customers_en.xlsx")

    def test_guide(self):
        guide = self.env["customer.history.guide"].with_user(self.steward).create({})
        action = guide.with_context(history_step="purchases").action_import()
        self.assertEqual(action["params"]["active_model"], "customer.external.sale")
        self.assertIn("purchases_en.xlsx", guide.with_context(history_step="purchases").action_download()["url"])
        with self.assertRaises(AccessError):
            guide.with_context(history_step="../../etc").action_download()
        seller = self.env["customer.history.guide"].with_user(self.seller).create({})
        with self.assertRaises(AccessError):
            seller.with_context(history_step="purchases").action_import()


class TestInteractions(ImportCommon):
    FIELDS = ["partner_id/id", "date", "kind", "subject", "source", "reference"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.enter(user_id=cls.seller.id)
        cls.env["ir.model.data"].create(
            {"module": "__import__", "name": "i1", "model": "res.partner", "res_id": cls.customer.id}
        )

    def row(self, **values):
        row = {"partner_id/id": "i1", "date": "2024-05-05 10:00:00", "kind": "call", "subject": "S", "source": "crm",
               "reference": "1", **values}  # fmt: skip
        return [row[name] for name in self.FIELDS]

    def test_again_updates_or_skips(self):
        rows = [self.row(), self.row(reference="2", subject="T")]
        first = self.bring("customer.interaction", self.FIELDS, rows)["ids"]
        stamps = self.env["customer.interaction"].browse(first).mapped("write_date")
        self.assertEqual(self.bring("customer.interaction", self.FIELDS, rows)["ids"], first)
        self.assertEqual(self.env["customer.interaction"].browse(first).mapped("write_date"), stamps)
        self.bring("customer.interaction", self.FIELDS, [self.row(subject="New")])
        self.assertEqual(self.env["customer.interaction"].browse(first[0]).subject, "New")

    def test_known_after_a_merge(self):
        """The customers of a file are merged; the file comes again: nothing is new, whoever remained."""
        people = [["n1", "North", "TRUE"], ["n2", "North again", "TRUE"], ["n3", "Third", "TRUE"]]
        customers = self.env["res.partner"].browse(
            self.bring("res.partner", ["id", "name", "is_company"], people)["ids"]
        )
        names = ["partner_id/id", "date", "kind", "subject", "body"]
        rows = [
            [xid, "2026-01-05 10:00:00", "call", subject, ""]
            for xid, subject in (("n1", "Price"), ("n2", "Price"), ("n2", "Complaint"), ("n3", "Price"), ("n3", "Else"))
        ]
        first = self.bring("customer.interaction", names, rows)["ids"]
        entries = self.env["customer.interaction"].browse(first)
        entries[2].body = "Written by hand since"
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge(customers[:2].ids, customers[0], extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(len(self.env["customer.interaction"].search([("partner_id", "=", customers[0].id)])), 3)
        again = self.bring("customer.interaction", names, rows)
        self.assertFalse(again["messages"])
        self.assertLessEqual(set(again["ids"]), set(first))
        wizard._merge((customers[0] | customers[2]).ids, customers[2], extra_checks=False)
        self.env.invalidate_all()
        self.assertLessEqual(set(self.bring("customer.interaction", names, rows)["ids"]), set(first))
        self.assertEqual(self.env["customer.interaction"].search_count([("partner_id", "=", customers[2].id)]), 5)

    def test_without_reference_the_content_decides(self):
        rows = [self.row(reference=""), self.row(reference="", subject="Other")]
        first = self.bring("customer.interaction", self.FIELDS, rows)["ids"]
        self.assertEqual(self.bring("customer.interaction", self.FIELDS, rows)["ids"], first)

    def test_bad_rows(self):
        tomorrow = (fields.Datetime.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
        rows = [self.row(), self.row(reference="2", kind="telepathy"), self.row(reference="3", date=tomorrow)]
        result = self.bring("customer.interaction", self.FIELDS, rows, dryrun=True)
        self.assertIn("Row 3", result["messages"][0]["message"])
        result = self.bring("customer.interaction", self.FIELDS, [rows[0], rows[2]], dryrun=True)
        self.assertIn("future", " ".join(message["message"] for message in result["messages"]))
        self.assertFalse(self.env["customer.interaction"].search([("source", "=", "crm")]))

    def test_last_contact(self):
        self.env["customer.interaction"].with_user(self.seller).create(
            {"partner_id": self.customer.id, "subject": "Call", "date": fields.Datetime.now() - timedelta(days=4)}
        )
        self.run_all()
        day = self.profile(self.customer).last_contact_date
        self.assertIn((self.today - day).days, (4, 5), "four days of 24 hours ago")

    def test_contact_of_another(self):
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.env["customer.interaction"].create(
                {"partner_id": self.customer.id, "contact_id": other.id, "subject": "S"}
            )

    def test_roles(self):
        call = (
            self.env["customer.interaction"]
            .with_user(self.seller)
            .create({"partner_id": self.customer.id, "subject": "Private words"})
        )
        stranger = self.new_user("call_stranger", "customer_policy.group_customer_user")
        team = self.new_user("call_team", "customer_policy.group_customer_team")
        self.env["crm.team"].create(
            {
                "name": "T",
                "user_id": team.id,
                "member_ids": [Command.set(self.seller.ids)],
                "company_id": self.company.id,
            }
        )
        outsider = self.new_user("call_outsider", "base.group_partner_manager")
        for user, seen in ((self.seller, 1), (team, 1), (self.manager, 1), (self.steward, 1), (stranger, 0)):
            records = self.env["customer.interaction"].with_user(user)
            domain = [("partner_id", "=", self.customer.id)]
            self.assertEqual(records.search_count(domain), seen, user.login)
            self.assertEqual(sum(n for _p, n in records._read_group(domain, ["partner_id"], ["__count"])), seen)
        with self.assertRaises(AccessError):
            call.with_user(stranger).read(["subject"])
        with self.assertRaises(AccessError):
            call.with_user(outsider).read(["subject"])
        with self.assertRaises(AccessError):
            call.with_user(self.seller).unlink()
        with self.assertRaises(UserError):
            self.env["customer.interaction"].with_user(stranger).create(
                {"partner_id": self.customer.id, "subject": "S"}
            )

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        self.env["customer.interaction"].create(
            {"partner_id": self.customer.id, "subject": "S", "company_id": other.id}
        )
        self.assertFalse(
            self.env["customer.interaction"].with_user(self.manager).search([("company_id", "=", other.id)])
        )


@tagged("post_install", "-at_install")
class TestInterface(EntryCommon, HttpCase):
    def call(self, path, **payload):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.seller)
            ._generate(None, "test", fields.Datetime.now() + timedelta(days=1))
        )
        return self.url_open(f"/json/2/{path}", json=payload, headers={"Authorization": f"bearer {key}"}, timeout=60)

    def test_json2(self):
        good = {**self.good, "is_customer_record": True}
        with mute_logger("odoo.http"):
            answer = self.call("res.partner/create", vals_list=[{**good, "phone": ""}])
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Phone is missing", answer.text)
        answer = self.call("res.partner/create", vals_list=[{**good, "vat": "9135 0100 M000 100Y 43"}])
        self.assertEqual(answer.status_code, 200, answer.text)
        [partner_id] = answer.json()
        facts = self.env["customer.fact"].search([("partner_id", "=", partner_id)])
        self.assertEqual(set(facts.mapped("source")), {"api"})
        for context in ({}, {"customer_entry_check": False}, {"customer_entry_check": 0}):
            with mute_logger("odoo.http"):
                answer = self.call("res.partner/write", ids=[partner_id], vals={"phone": False}, context=context)
            self.assertEqual(answer.status_code, 422, "the client can't switch the check off")
        context = {"customer_fact_source": "portal"}
        self.call("res.partner/write", ids=[partner_id], vals={"phone": "13900139000"}, context=context)
        self.env.invalidate_all()
        self.assertEqual(set(facts.mapped("source")), {"api"}, "nor choose the source")
        with mute_logger("odoo.http"):
            answer = self.call("customer.profile/_refresh_completeness", partner_ids=[partner_id])
        self.assertNotEqual(answer.status_code, 200)
