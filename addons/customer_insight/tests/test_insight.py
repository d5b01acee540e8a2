"""From documents to predictions in the profile: the version in force, runs, roles, companies, the job, the screens."""

from datetime import timedelta
from unittest.mock import patch

import numpy as np
from odoo.exceptions import AccessError
from odoo.tools import SQL, mute_logger

from ..models.customer_insight_model import EPOCH
from . import cdnow
from .common import InsightCommon

LOGGER = "odoo.addons.customer_insight.models.customer_insight_model"
NUMBERS = ("probability_alive", "expected_purchases_12m", "clv_12m", "no_purchase_probability")
PREDICTED = (*NUMBERS, "next_purchase_date", "insight_source", "insight_model_id")


class TestInsight(InsightCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_history()
        cls.version = cls.fit()
        cls.run_all()

    def rows(self):
        """The predicted columns as they are stored, by customer."""
        self.env.flush_all()
        columns = SQL(", ").join(map(SQL.identifier, ("purchase_days", *PREDICTED)))
        found = self.env.execute_query(
            SQL("SELECT partner_id, %s FROM customer_profile WHERE company_id = %s", columns, self.company.id)
        )
        return {row[0]: row[1:] for row in found}

    def test_version(self):
        days = cdnow.purchase_days()
        bought = days.customer[(days.amount > 0) & (days.customer <= max(self.buyers))]
        _numbers, counts = np.unique(bought, return_counts=True)
        self.assertEqual(self.version.customer_count, len(counts))
        self.assertEqual(self.version.repeater_count, (counts > 1).sum())
        self.assertEqual(self.version.purchase_day_count, counts.sum())
        self.assertEqual(self.version.last_date, self.today)
        self.assertIn(self.version.method, ("bgnbd", "mbgnbd"))
        self.assertEqual(self.versions._in_force(self.company), self.version)
        self.assertEqual(sum(self.version.calibration_ids.mapped("customers")), len(counts))
        self.assertEqual(set(self.version.trial_ids.mapped("name")), {"bgnbd", "mbgnbd", "rule"})

    def test_profile_has_what_the_model_says(self):
        """Read from the sample itself, past the documents and past the engine."""
        days = cdnow.purchase_days()
        day = (self.engine._insight_day(self.today, 7) - self.today).days + cdnow.END
        summary = days.summary(cdnow.END)
        predictor = self.version._predictor()
        for number in list(self.buyers)[::37]:
            place = summary.customer.tolist().index(number)
            x, t_x, last = summary.x[place], summary.t_x[place], cdnow.END - summary.T[place] + summary.t_x[place]
            T = max(day, last) - last + t_x
            scores = predictor.score(x, t_x, T, summary.value[place])
            profile = self.profile(self.buyers[number])
            self.assertEqual(profile.purchase_days, x + 1)
            self.assertAlmostEqual(profile.probability_alive, scores.alive[0], delta=6e-4)
            self.assertAlmostEqual(profile.expected_purchases_12m, scores.expected[0], delta=6e-3)
            self.assertAlmostEqual(profile.no_purchase_probability, scores.no_purchase[0], delta=6e-4)
            self.assertAlmostEqual(profile.clv_12m, scores.clv[0], delta=0.02)
            self.assertEqual(profile.insight_source, "model")
            if np.isnan(scores.next_days[0]):
                self.assertFalse(profile.next_purchase_date)
            else:
                self.assertEqual((profile.next_purchase_date - profile.last_purchase_date).days, scores.next_days[0])

    def test_second_run_writes_nothing(self):
        self.assertEqual(self.run_all().counts["updated"], 0)

    def test_days_of_looking(self):
        """Nobody's row changes before the next day of looking, whoever bought nothing."""
        self.assertEqual(self.default_policy._get_parameter("insight_refresh_days"), 7)
        days = [EPOCH + timedelta(days=number) for number in range(20_000, 20_014)]
        looked = [self.engine._insight_day(day, 7) for day in days]
        self.assertEqual(len(set(looked)), 3)
        self.assertTrue(all(timedelta(0) <= day - look < timedelta(7) for day, look in zip(days, looked, strict=True)))

    def test_next_days_write_nothing(self):
        """Runs of the following days: the predictions stay until the next day of looking, and then move."""
        day = self.engine._insight_day(self.today, 7) + timedelta(days=7)
        companies = type(self.company)
        found = []
        for ahead in (0, 3, 6, 7):
            with patch.object(companies, "_customer_policy_today", lambda _company, a=ahead: day + timedelta(days=a)):
                self.run_all()
            found.append(self.rows())
        self.assertEqual(found[0], found[1])
        self.assertEqual(found[0], found[2])
        self.assertNotEqual(found[0], found[3])

    def test_some_customers_as_all(self):
        """A run for some uses the stored model and finds what a full run finds."""
        before = self.rows()
        customers = list(self.buyers.values())[:30]
        self.buy(customers[0], 80, 0)
        self.buy(customers[1], 20, 0)
        self.engine._run(self.company, [customer.id for customer in customers])
        some = self.rows()
        self.assertNotEqual(some[customers[0].id], before[customers[0].id])
        self.assertEqual(some[customers[5].id], before[customers[5].id])
        self.run_all()
        self.assertEqual(self.rows(), some)
        self.assertEqual(self.profile(customers[0]).insight_model_id, self.version)

    def test_a_purchase_counts_at_once(self):
        """The day of looking is past: who bought since then is looked at on the day of the purchase."""
        customer = list(self.buyers.values())[1]
        before = self.profile(customer)
        days = before.purchase_days
        before = {name: before[name] for name in NUMBERS}
        self.buy(customer, 50, 0)
        self.run_all()
        profile = self.profile(customer)
        self.assertEqual(profile.purchase_days, days + 1)
        self.assertGreater(profile.expected_purchases_12m, before["expected_purchases_12m"])
        self.assertLess(profile.no_purchase_probability, before["no_purchase_probability"])

    def test_several_purchases_of_a_day_are_one(self):
        customer = self.new_customer("Twice a day")
        self.buy(customer, 50, 3)
        self.buy(customer, 70, 3)
        self.buy(customer, 10, 9)
        self.run_all()
        profile = self.profile(customer)
        self.assertEqual((profile.purchase_count, profile.purchase_days), (3, 2))
        self.assertGreater(profile.clv_12m, 0)

    def test_who_never_bought_has_no_prediction(self):
        """NULL, not 0: a zero would rank a prospect as lost."""
        prospect = self.new_customer("Prospect")
        self.env["crm.lead"].create({"name": "L", "partner_id": prospect.id, "company_id": self.company.id})
        returned = self.new_customer("Returned everything")
        self.buy(returned, 100, 20, order="O1")
        self.run_all()
        self.assertTrue(self.rows()[returned.id][0])
        self.buy(returned, -100, 10, order="O1")
        self.run_all()
        rows = self.rows()
        for customer in (prospect, returned):
            self.assertEqual(rows[customer.id], (0, *[None] * len(PREDICTED)))

    def test_grading_by_lifetime_value(self):
        """Potential value is graded by what the model predicts."""
        names = self.env["customer.profile"]._metric_names()
        for name in (*NUMBERS, "next_purchase_date", "purchase_days"):
            self.assertIn(name, names)
        draft = self.draft()
        scheme = draft.scheme_ids.filtered(lambda s: s.criterion_ids)[-1:]
        criterion = scheme.criterion_ids[:1].with_user(self.manager)
        criterion.write({"metric": "clv_12m", "method": "quantile", "classes": 5, "direction": "higher"})
        (scheme.criterion_ids - criterion).with_user(self.manager).unlink()
        self.publish(draft)
        self.run_all()
        profiles = self.env["customer.profile"].search(
            [("company_id", "=", self.company.id), ("grade_scheme_id", "=", scheme.id)]
        )
        scored = profiles.filtered("grade_score").sorted("clv_12m")
        self.assertGreater(len(scored), 100)
        self.assertEqual(scored.mapped("grade_score"), sorted(scored.mapped("grade_score")))
        self.assertEqual(self.run_all().counts["updated"], 0)

    def test_margin_of_products(self):
        """Cost 30 of a price of 100, by hand; who bought products without a cost takes the mean of the others."""
        known, unknown = list(self.buyers.values())[2:4]
        product = self.env["product.product"].create({"name": "P", "standard_price": 30})
        before = {c: self.profile(c).clv_12m for c in (known, unknown)}
        self.buy(known, 200, 1, product_id=product.id, quantity=2)
        self.run_all()
        self.assertEqual(self.profile(known).margin_rate, 0)
        bought = self.profile(known).clv_12m
        version = self.fit()
        self.run_all()
        self.assertAlmostEqual(self.profile(known).margin_rate, 0.7)
        self.assertAlmostEqual(version.margin_rate, 0.7)
        self.assertAlmostEqual(self.profile(known).clv_12m / bought, 0.7, delta=0.02)
        self.assertAlmostEqual(self.profile(unknown).clv_12m / before[unknown], 0.7, delta=0.02)
        self.assertEqual(self.run_all().counts["updated"], 0)

    def test_past_day(self):
        """As of a past day: neither later purchases nor the later model are needed."""
        days = self.env["customer.insight.days"]._load(self.company, self.today)
        cut = (self.today - EPOCH).days - 100
        summary = days.summary(cut)
        earlier = self.env["customer.insight.days"]._load(self.company, self.today - timedelta(days=100)).summary(cut)
        np.testing.assert_array_equal(summary.x, earlier.x)
        some = self.env["customer.insight.days"]._load(self.company, self.today, summary.customer[:5].tolist())
        self.assertEqual(some.summary(cut).customer.tolist(), summary.customer[:5].tolist())
        scores = self.version._predictor().score(*summary.frame, summary.value)
        self.assertEqual(len(scores.alive), len(summary))

    def test_companies_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.buy(next(iter(self.buyers.values())), 10, 5, company=other)
        version = self.fit(other)
        self.assertEqual((version.method, version.reason, version.customer_count), ("rule", "customers", 1))
        self.run_all(other)
        self.assertEqual(self.versions._in_force(self.company), self.version)
        profile = self.profile(next(iter(self.buyers.values())), other)
        self.assertEqual((profile.insight_source, profile.insight_model_id), ("rule_customers", version))
        reader = self.new_user("reader", "customer_policy.group_customer_user")
        self.assertEqual(self.versions.with_user(reader).search([]), self.version)
        self.assertFalse(version.trial_ids.with_user(reader).search([("model_id", "=", version.id)]))

    def test_nobody_writes_versions(self):
        reader = self.new_user("reader", "customer_policy.group_customer_all")
        for user in (reader, self.manager):
            version = self.version.with_user(user)
            self.assertTrue(version.verdict)
            for act in (lambda v: v.write({"r": 1}), lambda v: v.unlink(), lambda v: v.trial_ids.unlink(),
                        lambda v: v.create({"company_id": v.company_id.id})):  # fmt: skip
                with self.assertRaises(AccessError):
                    act(version)
        with self.assertRaises(AccessError):
            self.version.with_user(reader).action_request()
        portal = self.new_user("nobody", "")
        with self.assertRaises(AccessError):
            self.version.with_user(portal).read(["method"])

    def test_job(self):
        """Asked for and monthly; then all customers are looked at again."""
        job = self.env.ref("customer_insight.ir_cron_refit")
        runs = self.env["customer.policy.run"]
        runs.search([("state", "=", "waiting")]).unlink()
        domain = [("company_id", "=", self.company.id)]
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
            self.assertEqual(self.versions.search(domain, limit=1), self.version, "not due yet")
            self.version.sudo().as_of = self.today - timedelta(days=32)
            job.method_direct_trigger()
        version = self.versions.search(domain, limit=1)
        self.assertEqual((version.state, version.as_of), ("done", self.today))
        self.assertNotEqual(version, self.version)
        self.assertTrue(runs.search([("state", "=", "waiting"), *domain]))
        self.versions.with_user(self.manager).with_company(self.company).action_request()
        self.versions.with_user(self.manager).with_company(self.company).action_request()
        self.assertEqual(self.versions.search_count([("state", "=", "waiting"), *domain]), 1)
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual(self.versions.search(domain, limit=1).state, "done")

    def test_failure_keeps_the_last_version(self):
        waiting = self.versions._request(self.company)
        days = type(self.env["customer.insight.days"])
        with (
            self.enter_registry_test_mode(),
            patch.object(days, "_load", side_effect=ValueError("disk on fire")),
            mute_logger(LOGGER),
        ):
            self.env.ref("customer_insight.ir_cron_refit").method_direct_trigger()
        self.assertEqual((waiting.state, waiting.error), ("failed", "disk on fire"))
        self.assertEqual(self.versions._in_force(self.company), self.version)
        self.assertTrue(self.default_policy.activity_ids.filtered(lambda a: "disk on fire" in (a.note or "")))

    def test_verdicts(self):
        self.assertIn(dict(self.version._fields["method"].selection)[self.version.method], self.version.verdict)
        self.assertIn("closer to it than the simple rule", self.version.verdict)
        for reason in ("scipy", "customers", "repeaters", "history", "estimate", "lost"):
            self.version.write({"method": "rule", "reason": reason, "needed": 77})
            self.version.invalidate_recordset(["verdict"])
            self.assertIn("The simple rule is used.", self.version.verdict)
            self.assertIn("retention", self.version.verdict)
            if reason in ("customers", "repeaters", "history"):
                self.assertIn("77", self.version.verdict)

    def count_queries(self, overview, customer):
        """Of opening the page anew; what the registry caches was asked for before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        overview.load(customer.id)
        return self.env.cr.sql_log_count - before

    def test_page(self):
        """The 360° page shows the predictions with day and source, at no query of its own."""
        customer = list(self.buyers.values())[1]
        user = self.new_user("seller", "customer_policy.group_customer_all")
        overview = self.env["customer.overview"].with_user(user)
        page = overview.load(customer.id)
        figures = {figure["name"]: figure for figure in page["figures"]}
        profile = self.profile(customer)
        self.assertEqual(figures["clv_12m"]["value"], profile.clv_12m)
        self.assertEqual(figures["probability_alive"]["type"], "percentage")
        [card] = [card for card in page["cards"] if card["name"] == "insight"]
        values = {row["label"]: row["value"] for row in card["rows"]}
        self.assertEqual(values["By"], "Purchase model")
        self.assertTrue(any("90" in label for label in values))
        predicted = self.count_queries(overview, customer)
        self.assertLessEqual(predicted, 30, "with all addons of the suite")
        self.env.cr.execute("UPDATE customer_profile SET insight_source = NULL WHERE id = %s", [profile.id])
        self.assertEqual(self.count_queries(overview, customer), predicted)
        stranger = self.new_customer("No purchase", customer_rank=1)
        self.run_all()
        page = overview.load(stranger.id)
        self.assertFalse({figure["name"] for figure in page["figures"]} & {"clv_12m", "probability_alive"})
        self.assertFalse([card for card in page["cards"] if card["name"] == "insight"])
