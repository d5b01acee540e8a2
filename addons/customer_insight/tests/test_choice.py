"""When a model is used: guards, the trial on held-back days, figures by hand."""

import numpy as np
from odoo.tests import BaseCase, tagged

from ..engine import mathematics
from ..engine.choice import Limits, area_under_curve, choose, top_share
from ..engine.purchase_model import PurchaseModel
from . import cdnow
from .test_purchase_days import days_of

LIMITS = Limits(customers=20, repeaters=5, history_days=60)


@tagged("post_install", "-at_install")
class TestChoice(BaseCase):
    def test_model_that_earns_its_place(self):
        choice = choose(cdnow.purchase_days(), cdnow.CALIBRATED, Limits())
        self.assertEqual(choice.reason, "")
        self.assertLess(choice.trials[choice.method]["error"], choice.trials["rule"]["error"])
        self.assertEqual(choice.trial_day, cdnow.CALIBRATED - (cdnow.CALIBRATED - choice.first_day) // 3)
        self.assertEqual(sum(row["customers"] for row in choice.calibration), choice.customers)
        self.assertEqual({figures["actual"] for figures in choice.trials.values()}, {704})
        self.assertAlmostEqual(
            sum(row["customers"] * row["actual"] for row in choice.calibration), 704, msg="the groups are everybody"
        )
        refitted = PurchaseModel.fit(*cdnow.purchase_days().summary(cdnow.CALIBRATED).frame, choice.model.k)
        self.assertEqual(choice.model, refitted, "what is used is fitted on everything")

    def test_top_fifth(self):
        """The bar of the issue, here on the sample: the best fifth by value brings most of what comes."""
        choice = choose(cdnow.purchase_days(), cdnow.END, Limits())
        self.assertGreater(choice.trials[choice.method]["top_share"], 0.65)

    def test_trial_looks_at_no_later_day(self):
        days = cdnow.purchase_days()
        full = choose(days, cdnow.CALIBRATED, Limits())
        self.assertEqual(full.trials, choose(days.until(cdnow.CALIBRATED), cdnow.CALIBRATED, Limits()).trials)

    def test_regular_customers(self):
        """Like clockwork, nobody leaves: the rule predicts them exactly, and is used."""
        rows = [(n, 7 * week + n % 7, 10 + n) for n in range(60) for week in range(104)]
        choice = choose(days_of(rows), 728, LIMITS)
        self.assertIn(choice.reason, ("lost", "estimate"))
        self.assertEqual(choice.method, "rule")
        self.assertIsNone(choice.model)

    def test_too_little(self):
        many = [(n, day, 10) for n in range(40) for day in (0, 30 + n, 100)]
        for rows, as_of, reason, needed in (
            ([(n, day, 5) for n in range(10) for day in (0, 90)], 120, "customers", 20),
            ([(n, n, 5) for n in range(40)], 120, "repeaters", 5),
            (many, 59 + 20, "", 0),
            ([(n, n % 2, 5) for n in range(40)] + [(n, 3, 5) for n in range(40)], 20, "history", 60),
        ):
            choice = choose(days_of(rows), as_of, LIMITS)
            if reason:
                self.assertEqual((choice.reason, choice.needed, choice.method), (reason, needed, "rule"))
            self.assertGreaterEqual(choice.rule.retention, 0)

    def test_nobody(self):
        choice = choose(days_of([(1, 500, 5)]).until(10), 10, LIMITS)
        self.assertEqual((choice.reason, choice.customers, choice.first_day), ("customers", 0, None))

    def test_without_scipy(self):
        with self.subTest("refused"):
            before = mathematics._minimize
            mathematics._minimize = None
            self.addCleanup(setattr, mathematics, "_minimize", before)
            choice = choose(cdnow.purchase_days(), cdnow.CALIBRATED, Limits())
            self.assertEqual((choice.reason, choice.spend), ("scipy", None))
            self.assertGreater(choice.rule.customers, 2000, "the rule needs no SciPy")

    def test_area_under_curve(self):
        """Pairs by hand: (0.9, 0.4) against (0.5, 0.4): two and a half of four."""
        found = area_under_curve(np.array([0.9, 0.4, 0.5, 0.4]), np.array([True, True, False, False]))
        self.assertEqual(found, 2.5 / 4)
        self.assertTrue(np.isnan(area_under_curve(np.array([1.0]), np.array([True]))))

    def test_top_share(self):
        self.assertEqual(top_share(np.array([1, 5, 3, 2, 4]), np.array([10, 40, 20, 20, 10])), 0.4)
        self.assertTrue(np.isnan(top_share(np.array([1.0]), np.array([0.0]))))
