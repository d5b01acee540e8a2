"""Causes, corrective actions and the improvement register."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .common import ComplaintCommon


class TestImprovement(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        causes = cls.env["customer.complaint.cause"]
        cls.material = causes.create({"name": "Material"})
        cls.brittle = causes.create({"name": "Brittle plastic", "parent_id": cls.material.id})
        cls.product = cls.env["product.product"].create({"name": "Housing"})

    def caused(self, contact=None, **values):
        values = {"cause_id": self.brittle.id, "product_id": self.product.id, **values}
        return self.new_case(contact, **values)

    def action(self, case, **values):
        values = {"complaint_id": case.id, "name": "Other plastic", "date_deadline": self.today, **values}
        return self.env["customer.complaint.action"].with_user(self.service).create(values)

    def age(self, case, days):
        self.env.flush_all()
        self.env.cr.execute("UPDATE customer_complaint SET date_received = date_received - %s * INTERVAL '1 day' "
                            "WHERE id = %s", [days, case.id])  # fmt: skip
        case.invalidate_recordset()

    def test_cause_tree(self):
        self.assertEqual(self.brittle.display_name, "Material / Brittle plastic")
        with self.assertRaises(UserError):
            self.material.parent_id = self.brittle
            self.env.flush_all()

    def test_critical_cases_need_an_action(self):
        case = self.new_case(impact="3", urgency="3")
        case.with_user(self.leader).action_log_reply()
        case.action_resolve()
        case.follow_up_result = "satisfied"
        with self.assertRaisesRegex(UserError, r"Name the cause[\s\S]*corrective action"):
            case.action_close()
        action = self.action(case)
        with self.assertRaisesRegex(UserError, "Name the cause"):
            action.action_implement()
        case.cause_id = self.brittle
        action.action_implement()
        case.action_close()
        self.assertEqual((case.state, action.state), ("closed", "check"))

    def test_done_when_nothing_came_back(self):
        action = self.action(self.caused())
        action.action_implement()
        self.assertEqual(action.date_check, self.company._customer_policy_today() + timedelta(days=90))
        with self.assertRaisesRegex(UserError, "Wait until"):
            action.action_check()
        self.env["customer.complaint.action"]._check_watched()
        self.assertEqual(action.state, "check")
        action.sudo().write({"date_done": self.today - timedelta(days=90), "date_check": self.today})
        self.env["customer.complaint.action"]._check_watched()
        self.assertEqual(action.state, "effective")

    def test_same_cause_again(self):
        action = self.action(self.caused())
        action.action_implement()
        action.sudo().date_done = self.today - timedelta(days=10)
        self.caused(product_id=False)  # another product
        self.assertFalse(action.recurrence_ids)
        again = self.caused(self.strategic)
        action.check_result = "Looks fine"
        with self.assertRaisesRegex(UserError, again.name):
            action.action_check()
        self.env["customer.complaint.action"]._check_watched()
        self.assertEqual((action.state, action.activity_ids.user_id), ("ineffective", self.service))

    def test_result_of_a_check_ends_the_watch(self):
        action = self.action(self.caused())
        action.action_implement()
        action.check_result = "10,000 pieces tested at -20 °C, none cracked"
        action.action_check()
        self.assertEqual((action.state, action.checker_id), ("effective", self.service))

    def test_status_is_not_written(self):
        action = self.action(self.caused())
        with self.assertRaises(AccessError):
            action.state = "effective"
        action.kind = "containment"
        action.action_implement()
        self.assertEqual(action.state, "effective")
        with self.assertRaisesRegex(UserError, "stay once it is implemented"):
            action.kind = "corrective"
        action.write({"kind": "containment", "name": "Other words"})

    def test_effect_with_n(self):
        today = self.company._customer_policy_today()
        before = [self.caused() for _n in range(3)] + [self.new_case()]
        for case in before:
            self.age(case, 40)
        self.caused(), [self.new_case() for _n in range(4)]
        improvement = self.env["customer.improvement"].with_user(self.service).create(
            {"name": "Cracks", "cause_id": self.material.id, "company_id": self.company.id, "days": 60,
             "date_done": today - timedelta(days=10)}
        )  # fmt: skip
        self.assertEqual(
            (improvement.count_before, improvement.total_before, improvement.count_after, improvement.total_after),
            (3, 4, 1, 5),
        )
        self.assertEqual(improvement.effect_text, "75.0 % (n = 4) → 20.0 % (n = 5), no detectable change")

    def test_a_page_of_the_register_takes_constant_queries(self):
        today = self.company._customer_policy_today()
        for days in (40, 30, 20):
            self.age(self.caused(), days)
        self.caused()
        self.new_case()
        values = {"name": "Cracks", "company_id": self.company.id, "date_done": today - timedelta(days=10), "days": 60}
        causes = (self.material, self.brittle, self.env["customer.complaint.cause"].create({"name": "Other"}))
        improvements = self.env["customer.improvement"].create(
            [{**values, "cause_id": causes[n % 3].id, "product_id": n % 2 and self.product.id} for n in range(40)]
        )
        self.env.flush_all()
        names = ["name", "count_before", "total_before", "count_after", "total_after", "effect_text"]

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        queries(improvements)  # access rules are cached now
        self.assertEqual(queries(improvements), queries(improvements[:2]))
        for improvement in improvements:
            counted = (improvement.count_before, improvement.total_before, improvement.count_after,
                       improvement.total_after)  # fmt: skip
            self.assertEqual(counted, (0, 3, 0, 2) if improvement.cause_id == causes[2] else (3, 3, 1, 2))

    def test_only_who_sees_all_cases_tells_all_customers(self):
        cases = self.caused(self.new_customer("Hidden", user_id=self.manager.id, email="h@example.com")) | self.caused()
        seller = self.new_user("proposer", "customer_policy.group_customer_user")
        improvement = self.env["customer.improvement"].with_user(seller).create(
            {"name": "Cracks", "company_id": self.company.id, "notice": "<p>Better now</p>"}
        )  # fmt: skip
        improvement.sudo().complaint_ids = cases
        improvement.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "ask customer service"):
            improvement.action_notify()
        self.assertFalse(improvement.date_notified)
        improvement.with_user(self.service).action_notify()
        self.assertTrue(improvement.date_notified)

    def test_owner_who_does_not_see_the_case(self):
        case = self.caused(self.new_customer("Hidden", user_id=self.manager.id))
        seller = self.new_user("owner", "customer_policy.group_customer_user")
        action = self.action(case, user_id=seller.id)
        action.with_user(seller).action_implement()
        self.assertEqual(action.state, "check")

    def test_customers_are_told_once_on_their_own_case(self):
        cases = self.caused() | self.caused() | self.caused(self.strategic)
        improvement = (
            self.env["customer.improvement"]
            .with_user(self.service)
            .create({"name": "Cracks", "cause_id": self.brittle.id, "company_id": self.company.id})
        )
        improvement.action_start()
        with self.assertRaisesRegex(UserError, "measure"):
            improvement.action_take_measure()
        improvement.measure = "Other plastic"
        improvement.action_take_measure()
        improvement.action_add_cases()
        self.assertEqual(improvement.complaint_ids, cases)
        with self.assertRaisesRegex(UserError, "notice"):
            improvement.action_notify()
        improvement.notice = "<p>We use another plastic</p>"
        improvement.action_notify()
        told = cases.message_ids.filtered(lambda message: "another plastic" in (message.body or ""))
        self.assertEqual(sorted(told.partner_ids.ids), sorted((self.customer | self.strategic).ids))
        self.assertEqual(len(told), 2)
        with self.assertRaisesRegex(UserError, "already"):
            improvement.action_notify()
