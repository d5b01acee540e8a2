from datetime import datetime, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import CustomerPolicyCommon


class TestOverride(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson = cls.new_user("seller", "sales_team.group_sale_salesman")
        cls.customer = cls.new_customer("Overridden", user_id=cls.salesperson.id)
        cls.buy(cls.customer, 10, 5)
        for position in range(30):
            cls.buy(cls.new_customer(f"Better {position}"), 1000 * (position + 1), 5)
        cls.run_all()
        cls.strategic = cls.env.ref("customer_policy.customer_grade_strategic")
        cls.ordinary = cls.env.ref("customer_policy.customer_grade_ordinary")

    def request(self, user=None, environment=None, **values):
        return (
            (environment or self.env)["customer.grade.override"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "grade_id": self.strategic.id,
                    "reason": "Group-wide contract",
                    "date_end": self.today + timedelta(days=30),
                    **values,
                }
            )
        )

    def test_request_approval_end(self):
        override = self.request()
        self.assertEqual(self.profile(self.customer).grade_id, self.ordinary)
        override.with_user(self.manager).action_approve()
        profile = self.profile(self.customer)
        self.assertEqual((profile.grade_id, profile.computed_grade_id), (self.strategic, self.ordinary))
        self.run_all()
        self.assertEqual(self.profile(self.customer).grade_id, self.strategic)
        history = self.env["customer.grade.history"].search([("partner_id", "=", self.customer.id)], limit=1)
        self.assertEqual((history.reason, history.override_id), ("override", override))
        with freeze_time(datetime.combine(self.today + timedelta(days=31), datetime.min.time()) + timedelta(hours=3)):
            self.env["customer.grade.override"]._expire_due(self.company)
            self.run_all()
        self.assertEqual(override.state, "expired")
        self.assertEqual(self.profile(self.customer).grade_id, self.ordinary)
        history = self.env["customer.grade.history"].search([("partner_id", "=", self.customer.id)], limit=1)
        self.assertEqual(history.reason, "override_end")

    def test_approved_too_late(self):
        """A request whose end has passed is not approved and replaces nothing."""
        present, late = self.request(), self.request()
        present.with_user(self.manager).action_approve()
        with freeze_time(self.today + timedelta(days=40)), self.assertRaises(ValidationError):
            late.with_user(self.manager).action_approve()
        self.assertEqual((present.state, late.state), ("approved", "requested"))

    def test_last_day_still_counts(self):
        self.request(date_end=self.today).with_user(self.manager).action_approve()
        self.env["customer.grade.override"]._expire_due(self.company)
        self.run_all()
        self.assertEqual(self.profile(self.customer).grade_id, self.strategic)

    def test_who_may_decide(self):
        override = self.request()
        with self.assertRaises(AccessError):
            override.with_user(self.salesperson).action_approve()
        with self.assertRaises(AccessError):
            override.with_user(self.salesperson).write({"state": "approved"})
        with self.assertRaises(AccessError):
            self.request(state="approved")
        forged = {"default_state": "approved", "default_approver_id": self.manager.id, "default_requester_id": 1}
        override = self.env["customer.grade.override"].with_user(self.salesperson).with_context(**forged)
        override = self.request(override.env.user, environment=override.env)
        self.assertEqual((override.state, override.requester_id), ("requested", self.salesperson))
        self.assertFalse(override.approver_id)
        with self.assertRaisesRegex(AccessError, "only by who made it"):
            override.with_user(self.manager).write({"date_end": self.today + timedelta(days=900)})
        own = self.request(self.manager)
        with self.assertRaisesRegex(UserError, "somebody else must approve"):
            own.with_user(self.manager).action_approve()
        own.with_user(self.second_manager).action_approve()
        self.assertEqual(own.approver_id, self.second_manager)

    def test_company_with_one_manager(self):
        group = self.env.ref("customer_policy.group_customer_manager")
        (group.all_user_ids - self.manager).write({"group_ids": [(3, group.id)]})
        managers = group.with_context(active_test=False).all_user_ids.filtered(lambda u: u.active and not u.share)
        (managers - self.manager).active = False
        own = self.request(self.manager)
        with self.assertRaisesRegex(UserError, "nobody else is a customer policy manager"):
            own.with_user(self.manager).action_approve()
        self.company.sudo().customer_policy_four_eyes = False
        own.with_user(self.manager).action_approve()
        self.assertEqual(own.state, "approved")

    def test_decided_override_does_not_change(self):
        override = self.request()
        override.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            override.with_user(self.manager).write({"date_end": self.today + timedelta(days=900)})
        with self.assertRaises(UserError):
            override.with_user(self.manager).unlink()

    def test_new_override_replaces(self):
        first = self.request()
        first.with_user(self.manager).action_approve()
        key = self.env.ref("customer_policy.customer_grade_key")
        second = self.request(grade_id=key.id)
        second.with_user(self.manager).action_approve()
        self.assertEqual((first.state, second.state), ("cancelled", "approved"))
        self.assertEqual(self.profile(self.customer).grade_id, key)

    def test_end_now(self):
        override = self.request()
        override.with_user(self.manager).action_approve()
        override.with_user(self.second_manager).action_cancel()
        self.assertEqual(self.profile(self.customer).grade_id, self.ordinary)

    def test_bad_requests(self):
        with self.assertRaises(ValidationError):
            self.request(date_end=self.today - timedelta(days=1))
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        with self.assertRaises(ValidationError):
            self.request(partner_id=contact.id)

    def test_grade_of_another_kind_of_customer(self):
        with self.assertRaisesRegex(ValidationError, "no grade of the scheme"):
            self.request(grade_id=self.env.ref("customer_policy.customer_grade_vip").id)
        with self.assertRaisesRegex(ValidationError, "not a customer"):
            self.request(self.manager, partner_id=self.new_customer("Stranger").id)

    def test_customer_is_no_recipient(self):
        override = self.request()
        self.assertFalse(override._mail_get_partners()[override.id])

    def test_bulk_from_the_list(self):
        partners = self.env["customer.profile"].search([("company_id", "=", self.company.id)], limit=5)
        wizard = (
            self.env["customer.grade.override.wizard"]
            .with_user(self.manager)
            .with_context(active_model="customer.profile", active_ids=partners.ids)
            .create({"grade_id": self.strategic.id, "reason": "Fair"})
        )
        action = wizard.action_request()
        overrides = self.env["customer.grade.override"].search(action["domain"])
        self.assertEqual(overrides.partner_id, partners.partner_id)
        overrides.with_user(self.second_manager).action_approve()
        self.assertEqual(partners.grade_id, self.strategic)

    def test_bulk_override_in_the_company_of_each_row(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        manager = self.manager
        manager.sudo().company_ids |= other
        self.env["res.partner"].with_company(other).browse(self.customer.id).sudo()._mark_customer()
        there = self.profile(self.customer, other)
        wizard = (
            self.env["customer.grade.override.wizard"]
            .with_user(manager)
            .with_context(
                active_model="customer.profile", active_ids=there.ids, allowed_company_ids=(self.company | other).ids
            )
            .create({"grade_id": self.strategic.id, "reason": "Here only"})
        )
        override = self.env["customer.grade.override"].browse(wizard.action_request()["res_id"])
        self.assertEqual((override.partner_id, override.company_id), (self.customer, other))

    def test_history_is_append_only(self):
        history = self.env["customer.grade.history"].search([("partner_id", "=", self.customer.id)], limit=1)
        for user in (self.manager, self.env.user):
            with self.assertRaises(UserError):
                history.with_user(user).write({"score": 1})
            with self.assertRaises(UserError):
                history.with_user(user).unlink()
        with self.assertRaises(UserError):
            self.env["customer.grade.history"].with_user(self.manager).create({"partner_id": self.customer.id})
