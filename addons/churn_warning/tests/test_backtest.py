from itertools import pairwise
from unittest.mock import patch

import numpy as np
from odoo.tests import BaseCase, tagged

from ..engine.backtest import Backtest
from ..engine.candidates import Candidate, PurchaseRisk, Recency, Regression, RfmSum, fifths, restore
from ..engine.history import History
from .common import ChurnCommon


class Oracle(Candidate):
    """Knows more than recency: customers with odd numbers leave."""

    name = "oracle"
    is_model = True

    def _raw(self, snapshot):
        return snapshot["silence"] / 1000 + snapshot["customer"] % 2


class Noise(Candidate):
    name = "noise"
    is_model = True

    def _raw(self, snapshot):
        return (snapshot["customer"] * 2654435761) % 1009


def simulated(customers=600, days=720, seed=2):
    """Odd customers leave around the middle with a chance, even ones never: (customers, days)."""
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        day, end = random.uniform(0, 60), days
        if customer % 2:
            end = random.uniform(120, days)
        while day < end:
            rows.append((customer, int(day)))
            day += 1 + random.exponential(35)
    return np.array(rows).T


class Spy(Recency):
    """Notes the snapshots that it learns from."""

    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def fit(self, snapshots, purchase=None):
        self.seen.append(("fit", [id(snapshot) for snapshot in snapshots]))
        return super().fit(snapshots, purchase)


