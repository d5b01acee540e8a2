"""Purchases as of a day, without a look at what came later; the simple rule; rows to and from PostgreSQL."""

import numpy as np
from odoo.tests import BaseCase, tagged

from ..engine.binary_copy import Receiver, Sender
from ..engine.predictor import Predictor
from ..engine.purchase_days import PurchaseDays
from ..engine.purchase_model import PurchaseModel
from ..engine.simple_rule import SimpleRule
from ..engine.spend_model import SpendModel


def days_of(rows):
    """`PurchaseDays` of (customer, day, amount)."""
    customer, day, amount = zip(*sorted(rows), strict=True)
    return PurchaseDays(np.array(customer), np.array(day), np.array(amount, float))


@tagged("post_install", "-at_install")
class TestPurchaseDays(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = days_of([(4, 100, 10), (4, 130, 30), (4, 190, 20), (7, 150, 5), (9, 110, 8), (9, 210, 80)])

    def test_summary(self):
        found = self.days.summary(200)
        self.assertEqual(found.customer.tolist(), [4, 7, 9])
        self.assertEqual(found.x.tolist(), [2, 0, 0])
        self.assertEqual(found.t_x.tolist(), [90, 0, 0])
        self.assertEqual(found.T.tolist(), [100, 50, 90])
        self.assertEqual(found.value.tolist(), [20, 5, 8])

    def test_no_look_ahead(self):
        """What is told of a day is what is told when nothing later is known."""
        for day in (99, 100, 129, 130, 151, 209, 210, 500):
            earlier = days_of([(c, d, a) for c, d, a in zip(self.days.customer, self.days.day, self.days.amount,
                                                            strict=True) if d <= day] or [(0, 999, 1)])  # fmt: skip
            for name in ("customer", "x", "t_x", "T", "value"):
                found, known = getattr(self.days.summary(day), name), getattr(earlier.summary(day), name)
                self.assertEqual(found.tolist(), known.tolist(), (day, name))

    def test_outcome(self):
        bought, amount = self.days.outcome(np.array([4, 7, 9]), 130, 210)
        self.assertEqual(bought.tolist(), [1, 1, 1])
        self.assertEqual(amount.tolist(), [20, 5, 80])
        bought, amount = self.days.outcome(np.array([5, 9]), 100, 209)
        self.assertEqual((bought.tolist(), amount.tolist()), ([0, 1], [0, 8]))

    def test_nobody(self):
        nothing = PurchaseDays(np.empty(0, int), np.empty(0, int), np.empty(0))
        self.assertEqual(len(nothing.summary(10)), 0)
        self.assertEqual(nothing.outcome(np.empty(0, int), 0, 10)[0].tolist(), [])


@tagged("post_install", "-at_install")
class TestSimpleRule(BaseCase):
    def test_measured(self):
        """40 customers bought in the year before the last one, 30 of them in the last one again."""
        rows = [(n, 400, 10) for n in range(40)] + [(n, 900, 10) for n in range(30)] + [(50, 20, 10), (51, 1000, 10)]
        rule = SimpleRule.measure(days_of(rows), 1000, 0.5)
        self.assertEqual((rule.retention, rule.period, rule.customers), (0.75, 365, 40))

    def test_short_history_is_halved(self):
        rows = [(99, 10, 10)] + [(n, 11, 10) for n in range(40)] + [(n, 100, 10) for n in range(10)]
        rule = SimpleRule.measure(days_of(rows), 110, 0.5)
        self.assertEqual((rule.retention, rule.period, rule.customers), (0.25, 50, 40))

    def test_too_few_take_the_figure_of_the_policy(self):
        self.assertEqual(SimpleRule.measure(days_of([(1, 10, 10), (1, 800, 10)]), 900, 0.6), SimpleRule(0.6, 365, 0))

    def test_by_hand(self):
        """Five purchases in 730 days, the last 100 days ago: stays with 0.8, buys 2.5 times a year. 500 days ago:
        second year without a purchase, 0.64."""
        rule = SimpleRule(0.8)
        np.testing.assert_allclose(rule.alive([4, 4], [630, 230], 730), [0.8, 0.64])
        np.testing.assert_allclose(rule.expected([4, 4], [630, 230], 730, 365), [0.8 * 2.5, 0.64 * 2.5])
        np.testing.assert_allclose(rule.no_purchase(4, 630, 730, 73), 1 - 0.8 + 0.8 * np.exp(-0.5))
        np.testing.assert_allclose(rule.next_purchase([4, 0], [600, 0]), [150, np.nan])


@tagged("post_install", "-at_install")
class TestPredictor(BaseCase):
    def test_value_by_hand(self):
        """By the rule: 2 purchases a year of 100 each, margin 0.3, in four equal quarters discounted from their
        middles."""
        predictor = Predictor(SimpleRule(1.0), None, 90, discount=0.1, margin=0.3)
        scores = predictor.score(1, 300, 365, 100)
        quarters = sum(1.1**-middle for middle in (0.125, 0.375, 0.625, 0.875)) / 4
        np.testing.assert_allclose(scores.expected, 2)
        np.testing.assert_allclose(scores.clv, 2 * 100 * 0.3 * quarters)
        np.testing.assert_allclose(predictor.score(1, 300, 365, 100, margin=0.5).clv, 2 * 100 * 0.5 * quarters)

    def test_model(self):
        """Value and spend multiply; without discount the quarters add up to the year."""
        purchases, spend = PurchaseModel(0.2426, 31.0, 0.793, 2.426), SpendModel(6.25, 3.74, 15.44)
        predictor = Predictor(purchases, spend, 90)
        scores = predictor.score([2, 0], [213, 0], [272, 272], [30, 10])
        np.testing.assert_allclose(scores.expected, purchases.expected([2, 0], [213, 0], [272, 272], 365))
        np.testing.assert_allclose(scores.clv, scores.expected * spend.expected([3, 1], [30, 10]))

    def test_next_purchase(self):
        """Half of those who buy again have done so by then; who has more likely left gets none."""
        purchases = PurchaseModel(0.2426, 31.0, 0.793, 2.426)
        scores = Predictor(purchases, None, 90).score([9, 9], [900, 100], [910, 910], 10)
        waiting = ((31 + 900) / (31 + 900 + scores.next_days[0])) ** 9.2426
        self.assertAlmostEqual(waiting, 0.5, delta=0.01)
        self.assertTrue(np.isnan(scores.next_days[1]))


@tagged("post_install", "-at_install")
class TestBinaryCopy(BaseCase):
    def test_there_and_back(self):
        columns = [np.array([1, -5, 2**31 - 1]), np.array([0.1, np.nan, -1e300])]
        kinds = ("int4", "float8")
        for size in (1, 7, 1 << 20):
            sender, receiver = Sender(kinds, columns), Receiver(kinds)
            while block := sender.read(size):
                receiver.write(block)
            found = receiver.columns()
            np.testing.assert_array_equal(found[0], columns[0])
            np.testing.assert_array_equal(found[1], columns[1])

    def test_other_layout_is_refused(self):
        receiver = Receiver(("int4",))
        sender = Sender(("float8",), [np.array([1.0])])
        receiver.write(sender.read(10**6) + sender.read(10**6) + sender.read(10**6))
        with self.assertRaises(ValueError):
            receiver.columns()
