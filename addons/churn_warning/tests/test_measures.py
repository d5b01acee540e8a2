import numpy as np
from odoo.tests import BaseCase, tagged
from scipy.optimize import minimize

from ..engine import stability
from ..engine.effect import effect
from ..engine.logistic import Logistic, sigmoid
from ..engine.measures import Isotonic, Ranking, auc, calibration_curve, top_share


@tagged("post_install", "-at_install")
class TestMeasures(BaseCase):
    def setUp(self):
        super().setUp()
        self.random = np.random.default_rng(11)

    def test_auc_counts_pairs(self):
        """The AUC is the share of (positive, negative) pairs in order, a tie counting a half."""
        score, outcome = self.random.integers(0, 9, 120), self.random.random(120) < 0.4
        pairs = [(p > n) + (p == n) / 2 for p in score[outcome] for n in score[~outcome]]
        self.assertAlmostEqual(auc(score, outcome), np.mean(pairs), 12)

    def test_interval_against_bootstrap(self):
        """The analytic margin is what resampling the customers gives."""
        outcome = self.random.random(500) < 0.4
        score = outcome + self.random.normal(0, 1.5, 500)
        found = Ranking([(score, outcome, np.arange(500))])
        draws = [self.random.integers(0, 500, 500) for _draw in range(400)]
        spread = np.std([auc(score[draw], outcome[draw]) for draw in draws])
        self.assertLess(abs(found.margin / 1.96 / spread - 1), 0.12)

    def test_same_customers_twice_tell_no_more(self):
        """Seen on two days with the same numbers, customers give the margin of one day, not that divided by √2."""
        outcome = self.random.random(300) < 0.5
        score, who = outcome + self.random.normal(0, 2, 300), np.arange(300)
        once, twice = Ranking([(score, outcome, who)]), Ranking([(score, outcome, who)] * 2)
        self.assertAlmostEqual(once.margin, twice.margin, 9)
        apart = Ranking([(score, outcome, who), (score, outcome, who + 1000)])
        self.assertAlmostEqual(apart.margin, once.margin / 2**0.5, 4)

    def test_lead_of_a_score_over_itself(self):
        outcome = self.random.random(200) < 0.5
        score, who = self.random.random(200), np.arange(200)
        lead, margin = Ranking([(score, outcome, who)]).lead(Ranking([(2 * score + 1, outcome, who)]))
        self.assertEqual((round(lead, 12), round(margin, 12)), (0, 0))

    def test_top_share(self):
        """The best two are one hit of two; the tie at the border counts with its average."""
        self.assertEqual(top_share([9, 8, 1, 1], [1, 0, 1, 1], 2), 0.5)
        self.assertAlmostEqual(top_share([9, 5, 5, 5], [1, 1, 0, 0], 2), (1 + 1 / 3) / 2)

    def test_isotonic(self):
        """Pooled by hand: 0, then 1 and 0 pooled to a half, then 1; half a customer is taken off certainty."""
        curve = Isotonic.fit([1, 2, 3, 4], [0, 1, 0, 1])
        self.assertEqual(curve.points, [(1, 0.25), (2.5, (2 * 0.5 + 0.5) / 3), (4, 0.75)])
        self.assertEqual(curve([-5, 9]).tolist(), [0.25, 0.75])

    def test_isotonic_is_calibrated_and_small(self):
        truth = self.random.random(20_000)
        outcome = self.random.random(20_000) < truth
        curve = Isotonic.fit(np.log(truth), outcome)
        self.assertLessEqual(len(curve.points), 60)
        for said, came, _n in calibration_curve(curve(np.log(truth)), outcome):
            self.assertLess(abs(said - came), 0.03)

    def test_logistic_is_the_penalised_maximum(self):
        """Another optimiser finds the same coefficients; a constant feature gets none."""
        features = np.column_stack([self.random.normal(size=(400, 2)), np.full(400, 7.0)])
        outcome = self.random.random(400) < sigmoid(features[:, 0] - 0.5)
        found = Logistic.fit(["a", "b", "c"], features, outcome, penalty=5)
        design = (features[:, :2] - features[:, :2].mean(0)) / features[:, :2].std(0)

        def loss(w):
            odds = w[0] + design @ w[1:]
            return np.sum(np.logaddexp(0, odds) - outcome * odds) + 2.5 * w[1:] @ w[1:]

        other = minimize(loss, np.zeros(3), tol=1e-12).x
        np.testing.assert_allclose([found.intercept, *found.coefficients[:2]], other, atol=1e-4)
        self.assertEqual(found.coefficients[2], 0)
        again = Logistic.from_json(found.to_json())
        np.testing.assert_allclose(again.score(features), found.score(features))

    def test_logistic_survives_perfect_separation(self):
        found = Logistic.fit(["a"], np.array([[0.0], [0], [1], [1]]), [0, 0, 1, 1])
        self.assertTrue(np.isfinite(found.coefficients).all())

    def test_stability_index(self):
        """(now - before) · ln(now / before), summed by hand over two bins of 100 and 100 smoothed customers."""
        cuts, shares = stability.describe(np.repeat([0.0, 1.0], 50))
        self.assertEqual(stability.index(np.repeat([0.0, 1.0], 50), cuts, shares), 0)
        moved = stability.index(np.repeat([0.0, 1.0], [20, 80]), cuts, shares)
        before, now = np.array([50.5, 50.5]) / 101, np.array([20.5, 80.5]) / 101
        if len(shares) == 2:
            self.assertAlmostEqual(moved, sum((n - b) * np.log(n / b) for n, b in zip(now, before, strict=True)), 9)
        self.assertGreater(moved, 0.25)

    def test_effect_by_hand(self):
        """40 of 80 contacted and 2 of 10 left alone came back: Agresti-Caffo by hand; revenue by Welch."""
        held_out = np.repeat([False, True], [80, 10])
        returned = np.concatenate([np.repeat([1, 0], 40), np.repeat([1, 0], [2, 8])])
        found = effect(held_out, np.full(90, 10.0), returned, returned * 100.0)
        first, second = 41 / 82, 3 / 12
        margin = 1.959964 * (first * (1 - first) / 82 + second * (1 - second) / 12) ** 0.5
        self.assertAlmostEqual(found.share, first - second)
        self.assertAlmostEqual(found.share_margin, margin, 5)
        self.assertAlmostEqual(found.customers[0], 80 * (first - second))
        self.assertAlmostEqual(found.revenue, 50 - 20)
        welch = 1.959964 * (2500 * 80 / 79 / 80 + 1600 * 10 / 9 / 10) ** 0.5
        self.assertAlmostEqual(found.revenue_margin, welch, 3)

    def test_effect_compares_like_with_like(self):
        """Strata of different shares: without them contacting would seem to help, within each it does nothing."""
        held_out = np.array(([False] * 90 + [True] * 10) + ([False] * 50 + [True] * 50))
        share = np.repeat([10.0, 50.0], 100)
        returned = np.array([1.0] * 100 + [0.0] * 100)
        self.assertLess(abs(effect(held_out, share, returned, returned).share), 0.08)
        self.assertIsNone(effect(held_out, np.zeros(200), returned, returned))
        self.assertIsNone(effect([], [], [], []))
