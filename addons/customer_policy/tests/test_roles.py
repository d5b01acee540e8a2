"""Every role sees its customers by no way more: search, read, group, export, windows, JSON-2 API, portal."""

import json
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CustomerPolicyCommon

MODELS = ["customer.profile", "customer.transaction", "customer.transaction.line", "customer.external.sale"]
MODELS += ["customer.grade.history"]


class RolesCommon(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.new_user("own", "customer_policy.group_customer_user")
        cls.mate = cls.new_user("mate", "customer_policy.group_customer_user")
        cls.stranger = cls.new_user("stranger", "customer_policy.group_customer_user")
        cls.team = cls.new_user("team", "customer_policy.group_customer_team")
        cls.all_users = cls.new_user("all", "customer_policy.group_customer_all")
        cls.accountant = cls.new_user("accountant", "account.group_account_invoice")
        cls.seller = cls.new_user("seller", "sales_team.group_sale_salesman")
        cls.seller.group_ids -= cls.env.ref("customer_policy.group_customer_user")
        cls.env["crm.team"].create(
            {"name": "T", "user_id": cls.team.id, "member_ids": [Command.set((cls.own | cls.mate).ids)],
             "company_id": cls.company.id}
        )  # fmt: skip
        cls.customers = {
            name: cls.new_customer(f"Customer of {name}", user_id=user.id if user else False)
            for name, user in {"own": cls.own, "mate": cls.mate, "stranger": cls.stranger, "nobody": None}.items()
        }
        for position, customer in enumerate(cls.customers.values()):
            cls.buy(customer, 100 * (position + 1), 5)
        cls.run_all()
        cls.expected = {
            cls.own: {"own", "nobody"},
            cls.team: {"own", "mate", "nobody"},
            cls.all_users: set(cls.customers),
            cls.manager: set(cls.customers),
        }
        for user in cls.expected:
            user.group_ids += cls.env.ref("base.group_allow_export")
        cls.scope = [("partner_id", "in", [customer.id for customer in cls.customers.values()])]

    def names(self, partners):
        return {name for name, customer in self.customers.items() if customer in partners.sudo()}


class TestRoles(RolesCommon):
    def test_search_read_group_export(self):
        for user, expected in self.expected.items():
            for model in MODELS:
                records = self.env[model].with_user(user)
                self.assertEqual(self.names(records.search(self.scope).partner_id), expected, (user.login, model))
                groups = records._read_group(self.scope, ["partner_id"], ["__count"])
                self.assertEqual(self.names(self.env["res.partner"].union(*[p for p, _n in groups])), expected)
                everything = self.env[model].search(self.scope)
                hidden = everything.filtered(lambda r, e=expected: not (self.names(r.partner_id) & e))
                if hidden:
                    with self.assertRaises(AccessError, msg=f"{user.login} {model}"):
                        hidden.with_user(user).read(["partner_id"])
                    with self.assertRaises(AccessError, msg=f"{user.login} {model}"):
                        hidden.with_user(user).export_data(["partner_id"])

    def test_without_a_role(self):
        portal = new_test_user(self.env, "portal_customer", groups="base.group_portal")
        for user in (self.accountant, portal):
            for model in MODELS:
                with self.assertRaises(AccessError, msg=f"{user.login} {model}"):
                    self.env[model].with_user(user).search(self.scope)
            partner = (portal.partner_id | self.customers["own"])[:1].with_user(user)
            with self.assertRaises(AccessError):
                partner.read(["customer_grade_id"])
            with self.assertRaises(AccessError, msg=user.login):
                self.env["res.partner"].with_user(user).search([("customer_profile_ids", "!=", False)])
            for domain in ([("customer_grade_id", "!=", False)], [("customer_profile_id.revenue_12m", ">", 0)]):
                self.assertFalse(self.env["res.partner"].with_user(user).search(domain), user.login)
            with self.assertRaises(AccessError, msg=user.login):
                self.env["res.partner"].with_user(user)._read_group([], ["customer_grade_id"], ["__count"])
            with self.assertRaises(AccessError, msg=user.login):
                self.env["res.partner"].with_user(user).search([], order="customer_grade_sequence")

    def test_windows_show_no_more_than_profiles(self):
        for user, expected in self.expected.items():
            partners = self.env["res.partner"].with_user(user)
            mine = [("id", "in", [customer.id for customer in self.customers.values()])]
            seen = partners.search(mine).filtered("customer_grade_id")
            self.assertEqual(self.names(seen), expected, user.login)
            found = partners.search(mine + [("customer_grade_id", "!=", False)])
            self.assertEqual(self.names(found), expected, user.login)
            groups = partners._read_group(mine, ["customer_grade_id"], ["__count"])
            self.assertEqual(sum(count for grade, count in groups if grade), len(expected), user.login)
            self.assertEqual(sum(count for _grade, count in groups), len(self.customers))

    def test_nobody_rewrites_numbers(self):
        for user in (self.own, self.manager, self.env.ref("base.user_admin")):
            profile = self.profile(self.customers["own"]).with_user(user)
            for vals in ({"grade_id": False}, {"lifecycle_stage": "loyal"}, {"revenue_12m": 1e6}):
                with self.assertRaises(AccessError, msg=user.login):
                    profile.write(vals)
        for model in ("customer.profile", "customer.transaction", "customer.policy.run", "customer.policy.threshold"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.manager).create({})

    def test_cuts_are_not_for_everybody(self):
        """They are figures of single customers, of those too that somebody may not see."""
        thresholds = self.env["customer.policy.threshold"]
        self.assertTrue(thresholds.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            thresholds.with_user(self.own).search([])

    def test_salesperson_enters_potential_of_own_customers(self):
        self.profile(self.customers["own"]).with_user(self.own).potential_estimate = 5000
        profile = self.profile(self.customers["own"])
        self.assertEqual((profile.potential_user_id, profile.potential_date), (self.own, self.today))
        with self.assertRaises(AccessError):
            self.profile(self.customers["stranger"]).with_user(self.own).potential_estimate = 5000

    def test_override_of_others_customers(self):
        vals = {
            "grade_id": self.env.ref("customer_policy.customer_grade_key").id,
            "reason": "x",
            "company_id": self.company.id,
        }
        overrides = self.env["customer.grade.override"].with_user(self.own)
        overrides.create({**vals, "partner_id": self.customers["own"].id})
        with self.assertRaises(AccessError):
            overrides.create({**vals, "partner_id": self.customers["stranger"].id})

    def test_explanation_of_hidden_customers(self):
        with self.assertRaises(AccessError):
            self.profile(self.customers["stranger"]).with_user(self.own).read(["grade_explanation"])

    def test_policy_is_readable_but_not_writable(self):
        policy = self.default_policy.with_user(self.own)
        self.assertTrue(policy.clause_ids.mapped("text"))
        with self.assertRaises(AccessError):
            policy._draft_version()
        for model in self.env["customer.policy.rule"]._rule_models():
            rules = self.env[model].with_user(self.own).search([], limit=1)
            if rules:
                with self.assertRaises(UserError, msg=model):
                    rules.write({"active": False})
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.own).create({})

    def test_who_joins_a_team_is_seen_at_once(self):
        profiles = self.env["customer.profile"].with_user(self.team)
        self.assertNotIn("stranger", self.names(profiles.search(self.scope).partner_id))
        self.env["crm.team"].search([("user_id", "=", self.team.id)]).member_ids += self.stranger
        self.env.invalidate_all()  # the next request of somebody else
        self.assertIn("stranger", self.names(profiles.search(self.scope).partner_id))

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Closed"})
        self.buy(self.customers["own"], 77, 3, company=other)
        self.run_all(other)
        profiles = self.env["customer.profile"].with_user(self.all_users)
        self.assertFalse(profiles.search([("company_id", "=", other.id)]))
        self.assertEqual(
            set(self.env["customer.transaction"].with_user(self.all_users).search(self.scope).company_id),
            {self.company},
        )


class TestOwnCustomersOnly(RolesCommon):
    """The setting “salespeople see only their own customers”."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().customer_policy_own_only = True
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor", "user_id": cls.stranger.id, "supplier_rank": 1})
        cls.friend = cls.env["res.partner"].create({"name": "No customer", "user_id": cls.stranger.id})
        cls.contact = cls.env["res.partner"].create({"name": "C", "parent_id": cls.customers["stranger"].id})

    def seen(self, user):
        partners = self.env["res.partner"].with_user(user)
        return partners.search([("id", "in", [customer.id for customer in self.customers.values()])])

    def test_customers_of_others_are_hidden(self):
        for user, expected in {**self.expected, self.seller: {"nobody"}}.items():
            self.assertEqual(self.names(self.seen(user)), expected, user.login)
        for user in (self.own, self.seller):
            with self.assertRaises(AccessError):
                self.contact.with_user(user).read(["name"])

    def test_never_hidden(self):
        for user in (self.own, self.seller):
            needed = self.vendor | self.friend | user.partner_id | self.company.partner_id | self.manager.partner_id
            self.assertEqual(
                self.env["res.partner"].with_user(user).search_count([("id", "in", needed.ids)]), len(needed)
            )

    def test_never_restricted(self):
        self.assertEqual(self.names(self.seen(self.accountant)), set(self.customers))
        both = self.new_user("both", "sales_team.group_sale_salesman,account.group_account_invoice")
        self.assertEqual(self.names(self.seen(both)), set(self.customers))
        plain = self.new_user("plainuser", "")
        self.assertEqual(self.names(self.seen(plain)), set(self.customers))

    def test_setting_takes_effect_at_once(self):
        self.assertEqual(self.names(self.seen(self.own)), {"own", "nobody"})
        self.company.sudo().customer_policy_own_only = False
        self.assertEqual(self.names(self.seen(self.own)), set(self.customers))

    def test_rule_method_is_no_remote_call(self):
        from odoo.service.model import get_public_method

        with self.assertRaises(AccessError):
            get_public_method(self.env["res.users"], "customer_partner_domain")


@tagged("post_install", "-at_install")
class TestApi(RolesCommon, HttpCase):
    def call(self, user, model, method, **arguments):
        key = (
            self.env["res.users.apikeys"].with_user(user)._generate("rpc", "test", datetime.now() + timedelta(hours=1))
        )
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(arguments),
                headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
            )
        return response.status_code, response.json()

    def test_json2(self):
        status, rows = self.call(
            self.own, "customer.profile", "search_read", domain=self.scope, fields=["partner_id", "grade_id"]
        )
        self.assertEqual(status, 200)
        ids = {row["partner_id"][0] for row in rows}
        self.assertEqual(ids, {self.customers["own"].id, self.customers["nobody"].id})
        hidden = self.profile(self.customers["stranger"]).id
        status, _answer = self.call(self.own, "customer.profile", "read", ids=[hidden], fields=["grade_id"])
        self.assertEqual(status, 403)
        status, _answer = self.call(self.accountant, "customer.profile", "search_read", domain=[], fields=["grade_id"])
        self.assertEqual(status, 403)
        profile = self.profile(self.customers["own"]).id
        status, _answer = self.call(self.own, "customer.profile", "write", ids=[profile], vals={"grade_score": 100})
        self.assertEqual(status, 403)
