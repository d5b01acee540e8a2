"""Grades are stable, and their history is written by the engine alone."""

from odoo.exceptions import UserError

from .common import CustomerPolicyCommon


class TestGrades(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Graded")
        cls.buy(cls.customer, 100, 5)
        cls.run_all()
        cls.grade = cls.profile(cls.customer).grade_id
        cls.history = cls.customer.customer_grade_history_ids

    def unused_grade(self, code="unused"):
        return self.env["customer.grade"].create({"name": "Unused", "code": code})

    def test_grade_of_a_customer_is_not_deleted(self):
        other = self.unused_grade()
        other.with_user(self.manager).unlink()
        self.assertFalse(other.exists())
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.grade.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.grade.sudo().unlink()

    def test_grade_of_a_history_is_not_deleted(self):
        """No customer has the grade any more, but a change of the past names it, in either of its two places."""
        for name in ("grade_id", "previous_grade_id"):
            past = self.unused_grade(name)
            row = (
                self.env["customer.grade.history"]
                .sudo()
                .create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": self.company.id,
                        "date": "2020-01-01",
                        "reason": "computed",
                        name: past.id,
                    }
                )
            )
            self.assertFalse(self.env["customer.profile"].search([("grade_id", "=", past.id)]))
            with self.assertRaisesRegex(UserError, "archive it instead"):
                past.with_user(self.manager).unlink()
            self.assertEqual(row[name], past)

    def test_grade_that_the_policy_computed_is_not_deleted(self):
        computed = self.unused_grade()
        self.profile(self.customer).sudo().computed_grade_id = computed
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            computed.unlink()

    def test_grade_of_another_company_counts_too(self):
        """Who deletes does not see the customers of other companies; the check does."""
        other = self.env["res.company"].create({"name": "Unseen"})
        grade = self.unused_grade()
        self.buy(self.customer, 10, 3, company=other)
        self.run_all(other)
        self.profile(self.customer, other).sudo().grade_id = grade
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "archive it instead"):
            grade.with_user(self.manager).unlink()

    def test_no_role_writes_history(self):
        roles = ["user", "team", "all", "manager"]
        groups = [f"customer_policy.group_customer_{name}" for name in roles]
        groups += [f"customer_policy.group_{name}" for name in ("data_steward", "marketing", "service", "evaluation")]
        users = [self.new_user(f"role{position}", group) for position, group in enumerate(groups)]
        everything = self.new_user("everything", ",".join([*groups, "base.group_system"]))
        vals = {"partner_id": self.customer.id, "company_id": self.company.id, "date": "2020-01-01"}
        for user in [*users, everything, self.env.ref("base.user_admin")]:
            history = self.history.with_user(user)
            for change in (
                lambda h=history: h.write({"score": 1}),
                lambda h=history: h.unlink(),
                lambda h=history: h.create({**vals, "reason": "computed"}),
                lambda h=history: h.copy(),
            ):
                with self.assertRaises(UserError, msg=user.login), self.env.cr.savepoint():
                    change()
        for change in (lambda: self.history.sudo().write({"score": 1}), lambda: self.history.sudo().unlink()):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