@tagged("post_install", "-at_install")
class TestBacktest(BaseCase):
    def backtest(self, candidates, rows=None, horizon=60):
        who, when = simulated() if rows is None else rows
        known = History(who, when, np.full(len(who), 100.0), np.ones(len(who), bool))
        return Backtest(
            known, 720, horizon, lambda s: (s["repeats"] >= 1) & (s["silence"] <= 120), candidates, lambda *_frame: None
        )

    def test_a_better_model_is_used(self):
        backtest = self.backtest(lambda: [Recency(), RfmSum(), Oracle()])
        result = backtest.run()
        self.assertEqual(result.chosen, "oracle")
        lead, margin = result.scores["oracle"].lead
        self.assertGreater(lead, margin)
        self.assertEqual(result.days, sorted(result.days))
        self.assertLessEqual(max(result.days) + 60, 720)

    def test_a_worse_model_is_not(self):
        result = self.backtest(lambda: [Recency(), RfmSum(), Noise()]).run()
        self.assertFalse(result.scores[result.chosen].is_model)
        self.assertLess(abs(result.scores["noise"].auc - 0.5), 0.05)

    def test_lessons_end_before_the_test(self):
        """Every snapshot that is learnt from has its whole outcome before the day that is tried."""
        seen = []
        backtest = self.backtest(lambda: [Spy(seen)])
        result = backtest.run()
        by_id = {id(snapshot): day for day, snapshot in backtest._snapshots.items()}
        for (_kind, lessons), day in zip(seen, result.days, strict=True):
            self.assertTrue(all(by_id[lesson] + 60 <= day for lesson in lessons))

    def test_probability_of_the_chosen_is_calibrated(self):
        result = self.backtest(lambda: [Recency()]).run()
        for said, came, _n in result.scores["recency"].curve:
            self.assertLess(abs(said - came), 0.12)

    def test_regression_without_a_purchase_model(self):
        result = self.backtest(lambda: [Recency(), PurchaseRisk(), Regression()]).run()
        self.assertNotIn("purchase", result.scores)
        self.assertIn("regression", result.scores)

    def test_stored_and_restored(self):
        backtest = self.backtest(lambda: [Recency(), Regression()])
        taught = backtest.teach("regression")
        today = backtest.open_snapshot(720)
        again = restore(taught.to_json())
        np.testing.assert_allclose(again.probability(today), taught.probability(today))
        np.testing.assert_allclose(
            sum(taught.groups(today).values()) + taught.logistic.intercept, taught.score(today), atol=1e-9
        )

    def test_bad_input_is_refused(self):
        """Ten customers, one day of history, everything on one day: a reason, no traceback."""
        few = simulated(10)
        one_day = np.array([np.arange(300), np.full(300, 719)])
        same = np.array([np.tile(np.arange(300), 2), np.repeat([100, 100], 300)])
        for rows in (few, one_day, same):
            result = self.backtest(lambda: [Recency(), RfmSum(), Regression()], rows).run()
            self.assertEqual(result.refusal, "history")
            self.assertIsNone(result.chosen)

    def test_constant_features(self):
        """Everybody alike but for who leaves: nothing is divided by zero."""
        who, when = np.meshgrid(np.arange(200), np.arange(0, 720, 20))
        keep = (who % 2 == 0) | (when < 300 + who)
        with np.errstate(all="raise", under="ignore"):
            result = self.backtest(lambda: [Recency(), RfmSum(), Regression()], (who[keep], when[keep])).run()
        self.assertTrue(result.chosen)

    def test_fifths(self):
        self.assertEqual(fifths(np.arange(10)).tolist(), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        self.assertEqual(fifths(np.zeros(4)).tolist(), [1, 1, 1, 1])


class TestTraining(ChurnCommon):
    def train(self):
        """The version of the companies; individuals have one of their own."""
        trained = self.models.sudo()._train(self.company)
        return trained.filtered(lambda model: model.definition_key == "churn_warning.definition_companies")

    def page(self, model):
        return self.env["churn.backtest"].with_company(self.company).load(model.id)["model"]

    def test_version_says_what_and_why(self):
        self.base()
        model = self.train()
        self.assertEqual(model.state, "used")
        self.assertEqual(model.horizon_days, 90)
        self.assertTrue(model.chosen)
        page = self.page(model)
        chosen = next(score for score in page["scores"] if score["is_chosen"])
        self.assertIn(chosen["label"], page["verdict"])
        self.assertIn(f"{chosen['auc']:.3f}", page["verdict"])
        if chosen["is_model"]:
            self.assertGreater(chosen["lead"][0], chosen["lead"][1])
        self.assertEqual([score["auc"] for score in page["scores"]],
                         sorted((score["auc"] for score in page["scores"]), reverse=True))  # fmt: skip

    def test_every_version_is_kept(self):
        self.base(150)
        first, second = self.train(), self.train()
        self.assertEqual((first.state, second.state), ("replaced", "used"))
        self.assertEqual(self.models._used(self.company)[second.definition_key], second)

    def test_default_horizon_from_own_intervals(self):
        """The 90th percentile of the intervals, counted by NumPy, rounded up to five days."""
        draft = self.policy.with_user(self.manager)._draft_version()
        draft.churn_definition_ids.days = 0
        self.publish(draft)
        partners = self.base(100)
        model = self.train()
        sales = self.env["customer.external.sale"].search([("partner_id", "in", partners.ids)])
        gaps = []
        for mine in sales.grouped("partner_id").values():
            days = sorted({sale.date for sale in mine})
            gaps += [(b - a).days for a, b in pairwise(days)]
        expected = min(max(int(np.ceil(np.percentile(gaps, 90) / 5) * 5), 14), 365)
        self.assertEqual(model.horizon_days, expected)
        self.assertEqual(model.intervals["n"], len(gaps))

    def test_too_little(self):
        """Ten customers: only the policy's rules run, the page says so, and risks stay empty."""
        customers = [self.rhythm(f"C{n}", 20, 5, 10 + n) for n in range(10)]
        model = self.train()
        self.assertEqual(model.refusal, "history")
        self.assertIn("Only the warning rules", self.page(model)["verdict"])
        self.run_all()
        self.env.cr.execute("SELECT churn_risk FROM customer_profile WHERE partner_id = %s", [customers[0].id])
        self.assertEqual(self.env.cr.fetchall(), [(None,)])

    def test_no_customers_at_all(self):
        model = self.train()
        self.assertEqual(model.refusal, "history")
        self.run_all()
        self.assertEqual(self.env["churn.retention"].with_company(self.company).load()["cohorts"], [])

    def test_without_scipy(self):
        """No purchase model then; the regression and the rules are still tried."""
        self.base(200)
        with patch("odoo.addons.customer_insight.engine.mathematics.is_available", return_value=False):
            model = self.train()
        self.assertNotIn("purchase", model.result["scores"])
        self.assertIn("recency", model.result["scores"])

    def test_strange_documents(self):
        """Negative totals, future dates, a customer with very many purchases on one day."""
        self.base(120)
        partner = self.new_customer("Strange")
        self.buy(partner, -500, 30)
        future = self.buy(partner, 10, 1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE customer_external_sale SET date = date + 400 WHERE id = %s", [future.id])
        for _number in range(30):
            self.buy(partner, 1, 10)
        self.assertTrue(self.train())
        self.run_all()
        self.assertEqual(self.profile(partner).churn_status, "active")

    def test_drift_alarm_once(self):
        self.base(200)
        model = self.train()
        self.models._watch(self.company)
        self.assertFalse(model.drift_date)
        model.parameters = {**model.parameters, "drift_shares": list(reversed(model.parameters["drift_shares"])),
                            "drift_cuts": [cut * 3 for cut in model.parameters["drift_cuts"]]}  # fmt: skip
        self.models._watch(self.company)
        self.assertTrue(model.drift_date)
        self.assertGreater(model.drift, 0.25)
        policy = self.env["customer.policy"]._get_in_force(self.company)
        alarms = policy.activity_ids.filtered(lambda activity: "back-test" in activity.summary)
        self.assertEqual(len(alarms), 1)
        self.models._watch(self.company)
        self.assertEqual(len(policy.activity_ids.filtered(lambda a: "back-test" in a.summary)), 1)

    def test_second_run_writes_nothing(self):
        self.base(150)
        self.train()
        self.run_all()
        again = self.run_all()
        self.assertEqual((again.counts["updated"], again.counts["created"]), (0, 0))

    def test_run_for_some_equals_run_for_all(self):
        partners = self.base(150)
        self.train()
        self.run_all()
        names = ["churn_risk", "churn_status", "purchase_gap_ratio", "purchase_change", "loyalty_index_change"]
        some = partners[:20]
        domain = [("partner_id", "in", some.ids)]
        whole = self.env["customer.profile"].search_read(domain, names)
        self.env["customer.profile"].search(domain).sudo().write({"churn_risk": 1, "churn_status": False})
        self.engine._run(self.company, some.ids)
        self.assertEqual(self.env["customer.profile"].search_read(domain, names), whole)
