"""Marks of sensitive fields."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CustomerPolicyCommon


@tagged("post_install", "-at_install")
class TestSensitiveFields(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marks = cls.env["customer.field.sensitivity"]

    def mark_of(self, model, name):
        return self.marks.search([("model", "=", model), ("field_name", "=", name)])

    def test_shipped(self):
        partner = self.marks._get_sensitive_fields("res.partner")
        self.assertLessEqual({"phone", "phone_sanitized", "street", "customer_background"}, partner)
        self.assertFalse({"name", "customer_grade_id", "city"} & partner)
        self.assertIn("acc_number", self.marks._get_sensitive_fields("res.partner.bank"))
        self.assertEqual(self.marks._get_sensitive_fields("res.country"), frozenset())
        self.assertTrue(self.mark_of("res.partner", "phone").is_shipped)

    def test_copies_of_the_suite(self):
        """Numbers and addresses also stand in proposed corrections and in the index of duplicates."""
        for model, names in (
            ("customer.cleanup.correction", {"old_value", "new_value"}),
            ("customer.match.key", {"key"}),
            ("customer.match.exception", {"value", "key"}),
        ):
            self.assertEqual(self.marks._get_sensitive_fields(model), names)

    def test_manager_marks(self):
        city = self.env["ir.model.fields"]._get("res.partner", "city")
        marks = self.marks.with_user(self.manager)
        mark = marks.create({"field_id": city.id})
        self.assertIn("city", self.marks._get_sensitive_fields("res.partner"))
        mark.sensitivity = "normal"
        self.assertNotIn("city", self.marks._get_sensitive_fields("res.partner"))
        self.assertTrue(marks.env["ir.model.fields"].name_search("Phone"))
        with self.assertRaises(AccessError):
            city.with_user(self.manager).write({"help": "x"})

    def test_decision_survives_an_update(self):
        phone = self.mark_of("res.partner", "phone")
        phone.sensitivity = "normal"
        self.env.flush_all()
        self.marks._mark_shipped()
        self.assertNotIn("phone", self.marks._get_sensitive_fields("res.partner"))

    def test_marked_once(self):
        phone = self.mark_of("res.partner", "phone")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.marks.create({"field_id": phone.field_id.id})

    def test_field_that_comes_later(self):
        """A field that another addon brings is marked when it is installed."""
        model = self.env["ir.model"]._get("res.partner")
        field = self.env["ir.model.fields"].create(
            {"name": "x_birth", "model_id": model.id, "ttype": "date", "state": "manual"}
        )
        self.assertNotIn("x_birth", self.marks._get_sensitive_fields("res.partner"))
        shipped = type(self.marks)._shipped_fields
        self.patch(
            type(self.marks), "_shipped_fields", lambda records: {**shipped(records), "res.partner": {"x_birth"}}
        )
        self.env["ir.model.fields"]._reflect_fields(["res.partner"])
        self.assertIn("x_birth", self.marks._get_sensitive_fields("res.partner"))
        field.unlink()
        self.assertFalse(self.mark_of("res.partner", "x_birth"))

    def test_cached(self):
        self.marks._get_sensitive_fields("res.partner")
        with self.assertQueryCount(0):
            self.marks._get_sensitive_fields("res.partner")

    def test_salespeople_do_not_mark(self):
        user = self.new_user("sens", "customer_policy.group_customer_all")
        with self.assertRaises(AccessError):
            self.marks.with_user(user).search([])
        self.assertIn("phone", self.marks.with_user(user)._get_sensitive_fields("res.partner"))
