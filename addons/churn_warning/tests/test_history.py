import numpy as np
from odoo.fields import Domain
from odoo.tests import BaseCase, tagged

from ..engine.conditions import NotOfThePast, evaluate
from ..engine.history import History
from ..engine.signs import loyalty_index, signs


def history(rows):
    """Of (customer, day, amount) rows; negative amounts are returns."""
    columns = list(zip(*rows, strict=True)) if rows else ([], [], [])
    return History(*columns, [amount > 0 for amount in columns[2]])


@tagged("post_install", "-at_install")
class TestHistory(BaseCase):
    def test_snapshot_by_hand(self):
        """Purchases on days 0, 30, 60 (two of them) and a return on day 70, seen on day 100."""
        rows = [(7, 0, 10), (7, 30, 20), (7, 60, 30), (7, 60, 5), (7, 70, -15), (9, 99, 1)]
        seen = history(rows).snapshot(100, 50)
        self.assertEqual(seen["position"].tolist(), [0, 1])
        values = {name: array[0] for name, array in seen.items()}
        self.assertEqual(values["repeats"], 2)
        self.assertEqual(values["silence"], 40)
        self.assertEqual(values["tenure"], 100)
        self.assertEqual(values["interval"], 30)
        self.assertEqual(values["spread"], 0)
        self.assertEqual(values["last_horizon"], 1)
        self.assertEqual(values["revenue"], 50)
        self.assertEqual(values["active_twelfths"], 3)
        self.assertTrue(np.isnan(seen["interval"][1]))

    def test_nothing_later_is_known(self):
        """What comes after a day changes nothing that is known on it: returns, purchases, new customers."""
        random = np.random.default_rng(3)
        rows = [
            (int(random.integers(1, 40)), int(random.integers(0, 700)), float(random.normal(60, 40)))
            for _r in range(900)
        ]
        before = [row for row in rows if row[1] <= 400]
        whole, known = history(rows), history(before)
        first, second = whole.snapshot(400, 90), known.snapshot(400, 90)
        np.testing.assert_array_equal(whole.ids[first["position"]], known.ids[second["position"]])
        for name in first.keys() - {"position"}:
            np.testing.assert_array_equal(first[name], second[name], name)

    def test_some_customers(self):
        random = np.random.default_rng(5)
        rows = [
            (int(random.integers(1, 30)), int(random.integers(0, 500)), float(random.normal(60, 40)))
            for _r in range(400)
        ]
        whole = history(rows)
        chosen = whole.ids % 3 == 0
        part, direct = whole.only(chosen), history([row for row in rows if row[0] % 3 == 0])
        for name, values in part.snapshot(450, 60).items():
            np.testing.assert_array_equal(values, direct.snapshot(450, 60)[name], name)

    def test_outcomes(self):
        one = history([(1, 0, 10), (1, 50, 20), (2, 0, 5)])
        self.assertEqual(one.bought_within(10, 40).tolist(), [True, False])
        self.assertEqual(one.bought_within(10, 39).tolist(), [False, False])
        self.assertEqual(one.after(1, 10, 40), (50, 20.0))
        self.assertEqual(one.after(2, 10, 40), (None, 0.0))
        self.assertEqual(one.after(3, 10, 40), (None, 0.0))
        self.assertEqual(one.intervals().tolist(), [50])

    def test_retention_by_hand(self):
        """Three customers of month 0: all bought in it, two a month later, one after two; month 3 is the last."""
        rows = [(1, 1, 1), (2, 2, 1), (3, 3, 1), (1, 31, 1), (2, 35, 1), (2, 36, 1), (1, 61, 1), (4, 61, 1)]
        found = history(rows).retention(lambda days: days // 30, 0, 3)
        self.assertEqual(found, [(0, 3, [1.0, 0.6667, 0.3333, 0.0]), (2, 1, [1.0, 0.0])])

    def test_statuses(self):
        rows = [(1, 0, 1), (1, 80, 1), (2, 50, 1), (3, 0, 1), (4, 99, 1)]
        self.assertEqual(history(rows).statuses([100], [10, 40, 90]), [(100, [1, 1, 1, 1])])

    def test_signs_by_hand(self):
        """Six purchases in the half year before, two in the last one; usually every 36.6 days, silent for 100."""
        days = [0, 200, 230, 260, 290, 320, 350, 400, 500]
        seen = history([(1, day, 100) for day in days])
        found = signs(seen.snapshot(600, 90), seen.snapshot(600 - 182, 90), (36, 30, 40, 30))
        # 418 < day ≤ 600: 500. 236 < day ≤ 418: 260, 290, 320, 350, 400.
        self.assertEqual(found["purchase_change"].tolist(), [-80])
        self.assertEqual(found["revenue_change"].tolist(), [-80])
        self.assertEqual(found["purchase_gap_ratio"].tolist(), [1.6])
        now = loyalty_index(seen.snapshot(600, 90), 36, 30, 40, 30)
        # Tenure 19 of 36 months; six twelfths of the year (days 500, 400, 350, 320, 290, 260); repeats 8 of 9.
        self.assertAlmostEqual(now[0], 100 * (0.3 * 19 / 36 + 0.4 * 6 / 12 + 0.3 * 8 / 9), 6)

    def test_empty(self):
        self.assertEqual(len(history([]).snapshot(10, 5)["position"]), 0)
        self.assertIsNone(history([]).span)
        self.assertIsNone(history([(1, 3, -5)]).span)

    def test_conditions(self):
        arrays = {"a": np.array([1.0, 2.0, np.nan]), "b": np.array([5.0, 0.0, 5.0])}

        def check(domain):
            return evaluate(Domain(domain), arrays, lambda _name, value: value, 3).tolist()

        self.assertEqual(check([("a", ">=", 2)]), [False, True, False])
        self.assertEqual(check(["|", ("a", "<", 2), ("b", "=", 5)]), [True, False, True])
        self.assertEqual(check([("a", ">", 0), ("b", ">", 1)]), [True, False, False])
        self.assertEqual(check([]), [True, True, True])
        with self.assertRaises(NotOfThePast):
            check([("c", "=", 1)])
