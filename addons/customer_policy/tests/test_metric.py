"""Metrics that a company defines without code: windows, aggregates, companies, columns that come and go."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CustomerPolicyCommon


class TestMetric(CustomerPolicyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.new_customer("Measured")
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.customer.id})
        cls.other = cls.new_customer("Unmeasured")
        for customer in (cls.customer, cls.other):
            cls.buy(customer, 10, 1)
        cls.manager.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")

    def setUp(self):
        super().setUp()
        # Fields made here must not stay in the registry when the transaction is rolled back.
        self.addCleanup(self.registry._setup_models__, self.cr, ["customer.profile"])
        self.addCleanup(self.registry.clear_all_caches)

    def lead(self, partner, revenue, days_ago=0, **values):
        lead = self.env["crm.lead"].create(
            {"name": "L", "type": "opportunity", "partner_id": partner.id, "expected_revenue": revenue,
             "company_id": self.company.id, **values}
        )  # fmt: skip
        self.env.flush_all()
        moment = datetime.combine(self.today, datetime.min.time()) + timedelta(hours=4) - timedelta(days=days_ago)
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id])
        self.env.invalidate_all()
        return lead

    def metric(self, draft, name="Leads", **values):
        clause = draft.clause_ids.filtered(lambda clause: clause.number == "2.2")
        return (
            self.env["customer.metric"]
            .with_user(self.manager)
            .create({"policy_id": draft.id, "clause_id": clause.id, "name": name, "model": "crm.lead", **values})
        )

    def value(self, name, partner=None, company=None):
        return self.profile(partner or self.customer, company)[name]

    def test_aggregates(self):
        for revenue, stage in ((100, 1), (50, 1), (30, 2)):
            self.lead(self.contact if stage == 2 else self.customer, revenue, priority=str(stage))
        draft = self.draft()
        field = {"value_field": "expected_revenue"}
        self.metric(draft, "n", technical_name="x_n")
        self.metric(draft, "different", technical_name="x_d", aggregate="count_distinct", value_field="priority")
        for aggregate in ("sum", "avg", "min", "max"):
            self.metric(draft, aggregate, technical_name=f"x_{aggregate}", aggregate=aggregate, **field)
        self.metric(draft, "one", technical_name="x_one", domain="[('priority', '=', '2')]")
        self.metric(draft, "last", technical_name="x_last", aggregate="max", value_field="create_date")
        self.publish(draft)
        self.run_all()
        names = ("x_n", "x_d", "x_sum", "x_avg", "x_min", "x_max", "x_one", "x_last")
        self.assertEqual([self.value(name) for name in names], [3, 2, 180.0, 60.0, 30.0, 100.0, 1, self.today])
        self.assertEqual([self.value(name, self.other) for name in names], [0, 0, 0, 0, 0, 0, 0, False])
        self.env.cr.execute("SELECT x_n, x_sum, x_avg FROM customer_profile WHERE partner_id = %s", [self.other.id])
        self.assertEqual(self.env.cr.fetchone(), (0, 0, None), "no average of nothing")

    def test_window_ends_where_the_base_metrics_end(self):
        draft = self.draft()
        self.metric(draft, technical_name="x_w", date_field="create_date", window_unit="days", window_length=30)
        self.publish(draft)
        self.lead(self.customer, 1, 29)
        self.lead(self.customer, 1, 30)
        tomorrow = self.lead(self.customer, 1, 0)
        # 23:30 of today in Shanghai is 15:30 UTC; 00:30 of tomorrow is 16:30 UTC.
        moment = datetime.combine(self.today, datetime.min.time()) + timedelta(hours=15, minutes=30)
        for hours, expected in ((0, 2), (1, 1)):
            self.env.cr.execute(
                "UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment + timedelta(hours=hours), tomorrow.id]
            )
            self.run_all()
            self.assertEqual(self.value("x_w"), expected)

    def test_incremental_equals_full_and_second_run_writes_nothing(self):
        draft = self.draft()
        self.metric(draft, technical_name="x_s", aggregate="avg", value_field="expected_revenue")
        self.publish(draft)
        for revenue in (1.1, 2.2, 3.4):
            self.lead(self.customer, revenue)
        self.run_all()
        counts = self.run_all().counts
        self.assertEqual(counts["updated"], 0)
        self.lead(self.customer, 100)
        self.engine._run(self.company, self.customer.ids)
        incremental = self.value("x_s")
        self.assertEqual(incremental, round((1.1 + 2.2 + 3.4 + 100) / 4, 2))
        self.assertEqual(self.run_all().counts["updated"], 0)

    def test_technical_names(self):
        """Chinese in pinyin, no digit in front, and no name twice: in one batch, across versions, or of a field."""
        draft = self.draft()
        clause = draft.clause_ids.filtered(lambda clause: clause.number == "2.2")
        names = ["月订单数", "月定单数", "12 month orders", "Leads", "¥", "x" * 80, "x" * 81]
        vals = [{"policy_id": draft.id, "clause_id": clause.id, "name": name, "model": "crm.lead"} for name in names]
        metrics = self.env["customer.metric"].with_user(self.manager).create(vals)
        self.assertEqual(
            metrics.mapped("technical_name"),
            ["x_yuedingdanshu", "x_yuedingdanshu_2", "x_metric_12_month_orders", "x_leads", "x_metric",
             "x_" + "x" * 43, "x_" + "x" * 43 + "_2"],
        )  # fmt: skip
        metrics[0].unlink()
        self.assertEqual(self.metric(draft, "月订单数").technical_name, "x_yuedingdanshu")
        self.assertEqual(self.metric(draft, "越订单数").technical_name, "x_yuedingdanshu_3")

    def test_contact_field_that_differs_by_company(self):
        """A company-dependent link is a column of JSON: no customer can be told from it."""
        model = self.env["ir.model"]._get("res.partner")
        self.env["ir.model.fields"].create(
            {"name": "x_agent", "model_id": model.id, "ttype": "many2one", "relation": "res.partner",
             "state": "manual", "company_dependent": True}
        )  # fmt: skip
        self.addCleanup(self.registry._setup_models__, self.cr, ["res.partner"])
        with self.assertRaisesRegex(ValidationError, "differs from company to company"):
            self.metric(self.draft(), model="res.partner", partner_field="x_agent")

    def test_changed_records_are_found(self):
        draft = self.draft()
        self.metric(
            draft, "Messages", technical_name="x_c", model="crm.lead", partner_field="partner_id", aggregate="count"
        )
        self.publish(draft)
        sources = self.env["customer.policy.run"]._changed_sources(self.company, datetime(2000, 1, 1))
        self.assertIn("metric_crm.lead_partner_id", sources)
        self.lead(self.customer, 1)
        self.assertIn((self.customer.id,), self.env.execute_query(sources["metric_crm.lead_partner_id"]))

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Metric Company"})
        self.env.user.company_ids |= other
        self.buy(self.customer, 1, 1, company=other)
        draft = self.draft()
        self.metric(draft, technical_name="x_m")
        self.publish(draft)
        self.lead(self.customer, 1)
        self.lead(self.customer, 1, company_id=other.id, user_id=False)
        self.lead(self.customer, 1, company_id=False, user_id=False, team_id=False)
        self.run_all()
        self.run_all(other)
        self.assertEqual(self.value("x_m"), 2, "of this company and of none")
        self.assertFalse(self.value("x_m", company=other), "its policy does not have this metric")

    def test_criterion_uses_it(self):
        draft = self.draft()
        metric = self.metric(draft, technical_name="x_pts", aggregate="sum", value_field="expected_revenue")
        scheme = draft.scheme_ids.filtered(lambda s: s.method == "share")[:1]
        scheme.criterion_ids[1:].with_user(self.manager).unlink()
        scheme.criterion_ids.with_user(self.manager).write({"metric": "x_pts", "method": "quantile", "classes": 2})
        for act in (metric.unlink, lambda: metric.write({"active": False})):
            with self.assertRaisesRegex(UserError, "is used by"):
                act()
        self.publish(draft)
        self.lead(self.customer, 500)
        self.run_all()
        # Two customers, two classes: 1 + floor(2 · 0 / 2) = 1 and 1 + floor(2 · 1 / 2) = 2, points 100 · class / 2.
        self.assertEqual(self.profile(self.customer).grade_score, 100)
        self.assertEqual(self.profile(self.other).grade_score, 50)

    def test_segment_rule_uses_it(self):
        draft = self.draft()
        metric = self.metric(draft, technical_name="x_seg")
        rule = draft.segment_rule_ids[0].with_user(self.manager)
        rule.metric_domain = "[('x_seg', '>', 3)]"
        with self.assertRaisesRegex(UserError, "is used by"):
            metric.unlink()
        rule.metric_domain = "[]"
        metric.unlink()
        self.assertNotIn("x_seg", self.env["customer.profile"]._fields)

    def test_column_comes_and_goes(self):
        draft = self.draft()
        metric = self.metric(draft, "Offers Made")
        self.assertEqual(metric.technical_name, "x_offers_made")
        profile = self.env["customer.profile"]
        self.assertIn("x_offers_made", profile._metric_names())
        self.assertIn(
            "x_offers_made",
            dict(self.env["customer.grade.criterion"]._fields["metric"]._description_selection(self.env)),
        )
        self.publish(draft)
        second = draft.with_user(self.manager)._draft_version()
        self.assertEqual(second.metric_ids.technical_name, "x_offers_made")
        second.unlink()
        self.assertIn("x_offers_made", self.env["customer.profile"]._fields, "the version in force has it still")
        third = draft.with_user(self.manager)._draft_version()
        third.metric_ids.unlink()
        self.assertIn("x_offers_made", self.env["customer.profile"]._fields)

    def test_discarded_draft_takes_its_column(self):
        draft = self.draft()
        self.metric(draft, technical_name="x_gone")
        draft.unlink()
        self.assertNotIn("x_gone", self.env["customer.profile"]._fields)
        self.env.cr.execute("SELECT FROM information_schema.columns WHERE column_name = 'x_gone'")
        self.assertFalse(self.env.cr.rowcount)
        self.run_all()

    def test_chinese_name(self):
        metric = self.metric(self.draft(), "近90天报价")
        self.assertEqual(metric.technical_name, "x_jin90tianbaojia")

    def test_bad_definitions(self):
        draft = self.draft()
        for values in (
            {"technical_name": "leads"},
            {"technical_name": "x_Ä"},
            {"partner_field": "name"},
            {"partner_field": "user_id"},
            {"domain": "[('no_such', '=', 1)]"},
            {"domain": "[("},
            {"aggregate": "sum"},
            {"aggregate": "sum", "value_field": "name"},
            {"aggregate": "sum", "value_field": "no_such"},
            {"window_unit": "days"},
            {"window_unit": "days", "date_field": "name"},
            {"window_unit": "days", "date_field": "create_date", "window_length": 0},
        ):
            with self.assertRaises(ValidationError, msg=values), self.env.cr.savepoint():
                self.metric(draft, **{"technical_name": "x_bad", **values})
        self.metric(draft, technical_name="x_same")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.metric(draft, technical_name="x_same")
        other = self.default_policy.with_user(self.manager)._draft_version()
        self.metric(other, technical_name="x_same")
        with self.assertRaisesRegex(ValidationError, "another kind"), self.env.cr.savepoint():
            third = self.default_policy.with_user(self.manager)._draft_version()
            self.metric(third, technical_name="x_same", aggregate="sum", value_field="expected_revenue")

    def test_definition_is_for_managers_over_what_they_may_read(self):
        draft = self.draft()
        values = {"policy_id": draft.id, "clause_id": draft.clause_ids[0].id, "name": "X", "model": "crm.lead"}
        sales = self.new_user("metric_sales", "customer_policy.group_customer_all")
        with self.assertRaises(AccessError):
            self.env["customer.metric"].with_user(sales).create(values)
        plain = self.new_user("metric_manager", "customer_policy.group_customer_manager")
        with self.assertRaisesRegex(ValidationError, "may not read"), self.env.cr.savepoint():
            self.env["customer.metric"].with_user(plain).create(
                {**values, "model": "account.move.line", "technical_name": "x_secret"}
            )
        with self.assertRaisesRegex(ValidationError, "may not read"), self.env.cr.savepoint():
            self.env["customer.metric"].with_user(plain).create(
                {**values, "technical_name": "x_secret", "domain": "[('order_ids.amount_total', '>', 9)]"}
            )
        self.metric(draft, technical_name="x_known")
        taken_over = draft.with_user(plain)._draft_version().metric_ids
        self.assertEqual(taken_over.technical_name, "x_known")
        with self.assertRaisesRegex(ValidationError, "may not read"), self.env.cr.savepoint():
            taken_over.domain = "[('order_ids.amount_total', '>', 9)]"

    def test_nobody_writes_a_metric(self):
        draft = self.draft()
        self.metric(draft, technical_name="x_mine")
        self.run_all()
        with self.assertRaises(AccessError):
            self.profile(self.customer).with_user(self.manager).x_mine = 5

    def test_removed_field(self):
        """A metric whose field has gone is emptied and told; where a rule builds on it, nobody is graded by it."""
        draft = self.draft()
        metric = self.metric(draft, technical_name="x_lost", aggregate="sum", value_field="expected_revenue")
        self.publish(draft)
        self.lead(self.customer, 9)
        self.run_all()
        self.env.cr.execute("UPDATE customer_metric SET value_field = 'x_no_more' WHERE id = %s", [metric.id])
        self.env.invalidate_all()
        self.run_all()
        self.assertFalse(self.value("x_lost"))
        self.assertIn("A metric can't be computed", draft.activity_ids.mapped("summary"))
        self.env.cr.execute(
            "UPDATE customer_grade_criterion SET metric = 'x_lost' WHERE id = %s",
            [draft.scheme_ids.criterion_ids[0].id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "stored field"), self.env.cr.savepoint():
            self.run_all()

    def test_views_show_it(self):
        draft = self.draft()
        self.metric(draft, technical_name="x_seen")
        profiles = self.env["customer.profile"]
        self.assertNotIn("x_seen", profiles.get_view(view_type="list")["arch"], "not in force yet")
        self.publish(draft)
        for view_type in ("list", "form"):
            self.assertIn('name="x_seen"', profiles.get_view(view_type=view_type)["arch"])
        elsewhere = profiles.with_context(allowed_company_ids=self.env.ref("base.main_company").ids)
        self.assertNotIn("x_seen", elsewhere.get_view(view_type="list")["arch"])

    def test_sentence(self):
        draft = self.draft()
        metric = self.metric(
            draft, technical_name="x_said", domain="[('type', '=', 'opportunity')]", aggregate="sum",
            value_field="expected_revenue", window_unit="days", window_length=90, date_field="create_date",
        )  # fmt: skip
        self.assertEqual(metric._get_sentence(), "Leads: Sum Expected Revenue, Lead, Type is Opportunity, 90 Days")

    def test_query_count(self):
        draft = self.draft()
        for position in range(3):
            self.metric(draft, f"m{position}", technical_name=f"x_q{position}")
        self.publish(draft)
        self.run_all()
        before = self.env.cr.sql_log_count
        self.run_all()
        few = self.env.cr.sql_log_count - before
        for position in range(50):
            self.lead(self.new_customer(f"Q{position}"), 1)
        self.run_all()
        before = self.env.cr.sql_log_count
        self.run_all()
        self.assertEqual(self.env.cr.sql_log_count - before, few)
