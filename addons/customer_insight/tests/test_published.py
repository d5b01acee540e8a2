"""The models against what was published about the CDNOW sample, and against exact arithmetic where nothing was."""

import numpy as np
from odoo.tests import BaseCase, tagged

from ..engine.purchase_model import PurchaseModel
from ..engine.spend_model import SpendModel
from . import cdnow

WEEK = 7
# The columns of the Excel sheet of Fader, Hardie and Lee (rounded parameters), as the tests of `lifetimes` quote it.
ROUNDED = PurchaseModel(0.243, 4.414, 0.793, 2.426)


@tagged("post_install", "-at_install")
class TestPublished(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = cdnow.purchase_days()
        cls.summary = cls.days.summary(cdnow.CALIBRATED)
        x, t_x, T = cls.summary.frame
        cls.frame = (x, t_x / WEEK, T / WEEK)
        cls.bgnbd = PurchaseModel.fit(*cls.frame)

    def test_data_are_the_published_ones(self):
        bought, _amount = self.days.outcome(self.summary.customer, cdnow.CALIBRATED, cdnow.END)
        self.assertEqual(
            (len(self.summary), (self.summary.x > 0).sum(), self.summary.x.sum(), bought.sum()), (2357, 946, 2457, 1882)
        )

    def test_bgnbd_parameters(self):
        """Fader, Hardie, Lee (2005); seven digits by CLVTools, tests/testthat/test_correctness_bgnbd.R."""
        np.testing.assert_allclose(self.bgnbd.parameters, [0.2425945, 4.4136019, 0.7929199, 2.4258881], rtol=2e-5)
        np.testing.assert_allclose(self.bgnbd.parameters.round(3), [0.243, 4.414, 0.793, 2.426])
        self.assertAlmostEqual(self.bgnbd.log_likelihood(*self.frame).sum(), -9582.429, places=3)

    def test_mbgnbd_parameters(self):
        """BTYDplus, as the tests of `lifetimes` quote it."""
        found = PurchaseModel.fit(*self.frame, k=1)
        np.testing.assert_allclose(found.parameters, [0.525, 6.183, 0.891, 1.614], atol=6e-4)

    def test_unit_of_time_does_not_matter(self):
        """Days as the suite counts them give the same customers."""
        found = PurchaseModel.fit(*self.summary.frame)
        np.testing.assert_allclose(found.parameters / [1, WEEK, 1, 1], self.bgnbd.parameters, rtol=1e-5)

    def test_expectation_of_new_customers(self):
        """E[X(t)]: BTYD walkthrough; the curve from the Excel sheet (its last value is rounded down)."""
        np.testing.assert_allclose(self.bgnbd.population(52), 1.444004, atol=2e-4)
        times = [0.1429, 1, 3, 31.8571, 32, 78]
        published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
        np.testing.assert_allclose(self.bgnbd.population(times), published, atol=5e-4)

    def test_conditional_expectation(self):
        """Fader, Hardie, Lee, Excel note; customer 1516 and the grid: BTYD walkthrough."""
        np.testing.assert_allclose(self.bgnbd.expected(2, 30.43, 38.86, 39), 1.226, atol=1e-3)
        np.testing.assert_allclose(self.bgnbd.expected(26, 30.857142857, 31, 52), 25.75659, rtol=1e-4)
        np.testing.assert_allclose(self.bgnbd.alive(26, 30.857142857, 31), 0.9688523, atol=1e-5)
        published = [0.3474606, 0.04283391, 0.004158973, 0.0003583685]
        np.testing.assert_allclose(self.bgnbd.expected([10, 15, 20, 25], 20, 39, 52), published, rtol=2e-4)

    def test_probabilities(self):
        """BTYD manual, as the tests of `lifetimes` quote it; all probabilities sum up to 1."""
        self.assertAlmostEqual(ROUNDED.probability_of(0, 39), 0.5737864, places=6)
        self.assertAlmostEqual(ROUNDED.probability_of(10, 2) / 1.07869e-07, 1, places=4)
        self.assertAlmostEqual(sum(ROUNDED.probability_of(x, 39) for x in range(400)), 1, places=6)

    def test_holdout_by_repeat_purchases(self):
        """Mean purchases of the 39 weeks to come by x: BTYD walkthrough."""
        expected = self.bgnbd.expected(*self.frame, 39)
        actual, _amount = self.days.outcome(self.summary.customer, cdnow.CALIBRATED, cdnow.END)
        groups = np.minimum(self.summary.x, 7)
        means = [[values[groups == x].mean() for x in range(8)] for values in (expected, actual)]
        self.assertEqual(np.bincount(groups).tolist(), [1411, 439, 214, 100, 62, 38, 29, 64])
        published = [0.2250893, 0.5231364, 1.044126, 1.520256, 2.163824, 2.653789, 3.503957, 6.157036]
        np.testing.assert_allclose(means[0], published, rtol=1e-4)
        found = [0.2367116, 0.6970387, 1.392523, 1.56, 2.532258, 2.947368, 3.862069, 6.359375]
        np.testing.assert_allclose(means[1], found, rtol=1e-6)

    def test_likelihood_of_single_customers(self):
        """pymc-marketing's tests, by Hardie's note 027."""
        model = PurchaseModel(0.25, 4.0, 0.8, 2.5)
        found = model.log_likelihood([0, 200], [0, 38], [40, 40])
        np.testing.assert_allclose(found, [-0.59947382, 100.7957], rtol=1e-6)

    def test_gamma_gamma(self):
        """Fader, Hardie (2013), note 025; likelihood by CLVTools, test_correctness_gg.R; means by Hardie's sheet."""
        n, value = cdnow.repeat_spend(self.days, cdnow.CALIBRATED)
        found = SpendModel.fit(n, value)
        np.testing.assert_allclose([found.p, found.q, found.v], [6.25, 3.74, 15.44], atol=6e-3)
        self.assertAlmostEqual(found.log_likelihood(n[n > 0], value[n > 0]).sum(), -4055.9177, places=3)
        self.assertAlmostEqual(found.mean, 35.17, places=2)
        published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
        np.testing.assert_allclose(found.expected(n[:10], value[:10]), published, atol=0.1)

    def test_master(self):
        """All 23,570 customers; the values are another implementation's on the same rows, not published ones."""
        summary = cdnow.purchase_days("master").summary(cdnow.CALIBRATED)
        frame = (summary.x, summary.t_x / WEEK, summary.T / WEEK)
        found = PurchaseModel.fit(*frame)
        np.testing.assert_allclose(found.parameters, [0.25162395, 4.78894291, 0.72343364, 2.16108855], rtol=1e-4)
        self.assertAlmostEqual(found.log_likelihood(*frame).sum(), -95368.44393, places=3)


@tagged("post_install", "-at_install")
class TestNumerics(BaseCase):
    """Up to 10,000 purchases and ten years: against the published formulas in 60 digits (mpmath)."""

    def test_expectation(self):
        usual = (0.2426, 31.0, 0.793, 2.426)
        for parameters, x, T, time, exact in (
            (usual, 10_000, 3650, 365, 954.78500425013123),
            (usual, 0, 273, 273, 0.19415847691790022),
            ((0.5, 2.0, 0.05, 0.3), 20_000, 3650, 365, 1994.1260428700332),
            ((1, 10, 0.999, 3), 2, 50, 365, 7.4900892488829714),  # the published form divides by a - 1
        ):
            model = PurchaseModel(*parameters)
            found = model.expected(x, T, T, time) / model.alive(x, T, T)
            np.testing.assert_allclose(found, exact, rtol=1e-10)

    def test_alive(self):
        model = PurchaseModel(0.2426, 31.0, 0.793, 2.426)
        np.testing.assert_allclose(model.alive(10_000, 3640, 3650), 1.93273667530762e-8, rtol=1e-7)
        np.testing.assert_allclose(model.no_purchase(10_000, 3640, 3650, 90), 0.999999980672633, rtol=1e-12)
        found = model.alive([0, 1, 10_000, 20_000], [0, 0, 0, 3650], 3650)
        self.assertTrue(np.all((found >= 0) & (found <= 1)))
        self.assertEqual(found[0], 1, "nobody leaves before the second purchase")

    def test_gradients(self):
        """Analytic against central differences, for both models and the spend model, with heavy buyers."""
        from ..engine import purchase_model, spend_model

        x = np.array([0, 0, 1, 3, 50, 10_000])
        t_x = np.array([0, 0, 20, 300, 900, 3640])
        T = np.array([10, 3650, 400, 310, 900, 3650])
        cases = [(purchase_model.Likelihood(x, t_x, T, k), np.log([0.4, 20, 0.7, 2.0])) for k in (0, 1)]
        cases.append((spend_model.Likelihood(x + 1.0, np.array([5.0, 8, 3, 12, 6, 7])), np.log([2.0, 3.0, 9.0])))
        for likelihood, at in cases:
            _value, gradient = likelihood.negative(at)
            for place in range(len(at)):
                step = np.zeros(len(at))
                step[place] = 1e-5
                difference = (likelihood.negative(at + step)[0] - likelihood.negative(at - step)[0]) / 2e-5
                self.assertAlmostEqual(
                    gradient[place] / max(abs(difference), 1), difference / max(abs(difference), 1), 5
                )

    def test_equal_rows_are_one(self):
        """Merging changes nothing: the mean of the rows' likelihoods is what is maximised."""
        from ..engine.purchase_model import Likelihood

        rng = np.random.default_rng(7)
        x = rng.integers(0, 4, 500)
        T = rng.integers(100, 110, 500)
        t_x = np.where(x > 0, rng.integers(1, 100, 500), 0)
        likelihood = Likelihood(x, t_x, T, 0)
        self.assertLess(len(likelihood.weight), 500)
        model = PurchaseModel(0.4, 20, 0.7, 2.0)
        value, _gradient = likelihood.negative(np.log(model.parameters))
        self.assertAlmostEqual(-value, model.log_likelihood(x, t_x, T).mean(), places=12)

    def test_recovers_parameters(self):
        """Ten thousand simulated customers with the rate and drop-out that the model says."""
        rng = np.random.default_rng(11)
        r, alpha, a, b = 0.8, 60.0, 1.2, 4.0
        rows = []
        for _customer in range(10_000):
            rate, leaves, T = rng.gamma(r, 1 / alpha), rng.beta(a, b), rng.integers(200, 700)
            x, t_x, time = 0, 0.0, 0.0
            while True:
                time += rng.exponential(1 / rate)
                if time > T:
                    break
                x, t_x = x + 1, time
                if rng.random() < leaves:
                    break
            rows.append((x, t_x, T))
        found = PurchaseModel.fit(*np.array(rows).T)
        np.testing.assert_allclose(found.parameters, [r, alpha, a, b], rtol=0.2)
