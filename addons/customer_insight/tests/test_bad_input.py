"""What data can look like: a clear refusal and the stated rule, never a traceback, never a silent zero."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tools import SQL

from ..engine import mathematics
from .common import InsightCommon


class TestBadInput(InsightCommon):
    def assertRule(self, reason, customers):
        """The rule is used for this reason, fills the figures of all customers, and says so."""
        version = self.fit()
        self.assertEqual((version.method, version.reason), ("rule", reason))
        self.run_all()
        for customer in customers:
            profile = self.profile(customer)
            self.assertEqual(profile.insight_source, f"rule_{reason}")
            self.assertGreater(profile.expected_purchases_12m, 0)
            self.assertGreater(profile.clv_12m, 0)
            self.assertTrue(0 < profile.probability_alive <= 1)
            self.assertTrue(0 < profile.no_purchase_probability < 1)
        self.assertIn("The simple rule is used.", version.verdict)
        self.assertEqual(self.run_all().counts["updated"], 0)
        return version

    def add(self, count, days):
        """Customers who all bought on the same days, days ago."""
        customers = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(count)])
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_external_sale (partner_id, company_id, date, amount, reference, source)
                   SELECT partner_id, %s, date, 100, partner_id || '/' || date, 'bad'
                     FROM UNNEST(%s::int[]) partner_id, UNNEST(%s::date[]) date""",
                self.company.id,
                customers.ids,
                [self.today - timedelta(days=ago) for ago in days],
            )
        )
        return customers

    def test_ten_customers(self):
        version = self.assertRule("customers", self.add(10, [400, 200, 100, 5])[:2])
        self.assertIn("10", version.verdict)
        self.assertIn("200", version.verdict)

    def test_one_day_of_history(self):
        """All purchases on one day, yesterday: nobody has bought again."""
        version = self.assertRule("repeaters", self.add(220, [1])[:2])
        self.assertEqual(version.retention, 0.5, "the policy's figure, as there is nothing to measure")
        self.assertEqual(version.retention_count, 0)

    def test_a_week_of_history(self):
        self.assertRule("history", self.add(220, [6, 3, 1])[:2])

    def test_customers_all_alike(self):
        """Constant figures: the same days for all."""
        self.add(220, range(10, 400, 30))
        version = self.fit()
        self.assertIn(version.reason, ("estimate", "lost"))

    def test_negative_totals(self):
        """Returned more than bought: no purchase, no prediction, and the others are not disturbed."""
        good = self.add(10, [300, 40])
        bad = self.new_customer("Returns")
        self.buy(bad, -500, 30)
        self.buy(bad, 100, 60, order="X")
        self.buy(bad, -200, 20, order="X")
        self.assertRule("customers", good[:1])
        self.assertFalse(self.profile(bad).insight_source)

    def test_future_dates(self):
        customers = self.add(10, [300, 40, -50])
        version = self.assertRule("customers", customers[:1])
        self.assertEqual(version.last_date, self.today - timedelta(days=40))
        self.assertEqual(self.profile(customers[0]).purchase_days, 2)
        future = self.add(1, [-1])
        self.run_all()
        self.assertFalse(self.profile(future).insight_source)

    def test_twenty_thousand_purchases(self):
        """One customer with 20,000 purchases on 3,650 days beside the usual ones."""
        self.add_history(300)
        heavy = self.new_customer("Heavy")
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_external_sale (partner_id, company_id, date, amount, reference, source)
                   SELECT %s, %s, %s::date - n %% 3650, 10, 'H' || n, 'bad' FROM GENERATE_SERIES(1, 20000) n""",
                heavy.id,
                self.company.id,
                self.today,
            )
        )
        version = self.fit()
        self.run_all()
        profile = self.profile(heavy)
        self.assertEqual((profile.purchase_count, profile.purchase_days), (20_000, 3650))
        self.assertGreater(profile.probability_alive, 0.9)
        self.assertTrue(300 < profile.expected_purchases_12m <= 365.5, version.verdict)
        self.assertLess(profile.no_purchase_probability, 0.1)

    def test_without_scipy(self):
        customers = self.add_history(220)
        with patch.object(mathematics, "_minimize", None):
            version = self.assertRule("scipy", list(customers.values())[:2])
        self.assertIn("SciPy", version.verdict)

    def test_no_customer_at_all(self):
        version = self.fit()
        self.assertEqual((version.reason, version.customer_count), ("customers", 0))
        self.assertFalse(version.first_date)
        self.run_all()

    def test_figures_out_of_range(self):
        """A policy that asks for nonsense is refused before it is in force."""
        draft = self.draft()
        for key, value in (
            ("insight_retention", 1.5),
            ("insight_margin", 2),
            ("insight_horizon_days", 0),
            ("insight_refresh_days", 0),
            ("insight_horizon_days", 4000),
            ("suggestion_history_days", 0),
            ("suggestion_enquiry_weight", 5),
            ("pair_false_share", 0.9),
            ("demand_level", 1),
            ("demand_horizon_months", 0),
        ):
            figure = draft.parameter_ids.filtered(lambda rule, k=key: rule.key == k)
            sane = figure.value
            self.assertFalse(figure._get_problems(), key)
            figure.value = value
            self.assertTrue(figure._get_problems(), key)
            figure.value = sane
