"""Forecasts: published figures, other implementations, and properties on made-up series."""

from unittest import TestCase

import numpy as np
from odoo.addons.customer_insight.engine.demand import ets, forecast, sba, seasonal_naive
from odoo.tests import tagged
from statsmodels.tsa.holtwinters import SimpleExpSmoothing


@tagged("post_install", "-at_install")
class TestDemandEngine(TestCase):
    def test_croston_by_hand(self):
        """Demands 3, 2, 5 at months 2, 5, 6, alpha 0.5: sizes 3, 2.5, 3.75; intervals 2, 2.5, 1.75.
        Croston 3.75 / 1.75, Syntetos and Boylan's (1 - 0.25) of it."""
        found = sba(np.array([0, 3, 0, 0, 2, 5]), 2, alpha=0.5)
        np.testing.assert_allclose(found, [0.75 * 3.75 / 1.75] * 2)

    def test_croston_of_a_steady_rhythm(self):
        """4 every other month are 2 a month, less the correction of 5 %."""
        np.testing.assert_allclose(sba(np.array([0, 4] * 12), 1), [1.9])
        self.assertEqual(sba(np.zeros(5), 1).tolist(), [0])

    def test_seasonal_naive(self):
        self.assertEqual(seasonal_naive(np.arange(1, 15), 14).tolist(), [*range(3, 15), 3, 4])

    def test_smoothing_of_a_level(self):
        """Where no trend and no season is there: simple exponential smoothing of statsmodels."""
        rng = np.random.default_rng(3)
        history = 100 + rng.normal(0, 5, 20)
        simple = SimpleExpSmoothing(history, initialization_method="estimated").fit().forecast(3)
        np.testing.assert_allclose(ets(history, 3), simple)

    def test_season_is_found(self):
        months = np.arange(60)
        history = 100 + 40 * np.sin(months * np.pi / 6) + np.random.default_rng(1).normal(0, 3, 60)
        found = forecast(history, 6, 0.8)
        true = 100 + 40 * np.sin(np.arange(60, 66) * np.pi / 6)
        self.assertIn(found.method, ("ets", "seasonal_naive"))
        np.testing.assert_allclose(found.values, true, atol=12)
        self.assertLess(found.mase[found.method], 0.5)
        self.assertLessEqual(found.mase[found.method], found.naive_mase)

    def test_naive_of_a_random_walk(self):
        """Nothing beats the last value of a random walk by much: MASE beside that of naive is never above it."""
        rng = np.random.default_rng(8)
        used = []
        for _series in range(4):
            found = forecast(500 + np.cumsum(rng.normal(0, 10, 40)), 3, 0.8)
            self.assertLessEqual(found.mase[found.method], found.naive_mase)
            used.append(found.method)
        self.assertIn("naive", used)

    def test_rare_demand(self):
        rng = np.random.default_rng(4)
        history = np.where(rng.random(48) < 0.25, rng.poisson(8, 48) + 1, 0)
        found = forecast(history, 3, 0.8)
        self.assertIn("sba", found.mase)
        self.assertLess(abs(found.values[0] - history.mean()), history.mean())

    def test_interval_holds_what_it_says(self):
        """Of 40 series the next month lies within the 80 % interval about four times out of five."""
        rng = np.random.default_rng(12)
        inside = 0
        for _series in range(40):
            series = 200 + rng.normal(0, 20, 31)
            found = forecast(series[:30], 1, 0.8)
            inside += found.low[0] <= series[30] <= found.high[0]
        self.assertTrue(26 <= inside <= 38, inside)

    def test_interval_never_narrows(self):
        found = forecast(100 + np.random.default_rng(2).normal(0, 10, 30), 12, 0.8)
        width = found.high - found.values
        self.assertTrue((np.diff(width) >= -1e-9).all() and (width > 0).all())

    def test_too_short_or_empty(self):
        short = forecast([4, 6], 3, 0.8)
        self.assertEqual((short.method, short.values.tolist(), short.mase), ("average", [5, 5, 5], {}))
        self.assertEqual(forecast([], 2, 0.8).values.tolist(), [0, 0])
        self.assertEqual(forecast([0] * 30, 2, 0.8).values.tolist(), [0, 0])

    def test_constant_and_negative(self):
        constant = forecast([7] * 30, 2, 0.8)
        self.assertEqual((constant.values.tolist(), constant.mase["naive"]), ([7, 7], 0))
        returned = forecast([-5, 3] * 15, 2, 0.8)
        self.assertTrue((returned.values >= 0).all() and np.isfinite(returned.high).all())
