"""Who sees which case: it follows the customer, service staff see all, others see their own."""

from odoo import Command
from odoo.exceptions import AccessError

from .common import ComplaintCommon


class TestAccess(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.new_user("own", "customer_policy.group_customer_user")
        cls.mate = cls.new_user("mate", "customer_policy.group_customer_user")
        cls.stranger = cls.new_user("stranger", "customer_policy.group_customer_user")
        cls.teamlead = cls.new_user("teamlead", "customer_policy.group_customer_team")
        cls.all_users = cls.new_user("all", "customer_policy.group_customer_all")
        cls.accountant = cls.new_user("accountant", "account.group_account_invoice")
        cls.env["crm.team"].create(
            {"name": "T", "user_id": cls.teamlead.id, "member_ids": [Command.set((cls.own | cls.mate).ids)],
             "company_id": cls.company.id}
        )  # fmt: skip
        owners = {"own": cls.own, "mate": cls.mate, "stranger": cls.stranger, "nobody": cls.env["res.users"]}
        cls.cases = {
            name: cls.new_case(cls.new_customer(f"Of {name}", user_id=user.id)) for name, user in owners.items()
        }
        cls.cases["unknown"] = cls.new_case(cls.env["res.partner"])
        for case in cls.cases.values():
            case.sudo().action_wait()
            cls.env["customer.complaint.reply"].with_user(cls.service).create(
                {"complaint_id": case.id, "subject": "S", "body": "B"}
            )
        cls.everything = cls.env["customer.complaint"].union(*cls.cases.values())

    def names(self, cases):
        return {name for name, case in self.cases.items() if case in cases.sudo()}

    def test_search_read_group_children(self):
        everybody = set(self.cases)
        for user in (self.own, self.teamlead):
            user.group_ids += self.env.ref("base.group_allow_export")
        for user, expected in (
            (self.own, {"own", "nobody"}),
            (self.teamlead, {"own", "mate", "nobody"}),
            (self.all_users, everybody),
            (self.manager, everybody),
            (self.service, everybody),
        ):
            domain = [("id", "in", self.everything.ids)]
            found = self.env["customer.complaint"].with_user(user).search(domain)
            self.assertEqual(self.names(found), expected, user.login)
            groups = self.env["customer.complaint"].with_user(user)._read_group(domain, [], ["__count"])
            self.assertEqual(groups[0][0], len(expected), user.login)
            for model in ("customer.complaint.reply", "customer.complaint.pause"):
                children = self.env[model].with_user(user).search([("complaint_id", "in", self.everything.ids)])
                self.assertEqual(self.names(children.sudo().complaint_id), expected, (user.login, model))
            for name in everybody - expected:
                case = self.cases[name].with_user(user)
                case.invalidate_recordset()
                for attempt in (lambda c=case: c.read(["subject"]), lambda c=case: c.action_investigate(),
                                lambda c=case: c.message_post(body="x"), lambda c=case: c.action_preview(),
                                lambda c=case: c.export_data(["subject"])):  # fmt: skip
                    with self.assertRaises(AccessError):
                        attempt()

    def test_ratings_follow_the_cases(self):
        """Core shows ratings to every employee."""
        for case in self.cases.values():
            case.sudo().rating_apply(1, token=case.sudo()._rating_get_access_token(), feedback="Bad")
        domain = [("res_model", "=", "customer.complaint"), ("res_id", "in", self.everything.ids)]
        for user, expected in (
            (self.accountant, set()),
            (self.own, {"own", "nobody"}),
            (self.teamlead, {"own", "mate", "nobody"}),
            (self.service, set(self.cases)),
        ):
            ratings = self.env["rating.rating"].with_user(user).search(domain)
            found = self.names(self.everything.browse(ratings.mapped("res_id")))
            self.assertEqual(found, expected, user.login)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.service.company_ids += elsewhere
        ratings = self.env["rating.rating"].with_user(self.service).with_context(allowed_company_ids=elsewhere.ids)
        self.assertFalse(ratings.search(domain))

    def test_documents_do_not_name_their_case_to_others(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "complaint_id": self.cases["own"].id})
        self.assertTrue(order.with_user(self.accountant).name)
        for attempt in (lambda o: o.read(["complaint_id"]), lambda o: o.search([("complaint_id", "!=", False)])):
            with self.assertRaises(AccessError):
                attempt(order.with_user(self.accountant))

    def test_responsible_sees_the_case(self):
        case = self.cases["stranger"]
        case.user_id = self.own
        self.assertIn(case, self.env["customer.complaint"].with_user(self.own).search([]))

    def test_without_a_role(self):
        for model in ("customer.complaint", "customer.complaint.reply", "customer.complaint.pause"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.accountant).search([])
        with self.assertRaises(AccessError):
            self.cases["own"].partner_id.with_user(self.accountant).read(["complaint_count"])

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Outside"})
        outsider = self.new_user("outsider", "customer_policy.group_service")
        outsider.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        cases = self.env["customer.complaint"].with_user(outsider).with_context(allowed_company_ids=other.ids)
        self.assertFalse(cases.search([("id", "in", self.everything.ids)]))

    def test_rules_and_logs_are_not_written(self):
        for model in ("customer.complaint.deadline", "customer.complaint.route", "customer.complaint.escalation",
                      "customer.complaint.closing", "customer.complaint.severity", "customer.complaint.pause",
                      "customer.complaint.escalation.log", "customer.complaint.submission"):  # fmt: skip
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.service).create({})
        with self.assertRaises(AccessError):
            self.cases["own"].pause_ids.with_user(self.manager).write({"date_end": "2026-01-01"})

    def test_count_on_the_contact_follows_the_user(self):
        partner = self.cases["stranger"].partner_id
        self.assertEqual(partner.with_user(self.service).complaint_count, 1)
        self.assertEqual(partner.with_user(self.own).complaint_count, 0)
