"""Arithmetic by hand: no figure below comes from the code."""

from datetime import date

from odoo.tests import BaseCase, tagged

from ..engine.earning_math import (
    combine,
    gross_since_zero,
    net_of_discounts,
    remaining_points,
    round_points,
    spread,
    target_base,
)
from ..engine.periods import anniversary_start, calendar_start


@tagged("post_install", "-at_install")
class TestEarningMath(BaseCase):
    def test_rounding(self):
        cases = [
            (2.5, "half_up", 0, 3), (2.4999, "half_up", 0, 2), (-2.5, "half_up", 0, -3),
            (2.999, "down", 0, 2), (-2.999, "down", 0, -2), (2.001, "up", 0, 3),
            (1.005, "half_up", 2, 1.01), (0.1 * 3, "up", 1, 0.3), (99.999999999, "down", 0, 100),
        ]  # fmt: skip
        for value, method, digits, expected in cases:
            self.assertEqual(round_points(value, method, digits), expected, (value, method, digits))

    def test_rounded_once_per_document(self):
        self.assertEqual(spread([33.4, 33.4, 33.4]), [33, 34, 33])  # 100.2 → 100
        self.assertEqual(spread([0.4, 0.4, 0.4], "down"), [0, 0, 1])  # 1.2 → 1
        self.assertEqual(sum(spread([0.1] * 10, "up")), 1)
        self.assertEqual(spread([]), [])

    def test_multipliers(self):
        self.assertEqual(combine([], "highest"), 1)
        self.assertEqual(combine([1.5, 2], "highest"), 2)
        self.assertEqual(combine([1.5, 2], "multiply"), 3)
        self.assertEqual(combine([1.5, 2], "add"), 2.5)
        self.assertEqual(combine([0.5], "highest"), 0.5)

    def test_what_a_return_leaves(self):
        self.assertEqual(remaining_points(100, 3, 2), 67)  # 66.67
        self.assertEqual(remaining_points(67, 2, 1), 34)  # 33.5
        self.assertEqual(remaining_points(34, 1, 0), 0)
        self.assertEqual(remaining_points(100, 3, 4), 100)

    def test_a_return_that_is_credited_too_counts_once(self):
        self.assertEqual(target_base(6, 4, gross=10), 6)  # 10 delivered, 4 came back and were credited
        self.assertEqual(target_base(10, 4, gross=10), 6)  # 4 credited, nothing came back
        self.assertEqual(target_base(5, 2, gross=5), 3)  # half delivered, 2 credited
        self.assertEqual(target_base(10, 14, gross=10), 0)
        self.assertEqual(target_base(10, 4), 6)
        self.assertEqual(gross_since_zero([10, -4, 4]), 14)
        self.assertEqual(gross_since_zero([10, -10, 6]), 6)

    def test_discounts_are_taken_off_in_proportion(self):
        self.assertEqual(net_of_discounts([80, 20, -10]), [72, 18, 0])
        self.assertEqual(net_of_discounts([50, -60]), [0, 0])
        self.assertEqual(net_of_discounts([]), [])

    def test_periods(self):
        self.assertEqual(calendar_start(date(2026, 8, 15), 12), date(2026, 1, 1))
        self.assertEqual(calendar_start(date(2026, 8, 15), 3), date(2026, 7, 1))
        self.assertEqual(calendar_start(date(2026, 12, 31), 6), date(2026, 7, 1))
        joined = date(2024, 2, 29)
        self.assertEqual(anniversary_start(joined, date(2025, 2, 27), 12), joined)
        self.assertEqual(anniversary_start(joined, date(2025, 2, 28), 12), date(2025, 2, 28))
        self.assertEqual(anniversary_start(joined, date(2028, 2, 28), 12), date(2027, 2, 28))
        self.assertEqual(anniversary_start(joined, date(2028, 2, 29), 12), date(2028, 2, 29))
        self.assertEqual(anniversary_start(date(2026, 1, 31), date(2026, 3, 1), 1), date(2026, 2, 28))
