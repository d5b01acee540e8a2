"""Where facts come from, re-checks and reminders."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .test_entry_standard import EntryCommon


class TestFacts(EntryCommon):
    def facts(self, partner):
        return {f.field_name: f.source for f in self.env["customer.fact"].search([("partner_id", "=", partner.id)])}

    def test_entered_and_corrected(self):
        partner = self.enter(user_id=False)
        self.assertEqual(self.facts(partner), dict.fromkeys(("phone", "country_id", "vat", "email"), "entered"))
        partner.with_context(customer_fact_source="cleanup").write({"phone": "021-62345679", "city": "Shanghai"})
        found = self.facts(partner)
        self.assertEqual((found["phone"], found["city"], found["email"]), ("cleanup", "cleanup", "entered"))
        fact = self.env["customer.fact"].search([("partner_id", "=", partner.id), ("field_name", "=", "phone")])
        self.assertEqual(fact.user_id, self.seller)
        self.assertAlmostEqual(fact.date, fields.Datetime.now(), delta=timedelta(minutes=1))

    def test_unchanged_is_no_new_fact(self):
        partner = self.enter()
        partner.sudo().with_user(self.env.ref("base.user_root")).write({"phone": partner.phone, "email": "b@c.de"})
        found = self.facts(partner)
        self.assertEqual((found["phone"], found["email"]), ("entered", "other"))

    def test_import(self):
        self.partners.load(
            ["name", "is_company", "phone", "country_id", "is_customer_record"],
            [["Imported", "True", "021-62345678", "CN", "True"]],
        )
        partner = self.partners.search([("name", "=", "Imported")])
        self.assertEqual(self.facts(partner)["phone"], "entered", "load by a program, not the importer")
        self.partners.with_context(import_file=True).load(
            ["name", "is_company", "phone", "country_id"], [["Imported 2", "True", "021-62345678", "CN"]]
        )
        partner = self.partners.search([("name", "=", "Imported 2")])
        self.assertEqual(self.facts(partner), {"phone": "import", "country_id": "import"})

    def test_unknown_source(self):
        partner = self.enter()
        partner.with_context(customer_fact_source="oracle").phone = "13800138000"
        self.assertEqual(self.facts(partner)["phone"], "entered")

    def test_table(self):
        partner = self.enter()
        rows = {row["name"]: row for row in partner._customer_fact_rows()}
        self.assertEqual(rows["phone"]["source"], "Entered")
        self.env["customer.fact"].search([("field_name", "=", "phone")]).unlink()
        rows = {row["name"]: row for row in partner._customer_fact_rows()}
        self.assertEqual(rows["phone"]["source"], "Before sources were noted")
        self.assertEqual(rows["phone"]["date"], partner.create_date)
        table = self.profile(partner).with_user(self.seller).fact_table
        self.assertIn("+86 21 6234 5678", table)

    def test_nobody_writes_facts(self):
        partner = self.enter()
        fact = self.env["customer.fact"].search([("partner_id", "=", partner.id)])[0]
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                fact.with_user(user).write({"source": "portal"})
            with self.assertRaises(AccessError):
                fact.with_user(user).unlink()

    def test_hidden_customers(self):
        other = self.new_user("other_seller", "customer_policy.group_customer_user")
        partner = self.enter(user_id=self.seller.id)
        self.assertFalse(self.env["customer.fact"].with_user(other).search([("partner_id", "=", partner.id)]))
        self.assertTrue(self.env["customer.fact"].with_user(self.seller).search([("partner_id", "=", partner.id)]))

    def test_merge(self):
        kept, gone = self.enter(name="Kept", email=False), self.enter(name="Gone")
        self.env["base.partner.merge.automatic.wizard"].with_user(self.manager).sudo()._merge((kept | gone).ids, kept)
        self.assertFalse(gone.exists())
        self.assertIn("email", self.facts(kept))


class TestRecheck(EntryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.enter(user_id=cls.seller.id)
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = '2024-01-31 17:00:00' WHERE id = %s", [cls.customer.id]
        )
        cls.env.invalidate_all()
        cls.run_all()

    def profile_of(self):
        return self.profile(self.customer)

    def due(self):
        return self.profile_of().recheck_date

    def grade(self, code):
        return self.env["customer.grade"].search([("code", "=", code)])

    def test_months_by_grade(self):
        """Created on 1 February 2024 in Shanghai (17:00 UTC is 1:00 there); not ranked: 12 months."""
        self.assertEqual(self.due(), date(2025, 2, 1))
        for code, expected in (("strategic", date(2024, 5, 1)), ("key", date(2024, 8, 1)), ("vip", date(2025, 2, 1))):
            self.env.cr.execute(
                "UPDATE customer_profile SET grade_id = %s WHERE id = %s", [self.grade(code).id, self.profile_of().id]
            )
            self.env.invalidate_all()
            self.profile_of()._refresh_recheck()
            self.assertEqual(self.due(), expected, code)

    def test_run_and_button_agree(self):
        self.profile_of().with_user(self.seller).action_confirm_record()
        due = self.due()
        self.assertEqual(due, self.today + relativedelta(months=12))
        self.run_all()
        self.assertEqual(self.due(), due)
        self.assertFalse(self.run_all().counts["updated"])

    def test_confirm(self):
        self.customer.action_confirm_record()
        profile = self.profile_of()
        self.assertEqual(
            (profile.confirmed_date, profile.confirmed_user_id, profile.confirmed_source),
            (self.today, self.seller, "entered"),
        )
        self.run_all()
        self.assertEqual(self.profile_of().confirmed_user_id, self.seller)

    def test_in_bulk(self):
        others = self.partners.create([{**self.good, "name": f"B{i}", "is_customer_record": True} for i in range(10)])
        self.customer.action_confirm_record()
        few = others[:3]
        few.action_confirm_record()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            others.action_confirm_record()
            self.env.flush_all()
        self.assertEqual({self.profile(partner).confirmed_date for partner in others}, {self.today})

    def test_who_may_confirm(self):
        stranger = self.new_user("stranger_seller", "customer_policy.group_customer_user")
        profile = self.profile_of().with_user(stranger)
        with self.assertRaises(AccessError):
            profile.action_confirm_record()
        reader = self.new_user("reader", "customer_policy.group_customer_all")
        reader.group_ids -= self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.profile_of().with_user(reader).action_confirm_record()
        with self.assertRaises(AccessError):
            self.profile_of().with_user(self.seller).write({"confirmed_date": self.today})

    def remind(self):
        for company in self.company:
            self.env["customer.profile"]._find_to_remind(company)._remind_recheck()

    def reminders(self):
        activity_type = self.env.ref("customer_policy.mail_activity_type_recheck")
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", activity_type.id),
                ("res_model", "=", "res.partner"),
                ("user_id", "=", self.seller.id),
            ]
        )

    def test_one_reminder_until_done(self):
        self.remind()
        self.remind()
        reminder = self.reminders()
        self.assertEqual((reminder.res_id, reminder.user_id), (self.customer.id, self.seller))
        self.customer.action_confirm_record()
        self.assertFalse(self.reminders())
        self.remind()
        self.assertFalse(self.reminders(), "not due any more")

    def test_cron(self):
        job = self.env.ref("customer_policy.ir_cron_recheck")
        with self.enter_registry_test_mode(), mute_logger("odoo.addons.base.models.ir_cron"):
            job.method_direct_trigger()
            job.method_direct_trigger()
        self.assertEqual(len(self.reminders()), 1)

    def test_no_flood(self):
        """With 25 due customers and at most 20 open reminders the best 20 come first, the rest as they are done."""
        others = self.partners.create(
            [{**self.good, "name": f"F{i}", "is_customer_record": True, "user_id": self.seller.id} for i in range(24)]
        )
        for partner in others[:3]:
            self.buy(partner, 1000, 400)
        self.run_all()
        self.env.cr.execute(
            "UPDATE customer_profile SET recheck_date = %s WHERE company_id = %s", [self.today, self.company.id]
        )
        self.env.cr.execute(
            "UPDATE customer_profile SET revenue_12m = 5 WHERE partner_id IN %s", [tuple(others[-2:].ids)]
        )
        self.env.invalidate_all()
        self.remind()
        self.assertEqual(len(self.reminders()), 20)
        self.assertLessEqual(set(others[-2:].ids), set(self.reminders().mapped("res_id")))
        others[-2:].action_confirm_record()
        self.remind()
        self.assertEqual(len(self.reminders()), 20)

    def test_without_a_salesperson(self):
        """The leader of the team of who has left, else the owner of the policy."""
        leader = self.new_user("recheck_leader", "sales_team.group_sale_salesman_all_leads")
        owner = self.new_user("recheck_owner", "customer_policy.group_customer_manager")
        draft = self.draft()
        draft.owner_id = owner
        self.publish(draft)
        self.run_all()
        self.env.cr.execute(
            "UPDATE customer_profile SET recheck_date = %s WHERE partner_id = %s", [self.today, self.customer.id]
        )
        team = self.env["crm.team"].create(
            {"name": "T", "user_id": leader.id, "member_ids": [Command.set(self.seller.ids)],
             "company_id": self.company.id}
        )  # fmt: skip
        open_reminders = self.env["mail.activity"].search(
            [("activity_type_id", "=", self.env.ref("customer_policy.mail_activity_type_recheck").id)]
        )
        self.assertFalse(open_reminders)
        self.seller.sudo().active = False
        for responsible in (leader, owner):
            self.remind()
            self.assertEqual(self.profile_of()._recheck_activities().user_id, responsible)
            self.profile_of()._recheck_activities().unlink()
            leader.active = False
        team.user_id = False
        self.customer.sudo().user_id = False
        self.remind()
        self.assertEqual(self.profile_of()._recheck_activities().user_id, owner)

    def test_filter(self):
        found = self.partners.search([("customer_recheck_date", "<=", "today"), ("id", "=", self.customer.id)])
        self.assertEqual(found, self.customer)
        self.customer.action_confirm_record()
        self.assertFalse(
            self.partners.search([("customer_recheck_date", "<=", "today"), ("id", "=", self.customer.id)])
        )

    def test_bad_rules(self):
        draft = self.draft()
        clause = draft.clause_ids.filtered(lambda c: c.number == "3.3")
        for months in (0, -1, 1000):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                draft.recheck_rule_ids[0].months = months
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            draft.recheck_rule_ids = [Command.create({"clause_id": clause.id, "months": 4})]
            draft.flush_recordset()

    def test_policy_without_rules(self):
        draft = self.draft()
        draft.recheck_rule_ids.unlink()
        self.publish(draft)
        self.run_all()
        self.assertFalse(self.due())
