"""Windows on the partner: search, group and sort agree with the profile, and res_partner is never written."""

from odoo import Command
from odoo.exceptions import UserError

from .common import CustomerPolicyCommon


class TestWindows(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.new_user("viewer", "customer_policy.group_customer_all,base.group_allow_export")
        cls.customers = cls.env["res.partner"]
        for position in range(12):
            customer = cls.new_customer(f"W{position:02}", is_company=bool(position % 2))
            cls.buy(customer, 100 * position + 1, 40 * position)
            cls.customers |= customer
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.customers[1].id})
        cls.nobody = cls.new_customer("No Customer")
        cls.run_all()
        cls.all = cls.customers | cls.contact | cls.nobody
        cls.partners = cls.env["res.partner"].with_user(cls.user)
        cls.scope = [("id", "in", cls.all.ids)]

    def test_value_is_that_of_the_profile(self):
        for customer in self.customers:
            profile = self.profile(customer)
            seen = customer.with_user(self.user)
            self.assertEqual(seen.customer_profile_id, profile)
            self.assertEqual(seen.customer_grade_id, profile.grade_id)
            self.assertEqual(seen.customer_lifecycle_stage, profile.lifecycle_stage)
            self.assertEqual(seen.customer_rfm_segment, profile.rfm_segment)
        contact = self.contact.with_user(self.user)
        self.assertEqual(contact.customer_grade_id, self.profile(self.customers[1]).grade_id)
        self.assertFalse(self.nobody.with_user(self.user).customer_grade_id)

    def test_order_of_reading_does_not_matter(self):
        """A window that is read first, as sudo, must not leave an empty profile behind for the user."""
        for first in ("customer_purchase_count", "customer_grade_color", "is_customer_record", "customer_completeness"):
            self.env.invalidate_all()
            [read] = self.customers[0].with_user(self.user).web_read({first: {}, "customer_profile_id": {}})
            self.assertEqual(read["customer_profile_id"], self.profile(self.customers[0]).id, first)

    def test_search_equals_filter(self):
        """Every operator gives what Python would give on the values."""
        grades = self.customers.customer_grade_id
        grade = grades[0]
        seen = self.all.with_user(self.user)
        cases = [
            ([("customer_grade_id", "=", grade.id)], lambda p: p.customer_grade_id == grade),
            ([("customer_grade_id", "!=", grade.id)], lambda p: p.customer_grade_id != grade),
            ([("customer_grade_id", "in", grades[:2].ids)], lambda p: p.customer_grade_id in grades[:2]),
            ([("customer_grade_id", "not in", grades[:2].ids)], lambda p: p.customer_grade_id not in grades[:2]),
            ([("customer_grade_id", "=", False)], lambda p: not p.customer_grade_id),
            ([("customer_grade_id", "!=", False)], lambda p: bool(p.customer_grade_id)),
            ([("customer_grade_id.code", "=", grade.code)], lambda p: p.customer_grade_id == grade),
            ([("customer_grade_id", "ilike", grade.name)], lambda p: p.customer_grade_id == grade),
            ([("customer_lifecycle_stage", "=", "dormant")], lambda p: p.customer_lifecycle_stage == "dormant"),
            ([("customer_lifecycle_stage", "!=", "dormant")], lambda p: p.customer_lifecycle_stage != "dormant"),
            ([("customer_lifecycle_stage", "=", False)], lambda p: not p.customer_lifecycle_stage),
            ([("customer_profile_id.purchase_count", ">", 0)], lambda p: p.customer_purchase_count > 0),
            ([("customer_profile_id", "!=", False)], lambda p: bool(p.customer_profile_id)),
            ([("customer_profile_id", "=", False)], lambda p: not p.customer_profile_id),
            ([("customer_profile_id.revenue_12m", ">", 500)], lambda p: p.customer_profile_id.revenue_12m > 500),
        ]
        for domain, keep in cases:
            found = self.partners.search(self.scope + domain)
            self.assertEqual(set(found.ids), set(seen.filtered(keep).ids), domain)

    def test_group_equals_search(self):
        for name in ("customer_grade_id", "customer_lifecycle_stage", "customer_rfm_segment"):
            groups = self.partners._read_group(self.scope, [name], ["__count"])
            self.assertEqual(sum(count for _value, count in groups), len(self.all))
            for value, count in groups:
                value = value.id if hasattr(value, "id") else value
                self.assertEqual(self.partners.search_count(self.scope + [(name, "=", value)]), count, (name, value))

    def test_sort(self):
        found = self.partners.search(self.scope, order="customer_grade_sequence, id")
        ranks = [partner.customer_grade_id.sequence or 10**6 for partner in found]
        self.assertEqual(ranks, sorted(ranks))

    def test_company_decides(self):
        other = self.env["res.company"].create({"name": "Window Company"})
        self.user.company_ids = [Command.link(other.id)]
        seen = self.customers[0].with_user(self.user).with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertFalse(seen.customer_grade_id)
        self.assertFalse(
            self.partners.with_context(allowed_company_ids=[other.id]).search_count(
                self.scope + [("customer_grade_id", "!=", False)]
            )
        )

    def test_export(self):
        rows = self.customers[:1].with_user(self.user).export_data(["name", "customer_grade_id/name"])["datas"]
        self.assertEqual(rows[0][1], self.profile(self.customers[0]).grade_id.name)

    def test_on_documents(self):
        order = self.env["sale.order"].create({"partner_id": self.customers[0].id, "company_id": self.company.id})
        self.assertEqual(order.with_user(self.user).sudo().customer_grade_id, self.profile(self.customers[0]).grade_id)

    def test_list_costs_the_same_for_any_number(self):
        fields = ["name", "customer_grade_id", "customer_lifecycle_stage", "customer_rfm_segment"]
        self.partners.search_read(self.scope, fields, limit=2)
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            self.partners.search_read(self.scope, fields)

    def test_partner_is_never_written(self):
        before = self.customers.mapped("write_date")
        self.env.cr.execute("SELECT SUM(xmin::text::bigint) FROM res_partner WHERE id IN %s", [tuple(self.all.ids)])
        row_versions = self.env.cr.fetchone()
        for customer in self.customers:
            self.buy(customer, 5000, 1)
        self.run_all()
        self.env.cr.execute("SELECT SUM(xmin::text::bigint) FROM res_partner WHERE id IN %s", [tuple(self.all.ids)])
        self.assertEqual(self.env.cr.fetchone(), row_versions)
        self.assertEqual(self.customers.mapped("write_date"), before)

    def test_explanation_without_a_profile(self):
        with self.assertRaisesRegex(UserError, "no customer profile"):
            self.new_customer("Nobody").action_explain_grade()
