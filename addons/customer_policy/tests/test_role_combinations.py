"""Users with several groups, and the windows on documents: nobody sees more than the widest of their own roles."""

import json
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_roles import RolesCommon

EVERYBODY = {"own", "mate", "stranger", "nobody"}


class CombinationsCommon(RolesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own, team = cls.own, cls.team
        own.group_ids += cls.env.ref("account.group_account_invoice")
        team.group_ids += cls.env.ref("customer_policy.group_service")
        cls.all_users.group_ids += cls.env.ref("customer_policy.group_data_steward")
        cls.other_company = cls.env["res.company"].create({"name": "Second Company"})
        cls.manager.company_ids = [Command.link(cls.other_company.id)]
        cls.one_company_manager = cls.new_user("one", "customer_policy.group_customer_manager")
        for customer in cls.customers.values():
            cls.buy(customer, 70, 3, company=cls.other_company)
        cls.run_all(cls.other_company)
        cls.combined = {
            own: {"own", "nobody"},
            team: {"own", "mate", "nobody"},
            cls.all_users: EVERYBODY,
            cls.manager: EVERYBODY,
            cls.one_company_manager: EVERYBODY,
        }
        for user in cls.combined:
            user.group_ids += cls.env.ref("base.group_allow_export")

    def in_company(self, user, model):
        return self.env[model].with_user(user).with_context(allowed_company_ids=self.company.ids)


class TestRoleCombinations(CombinationsCommon):
    def test_profiles_by_every_way_of_the_web_client(self):
        everything = self.env["customer.profile"].search([*self.scope, ("company_id", "=", self.company.id)])
        for user, expected in self.combined.items():
            profiles = self.in_company(user, "customer.profile")
            found = profiles.search(self.scope)
            self.assertEqual(self.names(found.partner_id), expected, user.login)
            self.assertEqual(found.company_id, self.company, user.login)
            groups = profiles.formatted_read_group(self.scope, ["partner_id"], ["revenue_12m:sum"])
            self.assertEqual(len(groups), len(expected), user.login)
            rows = found.web_read({"partner_id": {"fields": {"display_name": {}}}, "grade_id": {"fields": {}}})
            self.assertEqual(len(rows), len(expected))
            self.assertEqual(len(found.export_data(["partner_id/name", "grade_id/name"])["datas"]), len(expected))
            hidden = everything.filtered(lambda p, e=expected: not (self.names(p.partner_id) & e)).with_user(user)
            if hidden:
                with self.assertRaises(AccessError, msg=user.login):
                    hidden.web_read({"grade_id": {}})
                with self.assertRaises(AccessError, msg=user.login):
                    hidden.export_data(["grade_id/name"])

    def test_windows_on_contacts(self):
        mine = [("id", "in", [customer.id for customer in self.customers.values()])]
        for user, expected in self.combined.items():
            partners = self.in_company(user, "res.partner")
            rows = partners.search(mine).web_read({"customer_grade_id": {"fields": {"display_name": {}}}})
            graded = {row["id"] for row in rows if row["customer_grade_id"]}
            self.assertEqual(self.names(self.env["res.partner"].browse(graded)), expected, user.login)
            groups = partners.formatted_read_group(mine, ["customer_grade_id"], ["__count"])
            seen = sum(group["__count"] for group in groups if group["customer_grade_id"])
            self.assertEqual(seen, len(expected), user.login)
            exported = partners.search(mine).export_data(["customer_grade_id/name"])["datas"]
            self.assertEqual(sum(bool(row[0]) for row in exported), len(expected), user.login)

    def test_one_company_of_two(self):
        domain = [("company_id", "=", self.other_company.id)]
        for model in ("customer.profile", "customer.transaction", "customer.grade.history", "customer.policy.run"):
            with_both = (
                self.env[model]
                .with_user(self.manager)
                .with_context(allowed_company_ids=[self.company.id, self.other_company.id])
            )
            self.assertTrue(with_both.search_count(domain) or model == "customer.policy.run", model)
            self.assertFalse(self.in_company(self.manager, model).search_count(domain), model)
            self.assertFalse(self.env[model].with_user(self.one_company_manager).search_count(domain), model)
        override = {
            "partner_id": self.customers["own"].id,
            "grade_id": self.env.ref("customer_policy.customer_grade_key").id,
            "reason": "x",
            "company_id": self.other_company.id,
        }
        with self.assertRaises(AccessError):
            self.env["customer.grade.override"].with_user(self.one_company_manager).create(override)
        draft = self.draft()
        draft.sudo().company_id = self.other_company
        with self.assertRaises(AccessError):
            draft.with_user(self.one_company_manager).read(["name"])

    def test_functions_add_rights_but_no_customers(self):
        """A steward imports sales of all customers; a service role adds nothing to what a team sees."""
        vals = {
            "partner_id": self.customers["stranger"].id,
            "date": self.today,
            "amount": 1,
            "company_id": self.company.id,
        }
        self.env["customer.external.sale"].with_user(self.all_users).create({**vals, "reference": "by steward"})
        for user in (self.own, self.team):
            with self.assertRaises(AccessError, msg=user.login):
                self.env["customer.external.sale"].with_user(user).create({**vals, "reference": user.login})

    def test_printed_policy(self):
        report = self.env["ir.actions.report"]
        for user in self.combined:
            html, _type = report.with_user(user)._render_qweb_html(
                "customer_policy.report_customer_policy", self.default_policy.ids
            )
            self.assertIn("Business Customers", html.decode(), user.login)
        for user in (self.accountant, self.new_user("plain", "")):
            with self.assertRaises(AccessError, msg=user.login):
                report.with_user(user)._render_qweb_html(
                    "customer_policy.report_customer_policy", self.default_policy.ids
                )


class TestWindowsOnDocuments(CombinationsCommon):
    """The grade on quotations, leads and invoices is that of a customer whom the reader may see, or none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.new_user("clerk", "account.group_account_invoice,base.group_allow_export")
        for user in (cls.own, cls.team, cls.all_users):
            user.group_ids += cls.env.ref("sales_team.group_sale_salesman")
            user.group_ids += cls.env.ref("account.group_account_invoice")
        journal = cls.env["account.journal"].create(
            {"name": "Sales", "code": "SAL", "type": "sale", "company_id": cls.company.id}
        )
        partners = cls.customers.values()
        cls.documents = [
            cls.env["sale.order"].create(
                [{"partner_id": p.id, "company_id": cls.company.id, "user_id": False} for p in partners]
            ),
            cls.env["crm.lead"].create(
                [{"name": p.name, "partner_id": p.id, "company_id": cls.company.id, "user_id": False} for p in partners]
            ),
            cls.env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": p.id,
                        "company_id": cls.company.id,
                        "journal_id": journal.id,
                    }
                    for p in partners
                ]
            ),
        ]

    def test_badge_per_role(self):
        for user in (self.own, self.team, self.all_users):
            expected = self.combined[user]
            for documents in self.documents:
                seen = documents.with_user(user)
                rows = seen.web_read({"partner_id": {}, "customer_grade_id": {"fields": {"display_name": {}}}})
                self.assertEqual(len(rows), len(self.customers), (user.login, documents._name))
                graded = {row["partner_id"] for row in rows if row["customer_grade_id"]}
                self.assertEqual(
                    self.names(self.env["res.partner"].browse(graded)), expected, (user.login, documents._name)
                )

    def test_without_a_customer_role(self):
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.clerk).search([])
        for documents in (self.documents[0], self.documents[2]):
            seen = documents.with_user(self.clerk)
            self.assertEqual(len(seen.mapped("partner_id")), len(self.customers), documents._name)
            self.assertNotIn("customer_grade_id", seen.fields_get(), documents._name)
            for read in (
                lambda d=seen: d.web_read({"customer_grade_id": {}}),
                lambda d=seen: d.read(["customer_grade_id", "customer_grade_color"]),
                lambda d=seen: d.export_data(["customer_grade_id/name"]),
            ):
                with self.assertRaises(AccessError, msg=documents._name):
                    read()

    def test_search_and_group_reveal_nothing(self):
        """Whether core refuses or finds nothing: the answer tells no grade."""
        grade = self.profile(self.customers["stranger"]).grade_id
        for user, visible in ((self.clerk, set()), (self.own, {"own", "nobody"})):
            for documents in self.documents:
                mine = [("id", "in", documents.ids)]
                model = self.env[documents._name].with_user(user)
                for domain in ([("customer_grade_id", "=", grade.id)], [("customer_grade_id", "!=", False)]):
                    try:
                        found = model.search(mine + domain)
                    except AccessError:
                        continue
                    self.assertLessEqual(self.names(found.sudo().partner_id), visible, (user.login, documents._name))

    def test_forms_open_for_everybody(self):
        for documents in (self.documents[0], self.documents[2]):
            for user in (self.clerk, self.own):
                arch = documents.with_user(user).get_views([(False, "form")])["views"]["form"]["arch"]
                self.assertEqual("customer_grade_id" in arch, user == self.own, (user.login, documents._name))


@tagged("post_install", "-at_install")
class TestCombinationsApi(CombinationsCommon, HttpCase):
    def call(self, user, model, method, **arguments):
        keys = self.env["res.users.apikeys"].with_user(user)
        key = keys._generate("rpc", "test", datetime.now() + timedelta(hours=1))
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(arguments),
                headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
            )
        return response.status_code, response.json()

    def test_json2(self):
        context = {"allowed_company_ids": self.company.ids}
        for user, expected in self.combined.items():
            status, rows = self.call(
                user, "customer.profile", "search_read", domain=self.scope, fields=["partner_id"], context=context
            )
            self.assertEqual(status, 200, user.login)
            partners = self.env["res.partner"].browse([row["partner_id"][0] for row in rows])
            self.assertEqual(self.names(partners), expected, user.login)
        both = {"allowed_company_ids": [self.company.id, self.other_company.id]}
        status, _answer = self.call(
            self.one_company_manager, "customer.profile", "search_read", domain=[], fields=["id"], context=both
        )
        self.assertEqual(status, 403)
        for method, arguments in (
            ("_import_file", {"data": "x", "company": 1}),
            ("_transition", {"ids": self.default_policy.ids, "vals": {"state": "draft"}}),
            ("_propose_release", {"release": "x", "changes": {}}),
        ):
            status, _answer = self.call(self.manager, "customer.policy", method, **arguments)
            self.assertIn(status, (403, 404), method)
