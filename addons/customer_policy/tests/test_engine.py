"""Base metrics, lifecycle and RFM: figures worked out by hand."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import fields

from .common import CustomerPolicyCommon


class TestEngine(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regular = cls.new_customer("Regular Trading")
        for days_ago in (10, 40, 70, 100):
            cls.buy(cls.regular, 100.0, days_ago)
        cls.former = cls.new_customer("Former Trading")
        cls.buy(cls.former, 500.0, 800)
        cls.single = cls.new_customer("Single Trading")
        cls.buy(cls.single, 50.0, 3)

    def test_purchase_metrics(self):
        self.run_all()
        profile = self.profile(self.regular)
        self.assertEqual(profile.purchase_count, 4)
        self.assertEqual(profile.purchase_count_12m, 4)
        self.assertEqual(profile.revenue_total, 400.0)
        self.assertEqual(profile.revenue_12m, 400.0)
        self.assertEqual(profile.avg_purchase_value, 100.0)
        self.assertEqual(profile.avg_interval_days, 30.0)
        self.assertEqual(profile.first_purchase_date, self.today - timedelta(days=100))
        self.assertEqual(profile.last_purchase_date, self.today - timedelta(days=10))
        # 400 of 400 + 50 within 12 months
        self.assertAlmostEqual(profile.revenue_share_12m, 400 / 450, places=6)

    def test_loyalty_index(self):
        self.run_all()
        profile = self.profile(self.regular)
        # Figures of the policy: 36 months, weights 30/40/30. 100 days are 3 completed months; purchases in the 1st,
        # 2nd, 3rd and 4th twelfth of the year (10, 40, 70, 100 days * 12 / 366 = 0.3, 1.3, 2.3, 3.3); repeat share 3/4.
        expected = 100 * (0.3 * 3 / 36 + 0.4 * 4 / 12 + 0.3 * 3 / 4)
        self.assertAlmostEqual(profile.loyalty_index, expected, places=2)
        self.assertEqual(self.profile(self.new_customer("Nobody")).loyalty_index, 0)

    def test_lifecycle(self):
        prospect = self.new_customer("Prospect")
        prospect.action_mark_customer()
        loyal = self.new_customer("Loyal")
        for month in range(6):
            self.buy(loyal, 10, 20 * month)
        dormant = self.new_customer("Dormant")
        self.buy(dormant, 10, 180)
        self.run_all()
        stages = {
            prospect: "prospect",
            self.single: "first_purchase",
            self.regular: "repeat",
            loyal: "loyal",
            dormant: "dormant",
            self.former: "lost",
        }
        for partner, stage in stages.items():
            self.assertEqual(self.profile(partner).lifecycle_stage, stage, partner.name)

    def test_rfm_scores_and_segments(self):
        customers = [self.new_customer(f"RFM {i}") for i in range(10)]
        company = self.env["res.company"].create({"name": "RFM Company"})
        for position, customer in enumerate(customers):
            # The later customers buy more recently, more often and for more.
            for purchase in range(position + 1):
                self.buy(customer, 100 * (position + 1), 100 - 9 * position + purchase, company=company)
        self.run_all(company)
        for position, customer in enumerate(customers):
            profile = self.profile(customer, company)
            expected = 1 + 5 * position // 10
            self.assertEqual(
                [profile.recency_score, profile.frequency_score, profile.monetary_score], [expected] * 3, customer.name
            )
        self.assertEqual(self.profile(customers[9], company).rfm_segment, "champions")
        self.assertEqual(self.profile(customers[0], company).rfm_segment, "hibernating")

    def test_lines_of_one_order_are_one_purchase(self):
        customer = self.new_customer("Basket")
        self.buy(customer, 10, 5, order="B1")
        self.buy(customer, 20, 5, order="B1")
        self.buy(customer, 30, 2, order="B2")
        self.run_all()
        profile = self.profile(customer)
        self.assertEqual((profile.purchase_count, profile.revenue_total, profile.avg_purchase_value), (2, 60.0, 30.0))

    def test_returned_purchase_is_none(self):
        customer = self.new_customer("Returner")
        self.buy(customer, 80, 50, order="R1")
        self.buy(customer, -80, 20, order="R1")
        self.buy(customer, 15, 90, order="R2")
        self.run_all()
        profile = self.profile(customer)
        self.assertEqual((profile.purchase_count, profile.revenue_total), (1, 15.0))
        self.assertEqual(profile.last_purchase_date, self.today - timedelta(days=90))

    def test_window_of_twelve_months(self):
        customer = self.new_customer("Edge")
        start = self.today - relativedelta(months=12)
        age = (self.today - start).days
        self.buy(customer, 1, age)
        self.run_all()
        self.assertEqual(self.profile(customer).purchase_count_12m, 0, "the day twelve months ago is over")
        self.buy(customer, 2, age - 1)
        self.run_all()
        self.assertEqual((self.profile(customer).purchase_count_12m, self.profile(customer).revenue_12m), (1, 2.0))

    def test_second_run_writes_nothing(self):
        self.run_all()
        counts = self.run_all().counts
        written = {name: counts[name] for name in ("updated", "created", "deleted", "grades_changed")}
        self.assertEqual(set(written.values()), {0}, written)

    def test_incremental_equals_full(self):
        for position in range(20):
            customer = self.new_customer(f"Inc {position}")
            self.buy(customer, 10 * position + 1, position)
        self.run_all()
        self.buy(self.regular, 250, 1)
        self.buy(self.former, 10, 1)
        metrics = ["revenue_12m", "revenue_total", "purchase_count", "last_purchase_date", "loyalty_index"]
        metrics += ["lifecycle_stage", "revenue_share_12m", "avg_interval_days"]
        self.engine._run(self.company, (self.regular | self.former).ids)
        incremental = (self.profile(self.regular) | self.profile(self.former)).read(metrics)
        self.run_all()
        self.assertEqual((self.profile(self.regular) | self.profile(self.former)).read(metrics), incremental)

    def test_incremental_scores_by_stored_thresholds(self):
        self.run_all()
        before = self.profile(self.single).grade_score
        self.engine._run(self.company, self.single.ids)
        self.assertEqual(self.profile(self.single).grade_score, before, "alone it gets what it got among all")

    def test_incremental_run_without_thresholds_grades_nobody(self):
        customers = [self.new_customer(f"New {position}") for position in range(20)]
        for position, customer in enumerate(customers):
            self.buy(customer, 100 * position + 1, 5)
        self.engine._run(self.company, customers[-1].ids)
        profile = self.profile(customers[-1])
        self.assertEqual(profile.revenue_12m, 1901)
        self.assertFalse(profile.grade_id, "nobody to compare with yet")
        waiting = self.env["customer.policy.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual((waiting.kind, waiting.state), ("full", "waiting"))
        self.run_all()
        grade = self.profile(customers[-1]).grade_id
        self.assertEqual(grade.code, "strategic")
        draft = self.draft()
        self.publish(draft)
        self.engine._run(self.company, customers[-1].ids)
        self.assertEqual(self.profile(customers[-1]).grade_id, grade, "the new version has not been cut yet")

    def test_recency_does_not_drift_with_the_day(self):
        for position in range(50):
            self.buy(self.new_customer(f"Drift {position}"), 10, 3 * position)
        with freeze_time(fields.Datetime.to_datetime(self.today)):
            self.run_all()
        profiles = self.env["customer.profile"].search([("company_id", "=", self.company.id)])
        before = {profile.id: profile.recency_score for profile in profiles}
        with freeze_time(fields.Datetime.to_datetime(self.today + timedelta(days=1))):
            self.engine._run(self.company, profiles.partner_id.ids)
        changed = [profile.id for profile in profiles if profile.recency_score != before[profile.id]]
        self.assertFalse(changed)

    def test_own_fields_are_left_alone(self):
        """Fields that a company added to the profile are nobody's to overwrite."""
        self.run_all()
        self.env.cr.execute("UPDATE customer_profile SET last_contact_date = '2001-01-01'")
        self.patch(self.env["customer.profile"]._fields["last_contact_date"], "manual", True)
        self.buy(self.regular, 1, 1)
        self.run_all()
        self.assertEqual(str(self.profile(self.regular).last_contact_date), "2001-01-01")

    def test_context_of_the_caller_does_not_matter(self):
        self.run_all()
        score = self.profile(self.regular).grade_score
        self.engine.with_context(active_test=False, lang="zh_CN")._run(self.company)
        self.assertEqual(self.profile(self.regular).grade_score, score)

    def test_query_count_does_not_grow(self):
        def queries():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.run_all()
            return self.env.cr.sql_log_count - before

        self.run_all()
        few = queries()
        for position in range(200):
            self.buy(self.new_customer(f"Q{position}"), 5, 5)
        self.run_all()
        self.assertEqual(queries(), few)
        self.assertLess(few, 140)  # with the steps of all addons that are installed

    def test_who_is_a_customer(self):
        nobody = self.new_customer("Nobody")
        colleague = self.new_user("colleague", "").partner_id
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.regular.id})
        lead_partner = self.new_customer("Lead Partner")
        self.env["crm.lead"].create(
            {"name": "Lead", "type": "opportunity", "partner_id": lead_partner.id, "company_id": self.company.id,
             "expected_revenue": 900}
        )  # fmt: skip
        self.run_all()
        for partner in (nobody, colleague, contact, self.company.partner_id):
            self.assertFalse(self.profile(partner), partner.name)
        self.assertEqual(self.profile(lead_partner).pipeline_amount, 900)
        self.assertEqual(self.profile(lead_partner).lifecycle_stage, "prospect")

    def test_person_becomes_a_contact(self):
        person = self.new_customer("Wang Wu", is_company=False)
        self.buy(person, 70, 5)
        self.run_all()
        self.assertTrue(self.profile(person))
        person.parent_id = self.regular
        self.run_all()
        self.assertFalse(self.profile(person))
        self.assertEqual(self.profile(self.regular).revenue_total, 470.0)

    def test_archived_customer_keeps_numbers_without_grade(self):
        self.run_all()
        self.assertTrue(self.profile(self.regular).grade_id)
        self.regular.active = False
        self.run_all()
        profile = self.profile(self.regular)
        self.assertEqual(profile.revenue_total, 400.0)
        self.assertFalse(profile.grade_id)

    def test_merged_partners(self):
        self.run_all()
        self.profile(self.single).potential_estimate = 7000
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        history = len(self.single.customer_grade_history_ids) + len(self.regular.customer_grade_history_ids)
        wizard._merge([self.single.id, self.regular.id], self.regular)
        self.assertFalse(self.single.exists())
        profile = self.profile(self.regular)
        self.assertEqual(profile.revenue_total, 450.0)
        self.assertEqual(profile.purchase_count, 5)
        self.assertEqual(profile.potential_estimate, 7000)
        self.regular.invalidate_recordset()
        self.assertGreaterEqual(len(self.regular.customer_grade_history_ids), history)

    def test_companies_are_separate(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.env.ref("base.EUR").id})
        self.buy(self.regular, 9, 1, company=other)
        self.run_all()
        self.run_all(other)
        self.assertEqual(self.profile(self.regular).revenue_total, 400.0)
        self.assertEqual(self.profile(self.regular, other).revenue_total, 9.0)

    def test_a_deleted_company_takes_its_rows_along(self):
        company = self.env["res.company"].create({"name": "Short-Lived"})
        grade = self.env.ref("customer_policy.customer_grade_key")
        self.env["customer.profile"].create({"partner_id": self.regular.id, "company_id": company.id})
        self.env["customer.grade.history"].create(
            {
                "partner_id": self.regular.id,
                "company_id": company.id,
                "date": "2026-01-01",
                "grade_id": grade.id,
                "reason": "computed",
            }
        )
        # With warehouses installed no company can be deleted any more; what is asked before is the same.
        company._unlink_customer_profiles()
        for model in ("customer.profile", "customer.grade.history"):
            self.assertFalse(self.env[model].search([("company_id", "=", company.id)]), model)

    def test_day_in_the_company_time_zone(self):
        with freeze_time("2026-03-01 16:30:00"):
            # 16:30 UTC is half past midnight of the next day in Shanghai.
            self.assertEqual(str(self.company._customer_policy_today()), "2026-03-02")

    def test_last_contact(self):
        self.regular.message_post(
            body="Call me", author_id=self.regular.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.run_all()
        self.assertEqual(self.profile(self.regular).last_contact_date, self.today)
        self.assertFalse(self.profile(self.single).last_contact_date)
